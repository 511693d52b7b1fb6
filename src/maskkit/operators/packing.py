"""Packing: a canonical value in at most eight bytes, by its form alone, where it fits.

The length tells what is packed:

=====  ==================================================================================================
bytes  value
=====  ==================================================================================================
5      eleven digits beginning with 1: the other ten as a number
7      a plate: its first character's UTF-16, then up to seven of `PLATE_CHARS`, base 48
2-8    even lengths, `PERSON` only: UTF-16BE, so up to four Han characters
8      all others: digits as a number, each shape of `SHAPES` in a range of its own
=====  ==================================================================================================

A value is packed in a word, a number of 64 bits with the value's bytes on the left.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final

PHONE_BYTES: Final = 5
PLATE_BYTES: Final = 7
NUMBER_BYTES: Final = 8
PHONE_DIGITS: Final = 11

#: The shapes that are a number of eight bytes, each digit written 0. The order is for ever: digits alone, a resident
#: ID that ends in X, an international phone, a phone with its extension.
SHAPES: Final = (
    *("0" * n for n in range(1, 20)),
    "0" * 17 + "X",
    *("+" + "0" * n for n in range(5, 16)),
    *("0" * n + "-" + "0" * extension for n in range(10, 13) for extension in range(1, 7)),
)
#: What stands after a plate's first character. The order is for ever.
PLATE_CHARS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ挂学警港澳领使应急试超"

_PLATE: Final = re.compile(rf"[\u4e00-\u9fff][{PLATE_CHARS}]{{5,7}}")
_PLATE_DIGIT: Final = {char: number for number, char in enumerate(PLATE_CHARS, 1)}
_PLATE_BASE: Final = len(PLATE_CHARS) + 1
_PLATE_TAIL: Final = 7

#: The first number of each shape, and one behind the last.
STARTS: Final = (0, *accumulate(10 ** shape.count("0") for shape in SHAPES))
SHAPE_STARTS: Final = dict(zip(SHAPES, STARTS, strict=False))
_AS_SHAPE: Final = dict.fromkeys(map(ord, "123456789"), "0")
_NOT_DIGITS: Final = {ord(char): None for char in "+-X"}
LONGEST_SHAPE: Final = max(map(len, SHAPES))
NAME_UNITS: Final = 4


def pack(entity: str, value: str) -> tuple[int, int]:
    """Return word and size of one canonical value; size 0 if it does not fit."""
    if len(value) > LONGEST_SHAPE:
        return 0, 0
    shape = value.translate(_AS_SHAPE)
    if shape == "00000000000" and value[0] == "1":
        return int(value[1:]) << 24, PHONE_BYTES
    if entity == "PERSON" and 0 < len(value) <= NAME_UNITS:
        units = value.encode("utf-16-be")
        if len(units) <= NAME_UNITS * 2:
            return int.from_bytes(units, "big") << (64 - 8 * len(units)), len(units)
    if entity != "PERSON" and shape in SHAPE_STARTS:
        return SHAPE_STARTS[shape] + int(value.translate(_NOT_DIGITS)), NUMBER_BYTES
    if _PLATE.fullmatch(value):
        number = ord(value[0])
        for char in value[1:]:
            number = number * _PLATE_BASE + _PLATE_DIGIT[char]
        return number * _PLATE_BASE ** (_PLATE_TAIL + 1 - len(value)) << 8, PLATE_BYTES
    return 0, 0


def unpack(entity: str, word: int, size: int) -> str | None:
    """Return the value of a word; None for one that `pack` does not make."""
    if size == PHONE_BYTES:
        number = word >> 24
        return f"1{number:010}" if number < 10 ** (PHONE_DIGITS - 1) else None
    if size == PLATE_BYTES:
        return _plate(word >> 8)
    if entity == "PERSON":
        try:
            return (word >> (64 - 8 * size)).to_bytes(size, "big").decode("utf-16-be") if size % 2 == 0 else None
        except UnicodeDecodeError:
            return None
    if size != NUMBER_BYTES or word >= STARTS[-1]:
        return None
    number = bisect_right(STARTS, word) - 1
    shape = SHAPES[number]
    digits = f"{word - STARTS[number]:0{shape.count('0')}}"
    if shape[0] == "+":
        return "+" + digits
    if shape[-1] == "X":
        return digits + "X"
    left, dash, _ = shape.partition("-")
    return digits[: len(left)] + dash + digits[len(left) :]


def _plate(number: int) -> str | None:
    chars = ""
    for _ in range(_PLATE_TAIL):
        number, digit = divmod(number, _PLATE_BASE)
        chars = (PLATE_CHARS[digit - 1] if digit else " ") + chars
    value = chr(number) + chars.rstrip(" ")
    return value if _PLATE.fullmatch(value) else None
