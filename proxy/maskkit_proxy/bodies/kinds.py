"""The kinds of bodies that are understood: each is read whole, walked, and written anew."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final, Protocol

import orjson

from maskkit.detection.columns import has_header
from maskkit.tables.sniff import sniff_format
from maskkit_proxy.bodies.batch import Batch
from maskkit_proxy.bodies.charset import decode_text
from maskkit_proxy.bodies.literals import dumps, keeps_numbers, loads, loads_exactly
from maskkit_proxy.bodies.media import Media
from maskkit_proxy.bodies.tree import Walk
from maskkit_proxy.errors import RefusedError

_LINES: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
_CSV: Final = ("text/csv", "application/csv", "text/tab-separated-values")
_SNIFFED: Final = 20_000


class Body(Protocol):
    """A body that was read."""

    @property
    def content_type(self) -> bytes:
        """What the answer says it is."""

    def walk(self, walk: Walk, batch: Batch) -> None:
        """Put all that it holds into the batch."""

    def write(self) -> bytes:
        """Return it with what the batch made of it."""

    def texts(self, written: bytes) -> Iterator[str]:
        """Yield what stands in written bytes, decoded, for the last check."""


def read_body(media: Media | None, raw: bytes) -> Body:
    """Return what a body of a type is; RefusedError (502) for types that are not understood, and for what is not it."""
    check_type(media)
    assert media is not None
    text = decode_text(raw, media.charset)
    if media.is_json:
        return Json(text)
    if media.type in _LINES:
        return JsonLines(text)
    if media.type in _CSV:
        return Csv(text, "\t" if "tab" in media.type else sniff_format(text[:_SNIFFED], "x.csv").delimiter)
    guess = sniff_format(text[:_SNIFFED])
    if guess.kind == "csv":
        return Csv(text, guess.delimiter)
    return Json(text) if guess.kind == "json" else JsonLines(text) if guess.kind == "jsonl" else Plain(text)


def check_type(media: Media | None) -> None:
    """Raise RefusedError (502 unsupported_type) for a type that is not understood."""
    if media is None or not (media.is_json or media.type in (*_LINES, *_CSV, "text/plain")):
        raise RefusedError(502, "unsupported_type")


class Json:
    """One JSON document."""

    content_type = b"application/json"

    def __init__(self, text: str) -> None:
        self._raw = text.encode()
        self._value = loads(self._raw)
        if not keeps_numbers(self._raw, self._value):
            self._value = loads_exactly(self._raw)
        self._root: list[Any] = []

    def walk(self, walk: Walk, batch: Batch) -> None:
        """Walk the document."""
        self._root = walk.document(self._value)

    def write(self) -> bytes:
        """Return it in UTF-8."""
        return dumps(self._root[0])

    def texts(self, written: bytes) -> Iterator[str]:
        """Yield its strings, numbers and the keys that are data."""
        return scalars(orjson.loads(written))


class JsonLines:
    """A JSON document in each line; blank lines go."""

    content_type = b"application/x-ndjson"

    def __init__(self, text: str) -> None:
        lines = [line.encode() for line in text.splitlines() if line.strip()]
        self._values = [loads(line) for line in lines]
        if not keeps_numbers(b"\n".join(lines), self._values):
            self._values = [loads_exactly(line) for line in lines]
        self._roots: list[list[Any]] = []

    def walk(self, walk: Walk, batch: Batch) -> None:
        """Walk each document."""
        self._roots = [walk.document(value) for value in self._values]

    def write(self) -> bytes:
        """Return the lines in UTF-8."""
        return b"".join(dumps(root[0]) + b"\n" for root in self._roots)

    def texts(self, written: bytes) -> Iterator[str]:
        """Yield the strings, numbers and keys of each line."""
        return scalars([orjson.loads(line) for line in written.splitlines()])


class Csv:
    """Rows of cells; with a first row of names, cells have the rules of their columns. Columns stay in their places."""

    content_type = b"text/csv; charset=utf-8"

    def __init__(self, text: str, delimiter: str) -> None:
        self._delimiter = delimiter or ","
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        try:
            self._rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True))
        except csv.Error:
            raise RefusedError(502, "malformed_csv") from None
        self._made: list[Any] = []

    def walk(self, walk: Walk, batch: Batch) -> None:
        """Walk the cells."""
        named = bool(self._rows) and has_header(self._rows[0], self._rows[1:50], walk.detector)
        self._made = walk.table(self._rows, named=named)

    def write(self) -> bytes:
        """Return the rows in UTF-8, with quotes only where they are needed."""
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self._delimiter, lineterminator=self._line_end).writerows(self._made)
        return out.getvalue().encode()

    def texts(self, written: bytes) -> Iterator[str]:
        """Yield the cells."""
        for row in csv.reader(io.StringIO(written.decode(), newline=""), delimiter=self._delimiter):
            yield from row


class Plain:
    """Running text."""

    content_type = b"text/plain; charset=utf-8"

    def __init__(self, text: str) -> None:
        self._text = text
        self._root: list[Any] = []

    def walk(self, walk: Walk, batch: Batch) -> None:
        """Search the text."""
        self._root = walk.text(self._text)

    def write(self) -> bytes:
        """Return it in UTF-8."""
        return str(self._root[0]).encode()

    def texts(self, written: bytes) -> Iterator[str]:
        """Yield it."""
        yield written.decode()


def scalars(value: Any) -> Iterator[str]:
    """Yield every string and number of a document, and the keys that are no words of a schema."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not key.isascii():
                yield key
            yield from scalars(item)
    elif isinstance(value, list):
        for item in value:
            yield from scalars(item)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield repr(value)
