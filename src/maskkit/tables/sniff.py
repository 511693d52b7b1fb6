"""What a file holds, by its name and its first lines: CSV and its delimiter, JSON, JSONL or running text."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Final, Literal, NamedTuple

Kind = Literal["csv", "json", "jsonl", "text"]

DELIMITERS: Final = (",", "\t", ";", "|")

_LINES: Final = 50


_BY_SUFFIX: Final[dict[str, Kind]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


class Format(NamedTuple):
    """A kind of file; the delimiter is `""` unless the kind is csv."""

    kind: Kind
    delimiter: str = ""


def sniff_format(head: str, name: str | None = None) -> Format:
    """Guess the format of a file from its first characters and its name (None for stdin).

    A known suffix decides the kind, and for CSV the lines the delimiter. Anything else is JSON or JSONL if it begins
    like it, CSV if at least two lines agree on how many delimiters they have, and running text otherwise.
    """
    suffix = PurePath(name).suffix.lower() if name is not None else ""
    kind = _BY_SUFFIX.get(suffix)
    if kind == "csv":
        return Format("csv", _best_delimiter(head, default="\t" if suffix == ".tsv" else ","))
    if kind is not None:
        return Format(kind)
    kind = _sniff_json(head)
    if kind is not None:
        return Format(kind)
    for delimiter in DELIMITERS:
        counts = _counts(head, delimiter)
        if len(counts) > 1 and counts[0] > 0 and len(set(counts)) == 1:
            return Format("csv", delimiter)
    return Format("text")


def _counts(head: str, delimiter: str) -> list[int]:
    """Return how many delimiters each of the first whole lines has outside quotes; empty lines are skipped."""
    start = rf"(^|[{re.escape(delimiter)}\r\n])"
    bare = re.sub(start + r'"(?:[^"]++|"")*+"', r"\1", head)
    unclosed = re.search(start + '"', bare)
    lines = re.split(r"\r\n|\r|\n", bare if unclosed is None else bare[: unclosed.start()])
    if unclosed is not None or len(lines) > 2:
        lines.pop()  # may have been cut short with the head
    blank = " " if delimiter == "\t" else " \t"  # quoted cells are gone: of a row of them only the delimiters are left
    return [line.count(delimiter) for line in lines[:_LINES] if line.strip(blank)]


def _best_delimiter(head: str, default: str) -> str:
    """Return the delimiter with which most lines have as many as the first; `default` where none occurs there."""
    agreeing: dict[str, tuple[float, int]] = {}
    for delimiter in (default, *DELIMITERS):
        counts = _counts(head, delimiter)
        if counts and counts[0]:
            agreeing.setdefault(delimiter, (counts.count(counts[0]) / len(counts), counts[0]))
    return max(agreeing, key=lambda delimiter: agreeing[delimiter], default=default)


def _sniff_json(head: str) -> Kind | None:
    text = head.lstrip(" \t\r\n")
    if not text.startswith(("{", "[")):
        return None
    try:
        end = json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError):  # cut short, or not JSON at all
        return "json" if re.match(r'\{\s*"|\[\s*[\[{"]', text) else None
    rest = re.match(r"[ \t]*(?:\r?\n\s*(\S)?|$)", text[end:])
    if rest is None:
        return None
    return "jsonl" if rest[1] else "json"
