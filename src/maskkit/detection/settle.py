"""Overlapping findings -> findings of which none overlaps another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

from maskkit.model import Span

#: What an overlap shortens instead of taking it away: the rest of an address still leads to a door.
_SHORTENED: Final = frozenset({"ADDRESS"})


def settle(spans: list[Span]) -> list[Span]:
    """Sorted and free of overlaps: the higher score stays, then the longer, then the one that came first.

    An address gives way only where the other one stands.
    """
    spans = sorted(spans, key=lambda span: span[0])  # stable: what came first stays first
    settled: list[Span] = []
    at, count = 0, len(spans)
    while at < count:
        first, reach = at, spans[at][1]
        at += 1
        while at < count and spans[at][0] < reach:
            reach = max(reach, spans[at][1])
            at += 1
        if at - first == 1:
            settled.append(spans[first])
        else:
            settled += _settle_group(spans[first:at])
    return settled


def _settle_group(group: list[Span]) -> list[Span]:
    """Settle spans of which each overlaps one before it."""
    kept: list[Span] = []  # sorted, free of overlaps
    for span in sorted(group, key=lambda span: (-span.score, span.start - span.end)):
        first = bisect_left(kept, span.start, key=lambda other: other.end - 1)
        last = bisect_left(kept, span.end, key=lambda other: other.start)
        if first == last:
            kept.insert(first, span)
        elif span.entity in _SHORTENED:
            kept[first:last] = sorted([*kept[first:last], *_free_parts(span, kept[first:last])])
    return kept


def _free_parts(span: Span, others: Iterable[Span]) -> Iterator[Span]:
    """Yield what is left of a span between the others, pieces of two characters and more."""
    at = span.start
    for other in others:
        if other.start - at >= 2:
            yield span._replace(start=at, end=other.start)
        at = max(at, other.end)
    if span.end - at >= 2:
        yield span._replace(start=at)
