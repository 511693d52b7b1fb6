"""A vault in one SQLite file, for one machine: write-ahead log, any number of processes, mode 0600."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from maskkit.errors import VaultError
from maskkit.vault.base import BATCH, Batch, Held, Place, Stat, StoredRow
from maskkit.vault.sqlitefile import FileKind, SqliteFile

#: Parameters of one statement, where SQLite takes so many.
_MOST: Final = 10_000

_TABLES: Final = (
    """CREATE TABLE batch (
        id INTEGER PRIMARY KEY, head TEXT NOT NULL, made INTEGER NOT NULL, expires INTEGER, low INTEGER, high INTEGER
    )""",
    "CREATE INDEX batch_expires ON batch (expires) WHERE expires IS NOT NULL",
    """CREATE TABLE token (
        id INTEGER PRIMARY KEY, salt INTEGER NOT NULL, blind BLOB UNIQUE, sealed BLOB, batch INTEGER NOT NULL,
        erased INTEGER, expired INTEGER NOT NULL DEFAULT 0
    )""",
)
_SETTINGS: Final = (
    "PRAGMA cache_size = -65536",
    "PRAGMA mmap_size = 268435456",
    # Each batch touches most pages of the index: the later they are copied home, the fewer times each is.
    "PRAGMA wal_autocheckpoint = 10000",
    # From the first row on: a page that is split while it is off keeps copies that no later deletion overwrites.
    "PRAGMA secure_delete = ON",
)


_KIND: Final = FileKind("vault", 0x6D6B7674, 1, _TABLES, _SETTINGS, VaultError)  # "mkvt"


class SqliteVault:
    """A vault in the file `path`, made if there is none. Threads may share it, processes open it each for itself.

    Raises VaultError for a file that is no vault, or cannot be read or written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._file = SqliteFile(self.path, _KIND)
        self._db = self._file.db
        #: See `Store.lingering`.
        self.lingering = False
        self._errors, self._transaction = self._file.errors, self._file.transaction
        self._most = min(_MOST, self._db.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER))

    def __repr__(self) -> str:
        return f"SqliteVault({str(self.path)!r})"

    def find(self, blinds: Sequence[bytes], now: int) -> dict[bytes, Place]:
        """See `Store.find`."""
        with self._errors():
            self._purge(now)
            return self._places(blinds)

    def add(
        self,
        head: str,
        blinds: Sequence[bytes],
        salts: Sequence[int],
        sealed: Sequence[bytes],
        *,
        now: int,
        expires: int | None = None,
    ) -> dict[bytes, Place]:
        """See `Store.add`."""
        with self._errors(), self._transaction():
            first = self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM token").fetchone()[0]
            batch = self._db.execute(
                "INSERT INTO batch (head, made, expires, low, high) VALUES (?, ?, ?, ?, ?)",
                (head, now, expires, first, first + len(blinds) - 1),
            ).lastrowid
            # In the order of the index its pages are touched once each.
            order = sorted(range(len(blinds)), key=blinds.__getitem__)
            rows = [(first + n, salts[i], blinds[i], sealed[i], batch) for n, i in enumerate(order)]
            made = self._db.executemany(
                """INSERT INTO token (id, salt, blind, sealed, batch) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (blind) DO NOTHING""",
                rows,
            ).rowcount
            if made < len(rows):
                return self._places(blinds)
            return {blind: (blind, number, salt) for number, salt, blind, _, _ in rows}

    def read(self, ids: Sequence[int], now: int) -> dict[int, Held]:
        """See `Store.read`."""
        with self._errors():
            self._purge(now)
            found = self._select("SELECT id, salt, blind, sealed, erased, expired FROM token WHERE id", ids)
            return {row[0]: row for row in found}

    def erase(self, ids: Sequence[int], now: int) -> int:
        """See `Store.erase`. The bytes are overwritten in the file, and the log that held them is emptied.

        A reader keeps the log from being emptied; it is waited for a minute.
        """
        with self._errors():
            with self._transaction():
                erased = self._db.executemany(
                    "UPDATE token SET blind = NULL, sealed = NULL, erased = ? WHERE id = ? AND sealed IS NOT NULL",
                    [(now, number) for number in ids],
                ).rowcount
            self.lingering = not self._file.empty_log(wait=True)
            return erased

    def stats(self, now: int) -> list[Stat]:
        """See `Store.stats`."""
        with self._errors():
            self._purge(now)
            found = self._db.execute(
                """SELECT head, sum(sealed IS NOT NULL), sum(sealed IS NULL AND NOT expired), sum(expired),
                    min(made), max(made)
                FROM token JOIN batch ON batch.id = token.batch GROUP BY head ORDER BY head"""
            ).fetchall()
            return [Stat(*row) for row in found]

    def batches(self) -> Iterator[Batch]:
        """See `Store.batches`."""
        with self._errors():
            found = self._db.execute("SELECT id, head, made, expires FROM batch ORDER BY id").fetchall()
        return (Batch(*row) for row in found)

    def rows(self) -> Iterator[list[StoredRow]]:
        """See `Store.rows`."""
        last = 0
        while True:
            with self._errors():
                found = self._db.execute(
                    """SELECT id, salt, blind, sealed, batch, erased, expired FROM token
                    WHERE id > ? ORDER BY id LIMIT ?""",
                    (last, BATCH),
                ).fetchall()
            if not found:
                return
            yield [StoredRow(*row) for row in found]
            last = found[-1][0]

    def load(self, batches: Iterable[Batch], rows: Iterable[Sequence[StoredRow]]) -> int:
        """See `Store.load`."""
        loaded = 0
        spans: dict[int, tuple[int, int]] = {}
        with self._errors(), self._transaction():
            if self._db.execute("SELECT 1 FROM batch LIMIT 1").fetchone():
                raise VaultError(f"vault {self.path} is not empty", hint="migrate into a new one")
            self._db.executemany("INSERT INTO batch (id, head, made, expires) VALUES (?, ?, ?, ?)", batches)
            for some in rows:
                self._db.executemany(
                    """INSERT INTO token (id, salt, blind, sealed, batch, erased, expired)
                    VALUES (?, ?, ?, ?, ?, ?, ?)""",
                    some,
                )
                for row in some:
                    low, _ = spans.setdefault(row.batch, (row.id, row.id))
                    spans[row.batch] = (low, row.id)
                loaded += len(some)
            self._db.executemany(
                "UPDATE batch SET low = ?, high = ? WHERE id = ?", [(*span, batch) for batch, span in spans.items()]
            )
        return loaded

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _purge(self, now: int) -> None:
        due = "SELECT id, low, high FROM batch WHERE expires <= ?"
        if self._db.execute(f"{due} LIMIT 1", (now,)).fetchone() is None:
            if self.lingering:
                self.lingering = not self._file.empty_log(wait=False)
            return
        with self._transaction():
            batches = self._db.execute(due, (now,)).fetchall()
            self._db.executemany(
                """UPDATE token SET blind = NULL, sealed = NULL, erased = ?, expired = 1
                WHERE batch = ? AND id BETWEEN ? AND ? AND sealed IS NOT NULL""",
                [(now, *batch) for batch in batches],
            )
            self._db.executemany("UPDATE batch SET expires = NULL WHERE id = ?", [batch[:1] for batch in batches])
        # Who asked for something else does not wait for readers: whoever asks next tries again.
        self.lingering = not self._file.empty_log(wait=False)

    def _places(self, blinds: Sequence[bytes]) -> dict[bytes, Place]:
        return {row[0]: row for row in self._select("SELECT blind, id, salt FROM token WHERE blind", blinds)}

    def _select(self, sql: str, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
        keys, found = sorted(keys), []  # neighbours lie on one page
        for start in range(0, len(keys), self._most):
            some = keys[start : start + self._most]
            found += self._db.execute(f"{sql} IN ({'?,' * (len(some) - 1)}?)", some).fetchall()
        return found
