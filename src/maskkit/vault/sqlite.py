"""A vault in one SQLite file, for one machine: write-ahead log, any number of processes, mode 0600."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from maskkit.errors import VaultError
from maskkit.vault.base import BATCH, Batch, Held, Place, Stat, StoredRow

#: "mkvt" and the version of the tables, which SQLite keeps in the file's head.
_APPLICATION: Final = 0x6D6B7674
_VERSION: Final = 1
_PATIENCE: Final = 60.0
#: Parameters of one statement, where SQLite takes so many.
_MOST: Final = 2000

_TABLES: Final = (
    """CREATE TABLE batch (
        id INTEGER PRIMARY KEY, head TEXT NOT NULL, made INTEGER NOT NULL, expires INTEGER
    )""",
    "CREATE INDEX batch_expires ON batch (expires) WHERE expires IS NOT NULL",
    """CREATE TABLE token (
        id INTEGER PRIMARY KEY, salt INTEGER NOT NULL, blind BLOB UNIQUE, sealed BLOB, batch INTEGER NOT NULL,
        erased INTEGER, expired INTEGER NOT NULL DEFAULT 0
    )""",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_VERSION}",
)
_SETTINGS: Final = (
    "PRAGMA synchronous = FULL",  # a token that was handed out survives a power cut
    "PRAGMA cache_size = -65536",
    "PRAGMA mmap_size = 268435456",
    # Each batch touches most pages of the index: the later they are copied home, the fewer times each is.
    "PRAGMA wal_autocheckpoint = 10000",
)


class SqliteVault:
    """A vault in the file `path`, made if there is none. Threads may share it, processes open it each for itself.

    Raises VaultError for a file that is no vault, or cannot be read or written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Made here, since SQLite would give it the umask; its log takes the mode of the file.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise VaultError(f"vault {self.path} cannot be opened: {error.strerror or type(error).__name__}") from None
        with self._errors():
            self._db = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            self._most = min(_MOST, self._db.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER))
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

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
            batch = self._db.execute(
                "INSERT INTO batch (head, made, expires) VALUES (?, ?, ?)", (head, now, expires)
            ).lastrowid
            first = self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM token").fetchone()[0]
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
        """See `Store.erase`. The bytes are overwritten in the file, and the log that held them is emptied."""
        with self._errors():
            with self._overwriting(), self._transaction():
                erased = self._db.executemany(
                    "UPDATE token SET blind = NULL, sealed = NULL, erased = ? WHERE id = ? AND sealed IS NOT NULL",
                    [(now, number) for number in ids],
                ).rowcount
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
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
        with self._errors(), self._transaction():
            if self._db.execute("SELECT 1 FROM batch LIMIT 1").fetchone():
                raise VaultError(f"vault {self.path} is not empty", hint="migrate into a new one")
            self._db.executemany("INSERT INTO batch VALUES (?, ?, ?, ?)", batches)
            for some in rows:
                self._db.executemany(
                    """INSERT INTO token (id, salt, blind, sealed, batch, erased, expired)
                    VALUES (?, ?, ?, ?, ?, ?, ?)""",
                    some,
                )
                loaded += len(some)
        return loaded

    def close(self) -> None:
        """Close the file."""
        with self._errors():
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        self._is_ours()  # before anything is set in the file
        deadline = time.monotonic() + _PATIENCE
        while True:
            # Another process that makes the same file at the same moment is not waited for by SQLite itself.
            try:
                self._db.execute("PRAGMA journal_mode = WAL").fetchall()
                break
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        for setting in _SETTINGS:
            self._db.execute(setting).fetchall()
        with self._transaction():
            if not self._is_ours():
                for statement in _TABLES:
                    self._db.execute(statement)

    def _is_ours(self) -> bool:
        """Tell whether the file is a vault; VaultError if it is neither that nor empty."""
        application, version = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )
        if application == _APPLICATION and version > _VERSION:
            raise VaultError(f"vault {self.path} is of a newer maskkit", hint="pip install --upgrade maskkit")
        if application != _APPLICATION and self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise VaultError(f"{self.path} is no vault")
        return bool(application == _APPLICATION)

    def _purge(self, now: int) -> None:
        due = "SELECT id FROM batch WHERE expires <= ?"
        if self._db.execute(f"{due} LIMIT 1", (now,)).fetchone() is None:
            return
        with self._overwriting(), self._transaction():
            batches = self._db.execute(due, (now,)).fetchall()
            self._db.executemany(
                """UPDATE token SET blind = NULL, sealed = NULL, erased = ?, expired = 1
                WHERE batch = ? AND sealed IS NOT NULL""",
                [(now, *batch) for batch in batches],
            )
            self._db.executemany("UPDATE batch SET expires = NULL WHERE id = ?", batches)

    def _places(self, blinds: Sequence[bytes]) -> dict[bytes, Place]:
        return {row[0]: row for row in self._select("SELECT blind, id, salt FROM token WHERE blind", blinds)}

    def _select(self, sql: str, keys: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        keys = sorted(keys)  # neighbours lie on one page
        for start in range(0, len(keys), self._most):
            some = keys[start : start + self._most]
            yield from self._db.execute(f"{sql} IN ({'?,' * (len(some) - 1)}?)", some).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # The write lock from the start: a read that turns into a write is refused, not queued.
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _overwriting(self) -> Iterator[None]:
        self._db.execute("PRAGMA secure_delete = ON").fetchall()
        try:
            yield
        finally:
            self._db.execute("PRAGMA secure_delete = OFF").fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
                    raise VaultError(f"{self.path} is no vault") from None
                why = getattr(error, "sqlite_errorname", None) or type(error).__name__
                raise VaultError(f"vault {self.path} cannot be used: {why}") from None
