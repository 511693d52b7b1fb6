"""How many persons a client has read about in an hour and a day: a leak is many cases read, not one.

Persons are counted by a keyed index of the field that names them, so that the store tells nobody who they were.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from maskkit.errors import InputError
from maskkit_proxy.config.model import Client, Limits
from maskkit_proxy.errors import RefusedError

_HOUR: Final = 3600
_DAY: Final = 24


class Persons:
    """Counts in an SQLite file that the processes of one machine share, or in memory for one process."""

    def __init__(self, limits: Limits, state: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._per_hour = limits.persons_per_hour
        self._per_day = limits.persons_per_day
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="maskkit-persons")
        self._store = self._thread.submit(_open, state).result() if self.is_on else None

    @property
    def is_on(self) -> bool:
        """Tell whether there is a bound."""
        return bool(self._per_hour or self._per_day)

    async def read(self, client: Client, persons: Iterable[bytes]) -> None:
        """Count persons before the answer about them leaves.

        RefusedError: 429 where they are too many, and none of them is counted; 503 where nothing can be counted.
        """
        if self._store is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._count, client.name, set(persons))

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._thread.submit(self._store.close).result()
        self._thread.shutdown()

    def _count(self, client: str, persons: set[bytes]) -> None:
        assert self._store is not None
        now = self._clock()
        hour = int(now // _HOUR)
        try:
            with self._store as store:
                store.execute("BEGIN IMMEDIATE")
                store.execute("DELETE FROM persons WHERE hour <= ?", (hour - _DAY,))
                store.executemany(
                    "INSERT OR IGNORE INTO persons VALUES (?, ?, ?)", ((client, hour, person) for person in persons)
                )
                this_hour = "SELECT count(*) FROM persons WHERE client = ? AND hour = ?"
                this_day = "SELECT count(DISTINCT person) FROM persons WHERE client = ?"
                if self._per_hour and store.execute(this_hour, (client, hour)).fetchone()[0] > self._per_hour:
                    raise RefusedError(429, "person_limit", "an hour", retry_after=int((hour + 1) * _HOUR - now) + 1)
                if self._per_day and store.execute(this_day, (client,)).fetchone()[0] > self._per_day:
                    raise RefusedError(429, "person_limit", "a day", retry_after=_HOUR)
        except sqlite3.Error:
            raise RefusedError(503, "state_unavailable", retry_after=10) from None


def _open(state: Path | None) -> sqlite3.Connection:
    try:
        store = sqlite3.connect(state or ":memory:", timeout=5, isolation_level=None)
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = NORMAL")
        store.execute(
            "CREATE TABLE IF NOT EXISTS persons (client TEXT, hour INTEGER, person BLOB,"
            " PRIMARY KEY (client, hour, person)) WITHOUT ROWID"
        )
    except sqlite3.Error:
        raise InputError("the state file cannot be opened") from None
    return store
