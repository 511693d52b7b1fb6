"""The token operator: values to tokens and back, a column at a time. docs/reference/tokens.md is the specification."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from maskkit import tokens
from maskkit.crypto.blocks import Blocks
from maskkit.errors import InputError
from maskkit.normalize import are_canonical, canonical, is_canonical
from maskkit.operators import base32
from maskkit.operators.packing import pack_column, unpack_column
from maskkit.operators.sealing import Sealing
from maskkit.operators.surface import (
    MARK_ESCAPED,
    MARK_NONE,
    MARK_NUMBER,
    Surface,
    describe,
    render,
)
from maskkit.tokens import BLOCK_LENGTH, HEAD_LENGTH, KEY_WRAP, LONG_SURFACE, NO_SURFACE, SHORT_SURFACE, SIV, Token

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

#: Rows that are worked on at a time: their arrays stay in the processor's cache.
_CHUNK: Final = 1 << 14

_KEY_LENGTH: Final = HEAD_LENGTH + BLOCK_LENGTH
_PLAIN_LENGTH: Final = _KEY_LENGTH + 1

#: First byte of a long surface: the text itself, or the JSON literal that stood there.
_TEXT: Final = b"\0"
_LITERAL: Final = b"\1"


class Container(Enum):
    """What the values stand in: whatever has no forms of its own, or JSON."""

    PLAIN = "plain"
    JSON = "json"


class Failure(StrEnum):
    """Why a token did not come back."""

    DAMAGED = "damaged"
    UNKNOWN_KEY = "unknown"
    OTHER_TENANT = "other tenant"


@dataclass(slots=True)
class Restored:
    """A value that came back: as it was written, canonical, and as it stands in the container.

    `raw` is `value` in a plain container, and in JSON the whole literal: a string with its quotes, or a bare number.
    """

    value: str = field(repr=False)
    canonical: str = field(repr=False)
    entity: str
    raw: str = field(repr=False)


class TokenOperator:
    """Replaces values by tokens of one tenant, made with the primary key; opens those of every enabled key."""

    name = "token"
    reversible = True

    def __init__(self, keys: TenantKeys) -> None:
        self._keys = keys
        self._sealings: dict[tuple[str, str], Sealing] = {}

    def __repr__(self) -> str:
        return "TokenOperator()"

    def apply(
        self,
        values: Sequence[str],
        entity: str,
        *,
        container: Container = Container.PLAIN,
        raws: Sequence[str | None] | None = None,
    ) -> list[str]:
        """Return a token for each of `values`.

        In JSON, `raws` are the literals that stood there: strings with their quotes, numbers without. Raises InputError
        for half a surrogate pair, which no encoding can write.
        """
        literals = raws if container is Container.JSON else None
        done: list[str] = []
        for start in range(0, len(values), _CHUNK):
            end = start + _CHUNK
            part = values[start:end] if len(values) > _CHUNK else values
            done += self._apply(part, entity, literals[start:end] if literals is not None else None)
        return done

    def find(self, text: str) -> list[Token]:
        """Return the tokens in `text`, and what was one of this keyset's before it was damaged."""
        return tokens.find(text, self._keys.key_ids) if "_" in text else []

    def restore(self, found: Sequence[Token], *, container: Container = Container.PLAIN) -> list[Restored | Failure]:
        """Return for each token its value, or why it does not come back. Never raises, whatever was found."""
        results: list[Restored | Failure] = [Failure.DAMAGED] * len(found)
        groups: dict[str, list[int]] = defaultdict(list)
        for i, token in enumerate(found):
            if token.whole:
                groups[token.text[:HEAD_LENGTH]].append(i)
        for rows in groups.values():
            for i, result in zip(rows, self._restore([found[i] for i in rows], container), strict=True):
                results[i] = result
        return results

    def reverse(self, values: Sequence[str]) -> list[str | None]:
        """Return the value of each cell that is one token and nothing else, None for all other cells.

        The fast way back for a column; what gives None is for `find` and `restore`.
        """
        done: list[str | None] = []
        for start in range(0, len(values), _CHUNK):
            part = values[start : start + _CHUNK] if len(values) > _CHUNK else values
            back = self._reverse_plain(part)
            done += self._reverse(part) if back is None else back
        return done

    def _sealing(self, key_id: str, entity: str) -> Sealing:
        if (key_id, entity) not in self._sealings:
            self._sealings[key_id, entity] = Sealing(self._keys, key_id, entity)
        return self._sealings[key_id, entity]

    # Values to tokens

    def _apply(self, values: Sequence[str], entity: str, literals: Sequence[str | None] | None) -> list[str]:
        canonicals, odd = _read(entity, values, literals)
        sealing = self._sealing(self._keys.primary, entity)
        try:
            made, firsts = _seal(sealing, entity, canonicals)
        except UnicodeEncodeError:
            raise InputError("a value holds half a surrogate pair, which no encoding can write") from None
        if odd:
            _add_surfaces(sealing, entity, made, firsts, canonicals, odd)
        return made

    # Tokens to values

    def _restore(self, group: Sequence[Token], container: Container) -> Sequence[Restored | Failure]:
        """Restore whole tokens of one head."""
        first = group[0]
        entity, key_id, kind = first.entity, first.key_id, first.kind
        if not self._keys.opens(key_id):
            return [Failure.UNKNOWN_KEY] * len(group)
        if first.tenant_tag != self._keys.tag(key_id):
            return [Failure.OTHER_TENANT] * len(group)
        if kind not in (KEY_WRAP, SIV):
            return [Failure.UNKNOWN_KEY] * len(group)
        sealing = self._sealing(key_id, entity)
        parts = [tokens.parse(token.text) for token in group]
        if kind == KEY_WRAP:
            blocks = np.frombuffer(b"".join(part.body for part in parts), ">u8").astype(np.uint64).reshape(-1, 2)
            values = unpack_column(entity, *sealing.body_wrap.unwrap(blocks))
        else:
            values = [_text(raw) for raw in sealing.body_siv.open(part.body for part in parts)]
        return [
            Failure.DAMAGED if value is None else _with_surface(sealing, entity, value, part, container)
            for value, part in zip(values, parts, strict=True)
        ]

    def _reverse(self, values: Sequence[str]) -> list[str | None]:
        back: list[str | None] = [None] * len(values)
        found: list[Token] = []
        rows: list[int] = []
        for i, value in enumerate(values):
            whole = tokens.whole(value)
            if whole is not None:
                found.append(whole)
                rows.append(i)
        for i, result in zip(rows, self.restore(found), strict=True):
            if isinstance(result, Restored):
                back[i] = result.value
        return back

    def _reverse_plain(self, values: Sequence[str]) -> list[str | None] | None:
        """Reverse a column of key-wrap tokens of one head without surface; None for any other column."""
        head = values[0][:HEAD_LENGTH]
        if set(map(len, values)) != {_PLAIN_LENGTH} or head[-1] != KEY_WRAP or tokens.whole(values[0]) is None:
            return None
        key_id = head[3:5]
        if not self._keys.opens(key_id) or head[5:8] != self._keys.tag(key_id):
            return None
        codes = np.frombuffer("".join(values).encode("ascii", "replace"), np.uint8).reshape(-1, _PLAIN_LENGTH)
        same = codes[:, :HEAD_LENGTH] == codes[0, :HEAD_LENGTH]
        if not (same.all() and (codes[:, -1] == ord(NO_SURFACE)).all()):
            return None
        blocks, good = base32.decode(codes[:, HEAD_LENGTH:_KEY_LENGTH])
        entity = next(entity for entity, prefix in tokens.PREFIXES.items() if prefix == head[:2])
        words, sizes = self._sealing(key_id, entity).body_wrap.unwrap(blocks)
        sizes[~good] = 0
        return unpack_column(entity, words, sizes)


