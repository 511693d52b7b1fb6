"""Base32 (RFC 4648, lower case, no padding) for a whole column at a time: blocks of 16 bytes, and bytes of any length.

Two characters are looked up at a time, ten bits of the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.blocks import BLOCK_WORDS, Blocks
from maskkit.crypto.flat import strings
from maskkit.tokens import ALPHABET, BLOCK_LENGTH

#: Rows of ASCII codes or of bytes.
Rows = NDArray[np.uint8]

#: Five bytes are eight characters.
GROUP_BYTES: Final = 5
GROUP_CHARS: Final = 8

_PAIRS: Final = [a + b for a in ALPHABET for b in ALPHABET]
_ENCODE: Final = np.frombuffer("".join(_PAIRS).encode("ascii"), np.uint16).copy()
_BAD: Final = 1 << 15
_DECODE: Final = np.full(1 << 16, _BAD, np.uint16)
_DECODE[_ENCODE] = np.arange(len(_ENCODE), dtype=np.uint16)

_TEN_BITS: Final = 1023
#: Where each ten bits of a block start, in its high and its low word; between them are six bits and four.
_HIGH_SHIFTS: Final = range(54, 0, -10)
_LOW_SHIFTS: Final = range(48, 0, -10)
_GROUP_SHIFTS: Final = range(30, -1, -10)


def encode(blocks: Blocks) -> Rows:
    """Return the (n, 26) ASCII codes of n blocks."""
    high, low = np.ascontiguousarray(blocks.T)
    pairs = np.empty((len(blocks), BLOCK_LENGTH // 2), np.uint16)
    tens = [high >> np.uint64(shift) for shift in _HIGH_SHIFTS]
    tens.append(high << np.uint64(6) | low >> np.uint64(58))
    tens += [low >> np.uint64(shift) for shift in _LOW_SHIFTS]
    tens.append(low << np.uint64(2))
    for column, ten in enumerate(tens):
        pairs[:, column] = _ENCODE.take((ten & np.uint64(_TEN_BITS)).view(np.int64))
    return pairs.view(np.uint8)


def decode(codes: Rows) -> tuple[Blocks, NDArray[np.bool_]]:
    """Return the blocks of (n, 26) ASCII codes, and which rows are base32 with spare bits zero."""
    pairs = _pairs(codes)
    blocks = np.empty((len(codes), BLOCK_WORDS), np.uint64)
    blocks[:, 0] = _joined(pairs[:6], _HIGH_SHIFTS) | pairs[6] >> 6
    blocks[:, 1] = _joined(pairs[6:12], (58, *_LOW_SHIFTS)) | pairs[12] >> 2
    return blocks, (pairs.max(axis=0) < _BAD) & ((pairs[12] & 3) == 0)


def encode_rows(rows: Rows) -> Rows:
    """Return the codes of rows of bytes, a multiple of five each."""
    n, width = rows.shape
    groups = rows.reshape(-1, GROUP_BYTES)
    number = groups[:, 0].astype(np.uint64)
    for byte in groups.T[1:]:
        number <<= np.uint64(8)
        number |= byte
    pairs = np.empty((len(groups), GROUP_CHARS // 2), np.uint16)
    for column, shift in enumerate(_GROUP_SHIFTS):
        pairs[:, column] = _ENCODE.take((number >> np.uint64(shift) & np.uint64(_TEN_BITS)).view(np.int64))
    return pairs.view(np.uint8).reshape(n, width // GROUP_BYTES * GROUP_CHARS)


def decode_rows(codes: Rows) -> tuple[Rows, NDArray[np.bool_]]:
    """Return the bytes of rows of codes, a multiple of eight each, and which rows are base32."""
    n, width = codes.shape
    pairs = _pairs(codes.reshape(-1, GROUP_CHARS))
    groups = _joined(pairs, _GROUP_SHIFTS)
    made = np.empty((len(groups), GROUP_BYTES), np.uint8)
    for column in range(GROUP_BYTES):
        made[:, column] = groups >> np.uint64(8 * (GROUP_BYTES - 1 - column)) & np.uint64(255)
    good = (pairs.max(axis=0) < _BAD).reshape(n, -1).all(axis=1)
    return made.reshape(n, width // GROUP_CHARS * GROUP_BYTES), good


def encode_bytes(pieces: Iterable[bytes]) -> list[str]:
    """Return each of `pieces` in base32, one by one: for few."""
    return [encode_one(piece) for piece in pieces]


def encode_one(piece: bytes) -> str:
    """Return bytes in base32."""
    bits = len(piece) * 8
    pairs = -(-bits // 10)
    number = int.from_bytes(piece, "big") << pairs * 10 - bits
    text = "".join([_PAIRS[number >> shift & _TEN_BITS] for shift in range(pairs * 10 - 10, -1, -10)])
    return text[: -(-bits // 5)]


def decode_blocks(texts: Sequence[str]) -> Blocks:
    """Return the blocks of strings of 26 characters that the grammar has let through."""
    return decode(np.frombuffer("".join(texts).encode("ascii"), np.uint8).reshape(-1, BLOCK_LENGTH))[0]


def encode_blocks(blocks: Blocks) -> list[str]:
    """Return n blocks as strings of 26 characters."""
    return strings(encode(blocks)) if len(blocks) else []


def _pairs(codes: Rows) -> NDArray[np.uint16]:
    """Return rows of an even number of codes as columns of ten bits, `_BAD` for what is no base32."""
    columns: NDArray[np.uint16] = _DECODE.take(np.ascontiguousarray(np.ascontiguousarray(codes).view(np.uint16).T))
    return columns


def _joined(tens: NDArray[np.uint16], shifts: Sequence[int]) -> NDArray[np.uint64]:
    number: NDArray[np.uint64] = tens[0].astype(np.uint64) << np.uint64(shifts[0])
    for ten, shift in zip(tens[1:], shifts[1:], strict=True):
        number |= ten.astype(np.uint64) << np.uint64(shift)
    return number
