"""Base32 (RFC 4648, lower case, no padding) of 16-byte blocks, a whole column at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.blocks import BLOCK_WORDS, Blocks
from maskkit.tokens import ALPHABET, BLOCK_LENGTH

#: Two characters at a time: 13 pairs of ten bits are 130, of which the last two are spare.
_PAIRS: Final = BLOCK_LENGTH // 2
_ENCODE: Final = np.frombuffer("".join(a + b for a in ALPHABET for b in ALPHABET).encode("ascii"), np.uint16).copy()
_BAD: Final = 1 << 15
_DECODE: Final = np.full(1 << 16, _BAD, np.uint16)
_DECODE[_ENCODE] = np.arange(len(_ENCODE), dtype=np.uint16)

_HIGH_SHIFTS: Final = np.arange(54, 0, -10, dtype=np.uint64)
_LOW_SHIFTS: Final = np.arange(48, 0, -10, dtype=np.uint64)
_TEN: Final = np.uint64(1023)


def encode(blocks: Blocks) -> NDArray[np.uint8]:
    """Return the (n, 26) ASCII codes of n blocks."""
    high, low = blocks[:, :1], blocks[:, 1:]
    tens = np.empty((len(blocks), _PAIRS), np.uint64)
    tens[:, :6] = high >> _HIGH_SHIFTS
    tens[:, 6:7] = high << np.uint64(6) | low >> np.uint64(58)
    tens[:, 7:12] = low >> _LOW_SHIFTS
    tens[:, 12:] = low << np.uint64(2)
    tens &= _TEN
    return _ENCODE[tens.astype(np.intp)].view(np.uint8)


def decode(codes: NDArray[np.uint8]) -> tuple[Blocks, NDArray[np.bool_]]:
    """Return the blocks of (n, 26) ASCII codes, and which rows are base32 with spare bits zero."""
    pairs = _DECODE[np.ascontiguousarray(codes).view(np.uint16)]
    good = (pairs < _BAD).all(axis=1) & ((pairs[:, -1] & 3) == 0)
    tens = pairs.astype(np.uint64)
    blocks = np.zeros((len(codes), BLOCK_WORDS), np.uint64)
    high, low = blocks[:, 0], blocks[:, 1]
    for number in range(6):
        high |= tens[:, number] << _HIGH_SHIFTS[number]
    high |= tens[:, 6] >> np.uint64(6)
    low |= tens[:, 6] << np.uint64(58)
    for number in range(5):
        low |= tens[:, 7 + number] << _LOW_SHIFTS[number]
    low |= tens[:, 12] >> np.uint64(2)
    return blocks, good
