"""Rows that do not fit their table: searched as one text each, and changed within their cells."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from maskkit.masker import Masker
from maskkit.masker.splice import inline_edits, splice
from maskkit.model import Span


def mask_rows(masker: Masker, rows: Sequence[Sequence[str]], delimiter: str) -> tuple[list[list[str]], int]:
    """Return the cells of rows masked, and how many values were; what is found across a delimiter is one in each cell.

    So a row keeps its cells, whatever is found, and is turned back cell by cell.
    """
    if not rows:
        return [], 0
    found = masker.detector.detect_many([delimiter.join(cells) for cells in rows])
    cells = [cell for row in rows for cell in row]
    spans = [part for row, spans in zip(rows, found, strict=True) for part in _by_cell(row, spans, len(delimiter))]
    edits = inline_edits(masker.kernel, cells, spans, masker.policy.action)
    masked = iter([splice(cell, row) for cell, row in zip(cells, edits, strict=True)])
    return [[next(masked) for _ in row] for row in rows], sum(map(len, edits))


def _by_cell(cells: Sequence[str], spans: Sequence[Span], gap: int) -> list[list[Span]]:
    """Return, for each of `cells`, the parts in it of spans of all of them, joined with `gap` characters between."""
    parts: list[list[Span]] = []
    rest = deque(spans)
    start = 0
    for cell in cells:
        end = start + len(cell)
        parts.append([])
        while rest and rest[0].start < end:
            span = rest.popleft()
            part = span._replace(start=max(span.start, start) - start, end=min(span.end, end) - start)
            if part.start < part.end:
                parts[-1].append(part)
            if span.end > end:
                rest.appendleft(span)
                break
        start = end + gap
    return parts
