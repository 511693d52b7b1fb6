"""Putting replacements into a text, and gathering what is to be replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from maskkit.masker.kernel import Kernel
from maskkit.masks import FULL
from maskkit.model import Span
from maskkit.operators.display import Display
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
        new = kernel.apply(values, entity, done, container=container, raws=raws).inline()
        if done.operator == "token":
            _keep_brackets(new, values, entity, texts, places)
        for (number, span), text in zip(places, new, strict=True):
            edits[number].append((span.start, span.end, text or _gap(texts[number], span)))
    for row in edits:
        row.sort()
    return edits


def _gap(text: str, span: Span) -> str:
    """Return what stands where nothing is left of a value: stars between two sides, which may make a number.

    Of 138wang@qq.com00138000 the phone would be left, whatever separators stand around the mail address.
    """
    return FULL if text[: span.start].strip() and text[span.end :].strip() else ""


def _keep_brackets(
    new: list[str], values: Sequence[str], entity: str, texts: Sequence[str], places: Sequence[tuple[int, Span]]
) -> None:
    """Give a token a display form of its own where the text has it in brackets after one: 138****5678(13812345678).

    Else that would go with the brackets when the token is turned back, as what was written with it.
    """
    for i, (number, span) in enumerate(places):
        text = texts[number]
        if text[span.start - 1 : span.start] == "(" and text[span.end : span.end + 1] == ")":
            shown = Display().apply([values[i]], entity)[0]
            if text.endswith(shown, 0, span.start - 1):
                new[i] = f"{shown}({new[i]})"
