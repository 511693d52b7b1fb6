"""Many texts as one buffer, each character folded to one byte, and the runs in it that can hold a number or a word.

The fold keeps length, so an offset in the view is an offset in the text. Every decimal digit of Unicode becomes an
ASCII digit, full-width Latin becomes ASCII, dashes ``-``, blanks a space, currency signs ``$``. A Han numeral, a
plate's province and some twenty Han characters that rules speak of have bytes of their own above 0x7F; any other letter
is `LETTER`, the rest `OTHER`. Rules' patterns pass through the same fold, so they are written in plain characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit import masks, tokens
from maskkit.model import Span
from maskkit.normalize import FOLD, FOLD_HAN, ZERO_WIDTH

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]

#: Byte of the Han numeral for 0; the others follow.
HAN_ZERO: Final = 0x80
#: Characters with a byte of their own, in order from 0x8A; what stands together shares one.
HAN_BYTES: Final = (
    *"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼",
    *("学學", "警", "港", "澳", "挂", "试", "超", "使", "领"),
    *("转轉", "分", "机機", "号號", "内", "线", "或", "、", "元圆"),
    *("亿億", "万萬", "是为為", "·•・‧∙⋅", "栋棟幢座楼樓室层層巷弄组組路街村院户区區园園"),
    *("洞", "拐", "勾", "中", "国國", "公", "司", "网網"),
)
LETTER: Final = 0xFE
OTHER: Final = 0xFF

PROVINCES: Final = HAN_BYTES[:31]
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
    for char in "¥￥＄€£":
        table[ord(char)] = ord("$")
    return table


FOLD_BYTES: Final = _fold_table()

#: Bits of `Runs.signs` above those of the ten digits.
PLUS, BRACKET, HAN = 1 << 10, 1 << 11, 1 << 12
ANY_SIGN: Final = (1 << 13) - 1


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
_DIGIT_LIKE: Final = (CLASS_BYTES & (DIGIT | HAN_DIGIT)) != 0
_DIGIT_LIKE[np.frombuffer(LIKE_DIGITS, np.uint8)] = True
_LOOSE: Final = _DIGIT_LIKE | ((CLASS_BYTES & NUMBER_SEPARATOR) != 0)
_LOOSE[np.frombuffer(b"_/~,;*\n" + fold("、"), np.uint8)] = True
_SIGNS: Final = np.zeros(256, np.uint16)
_SIGNS[ord("0") : ord("9") + 1] = 1 << np.arange(10)
_SIGNS[[ord("+"), ord("(")]] = PLUS, BRACKET
_SIGNS[HAN_ZERO : HAN_ZERO + 10] = HAN
_EMBASSIES: Final = np.frombuffer(fold("使领"), np.uint8)
# what stands for an @ before one of the great providers
_SPOKEN: Final = re.compile(
    rb"(?: @ ?|@ | ?[([]at[)\]] ?| at |#)"
    rb"(?=(?:qq|vip|1[0-9]{2}|gmail|foxmail|sina|sohu|yeah|outlook|hotmail|icloud|aliyun)[.])"
)
_HEX_WEIGHTS: Final = np.zeros(256, np.uint8)
_HEX_WEIGHTS[[ord(":"), ord("."), ord("-")]] = 3, 2, 1
_ZERO_WIDTH_BYTE: Final = 1
_BOUNDARY_BYTE: Final = 2
_SCAN_BYTES: Final = FOLD_BYTES.copy()
_SCAN_BYTES[[ord(char) for char in ZERO_WIDTH]] = _ZERO_WIDTH_BYTE
_SCAN_BYTES[[_ZERO_WIDTH_BYTE, _BOUNDARY_BYTE]] = OTHER
_TOUCHING: Final = (CLASS_BYTES & (WORD | HAN_DIGIT)) != 0
_TOUCHING[[_ZERO_WIDTH_BYTE, ord("."), ord("+")]] = True


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of one kind, as columns of equal length.

    `starts` and `ends` are half-open offsets in the view; `digits` counts digits and Han numerals; `bare` says that a
    run is ASCII digits and nothing else; `signs` has bit d where a group of digits begins with d, and the bits `PLUS`,
    `BRACKET` and `HAN` where such a character stands in the run.
    """

    starts: list[int]
    ends: list[int]
    digits: list[int]
    bare: list[bool]
    signs: list[int]


