"""Values that come in: tokens to turn back, display masks that stand alone, plain values that nobody may send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from maskkit import masks
from maskkit.masker.restore import RestoreCount, restore_edits
from maskkit.masker.splice import splice
from maskkit.model import Span
from maskkit.operators.token import Container, Restored
from maskkit.tokens import find
from maskkit_proxy.bodies.spread import may_be_spread
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.tenants import Read, View

#: What is refused in plain wherever it stands: of a known form, and a person's.
FORMED: Final = frozenset(
    {"PHONE_NUMBER", "CN_RESIDENT_ID", "BANK_CARD", "EMAIL_ADDRESS", "CN_PASSPORT", "CN_TRAVEL_PERMIT"}
)
#: Shorter texts hold no value of a known form.
_SHORTEST: Final = 6
_REMEMBERED: Final = 100


class Turned:
    """A value with its tokens turned back; `whole` where it was one token, alone or with its display form."""

    __slots__ = ("canonical", "entity", "literal", "rest", "text", "tokens", "whole")

    def __init__(self, text: str, rest: str, tokens: int, whole: Restored | None) -> None:
        self.text = text
        #: What is left of the text without its tokens: only there can a plain value be.
        self.rest = rest
        self.tokens = tokens
        self.whole = whole is not None
        self.entity = whole.entity if whole is not None else None
        self.canonical = whole.canonical if whole is not None else ""
        self.literal = whole.raw if whole is not None else None


def turn_back(view: View, texts: Sequence[str]) -> list[Turned]:
    """Turn the tokens in each text back.

    RefusedError: 400 for a token that is another tenant's, damaged, or of a key that is gone; 422 for a display mask
    that has no token.
    """
    found = [find(text) if "_" in text else [] for text in texts]
    operator = view.tokens if any("_" in text for text in texts) else None
    if operator is not None:
        found = [operator.find(text) for text in texts]
    count = RestoreCount()
    edits = restore_edits(operator, texts, found, count, container=Container.JSON) if operator else [[] for _ in texts]
    if count.left:
        raise RefusedError(400, "bad_token", f"a token that is {next(iter(count.left))}")
    turned = []
    for text, row in zip(texts, edits, strict=True):
        plain = splice(text, [edit for edit, _ in row]) if row else text
        rest = splice(text, [(start, end, "\n") for (start, end, _), _ in row]) if row else text
        if masks.find_masks(rest):
            raise RefusedError(422, "mask_without_token")
        one = row[0] if len(row) == 1 and rest == "\n" else None
        turned.append(Turned(plain, rest, len(row), one[1] if one else None))
    return turned


def refuse_plain(view: View, texts: Sequence[str]) -> None:
    """Raise RefusedError (422) where a text holds a plain value of a known form."""
    wanted = [text for text in texts if len(text) >= _SHORTEST]
    fresh = [text for text in wanted if view.read.get(text) is None]
    found: dict[str, Sequence[Span]] = {}
    if fresh:
        found = dict(zip(fresh, view.detector.detect_many(fresh), strict=True))
        for text, spans in found.items():
            if len(text) < _REMEMBERED:
                view.read.put(text, Read(tuple(spans), may_be_spread(text)))
    for text in wanted:
        known = view.read.get(text)
        for span in found[text] if known is None else known.spans:
            if span.entity in FORMED:
                raise RefusedError(422, "plain_value", span.entity)
