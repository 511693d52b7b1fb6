"""The audit in a text file, a line an event: the command line's default. Lines are only ever added."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from maskkit.audit import lines, room
from maskkit.audit.base import Maker
from maskkit.errors import AuditError

_BLOCK: Final = 1 << 16


class JsonlSink:
    """The file `path`, made with mode 0600 at the first line. Any number of processes may write to it.

    What a crash left of a half-written line stays, ended by a line end: nothing is ever removed.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"JsonlSink({str(self.path)!r})"

    def append(self, writer: str, make: Maker) -> None:
        """See `Sink.append`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and not self.path.is_file():
                raise self._failed("written", "it is no regular file")  # a device keeps nothing
            with _locked(self.path.with_name(f"{self.path.name}.lock")):
                flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
                fd = os.open(self.path, flags, 0o600)
                try:
                    if not _append(fd, writer, make):
                        room.check(self.path)
                finally:
                    os.close(fd)
        except OSError as error:
            raise self._failed("written", error.strerror) from None

    def lines(self) -> Iterator[str]:
        """See `Sink.lines`; none where there is no file."""
        try:
            with self.path.open("rb") as file:
                for line in file:
                    # A cut line lacks its end, and what is not UTF-8 is not what was written.
                    yield line.decode("utf-8", "replace").removesuffix("\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failed("read", error.strerror) from None

    def close(self) -> None:
        """Nothing is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _failed(self, what: str, why: str | None) -> AuditError:
        return AuditError(
            f"audit log {self.path} cannot be {what}: {why or 'OSError'}",
            hint="MASKKIT_AUDIT=FILE or --audit FILE names another",
        )


def _append(fd: int, writer: str, make: Maker) -> bool:
    """Tell whether there was anything to write."""
    size = os.lseek(fd, 0, os.SEEK_END)
    data = "".join(f"{line}\n" for line in make(_last_of(fd, size, writer))).encode()
    if not data:
        return False
    if size and _read(fd, size - 1, 1) != b"\n":
        data = b"\n" + data
    try:
        written = os.write(fd, data)
        while written < len(data):
            written += os.write(fd, data[written:])
        os.fsync(fd)
    except OSError:
        os.ftruncate(fd, size)  # our own half, of which nobody was told
        raise
    return True


def _last_of(fd: int, size: int, writer: str) -> str | None:
    """Return the last line of a writer, reading from the end; what a crash cut is none."""
    beginning = f'{{"writer":{json.dumps(writer)},'.encode()
    rest = b""
    at = size
    while at:
        start = max(0, at - _BLOCK)
        block = _read(fd, start, at - start) + rest
        whole = block.split(b"\n")
        rest = whole.pop(0) if start else b""
        for line in reversed(whole):
            if line.startswith(beginning) and not lines.is_cut(text := line.decode("utf-8", "replace")):
                return text
        at = start
    return None


def _read(fd: int, start: int, count: int) -> bytes:
    os.lseek(fd, start, os.SEEK_SET)
    found = b""
    while len(found) < count and (more := os.read(fd, count - len(found))):
        found += more
    return found


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file against other processes and threads; the system lets go of it when this one dies."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            while True:
                try:
                    msvcrt.locking(fd, msvcrt.LK_LOCK, 1)  # tries for ten seconds
                    break
                except OSError as error:
                    if error.errno != errno.EDEADLK:
                        raise
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
