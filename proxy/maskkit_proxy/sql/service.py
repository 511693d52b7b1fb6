"""The database as an upstream: the same questions as a service gets, answered from its tables."""

from __future__ import annotations

import asyncio
import base64
import math
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import orjson
from sqlalchemy import Column, Connection, Engine, create_engine, event, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from maskkit.errors import InputError
from maskkit_proxy.config.model import Limits, Listed
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.sql.tables import OPERATORS, Served, every_table, served_tables
from maskkit_proxy.upstream import Page

_FIELDS: Final = [("content-type", "application/json")]
_THREADS: Final = 4
_SIZE: Final = 50
_MOST: Final = 500
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
#: SQLite asks after so many steps of its machine whether it should go on.
_STEPS: Final = 10_000


class DatabaseService:
    """Lists of rows, one row by its key, and a text appended to a column, over bound parameters only.

    ``GET /table?column=value&column__gt=value&_size=50&_after=key``, ``GET /table/key``,
    ``POST /table/key/column`` with ``{"text": …}``.
    """

    origin = host = ""  # it has no address that could show

    def __init__(
        self, url: str, listed: Mapping[str, Listed] | None, limits: Limits, is_ruled: Callable[[str], bool]
    ) -> None:
        self._seconds = limits.total_seconds
        self._engine = _engine(url, _THREADS)
        self._tables = served_tables(self._engine, every_table(self._engine) if listed is None else listed, is_ruled)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="maskkit-sql")

    async def ask(
        self, method: str, target: str, fields: list[tuple[str, str]], body: bytes, *, tenant: str, client: str
    ) -> Page:
        """Answer from the database; RefusedError (502) where it does not."""
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, self._answer, method, target, body, tenant, client
            )
        except SQLAlchemyError:
            raise RefusedError(502, "upstream_unavailable") from None

    async def close(self) -> None:
        """Close the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()

    def _answer(self, method: str, target: str, body: bytes, tenant: str, client: str) -> Page:
        path, _, query = target.partition("?")
        parts = [unquote(part) for part in path.split("/")[1:]]
        served = self._tables.get(parts[0])
        if parts == [""] and method != "POST":
            return _page(200, {"tables": sorted(self._tables)})
        if served is None:
            return _page(404, {"error": "no such table"})
        mine = served.mine(tenant, client)
        if method == "POST":
            return self._append(served, parts, body, mine)
        if len(parts) == 1:
            return self._list(served, parse_qsl(query, keep_blank_values=True), mine)
        return self._one(served, parts[1], mine) if len(parts) == 2 else _page(404, {"error": "no such page"})

    def _list(self, served: Served, parameters: list[tuple[str, str]], mine: list[Any]) -> Page:
        wanted = select(*served.columns, served.key.label("_key")).where(*mine).order_by(served.key)
        size = _SIZE
        for name, value in parameters:
            column_name, _, operator = name.partition("__")
            if name == "_size":
                if not value.isascii() or not value.isdecimal():
                    return _page(400, {"error": "_size is a number"})
                size = max(1, min(int(value[:6]), _MOST))
                continue
            column = served.key if name == "_after" else served.table.columns.get(column_name)
            allowed = served.ordered if operator else served.equal
            if column is None or (name != "_after" and column_name not in allowed) or operator not in ("", *OPERATORS):
                return _page(422, {"error": "no such filter"})
            try:
                bound = _bound(column, value)
            except ValueError:
                return _page(400, {"error": "a value that is not of the column's type"})
            compare = OPERATORS["gt"] if name == "_after" else OPERATORS.get(operator, lambda one, other: one == other)
            wanted = wanted.where(compare(column, bound))
        with self._reading() as connection:
            rows = connection.execute(wanted.limit(size + 1)).mappings().all()
        shown = [_row(row) for row in rows[:size]]
        following = _plain(rows[size - 1]["_key"]) if len(rows) > size else None
        return _page(200, {"rows": shown, "next": None if following is None else str(following)})

    def _one(self, served: Served, key: str, mine: list[Any]) -> Page:
        try:
            bound = _bound(served.key, key)
        except ValueError:
            return _page(404, {"error": "no such row"})
        with self._reading() as connection:
            row = connection.execute(select(*served.columns).where(served.key == bound, *mine)).mappings().first()
        return _page(404, {"error": "no such row"}) if row is None else _page(200, _row(row))

    def _append(self, served: Served, parts: list[str], body: bytes, mine: list[Any]) -> Page:
        if len(parts) != 3 or parts[2] not in served.append:
            return _page(404, {"error": "nothing can be appended there"})
        said = orjson.loads(body or b"null")
        added = said.get("text") if isinstance(said, dict) and len(said) == 1 else None
        if not isinstance(added, str) or not added:
            return _page(400, {"error": "a text is expected"})
        column = served.table.columns[parts[2]]
        try:
            where = (served.key == _bound(served.key, parts[1]), *mine)
        except ValueError:
            return _page(404, {"error": "no such row"})
        with self._engine.begin() as connection:
            before = connection.execute(select(column).where(*where).with_for_update()).first()
            if before is None:
                return _page(404, {"error": "no such row"})
            new = added if not before[0] else f"{before[0]}\n{added}"
            connection.execute(update(served.table).where(*where).values({column.name: new}))
        return _page(201, {"appended": True})

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that can only read, and not for longer than a request may take."""
        with self._engine.connect() as connection:
            name = self._engine.dialect.name
            milliseconds = int(self._seconds * 1000)
            if name == "sqlite":
                raw = connection.connection.dbapi_connection
                assert raw is not None
                end = time.monotonic() + self._seconds
                raw.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
                connection.execute(text("PRAGMA query_only = ON"))
            elif name == "postgresql":
                connection.execute(text("SET TRANSACTION READ ONLY"))
                connection.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
            else:
                connection.execute(text("START TRANSACTION READ ONLY"))
            try:
                yield connection
            finally:
                connection.rollback()
                if name == "sqlite":
                    connection.execute(text("PRAGMA query_only = OFF"))
                    connection.rollback()


def _engine(url: str, connections: int) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql", "mysql"):
            raise InputError("an upstream database is sqlite, postgresql or mysql")
        if parsed.get_backend_name() == "sqlite":
            if not parsed.database or not Path(parsed.database).is_file():
                raise InputError("the SQLite file of an upstream is not there")
            engine = create_engine(parsed, connect_args={"check_same_thread": False})
            event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA trusted_schema = OFF"))
            return engine
        return create_engine(parsed, pool_size=connections, max_overflow=0, pool_pre_ping=True)
    except (ArgumentError, ModuleNotFoundError):
        raise InputError("the URL of an upstream database cannot be used", hint="is its driver installed?") from None


def _bound(column: Column[Any], value: str) -> Any:
    """Return a filter's value as its column's type; ValueError where it is none."""
    try:
        kind = column.type.python_type
    except NotImplementedError:  # SQLite has columns without a type
        return value
    if kind is bool:
        if value.lower() not in _BOOLEANS:
            raise ValueError
        return _BOOLEANS[value.lower()]
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    try:
        return kind(value)
    except ArithmeticError:  # a Decimal's own
        raise ValueError from None


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _plain(value) for name, value in row.items() if name != "_key"}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value)) if value.is_finite() else None
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _page(status: int, body: Any) -> Page:
    return Page(status, _FIELDS, orjson.dumps(body, default=str))
