"""Rows of CSV as columns: values out, other values in, and only the cells that change are ever touched."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.tables.cells import Cells, Offsets
from maskkit.tables.quoting import Form, Quoting

#: The form of a quoted cell without quotes in it: only what is between the two is cut out and replaced.
_INNER: Final = len(Form)


@dataclass(frozen=True, slots=True, repr=False)
class _Column:
    """Decoded values, and what `render` cuts out for each: the cell, for `_INNER` ones what is between its quotes."""

    values: list[str]
    starts: Offsets
    ends: Offsets
    forms: npt.NDArray[np.uint8] | None  # None: all cells are bare


class CsvBatch:
    """Whole rows of a CSV file.

    `text` is how they stand there, `first_row` the number of the first record (the file's first is 1, blank lines
    count), `n_rows` the number of rows with `n_columns` cells. Blank lines belong to no row and are kept. `records` and
    `misfit_records` number the rows, and the records with another number of cells, among all records of the batch,
    from 0.
    """

    def __init__(self, text: str, cells: Cells, delimiter: str, n_columns: int, first_row: int) -> None:
        self.text = text
        self.first_row = first_row
        self.n_columns = n_columns
        self._cells = cells
        self._delimiter = delimiter
        self._quoting = Quoting(delimiter)
        self._special = re.compile(f'[{re.escape(delimiter)}\r\n"]')
        firsts = cells.firsts[:-1]
        counts = np.diff(cells.firsts)
        fits = counts == n_columns
        self.misfit_records: Offsets = np.empty(0, np.int64)
        if n_columns == 1 or not fits.all():
            begin, end = cells.starts[firsts], cells.ends[cells.firsts[1:] - 1]
            blank = begin == end
            first = cells.codes[np.minimum(begin, len(cells.codes) - 1)]
            for i in np.flatnonzero((counts == 1) & ~blank & ((first == ord(" ")) | (first == ord("\t")))).tolist():
                blank[i] = is_blank(text[begin[i] : end[i]])
            self.misfit_records = np.flatnonzero(~fits & ~blank)
            fits &= ~blank
        self.records = np.flatnonzero(fits)
        self._firsts = firsts[self.records]
        self._misfit_widths = counts[self.misfit_records]
        self._columns: dict[int, _Column] = {}

    @property
    def n_rows(self) -> int:
        """Number of rows, misfits and blank lines not counted."""
        return len(self.records)

    @property
    def misfits(self) -> list[list[str]]:
        """The values of the records that do not fit, in order."""
        values = iter(self._misfit_cells().values)
        return [list(islice(values, width)) for width in self._misfit_widths.tolist()]

    def column(self, j: int) -> list[str]:
        """Return the values of column `j`, quotes taken off."""
        return self._column(j).values

    def render(
        self,
        replace: Mapping[int, Sequence[str | None]] | None = None,
        *,
        insert: Mapping[int, Sequence[str]] | None = None,
        drop: Collection[int] = (),
        misfits: Sequence[Sequence[str | None]] | None = None,
    ) -> str:
        """Return the text with other values; all that is not said here keeps its very bytes.

        `replace` gives a column new values, None for those that stay. A changed cell stays quoted if it was, and is
        quoted if its value needs it. `insert` puts a new column right after one, `drop` leaves columns out, so that
        dropping an inserted one brings the bytes back. `misfits` replaces the values of `misfits`, cell by cell.
        """
        replace, insert = replace or {}, insert or {}
        if any(j in replace or j in insert for j in drop):
            raise ValueError("a dropped column cannot be replaced or have a column after it")
        lanes = [(j, 0, *self._replacement(self._column(j), values)) for j, values in replace.items()]
        lanes += [(j, 1, *self._insertion(j, values)) for j, values in insert.items()]
        lanes += [(j, 0, *self._removal(j, drop)) for j in drop]
        lanes.sort(key=lambda lane: lane[:2])
        texts = [""] * (len(lanes) * self.n_rows)
        for i, lane in enumerate(lanes):
            texts[i :: len(lanes)] = lane[4]
        starts = np.stack([lane[2] for lane in lanes], axis=1).ravel() if lanes else np.empty(0, np.int64)
        ends = np.stack([lane[3] for lane in lanes], axis=1).ravel() if lanes else np.empty(0, np.int64)
        if misfits:
            if list(map(len, misfits)) != self._misfit_widths.tolist():
                raise ValueError("as many replacements as the cells of misfits are needed")
            cells = self._replacement(self._misfit_cells(), list(chain.from_iterable(misfits)))
            starts, ends = np.concatenate((starts, cells[0])), np.concatenate((ends, cells[1]))
            texts += cells[2]
            order = np.lexsort((ends, starts))
            starts, ends, texts = starts[order], ends[order], [texts[i] for i in order.tolist()]
        return _spliced(self.text, starts.tolist(), ends.tolist(), texts)

    def _column(self, j: int) -> _Column:
        column = self._columns.get(j)
        if column is None:
            if not 0 <= j < self.n_columns:
                raise IndexError(f"there is no column {j}")
            column = self._columns[j] = self._decode(self._cells.starts[self._firsts + j], self._ends(j))
        return column

    def _misfit_cells(self) -> _Column:
        """Return all cells of the records that do not fit, as one column."""
        widths = self._misfit_widths
        before = np.concatenate(([0], np.cumsum(widths)[:-1])) if widths.size else widths
        cells = np.repeat(self._cells.firsts[self.misfit_records] - before, widths) + np.arange(widths.sum())
        return self._decode(self._cells.starts[cells], self._cells.ends[cells])

    def _ends(self, j: int) -> Offsets:
        return self._cells.ends[self._firsts + j]

    def _decode(self, starts: Offsets, ends: Offsets) -> _Column:
        text, codes, quotes = self.text, self._cells.codes, self._cells.quotes
        if not quotes.size:
            return _Column(_slices(text, starts, ends), starts, ends, None)
        n_quotes = np.searchsorted(quotes, ends) - np.searchsorted(quotes, starts)
        quoted = (n_quotes > 0) & (codes[np.minimum(starts, len(codes) - 1)] == ord('"'))
        if not quoted.any():
            return _Column(_slices(text, starts, ends), starts, ends, None)
        inner = quoted & (n_quotes == 2) & (codes[np.maximum(ends, 1) - 1] == ord('"'))
        forms = np.where(inner, _INNER, Form.BARE).astype(np.uint8)
        starts, ends = starts + inner, ends - inner
        values = _slices(text, starts, ends)
        for i in np.flatnonzero(quoted & ~inner).tolist():
            forms[i], values[i] = self._quoting.read(values[i])
        return _Column(values, starts, ends, forms)

    def _replacement(self, column: _Column, new: Sequence[str | None]) -> tuple[Offsets, Offsets, list[str]]:
        old = column.values
        values = [was if value is None else value for value, was in zip(new, old, strict=True)]
        if self._needs_quotes("".join(values), values):
            careful = list(range(len(values)))
        elif column.forms is None:  # nothing to double or to quote
            careful = []
        else:  # only cells that are cut out with their quotes are left
            careful = np.flatnonzero((column.forms != Form.BARE) & (column.forms != _INNER)).tolist()
        forms = [Form.BARE] * len(values) if column.forms is None else column.forms.tolist()
        for i in careful:
            value, form, same = values[i], forms[i], values[i] == old[i]
            if form == _INNER:
                values[i] = value.replace('"', '""')
            elif same:
                values[i] = self.text[column.starts[i] : column.ends[i]]
            else:
                values[i] = self._cell(value, Form(form))
        return column.starts, column.ends, values

    def _insertion(self, j: int, values: Sequence[str]) -> tuple[Offsets, Offsets, list[str]]:
        if len(values) != self.n_rows:
            raise ValueError("as many values as rows are needed")
        if self._special.search("".join(values)):
            values = [self._cell(value) for value in values]
        ends = self._ends(j)
        return ends, ends, [self._delimiter + value for value in values]

    def _removal(self, j: int, drop: Collection[int]) -> tuple[Offsets, Offsets, list[str]]:
        leading = all(i in drop for i in range(j))
        if leading:
            starts = self._cells.starts[self._firsts + j]
            ends = self._ends(j) if j + 1 == self.n_columns else self._cells.starts[self._firsts + j + 1]
        else:
            starts, ends = self._ends(j - 1), self._ends(j)
        return starts, ends, [""] * self.n_rows

    def _needs_quotes(self, joined: str, values: Sequence[str]) -> bool:
        """Tell in one search whether any value might need care; in a single column an empty one does."""
        return self._special.search(joined) is not None or (self.n_columns == 1 and "" in values)

    def _cell(self, value: str, form: Form = Form.BARE) -> str:
        """Return the value as a cell; alone in its row an empty one is quoted, since an empty line is no row."""
        return self._quoting.write(value, Form.QUOTED if not value and self.n_columns == 1 else form)


def is_blank(line: str) -> bool:
    """Tell whether a record holds nothing: such lines are kept, and are no rows."""
    return not line.strip(" \t")


def _slices(text: str, starts: Offsets, ends: Offsets) -> list[str]:
    return [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _spliced(text: str, starts: list[int], ends: list[int], texts: list[str]) -> str:
    """Return `text` with the sorted, non-overlapping spans replaced; what is between them is sliced once."""
    pieces = [""] * (2 * len(texts) + 1)
    pieces[::2] = [text[end:start] for end, start in zip([0, *ends], [*starts, len(text)], strict=True)]
    pieces[1::2] = texts
    return "".join(pieces)