def _read(
    entity: str, values: Sequence[str], literals: Sequence[str | None] | None
) -> tuple[Sequence[str], dict[int, tuple[str, str | None]]]:
    """Return canonical values, and by row the text and literal of each that needs a surface."""
    odd: dict[int, tuple[str, str | None]] = {}
    if literals is not None:
        for i, (value, literal) in enumerate(zip(values, literals, strict=True)):
            if literal is not None and literal != json.dumps(value, ensure_ascii=False):
                odd[i] = (value, literal)
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
            odd.setdefault(i, (value, None))
    return canonicals, odd


def _seal(sealing: Sealing, entity: str, canonicals: Sequence[str]) -> tuple[list[str], NDArray[np.uint64]]:
    """Return a token without surface for each canonical value, and the first four bytes of each body."""
    words, sizes = pack_column(entity, canonicals)
    short = sizes > 0
    firsts = np.zeros(len(canonicals), np.uint64)
    if short.all():
        blocks = sealing.body_wrap.wrap(words, sizes)
        return _wrapped(sealing, blocks), blocks[:, 0] >> np.uint64(32)
    made = [""] * len(canonicals)
    if short.any():
        blocks = sealing.body_wrap.wrap(words[short], sizes[short])
        firsts[short] = blocks[:, 0] >> np.uint64(32)
        for i, token in zip(np.flatnonzero(short).tolist(), _wrapped(sealing, blocks), strict=True):
            made[i] = token
    rows = np.flatnonzero(~short).tolist()
    head = sealing.head(SIV)
    for i, sealed in zip(rows, sealing.body_siv.seal(canonicals[i].encode() for i in rows), strict=True):
        made[i] = head + tokens.with_length(sealed) + NO_SURFACE
        firsts[i] = int.from_bytes(sealed[:4], "big")
    return made, firsts


