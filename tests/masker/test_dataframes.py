"""Tables: pandas, polars and Arrow, decided column by column as the command line decides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from filejobs import quick_masker

from maskkit import InputError, Keyset, Masker, UsageError

PEOPLE: dict[str, list[Any]] = {
    "案件编号": ["AJ1", "AJ2"],
    "姓名": ["欧阳铁蛋", "李秀英"],
    "手机号": ["13800138000", None],
    "余额": [1.5, 2.0],
    "备注": ["欧阳铁蛋说好，打13700137000", ""],
}
SHOWN: dict[str, list[Any]] = {
    "案件编号": ["AJ1", "AJ2"],
    "姓名": ["欧阳**", "李**"],
    "手机号": ["138****8000", None],
    "余额": [1.5, 2.0],
    "备注": ["欧阳**说好，打137****7000", ""],
}
MAKERS: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "pandas": lambda columns: pd.DataFrame(columns, index=[3, 3]),
    "polars": pl.DataFrame,
    "Arrow table": pa.table,
    "Arrow batch": pa.record_batch,
}

kinds = pytest.mark.parametrize("kind", MAKERS)


@pytest.fixture(scope="module")
def display(keyset: Keyset) -> Masker:
    return quick_masker(keyset, "display")


@pytest.fixture(scope="module")
def agency(keyset: Keyset) -> Masker:
    return quick_masker(keyset, "agency")


def plain(table: Any) -> dict[str, list[Any]]:
    """Return a table as lists, missing cells as None."""
    if isinstance(table, pd.DataFrame):
        return {str(name): [None if c is None or c != c else c for c in cells] for name, cells in table.items()}
    return dict(table.to_dict(as_series=False) if isinstance(table, pl.DataFrame) else table.to_pydict())


@kinds
def test_columns_are_masked_by_name_and_content(display: Masker, kind: str) -> None:
    """Names, phones and remarks are masked, a row's name is known in its remark, the rest is as it was."""
    table = MAKERS[kind](PEOPLE)
    masked = display.table(table)
    assert plain(masked) == SHOWN
    assert type(masked) is type(table)
    assert plain(table) == PEOPLE


@kinds
def test_token_columns_follow_their_column(agency: Masker, kind: str) -> None:
    """`<column>_token` stands right after its column, empty where that is, and unmask_table takes it away."""
    table = MAKERS[kind](PEOPLE)
    masked = agency.table(table)
    columns = plain(masked)
    assert list(columns) == ["案件编号", "姓名", "姓名_token", "手机号", "手机号_token", "余额", "备注"]
    assert columns["手机号"] == ["138****8000", None]
    assert columns["手机号_token"][1] is None
    assert agency.unmask(columns["姓名_token"][1]).text == "李秀英"
    back = agency.unmask_table(masked)
    assert plain(back) == PEOPLE
    assert type(back) is type(table)


@kinds
def test_everything_comes_back(keyset: Keyset, kind: str) -> None:
    """unmask_table undoes table with the default policy."""
    masker = quick_masker(keyset)
    table = MAKERS[kind](PEOPLE)
    masked = masker.table(table)
    assert not {"欧阳铁蛋", "李秀英", "13800138000"} & {
        str(cell) for column in plain(masked).values() for cell in column
    }
    assert plain(masker.unmask_table(masked)) == PEOPLE


def test_what_else_a_pandas_table_is_stays(display: Masker) -> None:
    """The index (duplicate labels and all), dtypes of untouched columns and their order stay."""
    table = pd.DataFrame(PEOPLE | {"日期": pd.to_datetime(["2026-01-01", "2026-02-01"])}, index=[3, 3])
    masked = display.table(table)
    assert list(masked.index) == [3, 3]
    assert list(masked.columns) == list(table.columns)
    assert masked["余额"].dtype == table["余额"].dtype
    assert masked["日期"].dtype == table["日期"].dtype


def test_what_else_an_arrow_table_is_stays(agency: Masker) -> None:
    """Metadata of schema and fields, chunks and types of untouched columns stay."""
    field = pa.field("n", pa.int16(), metadata={"a": "b"})
    schema = pa.schema([field, pa.field("手机号", pa.string())], metadata={"k": "v"})
    chunks = [pa.chunked_array([[1], [2]], pa.int16()), pa.chunked_array([["13800138000"], [None]], pa.string())]
    masked = agency.table(pa.table(chunks, schema=schema))
    assert masked.schema.metadata == {b"k": b"v"}
    assert masked.schema.field("n").equals(field, check_metadata=True)
    assert [len(chunk) for chunk in masked.column("手机号_token").chunks] == [1, 1]


@kinds
def test_the_caller_decides(display: Masker, kind: str) -> None:
    """columns= overrides: an entity, text, keep."""
    table = MAKERS[kind]({"a": ["甲", "乙"], "姓名": ["张三", "李四"], "手机号": ["打13800138000", "x"]})
    masked = display.table(table, columns={"a": "PERSON", "姓名": "keep", "手机号": "text"})
    assert plain(masked) == {"a": ["***", "***"], "姓名": ["张三", "李四"], "手机号": ["打138****8000", "x"]}


@pytest.mark.parametrize(
    ("columns", "said"), [({"nope": "PERSON"}, "no column nope"), ({"a": "NAME"}, "no entity NAME")]
)
def test_what_the_caller_decides_must_be(display: Masker, columns: dict[str, str], said: str) -> None:
    """A column that is none, and an entity that is none, are errors of the call."""
    with pytest.raises(UsageError, match=said):
        display.table(pl.DataFrame({"a": ["x"]}), columns=columns)


