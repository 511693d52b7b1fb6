"""The audit in PostgreSQL, for many machines: each writes its own chain. The table takes no update and no deletion."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Final, LiteralString, Self

from maskkit.audit.base import Maker
from maskkit.errors import AuditError
from maskkit.vault.postgresdb import PostgresDatabase, TablesKind

#: "mkau": writers of one name go one after the other.
_LOCK: Final = 0x6D6B6175

_TABLES: Final[tuple[LiteralString, ...]] = (
    """CREATE TABLE maskkit_audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, writer text NOT NULL, line text NOT NULL
    )""",
    "CREATE INDEX maskkit_audit_writer ON maskkit_audit (writer, id)",
    """CREATE FUNCTION maskkit_audit_only_added() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'lines are only added'; END $$""",
    """CREATE TRIGGER maskkit_audit_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON maskkit_audit
        FOR EACH STATEMENT EXECUTE FUNCTION maskkit_audit_only_added()""",
)
_KIND: Final = TablesKind("audit log", "maskkit_audit", _LOCK, _TABLES, AuditError)
_SOME: Final = 1000


class PostgresSink:
    """The table ``maskkit_audit`` in the database at `address`, made if there is none and `create` is on."""

    def __init__(self, address: str, *, create: bool = True) -> None:
        self._database = PostgresDatabase(address, _KIND, create=create)

    def __repr__(self) -> str:
        return "PostgresSink()"

    def append(self, writer: str, make: Maker) -> None:
        """See `Sink.append`."""
        with self._database.connection() as db:
            db.execute("SET LOCAL synchronous_commit = on")
            db.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, writer))
            last = db.execute(
                "SELECT line FROM maskkit_audit WHERE writer = %s ORDER BY id DESC LIMIT 1", (writer,)
            ).fetchone()
            made = make(last[0] if last else None)
            db.execute(
                "INSERT INTO maskkit_audit (writer, line) SELECT %s, line FROM unnest(%s::text[]) AS line",
                (writer, list(made)),
            )

    def lines(self) -> Iterator[str]:
        """See `Sink.lines`."""
        last = 0
        while True:
            with self._database.connection() as db:
                found = db.execute(
                    "SELECT id, line FROM maskkit_audit WHERE id > %s ORDER BY id LIMIT %s", (last, _SOME)
                ).fetchall()
            if not found:
                return
            yield from (line for _, line in found)
            last = found[-1][0]

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
