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
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

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

_STARTS: Final = (0, *accumulate(10 ** shape.count("0") for shape in SHAPES))
_SHAPE_STARTS: Final = dict(zip(SHAPES, _STARTS, strict=False))
_STARTS_ARRAY: Final = np.array(_STARTS, np.uint64)
_AS_SHAPE: Final = dict.fromkeys(map(ord, "123456789"), "0")
_NOT_DIGITS: Final = {ord(char): None for char in "+-X"}
_LONGEST_SHAPE: Final = max(map(len, SHAPES))
_ID_WITH_X: Final = "0" * 17 + "X"
#: Takes the leading 1 off, modulo 2^64.
_PHONE_OFFSET: Final = np.uint64((1 << 64) - 10 ** (PHONE_DIGITS - 1))
#: The first shapes are digits alone or with an X behind.
_COLUMN_SHAPES: Final = 20
#: The code points of 0000 to 9999.
_FOUR_DIGITS: Final = np.array([list(f"{n:04}".encode()) for n in range(10_000)], np.uint32)

_NAME_UNITS: Final = 4
#: Below this a value at a time is faster than setting up arrays.
_FEW: Final = 24

Words = NDArray[np.uint64]
Sizes = NDArray[np.uint8]


def pack(entity: str, value: str) -> tuple[int, int]:
    """Return word and size of one canonical value; size 0 if it does not fit."""
    if len(value) > _LONGEST_SHAPE:
        return 0, 0
    shape = value.translate(_AS_SHAPE)
    if shape == "00000000000" and value[0] == "1":
        return int(value[1:]) << 24, PHONE_BYTES
    if entity == "PERSON" and 0 < len(value) <= _NAME_UNITS:
        units = value.encode("utf-16-be")
        if len(units) <= _NAME_UNITS * 2:
            return int.from_bytes(units, "big") << (64 - 8 * len(units)), len(units)
    if entity != "PERSON" and shape in _SHAPE_STARTS:
        return _SHAPE_STARTS[shape] + int(value.translate(_NOT_DIGITS)), NUMBER_BYTES
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
    if size != NUMBER_BYTES or word >= _STARTS[-1]:
        return None
    number = bisect_right(_STARTS, word) - 1
    shape = SHAPES[number]
    digits = f"{word - _STARTS[number]:0{shape.count('0')}}"
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


def pack_column(entity: str, values: Sequence[str]) -> tuple[Words, Sizes]:
    """Return words and sizes of a column: `pack` for each, the common shapes by whole arrays."""
    n = len(values)
    words, sizes = np.zeros(n, np.uint64), np.zeros(n, np.uint8)
    rest: Sequence[int] = range(n)
    if n > _FEW:
        lengths = np.fromiter(map(len, values), np.int64, n)
        done = np.zeros(n, np.bool_)
        for length in np.flatnonzero(np.bincount(np.minimum(lengths, _LONGEST_SHAPE + 1))).tolist():
            _pack_length(entity, values, lengths == length, length, words, sizes, done)
        rest = np.flatnonzero(~done).tolist()
    for i in rest:
        words[i], sizes[i] = pack(entity, values[i])
    return words, sizes


def _pack_length(
    entity: str,
    values: Sequence[str],
    here: NDArray[np.bool_],
    length: int,
    words: Words,
    sizes: Sizes,
    done: NDArray[np.bool_],
) -> None:
    """Pack what is plain among the values of one length, which are `here`; note in `done` what is."""
    is_name = entity == "PERSON" and 0 < length <= _NAME_UNITS
    if not is_name and (not 1 <= length <= 19 or (entity == "PERSON" and length != PHONE_DIGITS)):
        return
    rows = np.flatnonzero(here)
    joined = "".join(values if len(rows) == len(values) else [values[i] for i in rows.tolist()])
    if is_name:
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).reshape(-1, length)
        plain = ((codes < 0xD800) | ((codes > 0xDFFF) & (codes < 0x10000))).all(axis=1)
        packed = np.zeros(len(rows), np.uint64)
        for k in range(length):
            packed |= codes[:, k].astype(np.uint64) << np.uint64(48 - 16 * k)
        size = np.full(len(rows), 2 * length, np.uint8)
    else:
        digits = np.frombuffer(joined.encode("ascii", "replace"), np.uint8).reshape(-1, length) - np.uint8(48)
        packed = _number(digits)
        plain = (digits < 10).all(axis=1)
        size = np.full(len(rows), NUMBER_BYTES, np.uint8)
        phones = digits[:, 0] == 1 if length == PHONE_DIGITS else np.zeros(len(rows), np.bool_)
        size[phones] = PHONE_BYTES
        if entity == "PERSON":
            plain &= phones
        packed += np.where(phones, _PHONE_OFFSET, np.uint64(_SHAPE_STARTS["0" * length]))
        packed <<= np.where(phones, np.uint64(24), np.uint64(0))
        if length == len(_ID_WITH_X):
            with_x = (digits[:, :-1] < 10).all(axis=1) & (digits[:, -1] == ord("X") - 48)
            packed[with_x] = _number(digits[with_x, :-1]) + np.uint64(_SHAPE_STARTS[_ID_WITH_X])
            plain |= with_x
    rows = rows[plain]
    words[rows] = packed[plain]
    sizes[rows] = size[plain]
    done[rows] = True


