"""Unmasking: every token of a text back to the value, and the display form that stood before it gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from maskkit import masks, tokens
from maskkit.masker.splice import Edit
from maskkit.operators.token import Container, Restored, TokenOperator


@dataclass(slots=True)
class RestoreCount:
    """How many tokens came back, and how many stayed, by reason."""

    restored: int = 0
    left: Counter[str] = field(default_factory=Counter)


def restore_edits(
    operator: TokenOperator, texts: Sequence[str], count: RestoreCount, *, container: Container = Container.PLAIN
) -> list[list[tuple[Edit, Restored]]]:
    """Return, for each text, the edits that put the values back, with what each was restored from.

    Where ``display(token)`` stands and the display form is that value's, both and the brackets go; else the token
    alone is replaced. Tokens that do not open stay; `count` says how many and why.
    """
    found = [operator.find(text) if "_" in text else [] for text in texts]
    restored = iter(operator.restore([token for row in found for token in row], container=container))
    edits: list[list[tuple[Edit, Restored]]] = []
    for text, row in zip(texts, found, strict=True):
        edits.append([])
        for token in row:
            value = next(restored)
            if not isinstance(value, Restored):
                count.left[value] += 1
                continue
            count.restored += 1
            edits[-1].append(((*_with_display(text, token, value), value.value), value))
    return edits


def _with_display(text: str, token: tokens.Token, value: Restored) -> tuple[int, int]:
    """Return the place that `value` takes: the token's, or that of ``display(token)``."""
    start, end = token.start, token.end
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        shown = masks.display(value.entity, value.canonical)
        if text.endswith(shown, 0, start - 1):
            return start - 1 - len(shown), end + 1
    return start, end
