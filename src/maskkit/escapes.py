r"""Characters written as escapes by a program that put one text into another, and where each of them stands.

JSON and Java (``\u738b``, ``\n``), HTML (``&#x738b;``, ``&nbsp;``), URLs (``%E7%8E%8B``, RFC 3986, section 2.1), and
bytes in a log (``\xe7\x8e\x8b``), each also where it was escaped twice.
"""

from __future__ import annotations

import html
import re
from typing import Final, NamedTuple

_BYTE: Final = r"(?:%(?:25){0,3}|\\{1,4}x)[0-9A-Fa-f]{2}"
_ESCAPE: Final = re.compile(
    rf"(?P<bytes>(?:{_BYTE})+)"
    r"|\\{1,4}u(?P<high>[Dd][89ABab][0-9A-Fa-f]{2})\\{1,4}u(?P<low>[Dd][C-Fc-f][0-9A-Fa-f]{2})"
    r"|\\{1,4}u(?P<unit>[0-9A-Fa-f]{4})"
    r"|\\{1,4}(?P<letter>[nrt/\"])"
    r"|&(?:amp;){0,3}(?:(?P<entity>#[0-9]{1,7}|#[Xx][0-9A-Fa-f]{1,6});?|(?P<name>[A-Za-z]{2,31});)"
)
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "/": "/", '"': '"'}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_BYTES: Final = re.compile(_BYTE)


class Unescaped(NamedTuple):
    """A text in plain characters; character i of `text` stands in ``[starts[i], ends[i])`` of what was read."""

    text: str
    starts: list[int]
    ends: list[int]


def suspected(text: str) -> bool:
    """Tell quickly whether `text` may hold an escape, as most do not."""
    return "%" in text or "&" in text or "\\" in text


def unescape(text: str) -> str:
    """Return `text` in plain characters."""
    found = locate(text)
    return text if found is None else found.text


def locate(text: str) -> Unescaped | None:
    """Return `text` in plain characters, with where each of them stands; None where it holds no escape."""
    if not suspected(text):
        return None
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in _ESCAPE.finditer(text):
        here = _characters(match)
        if here is None:
            continue
        start = match.start()
        plain += (text[at:start], here.text)
        starts += range(at, start)
        ends += range(at + 1, start + 1)
        starts += here.starts
        ends += here.ends
        at = match.end()
    if not at:
        return None
    plain.append(text[at:])
    starts += range(at, len(text))
    ends += range(at + 1, len(text) + 1)
    return Unescaped("".join(plain), starts, ends)


def _characters(match: re.Match[str]) -> Unescaped | None:
    """Return what a run of bytes or one other escape stands for; None where that is no character."""
    if match["bytes"]:
        return _of_bytes(match)
    if match["high"]:
        high, low = int(match["high"], 16), int(match["low"], 16)
        shown = chr(0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF))
    elif match["unit"]:
        shown = chr(int(match["unit"], 16))
    elif match["letter"]:
        shown = _LETTERS[match["letter"]]
    else:
        shown = html.unescape(f"&{match['entity'] or match['name']};")
    if len(shown) != 1 or _SURROGATE.fullmatch(shown):
        return None
    return Unescaped(shown, [match.start()], [match.end()])


def _of_bytes(match: re.Match[str]) -> Unescaped:
    """Read bytes as UTF-8, as GB 18030 where they are none, and else as much of UTF-8 as there is."""
    run = match[0]
    places = [found.span() for found in _BYTES.finditer(run)]
    data = bytes.fromhex("".join(run[end - 2 : end] for _, end in places))
    for encoding, errors in ("utf-8", "strict"), ("gb18030", "strict"), ("utf-8", "surrogateescape"):
        try:
            text = data.decode(encoding, errors)
            break
        except UnicodeDecodeError:
            continue
    offset, at = match.start(), 0
    starts, ends = [], []
    for char in text:
        starts.append(offset + places[at][0])
        at += len(char.encode(encoding, errors))
        ends.append(offset + places[at - 1][1])
    return Unescaped(_SURROGATE.sub("\ufffd", text), starts, ends)