def _wrapped(sealing: Sealing, blocks: Blocks) -> list[str]:
    """Return the key-wrap tokens of a column of blocks."""
    codes = np.empty((len(blocks), _PLAIN_LENGTH), np.uint32)
    codes[:, :HEAD_LENGTH] = np.frombuffer(sealing.head(KEY_WRAP).encode("ascii"), np.uint8)
    codes[:, HEAD_LENGTH:_KEY_LENGTH] = base32.encode(blocks)
    codes[:, _KEY_LENGTH] = ord(NO_SURFACE)
    made: list[str] = codes.view(f"=U{_PLAIN_LENGTH}").ravel().tolist()
    return made


def _add_surfaces(
    sealing: Sealing,
    entity: str,
    made: list[str],
    firsts: NDArray[np.uint64],
    canonicals: Sequence[str],
    odd: dict[int, tuple[str, str | None]],
) -> None:
    """Put the surface part on the tokens of the `odd` rows."""
    rows, numbers = [], []
    for i, (text, literal) in odd.items():
        surface = _describe(entity, canonicals[i], text, literal)
        if surface is not None:
            rows.append(i)
            numbers.append(surface.number())
        else:
            key = made[i][:-1]
            whole = _TEXT + text.encode() if literal is None else _LITERAL + literal.encode()
            sealed = sealing.surface_siv.seal_bound(whole, key.encode("ascii"))
            made[i] = key + LONG_SURFACE + tokens.with_length(sealed)
    if not rows:
        return
    words = np.array(numbers, np.uint64) << np.uint64(32) | firsts[rows]
    blocks = sealing.surface_wrap.wrap(words, np.full(len(rows), 8, np.uint8))
    ends: list[str] = base32.encode(blocks).astype(np.uint32).view(f"=U{BLOCK_LENGTH}").ravel().tolist()
    for i, end in zip(rows, ends, strict=True):
        made[i] = made[i][:-1] + SHORT_SURFACE + end


def _describe(entity: str, value: str, text: str, literal: str | None) -> Surface | None:
    """Return the short surface, None where only the long form will do."""
    if literal is None:
        mark = MARK_NONE
    elif literal == text:
        mark = MARK_NUMBER
    elif literal == json.dumps(text):
        mark = MARK_ESCAPED
    else:
        return None
    surface = Surface() if text == value else describe(entity, value, text)
    return surface and surface._replace(mark=mark)


def _with_surface(
    sealing: Sealing, entity: str, value: str, part: tokens.Parts, container: Container
) -> Restored | Failure:
    """Return the restored value as it was written."""
    written: str | None = value
    literal: str | None = None
    if part.surface_kind == SHORT_SURFACE:
        blocks = np.frombuffer(part.surface, ">u8").astype(np.uint64).reshape(1, 2)
        words, sizes = sealing.surface_wrap.unwrap(blocks)
        word = int(words[0])
        if sizes[0] != 8 or word & 0xFFFFFFFF != int.from_bytes(part.body[:4], "big"):
            return Failure.DAMAGED
        surface = Surface.of(word >> 32)
        written = render(entity, value, surface)
        if written is not None and surface.mark != MARK_NONE:
            literal = written if surface.mark == MARK_NUMBER else json.dumps(written)
    elif part.surface_kind == LONG_SURFACE:
        whole = sealing.surface_siv.open_bound(part.surface, part.key.encode("ascii"))
        written = _text(whole[1:]) if whole else None
        if written is not None and whole and whole[:1] == _LITERAL:
            literal = written
            written = json.loads(literal) if literal.startswith('"') else literal
    if written is None:
        return Failure.DAMAGED
    if container is Container.PLAIN:
        return Restored(written, value, entity, written)
    return Restored(written, value, entity, literal or json.dumps(written, ensure_ascii=False))


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode()
