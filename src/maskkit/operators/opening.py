"""Tokens to values: whole tokens of one head are opened by one cipher call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from maskkit.operators import base32
from maskkit.operators.packing import NUMBER_BYTES, unpack
from maskkit.operators.packing_columns import FEW, unpack_column
from maskkit.operators.sealing import Sealing
from maskkit.operators.surface import LITERAL, MARK_NONE, MARK_NUMBER, Surface, render
from maskkit.tokens import KEY_WRAP, LONG_SURFACE, SHORT_SURFACE, Parts, parse


class Container(Enum):
    """What the values stand in: whatever has no forms of its own, or JSON."""

    PLAIN = "plain"
    JSON = "json"


class Failure(StrEnum):
    """Why a token did not come back."""

    DAMAGED = "damaged"
    UNKNOWN_KEY = "unknown"
    OTHER_TENANT = "other tenant"
    RETIRED = "retired tenant"
    NO_VAULT = "no vault"
    OTHER_VAULT = "other vault"
    ERASED = "erased"
    EXPIRED = "expired"


@dataclass(slots=True)
class Restored:
    """A value that came back: as it was written, canonical, and as it stands in the container.

    `raw` is `value` in a plain container, and in JSON the whole literal: a string with its quotes, or a bare number.
    """

    value: str = field(repr=False)
    canonical: str = field(repr=False)
    entity: str
    raw: str = field(repr=False)


def open_whole(
    sealing: Sealing, entity: str, kind: str, texts: Sequence[str], container: Container
) -> list[Restored | Failure]:
    """Open whole tokens of one head whose key and tenant are known to be right."""
    parts = [parse(text) for text in texts]
    values: Sequence[str | None]
    if kind == KEY_WRAP and len(parts) <= FEW:
        packed = sealing.body_wrap.unwrap_few([part.body_bytes for part in parts])
        values = [unpack(entity, word, size) if size else None for word, size in packed]
    elif kind == KEY_WRAP:
        blocks = base32.decode_blocks([part.body for part in parts])
        values = unpack_column(entity, *sealing.body_wrap.unwrap(blocks))
    else:
        values = [_text(raw) for raw in sealing.body_siv.open(part.body_bytes for part in parts)]
    return as_written(sealing, entity, parts, values, container)


def as_written(
    sealing: Sealing, entity: str, parts: Sequence[Parts], values: Sequence[str | None], container: Container
) -> list[Restored | Failure]:
    """Return the canonical `values` of token bodies as their surfaces say that they were written; None: damaged."""
    surfaces = _short_surfaces(sealing, parts)
    opened: list[Restored | Failure] = []
    for i, (value, part) in enumerate(zip(values, parts, strict=True)):
        text, literal = value, None
        if value is not None and part.surface_kind == SHORT_SURFACE:
            text, literal = _rendered(entity, value, surfaces[i])
        elif part.surface_kind == LONG_SURFACE:
            text, literal = _long_surface(sealing, part)
        if value is None or text is None:
            opened.append(Failure.DAMAGED)
        elif container is Container.PLAIN:
            opened.append(Restored(text, value, entity, text))
        else:
            opened.append(Restored(text, value, entity, literal or json.dumps(text, ensure_ascii=False)))
    return opened


def _short_surfaces(sealing: Sealing, parts: Sequence[Parts]) -> dict[int, Surface | None]:
    """Return the short surfaces by row; None for one that is damaged or belongs to another body."""
    rows = [i for i, part in enumerate(parts) if part.surface_kind == SHORT_SURFACE]
    if not rows:
        return {}
    if len(rows) <= FEW:
        numbers = sealing.surface_wrap.unwrap_few([parts[i].surface_bytes for i in rows])
    else:
        words, sizes = sealing.surface_wrap.unwrap(base32.decode_blocks([parts[i].surface for i in rows]))
        numbers = list(zip(words.tolist(), sizes.tolist(), strict=True))
    return {
        i: Surface.of(word >> 32) if size == NUMBER_BYTES and word & 0xFFFFFFFF == parts[i].first else None
        for i, (word, size) in zip(rows, numbers, strict=True)
    }


def _rendered(entity: str, value: str, surface: Surface | None) -> tuple[str | None, str | None]:
    """Return what was written, and its JSON literal where it has a form of its own; None for what is damaged."""
    text = surface and render(entity, value, surface)
    if surface is None or text is None or surface.mark == MARK_NONE:
        return text, None
    return text, text if surface.mark == MARK_NUMBER else json.dumps(text)


def _long_surface(sealing: Sealing, part: Parts) -> tuple[str | None, str | None]:
    """Return what was written, and its JSON literal where it has a form of its own; None for what is damaged."""
    whole = _text(sealing.surface_siv.open_bound(part.surface_bytes, part.key.encode("ascii")))
    if not whole:
        return None, None
    if whole[0] != LITERAL.decode():
        return whole[1:], None
    literal = whole[1:]
    return json.loads(literal) if literal.startswith('"') else literal, literal


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode()
