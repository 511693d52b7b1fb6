"""Token bodies of whole columns: heads, ciphers, base32 and joining by arrays, into tokens without surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.blocks import BLOCK_BYTES, Blocks
from maskkit.crypto.flat import Flat, Numbers, split, strings
from maskkit.crypto.keywrap import KeyWrap
from maskkit.operators import base32
from maskkit.operators.base32 import GROUP_BYTES, Rows
from maskkit.operators.packing import NUMBER_BYTES
from maskkit.operators.packing_columns import FEW, Sizes, Words
from maskkit.operators.sealing import Sealing
from maskkit.tokens import (
    ALPHABET,
    BLOCK_LENGTH,
    HEAD_LENGTH,
    KEY_WRAP,
    NO_SURFACE,
    PLAIN_LENGTH,
    SHORT_SURFACE,
    SIV,
    SIV_TAG_BYTES,
    length_chars,
)

#: No character of UTF-8 but NUL holds a zero byte.
_NUL: Final = "\0"
#: Longer texts are sealed one by one: they are no column of one kind.
_LONGEST: Final = 4096
_DIGITS: Final = np.frombuffer(ALPHABET.encode("ascii"), np.uint8)
_MORE: Final = 16


def wrapped(sealing: Sealing, words: Words, sizes: Sizes) -> Rows:
    """Return the key-wrap tokens of packed values, without surface, as rows of ASCII codes."""
    return _wrapped(sealing, sealing.body_wrap.wrap(words, sizes), PLAIN_LENGTH, NO_SURFACE)


def wrapped_with(sealing: Sealing, words: Words, sizes: Sizes, surface: int) -> Rows:
    """Return the same with one short surface, four bytes, for all."""
    blocks = sealing.body_wrap.wrap(words, sizes)
    codes = _wrapped(sealing, blocks, PLAIN_LENGTH + BLOCK_LENGTH, SHORT_SURFACE)
    surfaces = np.uint64(surface << 32) | blocks[:, 0] >> np.uint64(32)
    parts = sealing.surface_wrap.wrap(surfaces, np.full(len(blocks), NUMBER_BYTES, np.uint8))
    codes[:, PLAIN_LENGTH:] = base32.encode(parts)
    return codes


def _wrapped(sealing: Sealing, blocks: Blocks, length: int, surface_kind: str) -> Rows:
    """Return rows of that length, filled as far as the kind of surface."""
    codes = np.empty((len(blocks), length), np.uint8)
    codes[:, :HEAD_LENGTH] = codes_of(sealing.head(KEY_WRAP))
    codes[:, HEAD_LENGTH : PLAIN_LENGTH - 1] = base32.encode(blocks)
    codes[:, PLAIN_LENGTH - 1] = ord(surface_kind)
    return codes


def wrapped_few(sealing: Sealing, packed: Sequence[tuple[int, int]]) -> list[str]:
    """Return the same as strings, without setting up arrays."""
    head = sealing.head(KEY_WRAP)
    return [f"{head}{body}{NO_SURFACE}" for body in _blocks_few(sealing.body_wrap, packed)]


def blocks_of(cipher: KeyWrap, words: Sequence[int]) -> list[str]:
    """Return words of eight bytes wrapped, in base32."""
    if len(words) <= FEW:
        return _blocks_few(cipher, [(word, NUMBER_BYTES) for word in words])
    sizes = np.full(len(words), NUMBER_BYTES, np.uint8)
    return base32.encode_blocks(cipher.wrap(np.array(words, np.uint64), sizes))


def _blocks_few(cipher: KeyWrap, packed: Sequence[tuple[int, int]]) -> list[str]:
    raw = cipher.wrap_few(packed) if packed else b""
    return base32.encode_bytes(raw[at : at + BLOCK_BYTES] for at in range(0, len(raw), BLOCK_BYTES))


def sealed(sealing: Sealing, texts: Sequence[str]) -> list[str]:
    """Return the AES-SIV tokens of texts, without surface; UnicodeEncodeError for half a surrogate pair."""
    flat = _utf8(texts) if len(texts) > FEW else None
    if flat is None:
        return _sealed_few(sealing, texts)
    made = np.empty(len(texts), object)
    for rows, blocks in by_size(flat.lengths):
        if blocks > _LONGEST // BLOCK_BYTES or len(rows) <= FEW:
            made[rows] = _sealed_few(sealing, [texts[i] for i in rows.tolist()])
            continue
        tokens = strings(*_sealed_rows(sealing, padded(flat, rows, blocks), flat.lengths[rows]))
        if len(rows) == len(texts):
            return tokens
        made[rows] = tokens
    every: list[str] = made.tolist()
    return every


def _sealed_few(sealing: Sealing, texts: Sequence[str]) -> list[str]:
    head = sealing.head(SIV)
    return [
        f"{head}{length_chars(len(one) - SIV_TAG_BYTES)}{base32.encode_one(one)}{NO_SURFACE}"
        for one in sealing.body_siv.seal(text.encode() for text in texts)
    ]


def _sealed_rows(sealing: Sealing, texts: Rows, sizes: Numbers) -> tuple[Rows, Numbers]:
    """Return the tokens of texts of one number of blocks and of length characters, and how long each token is."""
    n, width = texts.shape
    raw = np.zeros((n, -(-(SIV_TAG_BYTES + width) // GROUP_BYTES) * GROUP_BYTES), np.uint8)
    raw[:, : SIV_TAG_BYTES + width] = sealing.body_siv.seal_rows(texts, sizes)
    body = base32.encode_rows(raw)
    start = HEAD_LENGTH + len(length_chars(int(sizes[0])))
    codes = np.empty((n, start + body.shape[1] + 1), np.uint8)
    codes[:, :HEAD_LENGTH] = codes_of(sealing.head(SIV))
    for column in range(HEAD_LENGTH, start):
        group = sizes >> 4 * (start - 1 - column) & 15
        codes[:, column] = _DIGITS[group + (_MORE if column < start - 1 else 0)]
    codes[:, start:-1] = body
    ends = start - (-(SIV_TAG_BYTES + sizes) * 8 // 5)
    codes[np.arange(n), ends] = ord(NO_SURFACE)
    return codes, ends + 1


def padded(flat: Flat, rows: NDArray[np.intp], blocks: int) -> Rows:
    """Return strings of bytes as rows of whole blocks, with zeros behind."""
    places = np.arange(blocks * BLOCK_BYTES)
    at = flat.starts[rows, None] + places
    np.minimum(at, len(flat.codes) - 1, out=at)
    made: Rows = flat.codes[at].astype(np.uint8, copy=False)
    made *= places < flat.lengths[rows, None]
    return made


def by_size(sizes: Numbers) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Yield the rows of each number of blocks and of length characters, with the number of blocks."""
    blocks = np.maximum(-(-sizes // BLOCK_BYTES), 1)
    # Lengths up to 15, 255, 4095 take one more character each: bounds that a number of blocks may straddle.
    kinds = blocks * 4 + (sizes > 15) + (sizes > 255) + (sizes > 4095)
    for kind in np.unique(kinds).tolist():
        yield np.flatnonzero(kinds == kind), kind // 4


def _utf8(texts: Sequence[str]) -> Flat | None:
    """Return the texts in UTF-8 as an array; None where one of them holds NUL."""
    joined = _NUL.join(texts)
    if joined.count(_NUL) != len(texts) - 1:
        return None
    codes = np.frombuffer(joined.encode(), np.uint8)
    return Flat(codes, *split(codes, len(texts), 0))


def codes_of(text: str) -> Rows:
    """Return the codes of ASCII characters."""
    return np.frombuffer(text.encode("ascii"), np.uint8)
