"""CSV: which cells there are, what they hold, and how changed ones are written."""

from __future__ import annotations

import pytest

from maskkit.errors import InputError
from maskkit.tables.csv import CsvBatch, CsvReader


def one(text: str, delimiter: str = ",", *, lenient: bool = False) -> CsvBatch:
    """The whole text as one batch."""
    reader = CsvReader([text], delimiter, lenient=lenient)
    reader.peek(1000)
    (batch,) = reader
    return batch


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", ""),
        ('""', ""),
        ('"a"', "a"),
        ('"a,b"', "a,b"),
        ('"a\r\nb"', "a\r\nb"),
        ('"a""b"', 'a"b'),
        ('""""', '"'),
        ('="13800138000"', '="13800138000"'),
        ('"=""13800138000"""', '="13800138000"'),
        ("\t13800138000", "\t13800138000"),
        ("'13800138000", "'13800138000"),
        ('a"b', 'a"b'),
        ('"a"b', '"a"b'),
        ('"a"b"c"', '"a"b"c"'),
        ('"a,b"c', '"a,b"c'),
        ('"a" ', "a"),
        ('"a"  ', '"a"  '),
        (' "a"', ' "a"'),
        ("𠮷", "𠮷"),
    ],
)
def test_values(cell: str, value: str) -> None:
    """A cell holds what Python's csv reads, but for text after the closing quote, which keeps all as it stands."""
    text = f"x,{cell},y\n{cell},x,{cell}\n"
    batch = one(text)
    assert [batch.column(j) for j in range(3)] == [["x", value], [value, "x"], ["y", value]]
    assert batch.render({1: [value, None], 0: [None, value]}) == text


@pytest.mark.parametrize(
    ("cell", "new", "written"),
    [
        ("old", "new", "new"),
        ("old", "a,b", '"a,b"'),
        ("old", "a\nb", '"a\nb"'),
        ("old", "a\rb", '"a\rb"'),
        ("old", '"a"', '"""a"""'),
        ("old", '="138"', '="138"'),
        ("old", "", ""),
        ('"old"', "new", '"new"'),
        ('"old"', 'n"w', '"n""w"'),
        ('"o""d"', "new", '"new"'),
        ('"o""d"', 'o"d', '"o""d"'),
        ('"o"d', "new", "new"),
        ('"o"d', '"n"d', '"n"d'),
        ('"o"d', "a,b", '"a,b" '),
        ('"o" ', "new", '"new" '),
        ("old", '"n"w', '"n"w'),
        ('="138"', "new", "new"),
        ('""', "new", '"new"'),
        ("", "new", "new"),
    ],
)
def test_changed_cells(cell: str, new: str, written: str) -> None:
    """A changed cell stays quoted if it was, is quoted if it must be, and reads back as its new value."""
    batch = one(f"{cell},b\n{cell},b\nx,b\n")
    assert batch.render({0: [new, None, "x"]}) == f"{written},b\n{cell},b\nx,b\n"
    assert one(f"{written},b\n").column(0) == [new]


def test_a_single_column_never_loses_a_row() -> None:
    """In a file of one column an empty value is quoted, since an empty line is no row."""
    assert one("a\n\nb\n").render({0: ["", None]}) == '""\n\nb\n'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_blank_lines_are_kept(end: str, last: bool) -> None:
    """Every line end stays, blank lines stay where they are and are no rows, a missing last one stays missing."""
    text = f"{end}a,b{end}{end} {end}1,2{end if last else ''}"
    batch = one(text)
    assert (batch.n_rows, batch.column(1), batch.misfits) == (2, ["b", "2"], [])
    assert batch.records.tolist() == [1, 4]
    assert batch.render({0: ["A", "B"]}) == text.replace("a", "A").replace("1", "B")


def test_inserted_and_dropped_columns() -> None:
    """A new column stands right after its column; dropping it brings the bytes back, the first column included."""
    text = '"a",b\r\n1,"2,3"\r\n'
    wide = one(text).render({0: ["A", None]}, insert={0: ["a_token", "t,1"], 1: ["c", ""]})
    assert wide == '"A",a_token,b,c\r\n1,"t,1","2,3",\r\n'
    assert one(wide).render({0: ["a", "1"]}, drop=[1, 3]) == text
    assert one(wide).render(drop=[0, 1]) == 'b,c\r\n"2,3",\r\n'
    assert one(wide).render(insert={0: ["x", "y"]}, drop=[1]) == '"A",x,b,c\r\n1,y,"2,3",\r\n'
    with pytest.raises(ValueError, match="dropped column"):
        one(wide).render({1: ["x", "y"]}, drop=[1])


