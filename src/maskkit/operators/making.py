"""Values to tokens: a column is read, sealed by one cipher call, and given its surfaces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maskkit import tokens
from maskkit.crypto.blocks import Blocks
from maskkit.normalize import are_canonical, canonical, is_canonical
from maskkit.operators import base32
from maskkit.operators.packing import NUMBER_BYTES, pack_column
from maskkit.operators.sealing import Sealing
from maskkit.operators.surface import (
    LITERAL,
    MARK_ESCAPED,
    MARK_NONE,
    MARK_NUMBER,
    TEXT,
    Surface,
    describe,
)
from maskkit.tokens import BLOCK_LENGTH, HEAD_LENGTH, KEY_WRAP, LONG_SURFACE, NO_SURFACE, SHORT_SURFACE, SIV

_KEY_LENGTH: Final = HEAD_LENGTH + BLOCK_LENGTH
_LENGTH: Final = _KEY_LENGTH + 1


class Written(NamedTuple):
    """A value that is not written in its canonical form, and its JSON literal where that has a form of its own."""

    text: str
    literal: str | None


def make(sealing: Sealing, entity: str, values: Sequence[str], literals: Sequence[str | None] | None) -> list[str]:
    """Return a token for each of `values`; the empty value stays empty. UnicodeEncodeError for lone surrogates."""
    canonicals, odd = _read(entity, values, literals)
    made, firsts = _seal(sealing, entity, canonicals)
    if odd:
        _add_surfaces(sealing, entity, made, firsts, canonicals, odd)
    return made


def _read(
    entity: str, values: Sequence[str], literals: Sequence[str | None] | None
) -> tuple[Sequence[str], dict[int, Written]]:
    """Return canonical values, and by row what was written where that is something else."""
    odd: dict[int, Written] = {}
    if literals is not None:
        for i, (value, literal) in enumerate(zip(values, literals, strict=True)):
            if value and literal is not None and literal != json.dumps(value, ensure_ascii=False):
                odd[i] = Written(value, literal)
    if are_canonical(entity, values):
        return values, odd
    canonicals = list(values)
    plain = is_canonical(entity)
    seen: dict[str, str] = {}
    for i, value in enumerate(values):
        if plain(value):
            continue
        one = seen.get(value)
        if one is None:
            one = seen[value] = canonical(entity, value)
        if one != value:
            canonicals[i] = one
            odd.setdefault(i, Written(value, None))
    return canonicals, odd


def _seal(sealing: Sealing, entity: str, canonicals: Sequence[str]) -> tuple[list[str], NDArray[np.uint64]]:
    """Return a token without surface for each canonical value, and the first four bytes of each body."""
    words, sizes = pack_column(entity, canonicals)
    short = sizes > 0
    if short.all():
        blocks = sealing.body_wrap.wrap(words, sizes)
        return _wrapped(sealing, blocks), blocks[:, 0] >> np.uint64(32)
    made = [""] * len(canonicals)
    firsts = np.zeros(len(canonicals), np.uint64)
    rows = np.flatnonzero(short)
    if len(rows):
        blocks = sealing.body_wrap.wrap(words[rows], sizes[rows])
        firsts[rows] = blocks[:, 0] >> np.uint64(32)
        for i, token in zip(rows.tolist(), _wrapped(sealing, blocks), strict=True):
            made[i] = token
    long = [i for i in np.flatnonzero(~short).tolist() if canonicals[i]]
    if long:
        head = sealing.head(SIV)
        sealed = sealing.body_siv.seal(canonicals[i].encode() for i in long)
        firsts[long] = [int.from_bytes(body[:4], "big") for body in sealed]
        for i, body in zip(long, _with_lengths(sealed), strict=True):
            made[i] = head + body + NO_SURFACE
    return made, firsts


def _wrapped(sealing: Sealing, blocks: Blocks) -> list[str]:
    """Return the key-wrap tokens of a column of blocks."""
    codes = np.empty((len(blocks), _LENGTH), np.uint32)
    codes[:, :HEAD_LENGTH] = np.frombuffer(sealing.head(KEY_WRAP).encode("ascii"), np.uint8)
    codes[:, HEAD_LENGTH:_KEY_LENGTH] = base32.encode(blocks)
    codes[:, _KEY_LENGTH] = ord(NO_SURFACE)
    made: list[str] = codes.view(f"=U{_LENGTH}").ravel().tolist()
    return made


def _add_surfaces(
    sealing: Sealing,
    entity: str,
    made: list[str],
    firsts: NDArray[np.uint64],
    canonicals: Sequence[str],
    odd: dict[int, Written],
) -> None:
    """Put the surface part on the tokens of the `odd` rows."""
    short: dict[int, int] = {}
    long: dict[int, bytes] = {}
    for i, written in odd.items():
        surface = _describe(entity, canonicals[i], written)
        if surface is not None:
            short[i] = surface.number()
        else:
            text, literal = written
            whole = TEXT + text.encode() if literal is None else LITERAL + literal.encode()
            long[i] = sealing.surface_siv.seal_bound(whole, made[i][:-1].encode("ascii"))
    if short:
        rows = list(short)
        words = np.array(list(short.values()), np.uint64) << np.uint64(32) | firsts[rows]
        blocks = sealing.surface_wrap.wrap(words, np.full(len(rows), NUMBER_BYTES, np.uint8))
        for i, part in zip(rows, base32.encode_blocks(blocks), strict=True):
            made[i] = made[i][:-1] + SHORT_SURFACE + part
    for i, part in zip(long, _with_lengths(list(long.values())), strict=True):
        made[i] = made[i][:-1] + LONG_SURFACE + part


def _describe(entity: str, value: str, written: Written) -> Surface | None:
    """Return the short surface, None where only the long form will do."""
    text, literal = written
    if literal is None:
        mark = MARK_NONE
    elif literal == text:
        mark = MARK_NUMBER
    elif literal == json.dumps(text):
        mark = MARK_ESCAPED
    else:
        return None
    surface = describe(entity, value, text)
    return surface and surface._replace(mark=mark)


def _with_lengths(sealed: Sequence[bytes]) -> list[str]:
    """Return AES-SIV outputs as they stand in tokens."""
    lengths = [tokens.length_chars(len(one) - tokens.SIV_TAG_BYTES) for one in sealed]
    return [length + text for length, text in zip(lengths, base32.encode_bytes(sealed), strict=True)]
