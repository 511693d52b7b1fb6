"""Columns and tables of other libraries: pandas, polars and Arrow objects in, the same kind out.

None of these libraries is imported here: an object that came in brings its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from maskkit.errors import InputError
from maskkit.masker.scalars import as_text

_KINDS: Final = ("pandas", "polars", "pyarrow")

ColumnT = TypeVar("ColumnT")
TableT = TypeVar("TableT")


def library(thing: object) -> str | None:
    """Return which library `thing` is a column or table of; None for a plain sequence."""
    tops = (base.__module__.partition(".")[0] for base in type(thing).__mro__)
    return next((top for top in tops if top in _KINDS), None)


def texts_of(cells: Sequence[Any]) -> list[str | None]:
    """Return cells as text, None for those that hold nothing; InputError for what is no scalar."""
    if set(map(type, cells)) <= {str, type(None)}:
        return list(cells)
    return list(map(as_text, cells))


def strings_of(cells: Sequence[Any]) -> list[str | None]:
    """Return the cells that are text, None for all others: where tokens can stand."""
    return [cell if isinstance(cell, str) else None for cell in cells]


def filled(texts: Iterable[str | None]) -> list[str]:
    """Return `texts` with the empty string for those that hold nothing."""
    return [text or "" for text in texts]


def map_column(
    column: ColumnT,
    change: Callable[[list[str]], Sequence[str | None]],
    *,
    read: Callable[[Sequence[Any]], list[str | None]] = texts_of,
) -> ColumnT:
    """Return `column` with its cells changed: the same type, name and index; missing cells stay.

    `change` gets the cells that `read` can read, as text, and returns as many; None keeps a cell as it was. Where it
    keeps all of them, `column` itself comes back.
    """
    texts = read(cells_of(column))
    held = [text for text in texts if text is not None]
    changed = change(held)
    if len(held) == len(texts):
        return replaced(column, changed)
    new = iter(changed)
    return replaced(column, [None if text is None else next(new) for text in texts])


def replaced(column: ColumnT, new: Sequence[str | None]) -> ColumnT:
    """Return `column` with the cells for which `new` holds text; where it holds none, `column` itself."""
    if all(value is None for value in new):
        return column
    if None in new:
        old = _cell_keeper(column)
        new = [old(cell) if value is None else value for cell, value in zip(cells_of(column), new, strict=True)]
    made: ColumnT = _rebuild(column, list(new))
    return made


def new_column(like: Any, name: str, cells: Sequence[str]) -> Any:
    """Return a column of text of the kind and index of `like`; empty cells are missing."""
    missing = [cell or None for cell in cells]
    if library(like) == "pandas":
        return sys.modules["pandas"].Series(missing, index=like.index, name=name, dtype=object)
    if library(like) == "polars":
        return sys.modules["polars"].Series(name, missing, dtype=sys.modules["polars"].String)
    return _arrow(like, missing, sys.modules["pyarrow"].string())


def cells_of(column: Any) -> list[Any]:
    """Return the cells of a column as a list of Python objects."""
    kind = library(column)
    if kind == "pyarrow" and hasattr(column, "to_pylist"):
        return list(column.to_pylist())
    if kind == "polars" and hasattr(column, "to_list"):
        return list(column.to_list())
    if kind == "pandas" and getattr(column, "ndim", 0) == 1 and hasattr(column, "index"):
        return list(column.tolist())
    if kind is not None or isinstance(column, (str, bytes)) or not isinstance(column, Sequence):
        raise InputError(
            f"a column is a list, a pandas or polars Series or an Arrow array, not {type(column).__name__}"
        )
    return list(column)


def _cell_keeper(column: Any) -> Callable[[Any], Any]:
    """Return what makes of a cell that stays one that can stand in the changed column."""
    kind = library(column)
    if kind is None or (kind == "pandas" and column.dtype == object):
        return lambda cell: cell
    missing = kind == "pandas"  # which has NaN, NaT and NA; polars and Arrow have null

    def keep(cell: Any) -> Any:
        text = str(cell) if isinstance(cell, bool) else as_text(cell)
        return cell if text is None and missing else text

    return keep


def _rebuild(column: Any, cells: list[Any]) -> Any:
    """Return `cells` as a column like `column`: of its type where that holds text, else of the kind's text type."""
    kind = library(column)
    if kind == "pyarrow":
        return _arrow(column, cells, _arrow_type(column.type))
    if kind == "polars":
        pl = sys.modules["polars"]
        return pl.Series(column.name, cells, dtype=pl.Categorical if column.dtype == pl.Categorical else pl.String)
    if kind == "pandas":
        dtype = column.dtype
        same = dtype == "category" or str(dtype).startswith(("str", "large_string"))
        if dtype == "category":
            dtype = "category"  # of the new values
        return type(column)(cells, index=column.index, name=column.name, dtype=dtype if same else object)
    return tuple(cells) if isinstance(column, tuple) else cells


