"""Columns: lists, Series and Arrow arrays in, the same out."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from filejobs import quick_masker

from maskkit import InputError, Keyset, Masker, UsageError

PHONES = ["13800138000", None, "139-0013-9000", "无", ""]
SHOWN = ["138****8000", None, "139****9000", "无", ""]

MAKERS: dict[str, Callable[[Sequence[str | None]], Any]] = {
    "list": list,
    "tuple": tuple,
    "pandas object": lambda cells: pd.Series(cells, index=[7, 7, 8, 9, 9][: len(cells)], name="p", dtype=object),
    "pandas str": lambda cells: pd.Series(cells, name="p", dtype="str"),
    "pandas string": lambda cells: pd.Series(cells, name="p", dtype="string"),
    "pandas Arrow": lambda cells: pd.Series(cells, name="p", dtype=pd.ArrowDtype(pa.string())),
    "pandas category": lambda cells: pd.Series(cells, name="p", dtype="category"),
    "polars String": lambda cells: pl.Series("p", cells, dtype=pl.String),
    "polars Categorical": lambda cells: pl.Series("p", cells, dtype=pl.Categorical),
    "Arrow string": lambda cells: pa.array(cells, type=pa.string()),
    "Arrow large_string": lambda cells: pa.array(cells, type=pa.large_string()),
    "Arrow string_view": lambda cells: pa.array(cells, type=pa.string_view()),
    "Arrow dictionary": lambda cells: pa.array(cells, type=pa.string()).dictionary_encode(),
    "Arrow chunks": lambda cells: pa.chunked_array([cells[:2], cells[2:]], type=pa.string()),
}


@pytest.fixture(scope="module")
def display(keyset: Keyset) -> Masker:
    return quick_masker(keyset, "display")


@pytest.fixture(scope="module")
def tokens(keyset: Keyset) -> Masker:
    return quick_masker(keyset, "tokens")


def plain(column: Any) -> list[Any]:
    """Return the cells with every missing value as None."""
    cells = column.to_pylist() if isinstance(column, (pa.Array, pa.ChunkedArray)) else list(column)
    return [None if cell is None or cell is pd.NA or cell != cell else cell for cell in cells]


def looks(column: Any) -> tuple[Any, ...]:
    """Return what must stay of a column beside its cells: type, dtype, name, index, chunks."""
    if isinstance(column, pd.Series):
        return type(column), str(column.dtype), column.name, list(column.index)
    if isinstance(column, pl.Series):
        return type(column), column.dtype, column.name
    if isinstance(column, pa.ChunkedArray):
        return type(column), column.type, [len(chunk) for chunk in column.chunks]
    return type(column), getattr(column, "type", None)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_column_stays_what_it_is(display: Masker, kind: str) -> None:
    """Type, dtype, name, index and chunks stay, so do missing cells and placeholders."""
    column = MAKERS[kind](PHONES)
    masked = display.column(column, entity="PHONE_NUMBER")
    assert plain(masked) == SHOWN
    assert looks(masked) == looks(column)
    assert plain(column) == PHONES


@pytest.mark.parametrize("kind", MAKERS)
def test_a_column_of_tokens_comes_back(tokens: Masker, kind: str) -> None:
    """unmask_column undoes column, type and all."""
    column = MAKERS[kind](PHONES)
    masked = tokens.column(column, entity="PHONE_NUMBER")
    assert not {"13800138000", "139-0013-9000"} & {cell for cell in plain(masked) if cell}
    back = tokens.unmask_column(masked)
    assert plain(back) == PHONES
    assert looks(back) == looks(column)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("cells", [[], [None, None], ["无", ""]])
def test_a_column_with_nothing_to_hide_is_the_same_object(display: Masker, kind: str, cells: list[str | None]) -> None:
    """An empty column, one of missing cells and one of placeholders come back as they are."""
    column = MAKERS[kind](cells)
    assert display.column(column, entity="PHONE_NUMBER") is column


@pytest.mark.parametrize(
    ("column", "dtype"),
    [
        (pd.Series([13800138000, 13900139000], name="p"), "object"),
        (pd.Series([13800138000, None], name="p", dtype="Int64"), "object"),
        (pd.Series([13800138000.0, math.nan], name="p"), "object"),
        (pd.Series([13800138000, 13900139000], name="p", dtype="category"), "category"),
        (pl.Series("p", [13800138000, None]), pl.String),
        (pl.Series("p", [13800138000.0, math.nan, None]), pl.String),
        (pa.array([13800138000, None]), pa.string()),
        (pa.array([13800138000.0, math.nan]), pa.string()),
        (pa.chunked_array([[13800138000], [None]]), pa.string()),
    ],
)
def test_numbers_become_text(display: Masker, tokens: Masker, column: Any, dtype: Any) -> None:
    """A column of numbers becomes one of text, a float as the integer that it was; missing cells are still missing."""
    masked = display.column(column, entity="PHONE_NUMBER")
    assert plain(masked)[0] == "138****8000"
    assert plain(masked)[1] in (None, "139****9000")
    assert getattr(masked, "type", getattr(masked, "dtype", None)) == dtype
    assert plain(tokens.unmask_column(tokens.column(column, entity="PHONE_NUMBER")))[0] == "13800138000"


def test_missing_values_stay_what_they_are(display: Masker) -> None:
    """None, NaN, NaT, NA and booleans in a list or an object Series are the same objects afterwards."""
    cells: list[Any] = ["13800138000", None, math.nan, pd.NA, pd.NaT, True, Decimal("NaN")]
    for masked in (
        display.column(cells, "PHONE_NUMBER"),
        display.column(pd.Series(cells, dtype=object), "PHONE_NUMBER").tolist(),
    ):
        assert masked[0] == "138****8000"
        assert all(new is old for new, old in zip(masked[1:], cells[1:], strict=True))


def test_dates_and_ages(display: Masker) -> None:
    """Dates, timestamps and numbers of a column that a caller names are read as text."""
    dates = [date(1990, 3, 7), pd.Timestamp("1990-03-07"), "1990年3月7日"]
    assert display.column(dates, "BIRTH_DATE") == ["1990-**-**"] * 3
    assert display.column([35, 35.0, "35岁"], "AGE") == ["***"] * 3


def test_a_cell_of_something_else_is_hidden_whole(display: Masker) -> None:
    """What is not the entity is masked all the same, a cell with several values value by value."""
    assert display.column(
        ["不详，问他妻子", "13800138000/13900139000", "\t13800138000", "'13800138000 "], "PHONE_NUMBER"
    ) == [
        "***",
        "138****8000/139****9000",
        "\t138****8000",
        "'138****8000 ",
    ]


def test_left_alone(display: Masker, tokens: Masker) -> None:
    """Tokens, display masks and a 700 number stay in a phone column."""
    (token,) = tokens.column(["13800138000"], "PHONE_NUMBER")
    cells = [token, "138****8000", "700123456789012"]
    assert display.column(cells, "PHONE_NUMBER") is cells


def test_display_with_token_stands_in_the_cell(keyset: Keyset) -> None:
    """A column alone has no column beside it, so the token follows in brackets, and both go again."""
    agency = quick_masker(keyset, "agency")
    (cell,) = agency.column(["13800138000"], "PHONE_NUMBER")
    assert cell.startswith("138****8000(pn_")
    assert agency.unmask_column([cell, f"回访：{cell}，已接"]) == ["13800138000", "回访：13800138000，已接"]


@pytest.mark.parametrize("cell", [b"13800138000", ["13800138000"], {"13800138000"}, {"a": "13800138000"}, object()])
def test_cells_nobody_can_read_are_refused(display: Masker, cell: Any) -> None:
    """Bytes and nested cells are refused rather than passed on, and not shown."""
    with pytest.raises(InputError, match=type(cell).__name__) as caught:
        display.column(["13900139000", cell], "PHONE_NUMBER")
    assert "138" not in str(caught.value)


@pytest.mark.parametrize(
    "column", ["13800138000", b"13800138000", {"a": 1}, 5, pd.DataFrame({"a": ["1"]}), pl.DataFrame()]
)
def test_what_is_no_column_is_refused(display: Masker, column: Any) -> None:
    """A string, a dict or a table is no column."""
    with pytest.raises(InputError, match="a column is"):
        display.column(column, "PHONE_NUMBER")


def test_an_unknown_entity_is_refused(display: Masker) -> None:
    """The message says which entities there are."""
    with pytest.raises(UsageError, match="no entity PHONE") as caught:
        display.column(["x"], "PHONE")
    assert caught.value.hint
    assert "BIRTH_DATE" in caught.value.hint


def test_tokens_in_cells_of_other_types_do_not_matter(tokens: Masker) -> None:
    """unmask_column passes over what is no text."""
    token = tokens.text("13800138000").text
    assert tokens.unmask_column([token, 5, None, b"x", f"见{token}。"]) == [
        "13800138000",
        5,
        None,
        b"x",
        "见13800138000。",
    ]


def test_no_library_is_imported_unless_it_came_in() -> None:
    """Lists and records are masked without pandas, polars or pyarrow, which are installed here."""
    code = (
        "import sys, maskkit\n"
        "m = maskkit.Masker('display')\n"
        "m.column(['13800138000'], 'PHONE_NUMBER'); m.record({'phone': '13800138000'}); m.text('13800138000')\n"
        "print(sorted({'pandas', 'polars', 'pyarrow'} & set(sys.modules)))\n"
        "import polars\n"
        "m.table(polars.DataFrame({'phone': ['13800138000']}))\n"
        "print(sorted({'pandas', 'pyarrow'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"], done.stderr