class View:
    """The folded bytes without what a token or display mask covers and without zero-width characters.

    At `boundaries`, between two texts, stands a byte that no pattern speaks of.
    """

    def __init__(
        self,
        codes: npt.NDArray[np.uint32],
        covered: Iterable[tuple[int, int]] = (),
        boundaries: Offsets | None = None,
    ) -> None:
        scan = _SCAN_BYTES[codes]
        if boundaries is not None:
            scan[boundaries] = _BOUNDARY_BYTE
        for start, end in covered:
            scan[start:end] = OTHER
        zero_width = scan == _ZERO_WIDTH_BYTE
        #: Offsets in the text, where the view has lost characters.
        self.offsets: Offsets | None = None
        if zero_width.any():
            kept = ~zero_width
            scan = scan[kept]
            self.offsets = np.append(np.flatnonzero(kept), len(codes))
        self.folded: Bytes = scan
        self.classes: Bytes = CLASS_BYTES[scan]
        self.bytes = scan.tobytes()

    def offset(self, position: int) -> int:
        """Return the offset in the text of the view's character at `position`."""
        return position if self.offsets is None else int(self.offsets[position])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open offsets in the text of ``view[start:end]``."""
        if self.offsets is None:
            return start, end
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1

    def numbers(self) -> Runs:
        """Return runs of digits, Han numerals and what separates them, with at least five digits."""
        starts, ends = _runs((self.classes & (DIGIT | HAN_DIGIT | NUMBER_SEPARATOR)) != 0)
        long = ends - starts >= 5
        starts, ends = starts[long], ends[long]
        digits = _counts((self.classes & (DIGIT | HAN_DIGIT)) != 0, starts, ends)
        some = digits >= 5
        starts, ends, digits = starts[some], ends[some], digits[some]
        if not len(starts):
            return _NO_RUNS
        ascii_digit = (self.classes & DIGIT) != 0
        bare = _counts(ascii_digit, starts, ends) == ends - starts
        signs = _SIGNS[self.folded]
        signs[1:][ascii_digit[1:] & ascii_digit[:-1]] = 0
        bounds = np.column_stack((starts, ends)).ravel()
        if bounds[-1] == len(signs):
            bounds = bounds[:-1]
        return Runs(
            starts.tolist(),
            ends.tolist(),
            digits.tolist(),
            bare.tolist(),
            np.bitwise_or.reduceat(signs, bounds)[::2].tolist(),
        )

    def loose(self) -> Runs:
        """Return runs of ten and more digits, or what people write for them, with anything between that may stand so.

        They begin and end with a digit, and are not all digits.
        """
        starts, ends = _runs(_LOOSE[self.folded])
        long = ends - starts >= 11
        starts, ends = starts[long], ends[long]
        if not len(starts):
            return _NO_RUNS
        likes = np.flatnonzero(_DIGIT_LIKE[self.folded])
        first, behind = np.searchsorted(likes, starts), np.searchsorted(likes, ends)
        some = behind - first >= 10
        first, behind = first[some], behind[some]
        starts, ends = likes[first], likes[behind - 1] + 1
        digits = _counts((self.classes & (DIGIT | HAN_DIGIT)) != 0, starts, ends)
        odd = (digits < ends - starts) & (digits >= 4)
        return _plain(starts[odd], ends[odd], (behind - first)[odd])

    def words(self) -> Runs:
        """Return runs of six and more Latin letters, digits, ``_`` and ``-`` that hold a letter."""
        return self._filtered(WORD, (self.classes & ALPHA) != 0, at_least=1, length=6)

    def mails(self) -> Runs:
        """Return runs of what an e-mail address is made of, with an ``@`` or with what is written for one."""
        spoken = [self._spoken(match.start()) for match in _SPOKEN.finditer(self.bytes)] if b"." in self.bytes else []
        starts = ends = np.array([start for start, end in spoken], np.int64)
        if spoken:
            ends = np.array([end for _, end in spoken], np.int64)
        if b"@" in self.bytes:
            plain = _runs((self.classes & MAIL) != 0)
            with_at = (plain[1] - plain[0] >= 6) & (_counts(self.folded == ord("@"), *plain) > 0)
            starts, ends = np.append(plain[0][with_at], starts), np.append(plain[1][with_at], ends)
        return _plain(starts, ends)

    def _spoken(self, at: int) -> tuple[int, int]:
        """Return the run of letters and digits that ends at `at`, its last 64."""
        start = at
        while start > max(0, at - 64) and self.classes[start - 1] & MAIL:
            start -= 1
        return start, at + 1

    def hexes(self) -> Runs:
        """Return runs of hexadecimal digits, ``:``, ``.``, ``-`` with at least two colons, two dots or four dashes."""
        starts, ends = _runs((self.classes & HEX) != 0)
        long = ends - starts >= 3
        starts, ends = starts[long], ends[long]
        weight = _counts(_HEX_WEIGHTS[self.folded], starts, ends)
        some = weight >= 4
        starts, ends = starts[some], ends[some]
        return _plain(starts, ends)

    def plates(self) -> Runs:
        """Where a plate can begin: what it begins with before a letter, or before a digit where that will do."""
        at = np.flatnonzero((self.classes[:-1] & PROVINCE) != 0)
        if not len(at):
            return _NO_RUNS
        classes, folded = np.append(self.classes, np.zeros(2, np.uint8)), np.append(self.folded, np.zeros(2, np.uint8))
        behind = classes[np.where(folded[at + 1] == ord(" "), at + 2, at + 1)]
        embassy = np.isin(folded[at], _EMBASSIES)
        letter, digit = (behind & ALPHA) != 0, (behind & DIGIT) != 0
        police = digit & ~embassy & ((classes[at - 1] & ALPHA) != 0) & (at >= 2)
        at = np.sort(np.concatenate((at[np.where(embassy, digit, letter)], at[police] - 2)))
        return _plain(at, at + 1)

    def _filtered(self, bit: np.uint8, wanted: npt.NDArray[np.bool_], *, at_least: int, length: int) -> Runs:
        starts, ends = _runs((self.classes & bit) != 0)
        long = ends - starts >= length
        starts, ends = starts[long], ends[long]
        some = _counts(wanted, starts, ends) >= at_least
        return _plain(starts[some], ends[some], _counts((self.classes & DIGIT) != 0, starts[some], ends[some]))


class Batch:
    """Texts joined by one newline after each.

    ``text`` is the joined string, ``codes`` its code points (uint32, one a character), ``starts`` the offset of each
    text in it (int64, n + 1 values; the last is one past the end). A text may hold newlines itself: nothing that
    detection finds by pattern or label crosses one.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self.text = "\n".join(self.texts)

    @classmethod
    def of(cls, texts: Sequence[str]) -> Batch:
        """Return the batch of these texts."""
        return cls(texts)

    @cached_property
    def codes(self) -> npt.NDArray[np.uint32]:
        """The code points of `text`."""
        return np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), "<u4")

    @cached_property
    def covered(self) -> list[tuple[int, int]]:
        """Half-open offsets of the tokens and display masks in `text`, which detection leaves alone."""
        return [*tokens.find_spans(self.text), *masks.find_masks(self.text)]

    @cached_property
    def view(self) -> View:
        """The folded view of `text` without what is covered."""
        return View(self.codes, self.covered, self.starts[1:-1] - 1)

    @cached_property
    def starts(self) -> Offsets:
        """The offset of each text, and one past the end."""
        starts = np.zeros(len(self.texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, self.texts), np.int64, len(self.texts)) + 1, out=starts[1:])
        return starts


