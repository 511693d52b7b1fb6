"""A private SQLite file of a kind of our own: opened, made and shared between processes with care."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from maskkit.errors import MaskkitError

#: Seconds for which a writer waits for others.
_PATIENCE: Final = 60.0


class FileKind(NamedTuple):
    """What a file is to be: how errors call it, a number and a version that SQLite keeps in its head, its tables."""

    what: str
    application: int
    version: int
    tables: Sequence[str]
    settings: Sequence[str]
    error: type[MaskkitError]


class SqliteFile:
    """The file `path`, made with mode 0600 if there is none. Threads may share it, processes open it each for itself.

    Raises the kind's error for a file that is something else, or cannot be read or written.
    """

    def __init__(self, path: Path, kind: FileKind) -> None:
        self.path = path
        self._kind = kind
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Made here, since SQLite would give it the umask; its log takes the mode of the file.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise kind.error(f"{kind.what} {path} cannot be opened: {error.strerror or type(error).__name__}") from None
        with self.errors():
            self.db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self.db.close()
                raise

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Hold the file against other threads, and tell errors by their names: their texts may quote rows."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                name = getattr(error, "sqlite_errorname", None) or type(error).__name__
                if name == "SQLITE_NOTADB":
                    raise self._foreign() from None
                raise self._kind.error(f"{self._kind.what} {self.path} cannot be used: {name}") from None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do one thing whole or not at all, while no other process writes."""
        # The write lock from the start: a read that turns into a write is refused, not queued.
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def empty_log(self, *, wait: bool) -> bool:
        """Copy the log into the file and cut it; tell whether that was possible: not while somebody reads out of it.

        With `wait` readers have as long as writers.
        """
        deadline = time.monotonic() + (_PATIENCE if wait else 0)
        self.db.execute("PRAGMA busy_timeout = 0").fetchall()
        try:
            # SQLite waits for readers, but not for another checkpoint.
            while self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.01)
            return True
        finally:
            self.db.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000:.0f}").fetchall()

    def close(self) -> None:
        """Close the file."""
        with self.errors():
            self.db.close()

    def _prepare(self) -> None:
        self._is_ours()  # before anything is set in the file
        deadline = time.monotonic() + _PATIENCE
        while True:
            # Another process that makes the same file at the same moment is not waited for by SQLite itself.
            try:
                self.db.execute("PRAGMA journal_mode = WAL").fetchall()
                break
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        for setting in ("PRAGMA synchronous = FULL", *self._kind.settings):
            self.db.execute(setting).fetchall()
        with self.transaction():
            if not self._is_ours():
                for statement in self._kind.tables:
                    self.db.execute(statement)
                self.db.execute(f"PRAGMA application_id = {self._kind.application}")
                self.db.execute(f"PRAGMA user_version = {self._kind.version}")

    def _is_ours(self) -> bool:
        """Tell whether the file is of the kind; an error if it is neither that nor empty."""
        application, version = (
            self.db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )
        ours = bool(application == self._kind.application)
        if ours and version > self._kind.version:
            raise self._kind.error(
                f"{self._kind.what} {self.path} is of a newer maskkit", hint="pip install --upgrade maskkit"
            )
        if not ours and self.db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise self._foreign()
        return ours

    def _foreign(self) -> MaskkitError:
        return self._kind.error(f"{self.path} is no {self._kind.what}")
