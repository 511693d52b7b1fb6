"""What a vault is: rows of sealed values, found by a keyed index of the value or by the row's number.

A row holds nothing that can be read without the keyset. Its *blind index* is a keyed hash of the value, so that a value
finds the token that it has; its *salt* is random, so that a token names one row of one vault and cannot be guessed. The
number of a row is never used twice, and an erased row stays as a tombstone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Protocol, Self

#: Rows that one call moves at most; callers with more come again.
BATCH = 10_000


#: Where a value lies, which is all that a token says of it: blind index, number of the row, salt.
Place = tuple[bytes, int, int]
#: A row: number, salt, blind index, sealed value, when it was erased, whether because its time had come. The third and
#: fourth are None in a tombstone.
Held = tuple[int, int, bytes | None, bytes | None, int | None, bool]


class Stat(NamedTuple):
    """Counts of the tokens that begin with `head`; `first` and `last` are when they were made."""

    head: str
    kept: int
    erased: int
    expired: int
    first: int
    last: int


class Batch(NamedTuple):
    """Rows that were made in one call: whose they are, and until when they are kept."""

    id: int
    head: str
    made: int
    expires: int | None


class StoredRow(NamedTuple):
    """A row as it stands in the store, for another store."""

    id: int
    salt: int
    blind: bytes | None
    sealed: bytes | None
    batch: int
    erased: int | None
    expired: bool


class Store(Protocol):
    """A vault's store. Every call is one transaction: what it returned is on the disk. VaultError where it fails.

    Times are whole seconds of the epoch, UTC. What has expired by `now` is erased before anything is answered.
    """

    #: Whether sealed values that were erased or expired may still lie in the store's log, since somebody is reading out
    #: of it. The next calls empty it, or whoever closes the store last.
    lingering: bool

    def find(self, blinds: Sequence[bytes], now: int) -> dict[bytes, Place]:
        """Return the place of each blind index that is there."""

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
        """Keep new rows; return the place of each blind index: another's, where another call was there first."""

    def read(self, ids: Sequence[int], now: int) -> dict[int, Held]:
        """Return the rows of these numbers that there are."""

    def erase(self, ids: Sequence[int], now: int) -> int:
        """Leave tombstones of these rows; return how many were none before."""

    def stats(self, now: int) -> list[Stat]:
        """Return counts by head."""

    def batches(self) -> Iterator[Batch]:
        """Yield all batches by number."""

    def rows(self) -> Iterator[list[StoredRow]]:
        """Yield all rows by number, some thousands at a time."""

    def load(self, batches: Iterable[Batch], rows: Iterable[Sequence[StoredRow]]) -> int:
        """Take over another store's batches and rows; return how many rows. VaultError unless this one is empty."""

    def close(self) -> None:
        """Let go of files and connections."""

    def __enter__(self) -> Self:
        """Return the store itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""


def migrate(source: Store, target: Store) -> int:
    """Copy all of `source` into the empty `target`, so that every token opens there; return how many rows.

    Nobody may write to `source` meanwhile or later: its new rows would have the numbers of new rows of `target`.
    """
    return target.load(source.batches(), source.rows())
