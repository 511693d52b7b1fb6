"""Where one request ends: bytes in, pieces for the parser out, no socket here.

A connection carries one request at a time. What arrives behind a request that is not answered yet is thrown away and
the connection is closed after the answer (RFC 9112 9.3.2 lets a server do so), so that no second request can hide in
the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from maskkit_proxy.errors import RefusedError
from maskkit_proxy.wire.head import HEAD_LIMIT, Head, read_head

#: RFC 9112 7.1, without the extensions that nobody sends and parsers disagree about.
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,7})\r\n")
_CHUNK_LINE: Final = 9


class Framing:
    """Reads one connection. `head` is that of the current request, `complete` tells whether all of it is here."""

    def __init__(self, body_limit: int) -> None:
        self.head: Head | None = None
        #: Something came behind a request that was not answered yet.
        self.surplus = False
        self._limit = body_limit
        self._buffer = bytearray()
        self._left = 0
        self._size = 0
        self._read: Callable[[], bytes | None] | None = self._read_head

    @property
    def begun(self) -> bool:
        """Tell whether a request has begun that is not all here yet."""
        return self._read is not None and (self.head is not None or bool(self._buffer))

    @property
    def complete(self) -> bool:
        """Tell whether a whole request is here and waits for its answer."""
        return self._read is None

    def answered(self) -> None:
        """Take note that the current request was answered: the next may come."""
        self.head, self._read = None, self._read_head

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what the parser may see of `data`; RefusedError for what nobody may."""
        self._buffer += data
        while self._buffer and self._read is not None:
            piece = self._read()
            if piece is None:
                return
            yield piece
        if self._buffer:
            self.surplus = True
            self._buffer.clear()

    def _read_head(self) -> bytes | None:
        buffer = self._buffer
        if buffer.startswith(b"\r\n"):  # RFC 9112 2.2: an empty line before a request is let pass
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n") + 4
        if end < 4 and (b"\n\n" in buffer or b"\0" in buffer or b"\n\r\n" in buffer):
            raise RefusedError(400, "malformed_request", "a line without CR LF")
        if max(end, len(buffer) if end < 4 else 0) > HEAD_LIMIT:
            raise RefusedError(431, "head_too_large")
        if end < 4:
            return None
        raw = bytes(buffer[:end])
        self.head = head = read_head(raw)
        if head.length is not None and head.length > self._limit:
            raise RefusedError(413, "body_too_large")
        self._left, self._size = head.length or 0, 0
        self._read = self._read_chunk_line if head.length is None else self._read_length if head.length else None
        return self._taken(end)

    def _read_length(self) -> bytes:
        piece = self._taken(min(self._left, len(self._buffer)))
        self._left -= len(piece)
        if not self._left:
            self._read = None
        return piece

    def _read_chunk_line(self) -> bytes | None:
        found = _CHUNK.match(self._buffer)
        if found is None:
            if len(self._buffer) >= _CHUNK_LINE or b"\n" in self._buffer or not self._buffer[:1].isalnum():
                raise RefusedError(400, "malformed_request", "chunk size")
            return None
        self._left = int(found[1], 16)
        self._size += self._left
        if self._size > self._limit:
            raise RefusedError(413, "body_too_large")
        self._read = self._read_chunk if self._left else self._read_end
        return self._taken(found.end())

    def _read_chunk(self) -> bytes | None:
        if self._left:
            piece = self._taken(min(self._left, len(self._buffer)))
            self._left -= len(piece)
            return piece
        return self._line_end(self._read_chunk_line)

    def _read_end(self) -> bytes | None:
        return self._line_end(None)  # a trailer field would stand here: RFC 9110 6.5.1, and nobody needs one

    def _line_end(self, following: Callable[[], bytes | None] | None) -> bytes | None:
        if not b"\r\n".startswith(self._buffer[:2]):
            raise RefusedError(400, "malformed_request", "the end of a chunk, or a trailer field")
        if len(self._buffer) < 2:
            return None
        self._read = following
        return self._taken(2)

    def _taken(self, size: int) -> bytes:
        piece = bytes(self._buffer[:size])
        del self._buffer[:size]
        return piece