def test_strict_refuses_what_nobody_names(display: Masker) -> None:
    """With strict a column that neither policy nor header rules name is an error, unless the caller names it."""
    table = pl.DataFrame({"姓名": ["张三"], "product_code": ["x"]})
    with pytest.raises(InputError, match="product_code"):
        display.table(table, strict=True)
    assert plain(display.table(table, columns={"product_code": "text"}, strict=True))["product_code"] == ["x"]


@kinds
def test_an_existing_token_column_is_refused(agency: Masker, kind: str) -> None:
    """Nothing is written over."""
    with pytest.raises(InputError, match="手机号_token already"):
        agency.table(MAKERS[kind]({"手机号": ["13800138000", ""], "手机号_token": ["x", "y"]}))


@kinds
def test_nested_and_raw_columns_are_refused_unless_kept(display: Masker, kind: str) -> None:
    """Lists and bytes are not passed on unread; the message names the column and how to keep it."""
    table = MAKERS[kind]({"手机号": ["13800138000", ""], "raw": [b"13800138000", b""], "l": [["13800138000"], []]})
    with pytest.raises(InputError, match="column raw") as caught:
        display.table(table)
    assert caught.value.hint
    assert "138" not in f"{caught.value}{caught.value.hint}"
    with pytest.raises(InputError, match="column l"):
        display.table(table, columns={"raw": "keep"})
    assert plain(display.table(table, columns={"raw": "keep", "l": "keep"}))["手机号"] == ["138****8000", ""]


@kinds
def test_personal_data_in_headings_is_masked(display: Masker, keyset: Keyset, kind: str) -> None:
    """A file read without its header has a person's number as a column's name; it is masked and comes back."""
    table = MAKERS[kind]({"13800138000": ["13900139000", "13900139001"], "x": ["a", "b"]})
    assert list(plain(display.table(table))) == ["138****8000", "x"]
    masker = quick_masker(keyset)
    assert plain(masker.unmask_table(masker.table(table))) == plain(table)


def test_headings_that_would_be_one_are_refused(display: Masker) -> None:
    """Two numbers with one mask cannot both name a column."""
    with pytest.raises(InputError, match="one name"):
        display.table(pl.DataFrame({"13800138000": ["a"], "13812348000": ["b"]}))


@pytest.mark.parametrize("name", ["姓名", "手机号", None])
def test_personal_data_in_an_index_is_refused(display: Masker, name: str | None) -> None:
    """An index stays as it is, so it may hold nobody; its labels are not shown."""
    labels = ["13800138000", "13900139000"] if name != "姓名" else ["欧阳铁蛋", "张三"]
    table = pd.DataFrame({"a": [1, 2]}, index=pd.Index(labels, name=name))
    with pytest.raises(InputError, match="index") as caught:
        display.table(table)
    assert caught.value.hint == "df.reset_index()"
    assert display.table(table.reset_index()).iloc[0, 0] in ("138****8000", "欧阳**")


def test_a_harmless_index_is_fine(display: Masker) -> None:
    """Numbers, dates, regions and two levels are no person."""
    index = pd.MultiIndex.from_tuples([("A", 1), ("B", 2)])
    assert list(display.table(pd.DataFrame({"手机号": ["13800138000", ""]}, index=index))["手机号"]) == [
        "138****8000",
        "",
    ]


@pytest.mark.parametrize(
    "table", [pd.DataFrame(), pd.DataFrame({"手机号": []}), pl.DataFrame(), pa.table({"手机号": pa.nulls(0)})]
)
def test_empty_tables(agency: Masker, table: Any) -> None:
    """A table without rows or columns goes through, with the columns that its kind would have."""
    masked = agency.table(table)
    assert type(masked) is type(table)
    assert list(plain(masked)) in ([], ["手机号", "手机号_token"])


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame({"a": ["1"]}).lazy(),
        pd.Series(["1"]),
        pl.Series(["1"]),
        pa.array(["1"]),
        {"a": ["1"]},
        pd.DataFrame([["1"]]),
        pd.DataFrame([["1", "2"]], columns=["a", "a"]),
    ],
)
def test_what_is_no_table_is_refused(display: Masker, table: Any) -> None:
    """A lazy frame, a column, a dict, names that are numbers or twice the same are refused with a reason."""
    with pytest.raises(InputError):
        display.table(table)


def test_fields_of_the_policy(tmp_path: Path) -> None:
    """A policy's fields and globs decide before header and content, and its audiences change them."""
    policy = tmp_path / "p.yaml"
    policy.write_text(
        "extends: display\n"
        "names: off\n"
        "fields:\n"
        '  x, "*.phone": {as: PHONE_NUMBER}\n'
        "  手机号: keep\n"
        "  生日: {as: BIRTH_DATE, do: {generalize: year}}\n"
        "audiences:\n"
        "  auditor:\n"
        "    fields:\n"
        "      手机号: redact\n",
        encoding="utf-8",
    )
    table = pl.DataFrame(
        {"x": ["13800138000"], "borrower.phone": ["不详，问他妻子"], "手机号": ["13800138000"], "生日": ["1990-03-07"]}
    )
    shown = {"x": ["138****8000"], "borrower.phone": ["***"], "手机号": ["13800138000"], "生日": ["1990"]}
    assert plain(Masker(policy).table(table)) == shown
    assert plain(Masker(policy, audience="auditor").table(table)) == shown | {"手机号": [""]}
