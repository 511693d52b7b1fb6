"""CSV: what is not changed keeps its bytes, values are Python's, and no way of cutting the input matters."""

from __future__ import annotations

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from maskkit.errors import InputError
from maskkit.tables.csv import CsvBatch, CsvReader

DELIMITERS = st.sampled_from(",\t;|")
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
#: Characters that matter to CSV, some that do not, and some that are wider than one byte or one UTF-16 unit.
CHARS = st.sampled_from("\",\t;|\r\n'= a王国𠮷é?\x00")
VALUES = st.text(CHARS, max_size=6)
BARE = st.text(st.sampled_from("'= a王国𠮷é?"), max_size=6)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """A well-formed file with every mix of line ends and quoting, and its delimiter."""
    delimiter = draw(DELIMITERS)
    n_columns = draw(st.integers(1, 4))
    lines = []
    for row in draw(st.lists(st.lists(VALUES, min_size=n_columns, max_size=n_columns), max_size=6)):
        cells = []
        for value in row:
            needs = value.startswith('"') or any(c in value for c in (delimiter, "\r", "\n"))
            quoted = needs or draw(st.booleans()) or (n_columns == 1 and not value.strip())
            cells.append('"' + value.replace('"', '""') + '"' if quoted else value)
        lines.append(delimiter.join(cells) + draw(ENDS))
        if draw(st.integers(0, 5)) == 0:
            lines.append(draw(ENDS))
    text = "".join(lines)
    return (re.sub(r"(\r\n|\r|\n)\Z", "", text) if draw(st.booleans()) else text), delimiter


def cut(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def rows_of(text: str, delimiter: str, size: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for batch in CsvReader(cut(text, size), delimiter):
        columns = [batch.column(j) for j in range(batch.n_columns)]
        rows += [list(row) for row in zip(*columns, strict=True)]
    return rows


@given(files(), st.integers(1, 30))
def test_values_are_those_of_the_csv_module(file: tuple[str, str], size: int) -> None:
    """Every value is what Python's csv reads, whatever the block size."""
    text, delimiter = file
    expected = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    assert rows_of(text, delimiter, size) == expected


@given(files(), st.integers(1, 30))
def test_nothing_changes_unless_asked(file: tuple[str, str], size: int) -> None:
    """Rendering without edits, and replacing every cell by its own value, give the input back."""
    text, delimiter = file
    same, again, none = [], [], []
    for batch in CsvReader(cut(text, size), delimiter):
        same.append(batch.render())
        again.append(batch.render({j: batch.column(j) for j in range(batch.n_columns)}))
        none.append(batch.render({j: [None] * batch.n_rows for j in range(batch.n_columns)}))
    assert "".join(same) == "".join(again) == "".join(none) == text


@given(st.text(CHARS, max_size=40), DELIMITERS, st.integers(1, 30))
def test_any_text_at_all(text: str, delimiter: str, size: int) -> None:
    """Text that is no proper CSV has the cells that the csv module reads, is kept, or refused; always the same way."""

    def run(size: int) -> tuple[str, list[list[str]], list[list[str]]] | str:
        out: list[str] = []
        rows: list[list[str]] = []
        misfits: list[list[str]] = []
        try:
            for batch in CsvReader(cut(text, size), delimiter, lenient=True):
                columns = {j: batch.column(j) for j in range(batch.n_columns)}
                out.append(batch.render(columns, misfits=batch.misfits))
                rows += list(map(list, zip(*columns.values(), strict=True)))
                misfits += batch.misfits
        except InputError as error:
            return str(error)
        return "".join(out), rows, misfits

    result = run(size)
    assert result == run(1000)
    if isinstance(result, tuple):
        assert result[0] == text
        records = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
        full = [row for row in records if len(row) > 1 or row[0].strip(" \t")]
        width = len(full[0]) if full else 1
        quoted_blank = any(len(row) == 1 and not row[0].strip(' \t"') for row in result[1] + result[2])
        if width > 1 and not quoted_blank:  # the csv module does not tell "" from a blank line
            assert list(map(len, result[1])) == [len(row) for row in full if len(row) == width]
            assert list(map(len, result[2])) == [len(row) for row in full if len(row) != width]


@given(st.text(st.sampled_from('""", \nxy'), max_size=30), st.text(st.sampled_from('"", \nxyz'), max_size=8))
def test_cells_that_change_and_change_back(text: str, odd: str) -> None:
    """However odd cells are, other values read back as these, and the first ones as the first bytes."""

    def batches(text: str) -> list[CsvBatch]:
        reader = CsvReader([text], ",", lenient=True)
        reader.peek(99)
        return list(reader)

    def other(value: str) -> str:
        return value and ((odd.strip() or "x") if value.startswith('"') else "xx_y")

    try:
        (before,) = batches(text)
    except (InputError, ValueError):
        return
    columns = [before.column(j) for j in range(before.n_columns)]
    changed = {j: list(map(other, column)) for j, column in enumerate(columns)}
    (after,) = batches(before.render(changed, misfits=[list(map(other, row)) for row in before.misfits]))
    assert [after.column(j) for j in range(after.n_columns)] == list(changed.values())
    assert after.render(dict(enumerate(columns)), misfits=before.misfits) == text


@given(files(), st.data(), st.integers(1, 30))
def test_replaced_values_read_back(file: tuple[str, str], data: st.DataObject, size: int) -> None:
    """A replaced column reads as the new values, the others as they were; dropping what was inserted undoes it."""
    text, delimiter = file
    rows = rows_of(text, delimiter, 1000)
    if not rows:
        return
    j = data.draw(st.integers(0, len(rows[0]) - 1))
    new = data.draw(st.lists(VALUES, min_size=len(rows), max_size=len(rows)))
    if len(rows[0]) == 1:
        new = [value if value.strip() else "x" for value in new]
    out, done = [], 0
    for batch in CsvReader(cut(text, size), delimiter):
        values = new[done : done + batch.n_rows]
        done += batch.n_rows
        out.append(batch.render({j: values}, insert={j: values}))
    widened = "".join(out)
    expected = [[*row[:j], value, value, *row[j + 1 :]] for row, value in zip(rows, new, strict=True)]
    assert rows_of(widened, delimiter, size) == expected
    back, done = [], 0
    for batch in CsvReader(cut(widened, size), delimiter):
        values = [row[j] for row in rows[done : done + batch.n_rows]]
        done += batch.n_rows
        back.append(batch.render({j: values}, drop=[j + 1]))
    assert rows_of("".join(back), delimiter, size) == rows
