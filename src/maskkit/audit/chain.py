"""The log that events are written to: one chain a writer, signed checkpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from maskkit.audit import lines
from maskkit.audit.base import Sink
from maskkit.audit.events import AuditEvent
from maskkit.errors import AuditError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: Events between two checkpoints of a log that stays open.
EVERY: Final = 1000

_WRITER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}")


class Head(NamedTuple):
    """The end of a writer's chain: whoever keeps it elsewhere sees when the chain was cut behind it or changed before.

    As text it is ``writer:n:hash``.
    """

    writer: str
    n: int
    hash: str

    def __str__(self) -> str:
        return f"{self.writer}:{self.n}:{self.hash}"

    @classmethod
    def of(cls, text: str) -> Head:
        """Return the head that ``writer:n:hash`` says; UsageError where it says none."""
        found = re.fullmatch(rf"({_WRITER.pattern}):([1-9][0-9]{{0,17}}):([0-9a-f]{{64}})", text)
        if found is None:
            raise UsageError("this is no head of an audit log", hint="as maskkit audit head prints it: main:12:9f…")
        return cls(found[1], int(found[2]), found[3])


class AuditLog:
    """Writes events to a sink, as one of its writers.

    Args:
        sink: where; closed with the log.
        signing_key: signs checkpoints: after every thousand events, and when the log is closed.
        writer: whose chain; processes of one name share it, one line at a time.
        clock: the time in UTC.
    """

    def __init__(
        self,
        sink: Sink,
        signing_key: Ed25519PrivateKey | None = None,
        *,
        writer: str = "main",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not _WRITER.fullmatch(writer):
            raise UsageError("a writer of the audit has a name of letters, digits and _ . @ -")
        self._sink = sink
        self._key = signing_key
        self._clock = clock
        self._unsigned = 0
        self.writer = writer

    def record(self, *events: AuditEvent) -> None:
        """Write events; on return they are on the disk. AuditError where they cannot be: then do not do it."""
        self._append([event.said() for event in events])
        self._unsigned += len(events)
        if self._unsigned >= EVERY:
            self.checkpoint()

    def ready(self) -> None:
        """Raise AuditError if nothing could be recorded now."""
        self._append([])

    def checkpoint(self) -> None:
        """Sign the chain as it is, if there is a key."""
        if self._key is not None:
            self._append([AuditEvent(kind="checkpoint").said()], self._key)
        self._unsigned = 0

    def close(self) -> None:
        """Sign what was recorded, and close the sink."""
        try:
            if self._unsigned:
                self.checkpoint()
        finally:
            self._sink.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, said: Sequence[dict[str, Any]], signing_key: Ed25519PrivateKey | None = None) -> None:
        def make(last: str | None) -> Iterator[str]:
            n, prev = 0, lines.FIRST
            if last is not None:
                before = lines.read(last)
                if before is None or before.writer != self.writer:
                    raise AuditError("the end of the audit log is damaged", hint="maskkit audit verify")
                n, prev = before.n, before.hash
            for says in said:
                n += 1
                time = self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                text, prev = lines.write(self.writer, n, prev, {"time": time, **says}, signing_key)
                yield text

        self._sink.append(self.writer, lambda last: list(make(last)))


def heads(texts: Iterable[str]) -> list[Head]:
    """Return the end of each writer's chain, without what a crash cut. AuditError for any other line not whole."""
    found: dict[str, Head] = {}
    for number, text in enumerate(texts, 1):
        line = lines.read(text)
        if line is None:
            if lines.is_cut(text):
                continue
            raise AuditError(f"line {number} of the audit log is damaged", hint="maskkit audit verify")
        found[line.writer] = Head(line.writer, line.n, line.hash)
    return list(found.values())
