"""Columns and tables of other libraries: pandas, polars and Arrow objects in, the same kind out.

None of these libraries is imported here: an object that came in brings its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from maskkit.errors import InputError

_KINDS: Final = ("pandas", "polars", "pyarrow")

ColumnT = TypeVar("ColumnT")
TableT = TypeVar("TableT")


def library(thing: object) -> str | None:
    """Return which library `thing` is a column or table of; None for a plain sequence."""
    top = type(thing).__module__.partition(".")[0]
    return top if top in _KINDS else None


def as_text(cell: object) -> str | None:
    """Return a cell as text; None for None, NaN, NaT, NA and bool, which stay as they are.

    A whole float is written as the integer it was before a missing value made the column a float one.
    """
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        if cell != cell:
            return None
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if str(cell) in ("nan", "NaT", "<NA>"):
        return None
    return str(cell)


def map_column(column: ColumnT, change: Callable[[list[str]], Sequence[str | None]]) -> ColumnT:
    """Return `column` with its cells changed: the same type, name and index; missing cells stay.

    `change` gets the cells that hold something, as text, and returns as many; None keeps a cell as it was. Where it
    keeps all of them, `column` itself comes back.
    """
    texts = [as_text(cell) for cell in cells_of(column)]
    at = [i for i, text in enumerate(texts) if text is not None]
    new: list[str | None] = [None] * len(texts)
    for i, value in zip(at, change([text for text in texts if text is not None]), strict=True):
        new[i] = value
    return replaced(column, new)


def replaced(column: ColumnT, new: Sequence[str | None]) -> ColumnT:
    """Return `column` with the cells for which `new` holds text; where it holds none, `column` itself."""
    if all(value is None for value in new):
        return column
    cells = cells_of(column)
    made: ColumnT = rebuild(
        column, [as_cell(c) if value is None else value for c, value in zip(cells, new, strict=True)]
    )
    return made


def as_cell(cell: Any) -> Any:
    """Return a cell as it stands in a column of text: missing ones as they are."""
    text = as_text(cell)
    return cell if text is None and not isinstance(cell, bool) else str(cell) if text is None else text


def new_column(like: Any, name: str, cells: Sequence[str]) -> Any:
    """Return a column of text of the kind and index of `like`; empty cells are missing."""
    missing = [cell or None for cell in cells]
    if library(like) == "pandas":
        return sys.modules["pandas"].Series(missing, index=like.index, name=name, dtype=object)
    if library(like) == "polars":
        return sys.modules["polars"].Series(name, missing, dtype=sys.modules["polars"].String)
    return rebuild(like, missing)


def cells_of(column: Any) -> list[Any]:
    """Return the cells of a column as a list of Python objects."""
    kind = library(column)
    if kind == "pyarrow":
        return list(column.to_pylist())
    if kind == "polars":
        return list(column.to_list())
    if kind == "pandas":
        return list(column.tolist())
    if isinstance(column, (str, bytes)) or not isinstance(column, Sequence):
        raise InputError(
            f"a column is a list, a pandas or polars Series or an Arrow array, not {type(column).__name__}"
        )
    return list(column)


def rebuild(column: Any, cells: list[Any]) -> Any:
    """Return `cells` as a column like `column`."""
    kind = library(column)
    if kind == "pyarrow":
        pa = sys.modules["pyarrow"]
        if isinstance(column, pa.ChunkedArray):
            return pa.chunked_array([pa.array(cells, type=pa.string())])
        return pa.array(cells, type=pa.large_string() if pa.types.is_large_string(column.type) else pa.string())
    if kind == "polars":
        pl = sys.modules["polars"]
        return pl.Series(column.name, cells, dtype=pl.String)
    if kind == "pandas":
        text = str(column.dtype) in ("str", "string")
        return type(column)(cells, index=column.index, name=column.name, dtype=column.dtype if text else object)
    return tuple(cells) if isinstance(column, tuple) else cells


def columns_of(table: Any) -> dict[str, Any]:
    """Return the columns of a pandas or polars data frame or an Arrow table by name."""
    if library(table) is None or not hasattr(table, "columns"):
        raise InputError(f"a table is a pandas or polars DataFrame or an Arrow table, not {type(table).__name__}")
    if library(table) == "pyarrow":
        names, columns = list(table.column_names), list(table.columns)
    elif library(table) == "polars":
        names, columns = list(table.columns), table.get_columns()
    else:
        names, columns = list(table.columns), [table.iloc[:, j] for j in range(table.shape[1])]
    for name in names:
        if not isinstance(name, str):
            raise InputError("a column name is not text", hint="df.columns = df.columns.map(str)")
        if names.count(name) > 1:
            raise InputError("two columns have one name")
    return dict(zip(names, columns, strict=True))


def table_like(table: TableT, columns: Mapping[str, Any]) -> TableT:
    """Return `columns` as a table like `table`."""
    kind = library(table)
    made: TableT
    if kind == "pyarrow":
        made = sys.modules["pyarrow"].table(dict(columns))
    elif kind == "polars":
        made = sys.modules["polars"].DataFrame(list(columns.values()))
    else:
        made = sys.modules["pandas"].concat(list(columns.values()), axis=1)
    return made
