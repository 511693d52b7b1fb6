"""What a column holds, by its header and a sample of its cells, and where the PII is in each cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from maskkit import masks, tokens
from maskkit.detection.cells import RECOGNIZER, all_whole, destroyed_by_excel, inner, is_placeholder, match_cells
from maskkit.detection.detector import Detector
from maskkit.detection.headers import TEXT, header_rule, known_header
from maskkit.detection.surnames import has_surname

__all__ = [
    "RECOGNIZER",
    "ColumnGuess",
    "all_whole",
    "destroyed_by_excel",
    "guess_entity",
    "has_header",
    "inner",
    "is_placeholder",
    "known_header",
    "match_cells",
]

_SAMPLE: Final = 200  # cells that are looked at
_NAMES_AT_LEAST: Final = 3  # rows below which no column is taken for names by its cells alone


class ColumnGuess(NamedTuple):
    """What a column was taken for (None: running text) and what decided: "header", "sample", or "text" for nothing."""

    entity: str | None
    by: str


def guess_entity(header: str | None, sample: Sequence[str], detector: Detector) -> ColumnGuess:
    """Decide what a column holds. `header` is None in a file without headers.

    A header that a rule names decides, unless nearly all cells are values of another entity; one that says little
    (卡号, 名称) decides only where the cells do not.
    """
    rule = header_rule(header) if header is not None else None
    seen, share = _by_sample(sample, detector)
    if rule is None:
        return ColumnGuess(seen, "sample") if seen and share > 0.5 else ColumnGuess(None, "text")
    if seen and seen != rule.entity and share > (0.8 if rule.sure else 0.5) and rule.entity != TEXT:
        return ColumnGuess(seen, "sample")
    if seen and not rule.sure and share > 0.5:
        return ColumnGuess(seen, "sample")
    return ColumnGuess(None if rule.entity == TEXT else rule.entity, "header")


def has_header(first_row: Sequence[str], rows: Sequence[Sequence[str]], detector: Detector) -> bool:
    """Tell whether a table's first row names its columns rather than holding data; `rows` are some that follow."""
    if any(known_header(cell) for cell in first_row):
        return not any(_is_value(cell) for cell in first_row) or not _any_finding(first_row, detector)
    if _any_finding(first_row, detector) or any(_is_value(cell) for cell in first_row):
        return False
    for j, cell in enumerate(first_row):
        below = [row[j] for row in rows if j < len(row) and not is_placeholder(row[j])]
        if has_surname(cell) and below and sum(map(has_surname, below)) > 0.8 * len(below):
            return False
    return True


def _by_sample(sample: Sequence[str], detector: Detector) -> tuple[str | None, float]:
    """Return the entity that most cells are whole values of, and their share of the cells that hold something."""
    cells = [cell for cell in sample if not is_placeholder(cell) and not masks.is_mask(cell.strip())]
    cells = [cell for cell in cells if not tokens.find_spans(cell)][:_SAMPLE]
    counts: Counter[str] = Counter()
    for cell, spans in zip(cells, detector.detect_many(cells) if cells else (), strict=True):
        if len(spans) == 1 and (spans[0].start, spans[0].end) == inner(cell):
            counts[spans[0].entity] += 1
    if not counts:
        return None, 0.0
    entity, count = counts.most_common(1)[0]
    if entity == "PERSON" and (count < _NAMES_AT_LEAST or not _are_names(cells)):
        return None, 0.0
    return entity, count / len(cells)


def _are_names(cells: Sequence[str]) -> bool:
    """Tell whether cells look like a column of names: nearly all with a surname, and few of them twice."""
    return sum(map(has_surname, cells)) > 0.8 * len(cells) and len(set(cells)) > 0.3 * len(cells)


def _is_value(cell: str) -> bool:
    """Tell whether a cell is a number, date or amount, which no header is."""
    return any(char.isdecimal() for char in cell) and not any(char.isalpha() for char in cell)


def _any_finding(row: Sequence[str], detector: Detector) -> bool:
    return any(span.entity != "PERSON" for spans in detector.detect_many(list(row)) for span in spans)
