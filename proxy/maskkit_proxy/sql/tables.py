"""What of a database there is: tables, columns, filters, whose rows, and what may be appended to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Column, Engine, MetaData, Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import ColumnElement

from maskkit.errors import InputError
from maskkit_proxy.config.model import Listed

#: A filter's operator behind its column's name.
OPERATORS: Final[Mapping[str, Callable[[Column[Any], Any], ColumnElement[bool]]]] = {
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
}
_ROWS: Final = re.compile(r"(\w{1,100}) = \{(tenant|client)\}")


@dataclass(frozen=True, slots=True)
class Served:
    """A table as it is served; `equal` and `ordered` are its filters, `owner` the column that says whose a row is."""

    table: Table = field(repr=False)
    key: Column[Any] = field(repr=False)
    columns: tuple[Column[Any], ...]
    equal: frozenset[str]
    ordered: frozenset[str]
    append: frozenset[str]
    owner: tuple[Column[Any], str] | None

    def mine(self, tenant: str, client: str) -> list[ColumnElement[bool]]:
        """Return what is true of the rows that one may see."""
        if self.owner is None:
            return []
        column, who = self.owner
        return [column == (tenant if who == "tenant" else client)]


def every_table(engine: Engine) -> dict[str, Listed]:
    """Return all tables of a database, read-only, all rows."""
    return {name: Listed("all") for name in _reflected(engine).tables}


def served_tables(engine: Engine, listed: Mapping[str, Listed], is_ruled: Callable[[str], bool]) -> dict[str, Served]:
    """Return the listed tables as they are in the database.

    Columns for which `is_ruled` have a rule: they are filtered by equality alone, which the proxy lets pass for tokens.
    Raises InputError for what is listed and is not there, and for tables without a primary key of one column.
    """
    metadata = _reflected(engine)
    return {name: _served(name, metadata, one, is_ruled) for name, one in listed.items()}


def _reflected(engine: Engine) -> MetaData:
    metadata = MetaData()
    try:
        metadata.reflect(engine)
    except SQLAlchemyError:
        raise InputError("the database of an upstream cannot be read") from None
    return metadata


def _served(name: str, metadata: MetaData, listed: Listed, is_ruled: Callable[[str], bool]) -> Served:
    table = metadata.tables.get(name)
    if table is None:
        raise InputError(f"the database has no table {name}")
    keys = list(table.primary_key.columns)
    if len(keys) != 1:
        raise InputError(f"table {name} has no primary key of one column, by which its rows could be read")

    def named(names: tuple[str, ...]) -> tuple[Column[Any], ...]:
        for one in names:
            if one not in table.columns:
                raise InputError(f"table {name} has no column {one}")
        return tuple(table.columns[one] for one in names)

    columns = named(listed.columns) if listed.columns is not None else tuple(table.columns)
    shown = [column.name for column in columns]
    filters = listed.filters if listed.filters is not None else tuple(shown)
    owner = None
    if listed.rows != "all":
        found = _ROWS.fullmatch(listed.rows)
        if found is None:
            raise InputError(f"rows of table {name}: expected COLUMN = {{tenant}}, or all")
        owner = (named((found[1],))[0], found[2])
    return Served(
        table,
        keys[0],
        columns,
        frozenset(column.name for column in named(filters)),
        frozenset(one for one in filters if not is_ruled(one)),
        frozenset(column.name for column in named(listed.append)),
        owner,
    )
