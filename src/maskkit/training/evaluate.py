"""How well a model does on labelled rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from maskkit.model import Span
from maskkit.training.notes import Row


class Figures(NamedTuple):
    """Counts of names.

    Attributes:
        gold: labelled.
        exact: of these, found with both ends.
        hidden: of these, found with every character.
        false: found that are none.
    """

    gold: int
    exact: int
    hidden: int
    false: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.exact / max(1, self.exact + self.false)

    @property
    def recall(self) -> float:
        """The share of what is labelled that was found."""
        return self.exact / max(1, self.gold)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.exact / max(1, self.gold + self.exact + self.false)


def measure(detect_many: Callable[[Sequence[str]], list[list[Span]]], rows: Iterable[Row]) -> Figures:
    """Return the figures of a detector of PERSON on these rows."""
    rows = list(rows)
    gold = exact = hidden = false = 0
    for row, found in zip(rows, detect_many([row.text for row in rows]), strict=True):
        labelled = set(row.spans)
        spans = {(span.start, span.end) for span in found}
        covered = {i for start, end in spans for i in range(start, end)}
        gold += len(labelled)
        exact += len(labelled & spans)
        false += len(spans - labelled)
        hidden += sum(covered.issuperset(range(start, end)) for start, end in labelled)
    return Figures(gold, exact, hidden, false)
