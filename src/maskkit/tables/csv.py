"""CSV as a stream of batches: whole rows, wherever the blocks of text are cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from maskkit.errors import InputError
from maskkit.tables.cells import Cells, split_cells
from maskkit.tables.rows import CsvBatch, is_blank

__all__ = ["RECORD_LIMIT", "CsvBatch", "CsvReader"]

#: Characters after which a record that has not ended is taken for one whose quote was never closed.
RECORD_LIMIT: Final = 1 << 26


class CsvReader:
    """Batches of rows from blocks of text.

    `InputError` names the row that has another number of cells than the first one (unless `lenient`), or whose quote is
    never closed. A record may span blocks, up to `record_limit` characters.
    """

    def __init__(
        self, blocks: Iterable[str], delimiter: str, *, lenient: bool = False, record_limit: int = RECORD_LIMIT
    ) -> None:
        self._blocks = iter(blocks)
        self._delimiter = delimiter
        self._lenient = lenient
        self._limit = record_limit
        self._text = ""
        self._final = False
        self._next_row = 1
        self._n_columns = 0

    def peek(self, n: int) -> list[list[str]]:
        """Return the values of the first `n` rows that come next, fewer at the end; nothing is consumed."""
        batch = self._batch(self._fill(n), check=False)
        columns = [batch.column(j)[:n] for j in range(batch.n_columns)]
        return [list(row) for row in zip(*columns, strict=True)]

    def header(self) -> CsvBatch:
        """Take the next row as a batch of its own, blank lines before it included; no row in an empty file."""
        cells = self._fill(1)
        batch = self._batch(cells, check=False)
        if not batch.n_rows:
            return self._take(cells)
        record = int(batch.records[0])
        after = cells.firsts[record + 1]
        size = int(cells.starts[after]) if after < len(cells.starts) else cells.size
        return self._take(split_cells(self._text[:size], self._delimiter, final=True))

    def __iter__(self) -> Iterator[CsvBatch]:
        while True:
            cells = self._fill(0)
            if not cells.size:
                return
            yield self._take(cells)

    def _fill(self, rows: int) -> Cells:
        """Read on until there is a whole record, and `rows` rows; or to the end."""
        while True:
            cells = split_cells(self._text, self._delimiter, final=self._final)
            self._find_columns(cells)
            if self._final:
                if cells.unclosed:
                    raise InputError(
                        f"row {self._next_row + len(cells.firsts) - 2} opens a quote that is never closed",
                        hint="close the quote in that row, or --format text",
                    )
                return cells
            if cells.size and self._n_columns and (not rows or self._batch(cells, check=False).n_rows >= rows):
                return cells
            if len(self._text) - cells.size > self._limit:
                row = self._next_row + len(cells.firsts) - 1
                raise InputError(
                    f"row {row} is longer than {self._limit} characters", hint="is a quote in it never closed?"
                )
            self._read(len(self._text) + 1)

    def _read(self, size: int) -> None:
        """Append blocks of at least `size` characters: doubling keeps the work linear for records of many blocks."""
        parts, n = [self._text], 0
        while n < size:
            block = next(self._blocks, None)
            if block is None:
                self._final = True
                break
            parts.append(block)
            n += len(block)
        self._text = "".join(parts)

    def _find_columns(self, cells: Cells) -> None:
        if self._n_columns:
            return
        firsts = cells.firsts.tolist()
        for first, after in pairwise(firsts):
            if after - first > 1 or not is_blank(self._text[cells.starts[first] : cells.ends[first]]):
                self._n_columns = after - first
                return

    def _batch(self, cells: Cells, *, check: bool) -> CsvBatch:
        batch = CsvBatch(self._text[: cells.size], cells, self._delimiter, self._n_columns or 1, self._next_row)
        if check and not self._lenient and batch.misfit_records.size:
            record = int(batch.misfit_records[0])
            found = int(cells.firsts[record + 1] - cells.firsts[record])
            raise InputError(
                f"row {self._next_row + record} has {found} cells, the first row has {self._n_columns}",
                hint="repair that row, or --lenient; --format text if this is no table",
            )
        return batch

    def _take(self, cells: Cells) -> CsvBatch:
        batch = self._batch(cells, check=True)
        self._text = self._text[cells.size :]
        self._next_row += len(cells.firsts) - 1
        return batch