_NO_RUNS: Final = Runs([], [], [], [], [])


def _plain(starts: Offsets, ends: Offsets, digits: Offsets | None = None) -> Runs:
    """Return runs of a kind of which only digits are counted, or nothing."""
    count = len(starts)
    return Runs(
        starts.tolist(),
        ends.tolist(),
        [0] * count if digits is None else digits.tolist(),
        [False] * count,
        [ANY_SIGN] * count,
    )


def touches(codes: npt.NDArray[np.uint32], spans: Sequence[Span]) -> Offsets:
    """Return the starts of the spans that something touches which could be part of another value."""
    starts: Offsets = np.fromiter((span[0] for span in spans), np.int64, len(spans))
    ends = np.fromiter((span[1] for span in spans), np.int64, len(spans))
    before, behind = np.maximum(starts - 1, 0), np.minimum(ends, len(codes) - 1)
    touched = _TOUCHING[_SCAN_BYTES[codes[before]]] & (starts > 0)
    touched |= _TOUCHING[_SCAN_BYTES[codes[behind]]] & (ends < len(codes))
    touching: Offsets = starts[touched]
    return touching


def _runs(member: npt.NDArray[np.bool_]) -> tuple[Offsets, Offsets]:
    """Half-open offsets of the maximal runs of True."""
    edges = np.flatnonzero(member[1:] != member[:-1]) + 1
    if len(member) and member[0]:
        edges = np.append(0, edges)
    if len(edges) % 2:
        edges = np.append(edges, len(member))
    return edges[0::2], edges[1::2]


def _counts(member: npt.NDArray[np.bool_] | Bytes, starts: Offsets, ends: Offsets) -> Offsets:
    """Return the sum over each run."""
    total = np.zeros(len(member) + 1, np.int32)
    np.cumsum(member, out=total[1:])
    return (total[ends] - total[starts]).astype(np.int64)
