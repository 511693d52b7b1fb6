"""Values to tokens: a column is read, sealed by one cipher call, and given its surfaces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from maskkit import tokens
from maskkit.crypto.flat import Flat, flatten, strings
from maskkit.normalize import canonical, has_form, is_canonical
from maskkit.operators import base32
from maskkit.operators.arrow import Strings
from maskkit.operators.bodies import blocks_of, sealed, wrapped, wrapped_few, wrapped_with
from maskkit.operators.packing import pack
from maskkit.operators.packing_columns import FEW, certain, may_pack, pack_flat
from maskkit.operators.sealing import Sealing
from maskkit.operators.spaced import alike
from maskkit.operators.surface import LITERAL, MARK_ESCAPED, MARK_NONE, MARK_NUMBER, TEXT, Surface, describe
from maskkit.tokens import LONG_SURFACE, SHORT_SURFACE, first_of


class Written(NamedTuple):
    """A value that is not written in its canonical form, and its JSON literal where that has a form of its own."""

    text: str
    literal: str | None


def make(sealing: Sealing, entity: str, values: Sequence[str], literals: Sequence[str | None] | None) -> list[str]:
    """Return a token for each of `values`; the empty value stays empty. UnicodeEncodeError for lone surrogates."""
    odd = _odd_literals(values, literals) if literals is not None else {}
    canonicals = list(values)
    flat = flatten(values) if len(values) > FEW else None
    if flat is None:
        _read(entity, range(len(values)), canonicals, odd)
        made = _make_few(sealing, entity, canonicals)
    else:
        made = _make_column(sealing, entity, canonicals, flat, odd)
    if odd:
        _add_surfaces(sealing, entity, made, canonicals, odd)
    return made


def make_vaulted(
    sealing: Sealing,
    entity: str,
    values: Sequence[str],
    literals: Sequence[str | None] | None,
    tokens_for: Callable[[str, Sequence[str]], list[str]],
) -> list[str]:
    """Return the same with the bodies that `tokens_for` gives canonical values: rows of a vault."""
    odd = _odd_literals(values, literals) if literals is not None else {}
    canonicals = list(values)
    _read(entity, range(len(values)), canonicals, odd)
    made = tokens_for(entity, canonicals)
    if odd:
        _add_surfaces(sealing, entity, made, canonicals, odd)
    return made


def make_strings(sealing: Sealing, entity: str, flat: Flat) -> Strings | None:
    """Return the tokens of a column; None where not all values are canonical and fit a block."""
    words, sizes = pack_flat(entity, flat)
    if not certain(entity, flat, words, sizes).all():
        return None
    codes = wrapped(sealing, words, sizes)
    return Strings(codes, np.full(len(codes), codes.shape[1]))


def _odd_literals(values: Sequence[str], literals: Sequence[str | None]) -> dict[int, Written]:
    """Return by row what stood in JSON in another form than the usual one."""
    return {
        i: Written(value, literal)
        for i, (value, literal) in enumerate(zip(values, literals, strict=True))
        if value and literal is not None and literal != json.dumps(value, ensure_ascii=False)
    }


def _read(entity: str, rows: Iterable[int], canonicals: list[str], odd: dict[int, Written]) -> list[int]:
    """Put canonical values into those rows, and what was written where that is something else; return these rows."""
    plain = is_canonical(entity)
    seen: dict[str, str] = {}
    changed = []
    for i in rows:
        value = canonicals[i]
        if plain(value):
            continue
        one = seen.get(value)
        if one is None:
            one = seen[value] = canonical(entity, value)
        if one != value:
            canonicals[i] = one
            changed.append(i)
            odd.setdefault(i, Written(value, None))
    return changed


def _make_few(sealing: Sealing, entity: str, canonicals: Sequence[str]) -> list[str]:
    """Make tokens without surface one by one, but for the cipher."""
    packed = [pack(entity, value) for value in canonicals]
    made = [""] * len(packed)
    short = [i for i, (_, size) in enumerate(packed) if size]
    for i, token in zip(short, wrapped_few(sealing, [packed[i] for i in short]) if short else (), strict=True):
        made[i] = token
    long = [i for i, (_, size) in enumerate(packed) if not size and canonicals[i]]
    for i, token in zip(long, sealed(sealing, [canonicals[i] for i in long]) if long else (), strict=True):
        made[i] = token
    return made


def _make_column(
    sealing: Sealing, entity: str, canonicals: list[str], flat: Flat, odd: dict[int, Written]
) -> list[str]:
    """Make tokens without surface by arrays; values that are not canonical beyond doubt are read one by one."""
    words, sizes = pack_flat(entity, flat)
    sure = certain(entity, flat, words, sizes)
    if sure.all():
        return strings(wrapped(sealing, words, sizes))
    made = np.full(len(canonicals), "", object)
    todo = np.ones(len(canonicals), np.bool_)
    if not odd:
        for rows, plain, surface in alike(entity, flat, np.flatnonzero(~sure)):
            packed, packed_sizes = pack_flat(entity, plain)
            held = certain(entity, plain, packed, packed_sizes)
            made[rows[held]] = strings(wrapped_with(sealing, packed[held], packed_sizes[held], surface))
            todo[rows[held]] = False
    alone = (sizes == 0) & may_pack(entity, flat) & todo
    if has_form(entity):
        alone[_read(entity, np.flatnonzero(~sure & todo).tolist(), canonicals, odd)] = True
    for i in np.flatnonzero(alone).tolist():
        words[i], sizes[i] = pack(entity, canonicals[i])
    short = np.flatnonzero(todo & (sizes > 0))
    if len(short):
        made[short] = strings(wrapped(sealing, words[short], sizes[short]))
    long = [i for i in np.flatnonzero(todo & (sizes == 0)).tolist() if canonicals[i]]
    if long:
        made[long] = sealed(sealing, [canonicals[i] for i in long])
    every: list[str] = made.tolist()
    return every


def _add_surfaces(
    sealing: Sealing, entity: str, made: list[str], canonicals: Sequence[str], odd: dict[int, Written]
) -> None:
    """Put the surface part on the tokens of the `odd` rows."""
    short: dict[int, int] = {}
    for i, written in odd.items():
        surface = _describe(entity, canonicals[i], written)
        if surface is not None:
            short[i] = surface.number() << 32 | first_of(made[i])
            continue
        text, literal = written
        whole = TEXT + text.encode() if literal is None else LITERAL + literal.encode()
        one = sealing.surface_siv.seal_bound(whole, made[i][:-1].encode("ascii"))
        length = tokens.length_chars(len(whole))
        made[i] = f"{made[i][:-1]}{LONG_SURFACE}{length}{base32.encode_one(one)}"
    for i, part in zip(short, blocks_of(sealing.surface_wrap, list(short.values())), strict=True):
        made[i] = made[i][:-1] + SHORT_SURFACE + part


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
