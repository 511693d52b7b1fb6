"""The fold: one byte for each character, and which bytes belong together.

It keeps length, so an offset in the view is an offset in the text. Every decimal digit of Unicode becomes an ASCII
digit, full-width Latin becomes ASCII, dashes ``-``, blanks a space, currency signs ``$``. A Han numeral, a plate's
province and some thirty Han characters that rules speak of have bytes of their own above 0x7F; any other letter is
`LETTER`, the rest `OTHER`. Rules' patterns pass through the same fold, so they are written in plain characters.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.normalize import FOLD, FOLD_HAN, ZERO_WIDTH

Bytes = npt.NDArray[np.uint8]

#: Byte of the Han numeral for 0; the others follow.
HAN_ZERO: Final = 0x80
#: Characters with a byte of their own, in order from 0x8A; what stands together shares one.
HAN_BYTES: Final = (
    *"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼军民",
    *("学學", "警", "港", "澳", "挂", "试", "超", "使", "领"),
    *("转轉", "分", "机機", "号號", "内", "线", "或", "、", "元圆"),
    *("亿億", "万萬", "是为為", "·•・‧∙⋅･", "栋棟幢座楼樓室层層巷弄组組路街村院户区區园園"),
    *("洞", "拐", "勾", "航", "中", "国國", "公", "司", "网網"),
)
LETTER: Final = 0xFE
OTHER: Final = 0xFF

#: What a plate begins with, but for those of embassies.
PROVINCES: Final = HAN_BYTES[:33]
_DASHES: Final = "‐‑‒–—―−─﹘﹣－"
_BLANKS: Final = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def _fold_table() -> Bytes:
    """One byte for each code point."""
    table = np.full(0x110000, LETTER, np.uint8)
    table[0x2000:0x2E80] = OTHER
    table[0x3000:0x3040] = OTHER
    table[0x80:0xC0] = OTHER
    table[0xFE00:0xFF00] = OTHER
    table[0xD800:0xE000] = OTHER
    table[0x1F000:0x1FB00] = OTHER
    table[:0x80] = np.arange(0x80)
    for code, char in FOLD.items():
        table[code] = ord(char)
    for code in FOLD_HAN.keys() - FOLD.keys():
        table[code] = HAN_ZERO + int(FOLD_HAN[code])
    for byte, chars in enumerate(HAN_BYTES, HAN_ZERO + 10):
        for char in chars:
            table[ord(char)] = byte
    for char in _DASHES:
        table[ord(char)] = ord("-")
    for char in _BLANKS:
        table[ord(char)] = ord(" ")
    for char in "\x0b\x0c\x85\u2028\u2029":
        table[ord(char)] = ord("\n")
    for char in "¥￥＄€£":
        table[ord(char)] = ord("$")
    return table


FOLD_BYTES: Final = _fold_table()


def fold(text: str) -> bytes:
    """Return the folded bytes of `text`, one for each character."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return bytes(FOLD_BYTES[codes])


#: Bits of a folded byte.
DIGIT, HAN_DIGIT, NUMBER_SEPARATOR, ALPHA, WORD, MAIL, HEX, PROVINCE = (np.uint8(1 << i) for i in range(8))


def _class_table() -> Bytes:
    table = np.zeros(256, np.uint8)
    digits, letters = b"0123456789", b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for bit, members in (
        (DIGIT, digits),
        (HAN_DIGIT, bytes(range(HAN_ZERO, HAN_ZERO + 10))),
        (NUMBER_SEPARATOR, b" -.()+" + fold("·")),
        (ALPHA, letters),
        (WORD, digits + letters + b"_-"),
        (MAIL, digits + letters + b"._%+-@"),
        (HEX, digits + b"abcdefABCDEF:.-"),
        (PROVINCE, bytes(range(HAN_ZERO + 10, HAN_ZERO + 10 + len(PROVINCES))) + fold("使领")),
    ):
        table[np.frombuffer(members, np.uint8)] |= bit
    return table


CLASS_BYTES: Final = _class_table()
#: What people write for digits: letters that look alike, and what radio operators say for 0, 7 and 9.
LIKE_DIGITS: Final = b"OoIl" + fold("洞拐勾")

#: What the view's bytes are made with: a zero-width character, and what stands between two texts, have their own.
ZERO_WIDTH_BYTE: Final = 1
BOUNDARY_BYTE: Final = 2
SCAN_BYTES: Final = FOLD_BYTES.copy()
SCAN_BYTES[[ord(char) for char in ZERO_WIDTH]] = ZERO_WIDTH_BYTE
SCAN_BYTES[[ZERO_WIDTH_BYTE, BOUNDARY_BYTE]] = OTHER
#: Zero-width characters that are drawn on the one before them.
MARKS: Final = np.array(
    sorted(ord(char) for char in ZERO_WIDTH if unicodedata.category(char) in ("Mn", "Me")), np.uint32
)
