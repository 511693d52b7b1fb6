"""Tables of our own in a PostgreSQL database: reached through a pool, made once, errors told by their codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, LiteralString, NamedTuple

from maskkit.errors import MaskkitError

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

_CONNECTIONS: Final = 8
_PATIENCE: Final = 30.0
_CONNECT: Final = 10


class TablesKind(NamedTuple):
    """What the tables are: how errors call them, the name of one, the number of their lock, how to make them."""

    what: str
    name: str
    lock: int
    tables: Sequence[LiteralString]
    error: type[MaskkitError]


class PostgresDatabase:
    """The database at `address` (``postgresql://…``) with tables of a kind, made if there are none and `create` is on.

    Raises the kind's error where the database cannot be reached or used.
    """

    def __init__(self, address: str, kind: TablesKind, *, create: bool = True) -> None:
        self._kind = kind
        try:
            import psycopg
            from psycopg_pool import ConnectionPool
        except ImportError:
            raise kind.error(
                f"{kind.what} in PostgreSQL needs psycopg", hint='pip install "maskkit[postgres]"'
            ) from None
        with self._errors():
            # A pool tries again and again; one connection tells at once what is wrong.
            with psycopg.connect(address, connect_timeout=_CONNECT) as db:
                self._prepare(db, create)
            self._pool: ConnectionPool[Connection] = ConnectionPool(
                address, min_size=1, max_size=_CONNECTIONS, timeout=_PATIENCE, open=True
            )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection for one transaction."""
        with self._errors(), self._pool.connection() as db:
            yield db

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def _prepare(self, db: Connection, create: bool) -> None:
        # Not to_regclass, which would remember past the lock that there was none.
        there = "SELECT EXISTS (SELECT FROM pg_class WHERE relname = %s AND pg_table_is_visible(oid))"
        if db.execute(there, (self._kind.name,)).fetchone() == (True,):
            return
        if not create:
            raise self._kind.error(f"there is no {self._kind.what} in this database")
        db.execute("SELECT pg_advisory_xact_lock(%s)", (self._kind.lock,))
        if db.execute(there, (self._kind.name,)).fetchone() == (True,):  # made while this one waited
            return
        for statement in self._kind.tables:
            db.execute(statement)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Tell an error by its code: what PostgreSQL says of it may hold rows, and the address a password."""
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            if error.sqlstate is None:
                hint = "is the address right, and the password in PGPASSWORD or a password file?"
                raise self._kind.error(f"the {self._kind.what} in PostgreSQL cannot be reached", hint=hint) from None
            raise self._kind.error(
                f"the {self._kind.what} in PostgreSQL cannot be used: error {error.sqlstate}"
            ) from None