def _arrow_type(old: Any) -> Any:
    pa = sys.modules["pyarrow"]
    if pa.types.is_dictionary(old):
        return pa.dictionary(pa.int32(), pa.string())
    return old if pa.types.is_large_string(old) or pa.types.is_string_view(old) else pa.string()


def _arrow(like: Any, cells: list[Any], kind: Any) -> Any:
    """Return `cells` as an array, or in the chunks of a chunked one."""
    pa = sys.modules["pyarrow"]
    if not isinstance(like, pa.ChunkedArray):
        return pa.array(cells, type=kind)
    chunks, at = [], 0
    for chunk in like.chunks:
        chunks.append(pa.array(cells[at : at + len(chunk)], type=kind))
        at += len(chunk)
    return pa.chunked_array(chunks, type=kind)


def columns_of(table: Any) -> dict[str, Any]:
    """Return the columns of a pandas or polars data frame or an Arrow table by name."""
    names, columns = _named(table)
    for name in names:
        if not isinstance(name, str):
            raise InputError("a column name is not text", hint="df.columns = df.columns.map(str)")
    if len(set(names)) < len(names):
        raise InputError("two columns have one name")
    return dict(zip(names, columns, strict=True))


def _named(table: Any) -> tuple[list[Any], list[Any]]:
    kind = library(table)
    if kind == "pandas" and getattr(table, "ndim", 0) == 2:
        return list(table.columns), [table.iloc[:, j] for j in range(table.shape[1])]
    if kind == "polars" and hasattr(table, "get_columns"):
        return list(table.columns), table.get_columns()
    if kind == "pyarrow" and hasattr(table, "column_names"):
        return list(table.column_names), list(table.columns)
    raise InputError(f"a table is a pandas or polars DataFrame or an Arrow table, not {type(table).__name__}")


def table_like(table: TableT, columns: Mapping[str, Any]) -> TableT:
    """Return `columns`, of the length of `table`, as a table like it: of its type, with its index or metadata."""
    kind = library(table)
    of: Any = table
    made: Any
    if kind == "pyarrow":
        schema = sys.modules["pyarrow"].schema(
            [_field(of, name, column) for name, column in columns.items()], metadata=of.schema.metadata
        )
        made = type(of).from_arrays(list(columns.values()), schema=schema)
    elif kind == "polars":
        made = type(of)([column.alias(name) for name, column in columns.items()])
    else:
        made = of.iloc[:, :0].copy()
        for name, column in columns.items():
            made[name] = column
    out: TableT = made
    return out


def _field(table: Any, name: str, column: Any) -> Any:
    """Return the field of the Arrow column `name`: the table's own where it has one, of the column's type."""
    index = table.schema.get_field_index(name)
    if index < 0:
        return sys.modules["pyarrow"].field(name, column.type)
    return table.schema.field(index).with_type(column.type)


def index_columns(table: Any) -> dict[str, list[Any]]:
    """Return the labels of a pandas index by level, {} where it only counts the rows or there is none."""
    if library(table) != "pandas" or type(table.index).__name__ == "RangeIndex":
        return {}
    index = table.index
    return {
        str(name if name is not None else f"level {level}"): index.get_level_values(level).tolist()
        for level, name in enumerate(index.names)
    }
