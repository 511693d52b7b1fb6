"""Labelled rows as matrices: one row a text, padded with newlines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from maskkit.detection.persons.features import PAD
from maskkit.training.alphabet import code_points
from maskkit.training.notes import Row

_NEWLINE: Final = 10
_LONGEST: Final = 110  # characters of a text; longer ones are cut where a clause ends
_CLAUSE: Final = frozenset("。；！？，,;\n")


class Batch(NamedTuple):
    """Texts of like length.

    Attributes:
        codes: their code points, each text followed by `PAD` newlines at least: (texts, length).
        tags: 0 for none, then those of `maskkit.detection.persons.model.TAGS`: (texts, length).
    """

    codes: npt.NDArray[np.uint32]
    tags: npt.NDArray[np.uint8]


def batches(rows: Iterable[Row], rng: np.random.Generator, *, size: int = 4000) -> list[Batch]:
    """Return the rows as batches of about `size` characters, mixed by `rng`."""
    cut = [piece for row in rows for piece in cut_long(row)]
    order = rng.permutation(len(cut))
    made: list[Batch] = []
    for block in np.array_split(order, max(1, len(cut) // 4000)):
        pending: list[Row] = []
        for row in sorted((cut[i] for i in block), key=lambda row: len(row.text)):
            if pending and (len(row.text) + PAD) * (len(pending) + 1) > size:
                made.append(_batch(pending))
                pending = []
            pending.append(row)
        if pending:
            made.append(_batch(pending))
    return made


def cut_long(row: Row) -> list[Row]:
    """Return a row in pieces of at most `_LONGEST` characters, or a name more."""
    pieces: list[Row] = []
    start, text = 0, row.text
    inside = {i for s, e in row.spans for i in range(s + 1, e)}
    while len(text) - start > _LONGEST:
        ends = range(start + _LONGEST, start + _LONGEST // 3, -1)
        end = next((i for i in ends if text[i - 1] in _CLAUSE and i not in inside), start + _LONGEST)
        while end in inside:
            end += 1
        pieces.append(_piece(row, start, end))
        start = end
    pieces.append(_piece(row, start, len(text)))
    return pieces


def _piece(row: Row, start: int, end: int) -> Row:
    return Row(row.text[start:end], [(s - start, e - start) for s, e in row.spans if s >= start and e <= end])


def _batch(rows: Sequence[Row]) -> Batch:
    length = max(len(row.text) for row in rows) + PAD
    codes = np.full((len(rows), length), _NEWLINE, np.uint32)
    tags = np.zeros((len(rows), length), np.uint8)
    for at, (text, spans) in enumerate(rows):
        codes[at, : len(text)] = code_points(text)
        for start, end in spans:
            if end - start == 1:
                tags[at, start] = 1
            else:
                tags[at, start], tags[at, start + 1 : end - 1], tags[at, end - 1] = 2, 3, 4
    return Batch(codes, tags)
