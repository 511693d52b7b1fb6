"""The audit in an SQLite file whose tables take no update and no deletion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from maskkit.audit import room
from maskkit.audit.base import Maker
from maskkit.errors import AuditError
from maskkit.vault.sqlitefile import FileKind, SqliteFile

_TABLES: Final = (
    "CREATE TABLE audit (id INTEGER PRIMARY KEY, writer TEXT NOT NULL, line TEXT NOT NULL)",
    "CREATE INDEX audit_writer ON audit (writer, id)",
    *(
        f"CREATE TRIGGER audit_{what} BEFORE {what} ON audit BEGIN SELECT RAISE(ABORT, 'lines are only added'); END"
        for what in ("UPDATE", "DELETE")
    ),
)
_KIND: Final = FileKind("audit log", 0x6D6B6175, 1, _TABLES, (), AuditError)  # "mkau"
_SOME: Final = 1000


class SqliteSink:
    """The file `path`, made with mode 0600 if there is none."""

    def __init__(self, path: str | Path) -> None:
        self._file = SqliteFile(Path(path), _KIND)

    def __repr__(self) -> str:
        return f"SqliteSink({str(self._file.path)!r})"

    def append(self, writer: str, make: Maker) -> None:
        """See `Sink.append`."""
        with self._file.errors(), self._file.transaction() as db:
            last = db.execute("SELECT line FROM audit WHERE writer = ? ORDER BY id DESC LIMIT 1", (writer,)).fetchone()
            made = make(last[0] if last else None)
            if not made:
                room.check(self._file.path)
            db.executemany("INSERT INTO audit (writer, line) VALUES (?, ?)", [(writer, line) for line in made])

    def lines(self) -> Iterator[str]:
        """See `Sink.lines`."""
        last = 0
        while True:
            with self._file.errors():
                found = self._file.db.execute(
                    "SELECT id, line FROM audit WHERE id > ? ORDER BY id LIMIT ?", (last, _SOME)
                ).fetchall()
            if not found:
                return
            yield from (line for _, line in found)
            last = found[-1][0]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
