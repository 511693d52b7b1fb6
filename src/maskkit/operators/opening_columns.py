"""Columns of tokens to values by arrays: whole tokens, each of them all of its cell.

What is told here is what `opening` would tell of each token. Rows that are left to it are the rare ones: long surfaces,
texts of a length that few others have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.blocks import BLOCK_BYTES, Blocks
from maskkit.crypto.flat import Codes, Flat, Numbers, flatten, parted
from maskkit.operators import base32
from maskkit.operators.arrow import Strings
from maskkit.operators.base32 import GROUP_BYTES, GROUP_CHARS, Rows
from maskkit.operators.bodies import by_size, codes_of
from maskkit.operators.packing import NUMBER_BYTES
from maskkit.operators.packing_columns import FEW, Sizes, Words, unpack_column, unpack_shapes
from maskkit.operators.sealing import Sealing
from maskkit.operators.spaced import spaced
from maskkit.operators.surface import Surface, render
from maskkit.tokens import (
    ALPHABET,
    BLOCK_LENGTH,
    HEAD_LENGTH,
    KEY_WRAP,
    NO_SURFACE,
    PLAIN_LENGTH,
    SHORT_SURFACE,
    SIV_TAG_BYTES,
    VAULTED,
)

#: What opens the tokens of a head: ciphers and entity; None where nothing does.
Opener = Callable[[str], tuple[Sealing, str] | None]
Indices = NDArray[np.intp]

_BODY_END: Final = HEAD_LENGTH + BLOCK_LENGTH
_SURFACE_LENGTH: Final = PLAIN_LENGTH + BLOCK_LENGTH
#: A column has few keys, tenants and entities; what has more is left to others.
_MOST_HEADS: Final = 8
_DIGIT: Final = np.full(256, 255, np.uint8)
_DIGIT[codes_of(ALPHABET)] = np.arange(len(ALPHABET))


class Opened(NamedTuple):
    """Values by row, None where there is none, and the rows that are yet to be looked at."""

    values: list[str | None]
    left: list[int]


def open_column(values: Sequence[str], opener: Opener) -> Opened:
    """Open the cells of a column that are tokens and nothing else."""
    rows = np.arange(len(values))
    flat = flatten(values) if len(values) > FEW else None
    if flat is None or not flat.narrow:
        may = [i for i, value in enumerate(values) if value[2:3] == "_" and value.isascii() and "\n" not in value]
        flat = flatten([values[i] for i in may]) if len(may) > FEW else None
        if flat is None:
            return Opened([None] * len(values), [i for i, value in enumerate(values) if value[2:3] == "_"])
        rows = np.array(may)
    back = np.full(len(values), None, object)
    left = np.zeros(len(values), np.bool_)
    here = np.flatnonzero(flat.lengths >= PLAIN_LENGTH)
    for head, same in _by_head(flat, here):
        if head is None:
            left[rows[same]] = True
            continue
        found = opener(head)
        if found is None:
            left[rows[same]] = head != head.lower() or head[-1] == VAULTED
            continue
        sealing, entity = found
        for some, opened in (_wraps if head[-1] == KEY_WRAP else _sivs)(sealing, entity, flat, same):
            if opened is None:
                left[rows[some]] = True
            elif len(some) == len(values):
                return Opened(opened, [])
            else:
                back[rows[some]] = opened
    return Opened(back.tolist(), np.flatnonzero(left).tolist())


def open_strings(flat: Flat, opener: Opener) -> Strings | None:
    """Return the values of key-wrap tokens of one head, without surface; None where they are something else."""
    if not flat.narrow or not (flat.lengths == PLAIN_LENGTH).all():
        return None
    codes = _rows(flat, PLAIN_LENGTH)
    heads = codes[:, :HEAD_LENGTH]
    head = heads[0].tobytes().decode("ascii")
    found = opener(head) if head[-1] == KEY_WRAP and (heads == heads[0]).all() else None
    if found is None:
        return None
    sealing, entity = found
    shapes = list(unpack_shapes(entity, *_plain(sealing, codes)))
    if sum(len(rows) for rows, _ in shapes) < len(codes):
        return None
    made: Codes = np.zeros((len(codes), max(values.shape[1] for _, values in shapes)), shapes[0][1].dtype)
    lengths = np.empty(len(codes), np.int64)
    for rows, values in shapes:
        made[rows, : values.shape[1]] = values
        lengths[rows] = values.shape[1]
    return Strings(made, lengths)


def _rows(flat: Flat, length: int, rows: Indices | None = None) -> Rows:
    """Return the codes that those strings begin with; all of them where `rows` are all."""
    every = rows is None or len(rows) == len(flat.lengths)
    return np.asarray(flat.rows(length, None if every else rows), np.uint8)


def _by_head(flat: Flat, rows: Indices) -> Iterator[tuple[str | None, Indices]]:
    """Yield what cells begin with, and the rows that do; None for the rows of all that are too many."""
    for _ in range(_MOST_HEADS):
        if not len(rows):
            return
        heads = _rows(flat, HEAD_LENGTH, rows)
        same = (heads == heads[0]).all(axis=1)
        yield heads[0].tobytes().decode("ascii"), rows[same]
        rows = rows[~same]
    yield None, rows


def _wraps(
    sealing: Sealing, entity: str, flat: Flat, rows: Indices
) -> Iterator[tuple[Indices, list[str | None] | None]]:
    """Open key-wrap tokens, those with a short surface too."""
    lengths = flat.lengths[rows]
    plain = rows[lengths == PLAIN_LENGTH]
    if len(plain):
        yield plain, unpack_column(entity, *_plain(sealing, _rows(flat, PLAIN_LENGTH, plain)))
    short = rows[lengths == _SURFACE_LENGTH]
    if len(short):
        yield short, _with_surfaces(sealing, entity, _rows(flat, _SURFACE_LENGTH, short))
    yield rows[(lengths != PLAIN_LENGTH) & (lengths != _SURFACE_LENGTH)], None


def _plain(sealing: Sealing, codes: Rows) -> tuple[Words, Sizes]:
    """Return words and sizes of tokens without surface, size 0 for what is damaged."""
    words, sizes, _ = _unwrapped(sealing, codes)
    sizes[codes[:, -1] != ord(NO_SURFACE)] = 0
    return words, sizes


def _unwrapped(sealing: Sealing, codes: Rows) -> tuple[Words, Sizes, Blocks]:
    """Return words and sizes of token bodies, size 0 for what does not open, and the blocks themselves."""
    blocks, good = base32.decode(codes[:, HEAD_LENGTH:_BODY_END])
    words, sizes = sealing.body_wrap.unwrap(blocks)
    sizes[~good] = 0
    return words, sizes, blocks


def _with_surfaces(sealing: Sealing, entity: str, codes: Rows) -> list[str | None]:
    """Open tokens with a short surface, each bound to its body."""
    words, sizes, blocks = _unwrapped(sealing, codes)
    parts, good = base32.decode(codes[:, PLAIN_LENGTH:])
    surfaces, surface_sizes = sealing.surface_wrap.unwrap(parts)
    good &= (surface_sizes == NUMBER_BYTES) & (codes[:, _BODY_END] == ord(SHORT_SURFACE))
    good &= surfaces & np.uint64(0xFFFFFFFF) == blocks[:, 0] >> np.uint64(32)
    sizes[~good] = 0
    values = unpack_column(entity, words, sizes)
    numbers = surfaces >> np.uint64(32)
    opened: list[str | None] = [None] * len(values)
    for number in np.unique(numbers[sizes > 0]).tolist():
        surface = Surface.of(number)
        rows = np.flatnonzero((numbers == number) & (sizes > 0)).tolist()
        held = [value for i in rows if (value := values[i]) is not None]
        whole = spaced(entity, held, surface) if FEW < len(rows) == len(held) else None
        for k, i in enumerate(rows):
            value = values[i]
            opened[i] = whole[k] if whole else value and render(entity, value, surface)
    return opened


def _sivs(
    sealing: Sealing, entity: str, flat: Flat, rows: Indices
) -> Iterator[tuple[Indices, list[str | None] | None]]:
    """Open AES-SIV tokens without surface."""
    sizes, digits = _lengths(flat, rows)
    bodies = -(-(SIV_TAG_BYTES + sizes) * 8 // 5)
    plain = flat.lengths[rows] == HEAD_LENGTH + digits + bodies + 1
    plain &= digits > 0
    plain &= flat.codes[flat.starts[rows] + flat.lengths[rows] - 1] == ord(NO_SURFACE)
    yield rows[~plain], None
    rows, sizes, digits = rows[plain], sizes[plain], digits[plain]
    for some, blocks in by_size(sizes):
        if len(some) <= FEW:
            yield rows[some], None
            continue
        yield rows[some], _texts(sealing, _bodies(flat, rows[some], digits[some], sizes[some], blocks), sizes[some])


def _lengths(flat: Flat, rows: Indices) -> tuple[Numbers, Numbers]:
    """Return what each token says is the length of its text, and in how many characters; 0 in 0 for what is none."""
    first, second, third = _DIGIT[_rows(flat, HEAD_LENGTH + 3, rows)[:, HEAD_LENGTH:]].astype(np.int64).T
    # 16 says that one more follows; the first group of several is not zero.
    more, more_still = (first > 16) & (first < 32), (second >= 16) & (second < 32)
    kinds = [first < 16, more & (second < 16), more & more_still & (third < 16)]
    two = (first - 16) * 16 + second
    return np.select(kinds, [first, two, (two - 16) * 16 + third]), np.select(kinds, [1, 2, 3])


def _bodies(flat: Flat, rows: Indices, digits: Numbers, sizes: Numbers, blocks: int) -> Rows:
    """Return the codes of bodies of one number of blocks as rows of whole groups, with zero bits behind."""
    width = -(-(SIV_TAG_BYTES + blocks * BLOCK_BYTES) // GROUP_BYTES) * GROUP_CHARS
    places = np.arange(width)
    at = (flat.starts[rows] + HEAD_LENGTH + digits)[:, None] + places
    np.minimum(at, len(flat.codes) - 1, out=at)
    codes: Rows = np.asarray(flat.codes[at], np.uint8)
    codes[places >= -(-(SIV_TAG_BYTES + sizes) * 8 // 5)[:, None]] = ord(ALPHABET[0])
    return codes


def _texts(sealing: Sealing, codes: Rows, sizes: Numbers) -> list[str | None]:
    """Return the texts of bodies, None for those that do not open."""
    raw, good = base32.decode_rows(codes)
    held = np.arange(raw.shape[1]) < (SIV_TAG_BYTES + sizes)[:, None]
    good &= ~((raw != 0) & ~held).any(axis=1)
    width = raw.shape[1] // BLOCK_BYTES * BLOCK_BYTES
    texts, opened = sealing.body_siv.open_rows(raw[:, :width], sizes)
    good &= opened
    if ((texts == 0) & held[:, SIV_TAG_BYTES:width]).any():  # NUL in a text, or in what does not open
        made = [bytes(text[:size]) for text, size in zip(texts, sizes.tolist(), strict=True)]
        return [text.decode() if fine else None for text, fine in zip(made, good.tolist(), strict=True)]
    opened_texts: list[str | None] = [*parted(texts, np.where(good, sizes, 0), "\0").decode().split("\0")]
    for i in np.flatnonzero(~good).tolist():
        opened_texts[i] = None
    return opened_texts