def _number(digits: NDArray[np.uint8]) -> Words:
    """Return the numbers that rows of digits are."""
    number = digits[:, 0].astype(np.uint64)
    for k in range(1, digits.shape[1]):
        number *= np.uint64(10)
        number += digits[:, k]
    return number


def unpack_column(entity: str, words: Words, sizes: Sizes) -> list[str | None]:
    """Return the values of a column: `unpack` for each, None where size is 0."""
    n = len(words)
    if n <= _FEW:
        return [unpack(entity, *pair) if pair[1] else None for pair in zip(words.tolist(), sizes.tolist(), strict=True)]
    values: list[str | None] = [None] * n
    for size in np.flatnonzero(np.bincount(sizes, minlength=NUMBER_BYTES + 1)).tolist():
        rows = np.flatnonzero(sizes == size)
        for part, strings in _unpack_size(entity, words[rows], size):
            if len(part) == n:
                return strings
            for i, string in zip(rows[part].tolist(), strings, strict=True):
                values[i] = string
    return values


def _unpack_size(entity: str, words: Words, size: int) -> Iterator[tuple[NDArray[np.intp], list[str | None]]]:
    """Unpack a column of one size, as parts: row numbers and their values."""
    every = np.arange(len(words))
    if size == PHONE_BYTES:
        number = words >> np.uint64(24)
        good = np.flatnonzero(number < 10 ** (PHONE_DIGITS - 1))
        yield good, _digit_strings(number[good], PHONE_DIGITS, "1", "")
    elif entity == "PERSON" and size % 2 == 0 and size:
        units = words.astype(">u8").view(">u2").reshape(-1, _NAME_UNITS)[:, : size // 2].astype(np.uint32)
        plain = ((units < 0xD800) | (units > 0xDFFF)).all(axis=1) & (units[:, -1] != 0)
        yield np.flatnonzero(plain), _strings(units[plain])
        yield np.flatnonzero(~plain), [unpack(entity, word, size) for word in words[~plain].tolist()]
    elif size == NUMBER_BYTES and entity != "PERSON":
        shapes = np.searchsorted(_STARTS_ARRAY, words, side="right") - 1
        for shape in np.flatnonzero(np.bincount(shapes, minlength=len(_STARTS))).tolist():
            rows = np.flatnonzero(shapes == shape)
            if shape < _COLUMN_SHAPES:
                zeros = SHAPES[shape].rstrip("X")
                number = words[rows] - _STARTS_ARRAY[shape]
                yield rows, _digit_strings(number, len(zeros), "", SHAPES[shape][len(zeros) :])
            else:
                yield rows, [unpack(entity, word, size) for word in words[rows].tolist()]
    elif size:
        yield every, [unpack(entity, word, size) for word in words.tolist()]


def _digit_strings(numbers: Words, width: int, before: str, after: str) -> list[str | None]:
    """Return numbers in decimal, zeros in front, `width` characters with one `before` among them, `after` behind."""
    codes = np.empty((len(numbers), width + len(after)), np.uint32)
    end = width
    while end > len(before):
        numbers, four = np.divmod(numbers, np.uint64(10_000))
        start = max(end - 4, len(before))
        codes[:, start:end] = _FOUR_DIGITS[four.astype(np.intp), start - end + 4 :]
        end = start
    for column, char in ((0, before), (width, after)):
        if char:
            codes[:, column] = ord(char)
    return _strings(codes)


def _strings(codes: NDArray[np.uint32]) -> list[str | None]:
    """Return the rows of an array of code points, none of which ends in NUL, as strings."""
    strings: list[str | None] = np.ascontiguousarray(codes).view(f"=U{codes.shape[1]}").ravel().tolist()
    return strings
