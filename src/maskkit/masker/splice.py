"""Putting replacements into a text, and gathering what is to be replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from maskkit.masker.kernel import Kernel
from maskkit.model import Span
from maskkit.operators.token import Container
from maskkit.policy import Action

Edit = tuple[int, int, str]


def splice(text: str, edits: Sequence[Edit]) -> str:
    """Return `text` with sorted, disjoint (start, end, replacement) edits made."""
    parts: list[str] = []
    at = 0
    for start, end, replacement in edits:
        parts += (text[at:start], replacement)
        at = end
    parts.append(text[at:])
    return "".join(parts)


def inline_edits(
    kernel: Kernel,
    texts: Sequence[str],
    spans: Sequence[Sequence[Span] | None],
    action: Callable[[str], Action],
    *,
    container: Container = Container.PLAIN,
    raw: Callable[[int, int, int], str | None] | None = None,
) -> list[list[Edit]]:
    """Return, for each text, the edits that replace its `spans`: one operator call an entity for all texts.

    `raw(text number, start, end)` gives a span as it stands in the container, None where that is the plain text.
    """
    gathered: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for number, found in enumerate(spans):
        for span in found or ():
            gathered[span.entity].append((number, span))
    edits: list[list[Edit]] = [[] for _ in texts]
    for entity, places in gathered.items():
        values = [texts[number][span.start : span.end] for number, span in places]
        raws = [raw(number, span.start, span.end) for number, span in places] if raw else None
        done = action(entity)
        if done.operator == "keep":
            continue
        for (number, span), new in zip(
            places, kernel.apply(values, entity, done, container=container, raws=raws).inline(), strict=True
        ):
            edits[number].append((span.start, span.end, new))
    for row in edits:
        row.sort()
    return edits
