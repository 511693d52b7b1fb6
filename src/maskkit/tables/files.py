"""Reading: a path or stdin as decoded blocks of text, with the encoding told, the format guessed, the bytes hashed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from maskkit.errors import InputError
from maskkit.tables.encoding import Encoding, decode, detect_encoding

#: Bytes a block: big enough that numpy's work dwarfs Python's, small enough to stay cheap in memory.
BLOCK_SIZE: Final = 4 << 20

_SPREADSHEET: Final = "set the ID, card and phone columns to text, then save as CSV UTF-8"
_UNPACK: Final = "unpack it first"

#: First bytes of containers that are no text, what they are called, and what helps.
_CONTAINERS: Final = (
    (rb"PK\x03\x04|PK\x05\x06|PK\x07\x08", "an .xlsx or .zip file", _SPREADSHEET),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an .xls file", _SPREADSHEET),
    (rb"PAR1", "a Parquet file", _SPREADSHEET),
    (rb"\x1f\x8b", "a gzip file", _SPREADSHEET),
    (rb"%PDF-", "a PDF file", "export the data as CSV UTF-8"),
    (rb"SQLite format 3\x00", "an SQLite database", "export the table as CSV UTF-8"),
    (rb"\x28\xb5\x2f\xfd", "a zstd file", _UNPACK),
    (rb"\xfd7zXZ\x00", "an xz file", _UNPACK),
    (rb"BZh[1-9]1AY&SY", "a bzip2 file", _UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z file", _UNPACK),
    (rb"Rar!\x1a\x07", "a RAR file", _UNPACK),
)


class Source:
    """An opened input; a context manager.

    `name` is what messages call it, `path` is None for stdin, `encoding` is known for the whole file, `sha256` after
    the blocks have been read to the end.
    """

    def __init__(self, file: BinaryIO, name: str, path: Path | None, identity: os.stat_result | None) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.name = name
        self.path = path
        #: What `os.stat` says of the file that is read, to tell an output that is the same file.
        self.identity = identity
        self.size = file.seek(0, os.SEEK_END)
        #: Bytes handed out so far, for a progress bar.
        self.position = 0
        self.encoding = Encoding("utf-8")
        #: Whether what was handed out so far is ASCII alone, which fits many encodings.
        self.ascii_only = True

    def head(self, size: int = 1 << 16) -> str:
        """Return about the first `size` bytes as text, to guess a format by; nothing is consumed."""
        return next(block for data, block in decode(self._file, self.name, self.encoding, size) if block or not data)

    def blocks(self, size: int = BLOCK_SIZE) -> Iterator[str]:
        """Yield the whole text in blocks of about `size` bytes; no character and no CRLF is cut in two."""
        self._hash = hashlib.sha256()
        self.ascii_only = True
        self.position = 0
        held = ""
        for data, decoded in decode(self._file, self.name, self.encoding, size):
            self._hash.update(data)
            self.ascii_only = self.ascii_only and data.isascii()
            self.position += len(data)
            text = held + decoded
            held = "\r" if text.endswith("\r") else ""
            text = text[:-1] if held else text
            if text:
                yield text
        if held:
            yield held

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the bytes read so far; of the input once `blocks` is exhausted."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Close the file; a spooled stdin is gone with it."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def open_source(path: str | Path, encoding: str | None = None) -> Source:
    """Open a file, or stdin for `-`, and find out its encoding in a first pass over all of it.

    Stdin is spooled to a nameless temporary file that only this user can read. `InputError` where there is no such
    file, where it is a container instead of text, or where its bytes are in no encoding that could be kept.
    """
    source = _spool_stdin() if str(path) == "-" else _open_file(Path(path))
    try:
        _refuse_container(source._file, source.name)
        source.encoding = detect_encoding(source._file, source.name, encoding)
    except OSError as error:
        source.close()
        raise InputError(f"{source.name} cannot be read: {error.strerror}") from None
    except BaseException:
        source.close()
        raise
    return source


def _open_file(path: Path) -> Source:
    try:
        file = path.open("rb")
        identity = os.fstat(file.fileno())
        if not stat.S_ISREG(identity.st_mode):  # a pipe: it can be read only once
            with file:
                return Source(_spool(file, str(path)), str(path), path, None)
        return Source(file, str(path), path, identity)
    except IsADirectoryError:
        raise InputError(f"{path} is a folder") from None
    except FileNotFoundError:
        raise InputError(f"there is no file {path}") from None
    except OSError as error:
        reason = "is a folder" if path.is_dir() else f"cannot be read: {error.strerror}"
        raise InputError(f"{path} {reason}") from None


def _spool_stdin() -> Source:
    try:
        identity = os.fstat(sys.stdin.buffer.fileno())
    except (OSError, ValueError):  # not a real file: a test, an embedding program
        identity = None
    return Source(_spool(sys.stdin.buffer, "stdin"), "stdin", None, identity)


def _spool(stream: BinaryIO, name: str) -> BinaryIO:
    spool = tempfile.TemporaryFile()  # noqa: SIM115  (closed by Source)
    try:
        shutil.copyfileobj(stream, spool, 1 << 20)
        spool.flush()
    except BaseException as error:
        with suppress(OSError):  # the disk is full: it would refuse the rest once more
            spool.close()
        if isinstance(error, OSError):
            raise InputError(
                f"{name} cannot be read, or kept below {tempfile.gettempdir()}: {error.strerror}",
                hint="set TMPDIR to a folder with more room, or name a file",
            ) from None
        raise
    return spool


def _refuse_container(file: BinaryIO, name: str) -> None:
    file.seek(0)
    head = file.read(16)
    for magic, what, hint in _CONTAINERS:
        if re.match(magic, head):
            raise InputError(f"{name} is {what}, not text", hint=hint)
