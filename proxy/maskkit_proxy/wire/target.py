"""A request target taken apart: segments and parameters, decoded once, and written anew in one way only."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from maskkit_proxy.errors import RefusedError

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: What means something else to an upstream that decodes once more, or takes another character for a delimiter.
_SEGMENT: Final = re.compile(r"[/\\;]|%[0-9A-Fa-f]{2}")
_MOST: Final = 200


class Parameter(NamedTuple):
    """A name and value as they were written and as they read."""

    raw: str
    name: str
    value: str


def read_path(raw: bytes) -> list[tuple[str, str]]:
    """Return the segments of a path, raw and decoded; RefusedError for paths that two servers read in two ways."""
    segments: list[tuple[str, str]] = []
    parts = raw.decode("ascii").split("/")[1:]
    for n, part in enumerate(parts):
        text = _decoded(part, "path")
        if (not text and n + 1 < len(parts)) or text in (".", "..") or _SEGMENT.search(text):
            raise RefusedError(400, "malformed_request", "path")
        segments.append((part, text))
    return segments


def read_query(raw: bytes) -> list[Parameter]:
    """Return the parameters of a query or a form, in order."""
    if not raw:
        return []
    pieces = raw.decode("ascii").split("&")
    if len(pieces) > _MOST:
        raise RefusedError(400, "malformed_request", "too many parameters")
    parameters = []
    for piece in pieces:
        name, _, value = piece.replace("+", " ").partition("=")
        parameters.append(Parameter(piece, _decoded(name, "query"), _decoded(value, "query")))
    return parameters


def encoded(text: str) -> str:
    """Return a text as it stands in a path segment, name or value, whoever reads it."""
    return quote(text, safe="")


def _decoded(text: str, where: str) -> str:
    if "%" in text:
        try:
            text = unquote_to_bytes(text).decode()
        except UnicodeDecodeError:
            raise RefusedError(400, "malformed_request", f"{where}: not UTF-8") from None
        if _CONTROL.search(text):
            raise RefusedError(400, "malformed_request", f"{where}: a control character")
    return text
