"""Packing of whole columns: the common shapes by arrays, what `packing` says of each value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.flat import SEPARATOR, Codes, Flat, flatten, strings
from maskkit.operators.packing import (
    LONGEST_SHAPE,
    NAME_UNITS,
    NUMBER_BYTES,
    PHONE_BYTES,
    PHONE_DIGITS,
    SHAPE_STARTS,
    SHAPES,
    STARTS,
    pack,
    unpack,
)

_STARTS_ARRAY: Final = np.array(STARTS, np.uint64)
_ID_WITH_X: Final = "0" * 17 + "X"
#: Takes the leading 1 off, modulo 2^64.
_PHONE_OFFSET: Final = np.uint64((1 << 64) - 10 ** (PHONE_DIGITS - 1))
#: The first shapes are digits alone or with an X behind.
_COLUMN_SHAPES: Final = 20
#: The first packed mobile number, 13000000000.
_FIRST_MOBILE: Final = np.uint64(3 * 10**9 << 24)
#: The code points of 0000 to 9999.
_FOUR_DIGITS: Final = np.array([list(f"{n:04}".encode()) for n in range(10_000)], np.uint8)

#: Up to this many, one value at a time is faster than setting up arrays.
FEW: Final = 24

Rows = NDArray[np.intp]
Words = NDArray[np.uint64]
Sizes = NDArray[np.uint8]


def pack_column(entity: str, values: Sequence[str]) -> tuple[Words, Sizes]:
    """Return words and sizes of a column: `pack` for each, the common shapes by whole arrays."""
    flat = flatten(values) if len(values) > FEW else None
    if flat is None:
        packed = [pack(entity, value) for value in values]
        return np.array([word for word, _ in packed], np.uint64), np.array([size for _, size in packed], np.uint8)
    words, sizes = pack_flat(entity, flat)
    for i in np.flatnonzero((sizes == 0) & may_pack(entity, flat)).tolist():
        words[i], sizes[i] = pack(entity, values[i])
    return words, sizes


def pack_flat(entity: str, flat: Flat) -> tuple[Words, Sizes]:
    """Return words and sizes of the strings that have a common shape, size 0 for all others."""
    words, sizes = np.zeros(len(flat.starts), np.uint64), np.zeros(len(flat.starts), np.uint8)
    for length in np.flatnonzero(np.bincount(np.minimum(flat.lengths, LONGEST_SHAPE))).tolist():
        pack_length: Callable[[str, Codes, Words, Sizes], None]
        if entity == "PERSON" and 0 < length <= NAME_UNITS:
            pack_length = _pack_names
        elif 0 < length < _COLUMN_SHAPES and (entity != "PERSON" or length == PHONE_DIGITS):
            pack_length = _pack_digits
        else:
            continue
        if (flat.lengths == length).all():
            pack_length(entity, flat.rows(length), words, sizes)
            return words, sizes
        rows = np.flatnonzero(flat.lengths == length)
        some = np.zeros(len(rows), np.uint64), np.zeros(len(rows), np.uint8)
        pack_length(entity, flat.rows(length, rows), *some)
        words[rows], sizes[rows] = some
    return words, sizes


def _pack_names(_entity: str, codes: Codes, words: Words, sizes: Sizes) -> None:
    """Pack names of one length that are UTF-16 code units, not pairs of them."""
    length = codes.shape[1]
    for k, column in enumerate(codes.T):
        words |= column.astype(np.uint64) << np.uint64(48 - 16 * k)
    plain = ((codes < 0xD800) | ((codes > 0xDFFF) & (codes < 0x10000))).all(axis=1)
    words *= plain
    sizes[plain] = 2 * length


def _pack_digits(entity: str, codes: Codes, words: Words, sizes: Sizes) -> None:
    """Pack digits of one length, and resident IDs that end in X."""
    length = codes.shape[1]
    digits = codes - codes.dtype.type(ord("0"))  # below 0 is far above 9
    plain = (digits < 10).all(axis=1)
    _to_numbers(digits, words)
    if length == PHONE_DIGITS:
        phones = digits[:, 0] == 1
        sizes[:] = np.where(phones, PHONE_BYTES, 0 if entity == "PERSON" else NUMBER_BYTES)
        words += np.where(phones, _PHONE_OFFSET, np.uint64(SHAPE_STARTS["0" * length]))
        words <<= np.where(phones, np.uint64(24), np.uint64(0))
    else:
        sizes[:] = NUMBER_BYTES
        words += np.uint64(SHAPE_STARTS["0" * length])
    if length == len(_ID_WITH_X):
        with_x = (digits[:, :-1] < 10).all(axis=1) & (digits[:, -1] == ord("X") - ord("0"))
        numbers = np.empty(int(with_x.sum()), np.uint64)
        _to_numbers(digits[with_x, :-1], numbers)
        words[with_x] = numbers + np.uint64(SHAPE_STARTS[_ID_WITH_X])
        plain |= with_x
    if not plain.all():
        sizes *= plain
        words *= sizes > 0
    elif entity == "PERSON":
        words *= sizes > 0


def _to_numbers(digits: Codes, numbers: Words) -> None:
    """Fill `numbers` with what rows of digits are."""
    numbers[:] = digits[:, 0]
    for column in digits.T[1:]:
        numbers *= np.uint64(10)
        numbers += column


def may_pack(entity: str, flat: Flat) -> NDArray[np.bool_]:
    """Tell which strings may have a shape that fits: none for most columns of texts."""
    held = flat.lengths > 0
    firsts = np.zeros(len(held), np.uint32)
    firsts[held] = flat.codes[flat.starts[held]]
    may: NDArray[np.bool_] = (firsts >= ord("0")) & (firsts <= ord("9")) | (firsts == ord("+"))
    may |= (firsts >= 0x4E00) & (firsts <= 0x9FFF) & (flat.lengths >= 6) & (flat.lengths <= 8)
    if entity == "PERSON":
        may |= held & (flat.lengths <= NAME_UNITS)
    may &= flat.lengths <= LONGEST_SHAPE
    return may


def certain(entity: str, flat: Flat, words: Words, sizes: Sizes) -> NDArray[np.bool_]:
    """Tell which of the strings that `pack_flat` packed are canonical beyond doubt: what `is_canonical` would say."""
    sure = np.zeros(len(sizes), np.bool_)
    match entity:
        case "PHONE_NUMBER":
            sure = (sizes == PHONE_BYTES) & (words >= _FIRST_MOBILE)
        case "CN_RESIDENT_ID":
            sure = (sizes == NUMBER_BYTES) & ((flat.lengths == 18) | (flat.lengths == 15))
        case "BANK_CARD":
            sure = (sizes == NUMBER_BYTES) & (flat.lengths >= 13) & (words < STARTS[19])
        case "PERSON":
            units = words.astype(">u8").view(">u2").reshape(-1, NAME_UNITS)
            han = ((units >= 0x3400) & (units <= 0x9FFF)) | (np.arange(NAME_UNITS) >= flat.lengths[:, None])
            sure = (flat.lengths <= NAME_UNITS) & (sizes > 0) & han.all(axis=1)
    return sure


def unpack_column(entity: str, words: Words, sizes: Sizes) -> list[str | None]:
    """Return the values of a column: `unpack` for each, None where size is 0."""
    n = len(words)
    if n <= FEW:
        return [unpack(entity, *pair) if pair[1] else None for pair in zip(words.tolist(), sizes.tolist(), strict=True)]
    values = np.full(n, None, object)
    done = np.zeros(n, np.bool_)
    for rows, codes in unpack_shapes(entity, words, sizes):
        if len(rows) == n:
            every: list[str | None] = [*strings(codes)]
            return every
        values[rows] = strings(codes)
        done[rows] = True
    for i in np.flatnonzero(~done & (sizes > 0)).tolist():
        values[i] = unpack(entity, int(words[i]), int(sizes[i]))
    made: list[str | None] = values.tolist()
    return made


def unpack_shapes(entity: str, words: Words, sizes: Sizes) -> Iterator[tuple[Rows, Codes]]:
    """Yield the values of the common shapes: row numbers, and their code points as rows of a matrix."""
    for size in np.flatnonzero(np.bincount(sizes, minlength=NUMBER_BYTES + 1)).tolist():
        rows = np.flatnonzero(sizes == size)
        held = words if len(rows) == len(words) else words[rows]
        if size == PHONE_BYTES:
            numbers = held >> np.uint64(24)
            good = numbers < 10 ** (PHONE_DIGITS - 1)
            if not good.all():
                rows, numbers = rows[good], numbers[good]
            yield rows, _digit_codes(numbers, PHONE_DIGITS, "1", "")
        elif entity == "PERSON" and size and size % 2 == 0:
            units = held.astype(">u8").view(">u2").reshape(-1, NAME_UNITS)[:, : size // 2].astype(np.uint32)
            good = ((units < 0xD800) | (units > 0xDFFF)).all(axis=1) & (units != ord(SEPARATOR)).all(axis=1)
            yield rows[good], units[good]
        elif entity != "PERSON" and size == NUMBER_BYTES:
            shapes = np.searchsorted(_STARTS_ARRAY, held, side="right") - 1
            for shape in np.flatnonzero(np.bincount(shapes, minlength=len(STARTS))).tolist():
                if shape < _COLUMN_SHAPES:
                    here = shapes == shape
                    zeros = SHAPES[shape].rstrip("X")
                    numbers = (held if here.all() else held[here]) - _STARTS_ARRAY[shape]
                    yield rows[here], _digit_codes(numbers, len(zeros), "", SHAPES[shape][len(zeros) :])


def _digit_codes(numbers: Words, width: int, before: str, after: str) -> Codes:
    """Return numbers in decimal, zeros in front, `width` characters with one `before` among them, `after` behind."""
    codes = np.empty((len(numbers), width + len(after)), np.uint8)
    for end in range(width, len(before), -4):
        start = max(end - 4, len(before))
        rest = numbers // np.uint64(10_000)
        four = (numbers - rest * np.uint64(10_000)).astype(np.intp)
        codes[:, start:end] = _FOUR_DIGITS.take(four, axis=0)[:, start - end :]
        numbers = rest
    for column, char in ((0, before), (width, after)):
        if char:
            codes[:, column] = ord(char)
    return codes
