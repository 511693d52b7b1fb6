"""Writing: beside the target, then renamed over it at the end, so that a crash leaves no half file."""

from __future__ import annotations

import codecs
import hashlib
import os
import secrets
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from maskkit.errors import InputError, UsageError
from maskkit.tables.encoding import decode, detect_encoding
from maskkit.tables.files import BLOCK_SIZE, Source


class Output:
    """A file being written in the encoding of its source; a context manager that removes it unless `commit` was called.

    Bytes go to the stream that `opening` gives once the context is entered, so that whatever happens then, no part of
    a file is left. With `target` that is a part file beside it, renamed by `commit`; with `onward` a spool, copied
    there by `commit`; with neither they are out as soon as they are written, and an error that comes later gets a note
    that says so. `closing` is closed at the end.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        opening: Callable[[], BinaryIO],
        *,
        part: Path | None = None,
        target: Path | None = None,
        onward: BinaryIO | None = None,
        closing: BinaryIO | None = None,
    ) -> None:
        self.name = name
        self._encoding = source.encoding
        self._opening = opening
        self._stream: BinaryIO
        self._part = part
        self._target = target
        self._onward = onward
        self._closing = closing
        self._hash = hashlib.sha256()
        self._written = False
        #: Whether what was written so far is ASCII alone.
        self.ascii_only = True
        self._done = False

    def write(self, text: str) -> None:
        """Encode and write; `InputError` where the encoding has no such character or the disk is full."""
        try:
            data = text.encode(self._encoding.codec)
        except UnicodeEncodeError:
            raise InputError(
                f"{self.name}: a restored value has characters that {self._encoding} has not",
                hint="convert the input to UTF-8 first",
            ) from None
        self._put(data)

    def reread(self, size: int = BLOCK_SIZE) -> Iterator[str]:
        """Yield what was written so far, before `commit`, as text; for files and spools."""
        self._stream.flush()
        for _, text in decode(self._stream, self.name, self._encoding, size):
            yield text

    def tells_encoding(self) -> bool:
        """Tell whether the encoding of what was written shows in its bytes: masked, GB18030 may be ASCII alone.

        For files and spools, before `commit`; of what went to stdout and is gone only that much is known.
        """
        if self._part is None and self._onward is None:
            return not self.ascii_only or self._encoding.codec == "utf-8"
        self._stream.flush()
        try:
            return detect_encoding(self._stream, self.name) == self._encoding
        except InputError:
            return False

    def commit(self) -> None:
        """Make the output what its name says: on the disk and renamed, or passed on."""
        try:
            self._stream.flush()
            if self._part is not None and self._target is not None:
                os.fsync(self._stream.fileno())
                self._stream.close()
                self._part.replace(self._target)
            elif self._onward is not None:
                self._stream.seek(0)
                shutil.copyfileobj(self._stream, self._onward, 1 << 20)
                self._onward.flush()
        except OSError as error:
            raise _unwritable(self.name, error) from None
        self._done = True

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the bytes written so far."""
        return self._hash.hexdigest()

    def _put(self, data: bytes) -> None:
        self._hash.update(data)
        self._written = self._written or bool(data)
        self.ascii_only = self.ascii_only and data.isascii()
        try:
            self._stream.write(data)
        except OSError as error:
            raise _unwritable(self.name, error) from None

    def __enter__(self) -> Self:
        try:
            self._stream = self._opening()
            self._put(self._encoding.bom)
        except BaseException as error:
            if self._part is not None:
                self._part.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _unwritable(self.name, error) from None
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is not None and self._part is None and self._onward is None and self._written:
            error.add_note(f"what {self.name} got so far is not all of it")
        if self._part is not None or self._onward is not None:
            _close(self._stream)
        if self._part is not None and not self._done:
            self._part.unlink(missing_ok=True)
        if self._closing is not None:
            _close(self._closing)


def open_output(path: str | Path | None, source: Source, *, private: bool, spool: bool = False) -> Output:
    """Open the output for `source`: a path, or stdout for None or `-`.

    Files get the mode that the umask gives; `private` ones (unmasked) are 0600 from their first byte on. `spool` holds
    the output back until `commit` where there is no file to rename, so that it can be checked first. A symbolic link is
    followed. `UsageError` where the output is the input by any path, or where stdout is a terminal that cannot show the
    encoding; `InputError` where the folder is missing or may not be written.
    """
    if path is None or str(path) == "-":
        stdout = sys.stdout.buffer
        _refuse_same(_identity(stdout), source, "stdout")
        if stdout.isatty() and codecs.lookup(sys.stdout.encoding).name != source.encoding.codec:
            raise UsageError(f"this terminal cannot show {source.encoding}", hint="-o FILE")
        return _stream_output("stdout", source, stdout, spool)
    name = str(path)
    target = Path(os.path.realpath(path))
    try:
        identity = target.stat()
    except FileNotFoundError:
        identity = None
    except OSError as error:
        raise _unwritable(name, error) from None
    _refuse_same(identity, source, name)
    if identity is not None and stat.S_ISDIR(identity.st_mode):
        raise InputError(f"{name} is a folder")
    if not target.parent.is_dir():
        raise InputError(
            f"there is no folder {Path(name).parent}", hint=f"mkdir -p {shlex.quote(str(Path(name).parent))}"
        )
    if identity is not None and not stat.S_ISREG(identity.st_mode):  # a pipe or device: nothing to rename
        try:
            device = target.open("wb")
        except OSError as error:
            raise _unwritable(name, error) from None
        return _stream_output(name, source, device, spool, closing=device)
    part = target.parent / f".maskkit-{secrets.token_hex(6)}.part"
    return Output(name, source, partial(_create, part, private), part=part, target=target)


def _create(part: Path, private: bool) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(part, flags, 0o600 if private else 0o666), "w+b")


def _stream_output(
    name: str, source: Source, stream: BinaryIO, spool: bool, *, closing: BinaryIO | None = None
) -> Output:
    if spool:
        return Output(name, source, tempfile.TemporaryFile, onward=stream, closing=closing)
    return Output(name, source, lambda: stream, closing=closing)


def _close(stream: BinaryIO) -> None:
    """Close what was flushed, or is given up: a full disk would refuse once more what the buffer still holds."""
    with suppress(OSError):
        stream.close()


def _identity(stream: BinaryIO) -> os.stat_result | None:
    try:
        return os.fstat(stream.fileno())
    except (OSError, ValueError):  # not a real file: a test, an embedding program
        return None


def _refuse_same(identity: os.stat_result | None, source: Source, name: str) -> None:
    """Compare device and inode, so that links of both kinds and other spellings of the path are seen through."""
    if identity is None or source.identity is None or not stat.S_ISREG(identity.st_mode):
        return
    if os.path.samestat(identity, source.identity):
        raise UsageError(f"the output {name} is the input", hint="-o ANOTHER_FILE")


def _unwritable(name: str, error: OSError) -> InputError:
    return InputError(f"{name} cannot be written: {error.strerror or type(error).__name__}")
