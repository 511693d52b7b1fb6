"""Rows of CSV as columns: values out, other values in, and only the cells that change are ever touched."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from maskkit.tables.cells import QUOTED, Cells, Offsets, quote, unquote

#: A replacement in a batch's text: half-open character offsets and what stands there instead.
Edit = tuple[int, int, str]

_BARE, _PLAIN, _COMPLEX = 0, 1, 2


@dataclass(frozen=True, slots=True, repr=False)
class _Column:
    """Decoded values, and what `render` cuts out for each: the cell, for `_PLAIN` ones what is between its quotes."""

    values: list[str]
    starts: Offsets
    ends: Offsets
    kinds: npt.NDArray[np.uint8] | None  # None: all cells are bare


class CsvBatch:
    """Whole rows of a CSV file.

    `text` is how they stand there, `first_row` the number of the first record (the file's first is 1, blank lines
    count), `n_rows` the number of rows with `n_columns` cells. Blank lines belong to no row and are kept. `misfits` are
    the records with another number of cells, as they stand, without line end. `records` and `misfit_records` number
    both kinds among all records of the batch, from 0.
    """

    def __init__(self, text: str, cells: Cells, delimiter: str, n_columns: int, first_row: int) -> None:
        self.text = text
        self.first_row = first_row
        self.n_columns = n_columns
        self._cells = cells
        self._delimiter = delimiter
        self._special = re.compile(f'[{re.escape(delimiter)}\r\n"]')
        firsts = cells.firsts[:-1]
        counts = np.diff(cells.firsts)
        fits = counts == n_columns
        if n_columns == 1 or not fits.all():
            begin, end = cells.starts[firsts], cells.ends[cells.firsts[1:] - 1]
            blank = begin == end
            first = cells.codes[np.minimum(begin, len(cells.codes) - 1)]
            for i in np.flatnonzero((counts == 1) & ~blank & ((first == ord(" ")) | (first == ord("\t")))).tolist():
                blank[i] = is_blank(text[begin[i] : end[i]])
            fits &= ~blank
            odd = ~fits & ~blank
            self._misfit_starts, self._misfit_ends = begin[odd], end[odd]
            self.misfit_records: Offsets = np.flatnonzero(odd)
        else:
            self._misfit_starts = self._misfit_ends = self.misfit_records = np.empty(0, np.int64)
        self.records = np.flatnonzero(fits)
        self._firsts = firsts[self.records]
        self._columns: dict[int, _Column] = {}

    @property
    def n_rows(self) -> int:
        """Number of rows, misfits and blank lines not counted."""
        return len(self.records)

    @property
    def misfits(self) -> list[str]:
        """The records that do not fit, in order."""
        spans = zip(self._misfit_starts.tolist(), self._misfit_ends.tolist(), strict=True)
        return [self.text[start:end] for start, end in spans]

    def row_number(self, row: int) -> int:
        """Return the number in the file of the batch's row `row`."""
        return self.first_row + int(self.records[row])

    def column(self, j: int) -> list[str]:
        """Return the values of column `j`, quotes taken off."""
        return self._column(j).values

    def locate(self, offset: int) -> tuple[int, int]:
        """Return (row, column) of the cell at an offset of `text`; row -1 where it is no row of the table."""
        rows, columns = self.locate_all([offset])
        return int(rows[0]), int(columns[0])

    def locate_all(self, offsets: Sequence[int] | Offsets) -> tuple[Offsets, Offsets]:
        """Return rows and columns of many offsets, as `locate` does for one."""
        cell = self._cell_at(offsets)
        record = np.searchsorted(self._cells.firsts, cell, side="right") - 1
        rows = np.full(len(self._cells.firsts), -1, np.int64)
        rows[self.records] = np.arange(self.n_rows)
        return rows[record], cell - self._cells.firsts[record]

    def render(
        self,
        replace: Mapping[int, Sequence[str | None]] | None = None,
        *,
        insert: Mapping[int, Sequence[str]] | None = None,
        drop: Collection[int] = (),
        misfits: Sequence[str] | None = None,
        edits: Sequence[Edit] = (),
    ) -> str:
        """Return the text with other values; all that is not said here keeps its very bytes.

        `replace` gives a column new values, None for those that stay. A changed cell stays quoted if it was, and is
        quoted if its value needs it. `insert` puts a new column right after one, `drop` leaves columns out, so that
        dropping an inserted one brings the bytes back. `misfits` replace the records of `misfits`. `edits` replace
        parts of single cells by offsets of `text`, sorted; they may not touch replaced or dropped columns.
        """
        replace, insert = replace or {}, insert or {}
        if any(j in replace or j in insert for j in drop):
            raise ValueError("a dropped column cannot be replaced or have a column after it")
        lanes = [(j, 0, *self._replacement(j, values)) for j, values in replace.items()]
        lanes += [(j, 1, *self._insertion(j, values)) for j, values in insert.items()]
        lanes += [(j, 0, *self._removal(j, drop)) for j in drop]
        lanes.sort(key=lambda lane: lane[:2])
        texts = [""] * (len(lanes) * self.n_rows)
        for i, lane in enumerate(lanes):
            texts[i :: len(lanes)] = lane[4]
        starts = np.stack([lane[2] for lane in lanes], axis=1).ravel() if lanes else np.empty(0, np.int64)
        ends = np.stack([lane[3] for lane in lanes], axis=1).ravel() if lanes else np.empty(0, np.int64)
        if misfits is not None:
            if len(misfits) != len(self._misfit_starts):
                raise ValueError("as many replacements as misfits are needed")
            starts = np.concatenate((starts, self._misfit_starts))
            ends = np.concatenate((ends, self._misfit_ends))
            texts += misfits
        if edits:
            edits = self._quoted_edits(edits)
            starts = np.concatenate((starts, np.array([edit[0] for edit in edits], np.int64)))
            ends = np.concatenate((ends, np.array([edit[1] for edit in edits], np.int64)))
            texts += [edit[2] for edit in edits]
        if edits or misfits:
            order = np.lexsort((ends, starts))
            starts, ends, texts = starts[order], ends[order], [texts[i] for i in order.tolist()]
        return _spliced(self.text, starts.tolist(), ends.tolist(), texts)

    def render_edits(self, edits: Sequence[Edit]) -> str:
        """Return the text with parts of cells replaced, each quoted as its cell asks for."""
        return self.render(edits=edits)

    def _column(self, j: int) -> _Column:
        column = self._columns.get(j)
        if column is None:
            if not 0 <= j < self.n_columns:
                raise IndexError(f"there is no column {j}")
            column = self._columns[j] = self._decode(self._cells.starts[self._firsts + j], self._ends(j))
        return column

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
        plain = quoted & (n_quotes == 2) & (codes[np.maximum(ends, 1) - 1] == ord('"'))
        kinds = np.where(quoted, np.where(plain, _PLAIN, _COMPLEX), _BARE).astype(np.uint8)
        starts, ends = starts + plain, ends - plain
        values = _slices(text, starts, ends)
        for i in np.flatnonzero(kinds == _COMPLEX).tolist():
            values[i] = unquote(values[i])
        return _Column(values, starts, ends, kinds)

    def _replacement(self, j: int, new: Sequence[str | None]) -> tuple[Offsets, Offsets, list[str]]:
        column = self._column(j)
        old = column.values
        values = [was if value is None else value for value, was in zip(new, old, strict=True)]
        kinds = [_BARE] * len(values) if column.kinds is None else column.kinds.tolist()
        if self._needs_quotes("".join(values), values):
            careful = list(range(len(values)))
        else:  # nothing to double or to quote: only cells that are cut out with their quotes are left
            careful = [] if column.kinds is None else np.flatnonzero(column.kinds == _COMPLEX).tolist()
        for i in careful:
            value, kind, same = values[i], kinds[i], values[i] == old[i]
            if kind == _COMPLEX:
                values[i] = self.text[column.starts[i] : column.ends[i]] if same else quote(value)
            elif not same:
                values[i] = value.replace('"', '""') if kind == _PLAIN else self._cell(value)
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

    def _cell(self, value: str) -> str:
        """Return the value as a cell, unquoted where it can be: a quote inside is literal unless it comes first."""
        if value.startswith('"') or (not value and self.n_columns == 1):
            return quote(value)
        return quote(value) if any(char in value for char in (self._delimiter, "\r", "\n")) else value

    def _cell_at(self, offsets: Sequence[int] | Offsets) -> Offsets:
        return np.searchsorted(self._cells.starts, np.asarray(offsets, np.int64), side="right") - 1

    def _quoted_edits(self, edits: Sequence[Edit]) -> list[Edit]:
        """Return edits that can be spliced as they are."""
        cells = self._cell_at([edit[0] for edit in edits])
        if (self._cells.ends[cells] < np.array([edit[1] for edit in edits])).any():
            raise ValueError("an edit reaches beyond its cell")
        if all(edit[2] for edit in edits) and not self._special.search("".join(edit[2] for edit in edits)):
            return list(edits)
        careful: list[Edit] = []
        for cell, group in groupby(zip(cells.tolist(), edits, strict=True), key=lambda pair: pair[0]):
            start, end = int(self._cells.starts[cell]), int(self._cells.ends[cell])
            careful.append((start, end, self._edited_cell(start, end, [edit for _, edit in group])))
        return careful

    def _edited_cell(self, start: int, end: int, edits: list[Edit]) -> str:
        match = QUOTED.match(self.text, start, end)
        close = match.end() if match else start
        inside = [(a, b, new.replace('"', '""')) for a, b, new in edits if a < close]
        after = [edit for edit in edits if edit[0] >= close]
        quoted, rest = _edited(self.text, start, close, inside), _edited(self.text, close, end, after)
        if match is None:
            return self._cell(rest)
        return quote(unquote(quoted) + rest) if rest else quoted


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


def _edited(text: str, start: int, end: int, edits: list[Edit]) -> str:
    starts = [edit[0] - start for edit in edits]
    ends = [edit[1] - start for edit in edits]
    return _spliced(text[start:end], starts, ends, [edit[2] for edit in edits])
