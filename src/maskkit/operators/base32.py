"""Base32 (RFC 4648, lower case, no padding) for a whole column at a time: blocks of 16 bytes, and bytes of any length.

Two characters are looked up at a time, ten bits of the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.blocks import BLOCK_WORDS, Blocks
from maskkit.tokens import ALPHABET, BLOCK_LENGTH

#: 13 pairs of ten bits are 130, of which the last two are spare.
_PAIRS: Final = BLOCK_LENGTH // 2
_ENCODE: Final = np.frombuffer("".join(a + b for a in ALPHABET for b in ALPHABET).encode("ascii"), np.uint16).copy()
_BAD: Final = 1 << 15
_DECODE: Final = np.full(1 << 16, _BAD, np.uint16)
_DECODE[_ENCODE] = np.arange(len(_ENCODE), dtype=np.uint16)

_HIGH_SHIFTS: Final = np.arange(54, 0, -10, dtype=np.uint64)
_LOW_SHIFTS: Final = np.arange(48, 0, -10, dtype=np.uint64)
_TEN_BITS: Final = np.uint64(1023)
#: Five bytes are four pairs.
_GROUP_BYTES: Final = 5
_GROUP_CHARS: Final = 8
_GROUP_SHIFTS: Final = np.arange(30, -1, -10, dtype=np.uint64)


def encode(blocks: Blocks) -> NDArray[np.uint8]:
    """Return the (n, 26) ASCII codes of n blocks."""
    high, low = blocks[:, :1], blocks[:, 1:]
    tens = np.empty((len(blocks), _PAIRS), np.uint64)
    tens[:, :6] = high >> _HIGH_SHIFTS
    tens[:, 6:7] = high << np.uint64(6) | low >> np.uint64(58)
    tens[:, 7:12] = low >> _LOW_SHIFTS
    tens[:, 12:] = low << np.uint64(2)
    tens &= _TEN_BITS
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


def encode_blocks(blocks: Blocks) -> list[str]:
    """Return n blocks as strings of 26 characters."""
    strings: list[str] = encode(blocks).astype(np.uint32).view(f"=U{BLOCK_LENGTH}").ravel().tolist()
    return strings


def decode_blocks(texts: Sequence[str]) -> Blocks:
    """Return the blocks of strings of 26 characters that the grammar has let through."""
    return decode(np.frombuffer("".join(texts).encode("ascii"), np.uint8).reshape(-1, BLOCK_LENGTH))[0]


def encode_bytes(pieces: Sequence[bytes]) -> list[str]:
    """Return each of `pieces` in base32."""
    groups = [-(-len(piece) // _GROUP_BYTES) for piece in pieces]
    padded = b"".join(piece.ljust(n * _GROUP_BYTES, b"\0") for piece, n in zip(pieces, groups, strict=True))
    number = np.zeros(sum(groups), np.uint64)
    for column in np.frombuffer(padded, np.uint8).reshape(-1, _GROUP_BYTES).T:
        number = number << np.uint64(8) | column
    text = _ENCODE[(number[:, None] >> _GROUP_SHIFTS & _TEN_BITS).astype(np.intp)].tobytes().decode("ascii")
    starts = accumulate(groups, initial=0)
    return [
        text[start * _GROUP_CHARS : start * _GROUP_CHARS - (-len(piece) * 8 // 5)]
        for start, piece in zip(starts, pieces, strict=False)
    ]