def test_a_header_is_a_batch_of_its_own() -> None:
    """The header can be taken apart from the rows; peeking consumes nothing, blank lines before it belong to it."""
    reader = CsvReader(["\n姓名,手机", '号\n"王', '建国",1\n李,2\n'], ",")
    assert reader.peek(2) == [["姓名", "手机号"], ["王建国", "1"]]
    assert reader.peek(99) == [["姓名", "手机号"], ["王建国", "1"], ["李", "2"]]
    header = reader.header()
    assert (header.n_rows, header.first_row, header.text) == (1, 1, "\n姓名,手机号\n")
    assert header.render(insert={1: ["手机号_token"]}) == "\n姓名,手机号,手机号_token\n"
    rows = list(reader)
    assert [batch.column(0) for batch in rows] == [["王建国", "李"]]
    assert rows[0].first_row == 3


@pytest.mark.parametrize("text", ["", "\n\n", " \r\n"])
def test_a_file_without_rows(text: str) -> None:
    """A file without rows has no header to speak of, and is kept."""
    reader = CsvReader([text], ",")
    assert reader.peek(5) == []
    header = reader.header()
    assert header.n_rows == 0
    assert header.render() + "".join(batch.render() for batch in reader) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n\n3\n", "row 4 has 1 cells, the first row has 2"),
        ('a,b\n"1\n",2\n3,4,5', "row 3 has 3 cells, the first row has 2"),
        ('a,b\n1,2\n"3,4\n5,6\n', "row 3 opens a quote that is never closed"),
        ('a,b\nx"y,2\n"3,4\n5,6\n', "row 3 opens a quote that is never closed"),
        ('a,b\n1,"', "row 2 opens a quote that is never closed"),
    ],
)
@pytest.mark.parametrize("size", [1, 4, 100])
def test_rows_that_do_not_fit(text: str, message: str, size: int) -> None:
    """The error names the row of the file and what is wrong, wherever the blocks are cut, and shows no cell."""
    with pytest.raises(InputError) as error:
        list(CsvReader([text[i : i + size] for i in range(0, len(text), size)], ","))
    assert str(error.value) == message
    assert error.value.hint


def test_a_quote_that_is_never_closed_needs_no_memory() -> None:
    """A record that goes on and on is given up at the limit, not at the end of the file."""
    blocks = iter(['a,b\n1,"2\n', *["x" * 100] * 50])
    with pytest.raises(InputError, match="row 2 is longer than 1000 characters"):
        list(CsvReader(blocks, ",", record_limit=1000))
    assert next(blocks)


def test_lenient_rows_are_given_out_by_cell() -> None:
    """With lenient, rows that do not fit come apart from the others and their cells can be replaced."""
    batch = one('a,b\n1\n2,3\n"4\n",5,6\n7,8', lenient=True)
    assert (batch.column(0), batch.misfits) == (["a", "2", "7"], [["1"], ["4\n", "5", "6"]])
    assert batch.render() == batch.text
    new: list[list[str | None]] = [["x,y"], [None, "z", 'a"b']]
    assert batch.render({0: ["A", None, "B"]}, misfits=new) == 'A,b\n"x,y"\n2,3\n"4\n",z,a"b\nB,8'
    assert (batch.records.tolist(), batch.misfit_records.tolist()) == ([0, 2, 4], [1, 3])
    with pytest.raises(ValueError, match="as many replacements"):
        batch.render(misfits=[["x"]])
    with pytest.raises(ValueError, match="as many replacements"):
        batch.render(misfits=[["x"], ["y"]])


def test_there_is_no_such_column() -> None:
    """A column that the table has not is a mistake of the caller."""
    with pytest.raises(IndexError):
        one("a,b\n").column(2)
    with pytest.raises(IndexError):
        one("a,b\n").column(-1)


def test_too_few_values() -> None:
    """A column of another length is refused."""
    with pytest.raises(ValueError, match="argument"):
        one("a,b\n1,2\n").render({0: ["x"]})
    with pytest.raises(ValueError, match="as many values"):
        one("a,b\n1,2\n").render(insert={0: ["x"]})


def test_a_batch_does_not_show_its_values() -> None:
    """Neither a batch nor what it is made of has a repr with cells in it."""
    batch = one("王建国,13800138000\n")
    batch.column(0)
    shown = repr(batch) + "".join(map(repr, vars(batch)["_columns"].values())) + repr(vars(batch)["_cells"])
    assert "王建国" not in shown
    assert "13800138000" not in shown
