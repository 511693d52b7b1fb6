"""Known values that are written apart: 179-7180-3130, １７９…, 王 建 国, a soft hyphen inside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from maskkit.normalize import FOLD, ZERO_WIDTH
from maskkit_proxy.bodies.finder import Finder

_HAN: Final = "\u3400-\u9fff"
_BETWEEN: Final = r" \t\u3000\-‐‑–—./·•_()（）"
_HIDDEN: Final = re.escape(ZERO_WIDTH)
#: What makes a text worth a second look.
_APART_ASCII: Final = re.compile(r"\d[ \t\-./_()]+(?=\d)")
_APART: Final = re.compile(
    rf"\d[{_BETWEEN}]+(?=\d)|[{_HAN}][ \u3000]+(?=[{_HAN}])"
    rf"|[{_HIDDEN}\u2460-\u24ff\uff10-\uff19\u0660-\u06f9\U0001d7ce-\U0001d7ff]"
)
#: What goes: separators between digits, blanks between Han characters, characters that take no room.
_GAP: Final = re.compile(rf"(?<=\d)[{_BETWEEN}]+(?=\d)|(?<=[{_HAN}])[ \u3000]+(?=[{_HAN}])|[{_HIDDEN}]+")


def may_be_spread(text: str) -> bool:
    """Tell whether anything in a text is written apart."""
    return (_APART_ASCII if text.isascii() else _APART).search(text) is not None


def spread_places(text: str, known: Finder) -> list[tuple[str, str]]:
    """Return (entity, surface) for each known value that stands in `text` written apart."""
    if not may_be_spread(text):
        return []
    folded = text.translate(FOLD)
    if not folded.isascii():
        folded = "".join(_one(char) for char in folded)
    kept: list[int] = []
    pieces: list[str] = []
    at = 0
    for gap in _GAP.finditer(folded):
        kept += range(at, gap.start())
        pieces.append(folded[at : gap.start()])
        at = gap.end()
    kept += range(at, len(folded))
    pieces.append(folded[at:])
    joined = "".join(pieces)
    return [
        (entity, surface)
        for entity, value in known.within(joined)
        for surface in _surfaces(text, joined, value, kept)
        if surface != value
    ]


def _surfaces(text: str, joined: str, value: str, kept: Sequence[int]) -> Iterable[str]:
    """Yield how a value stands in the text, for each place in the text without gaps that has it."""
    start = joined.find(value)
    while start >= 0:
        end = start + len(value)
        first, last = kept[start], kept[end - 1] + 1
        before, after = text[first - 1 : first], text[last : last + 1]
        if not (value[0].isdigit() and before.isdigit()) and not (value[-1].isdigit() and after.isdigit()):
            yield text[first:last]
        start = joined.find(value, end)


def _one(char: str) -> str:
    """Return the one character that a compatibility character stands for (①, 𝟏), else itself."""
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char
