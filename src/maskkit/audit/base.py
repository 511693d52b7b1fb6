"""Where lines of the audit go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

#: Given the last line of a writer (None before the first), returns the lines that follow.
Maker = Callable[[str | None], Sequence[str]]


class Sink(Protocol):
    """Keeps lines in the order in which they came; there is no way to change or remove one.

    AuditError where it cannot be written or read.
    """

    def append(self, writer: str, make: Maker) -> None:
        """Add what `make` makes of the writer's last line. No other process adds in between; on return it is kept.

        Where it makes none, AuditError tells, as far as that can be told, that one could not be written.
        """

    def lines(self) -> Iterator[str]:
        """Yield all lines as they stand, without their ends."""

    def close(self) -> None:
        """Let go of files and connections."""

    def __enter__(self) -> Self:
        """Return the sink itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
