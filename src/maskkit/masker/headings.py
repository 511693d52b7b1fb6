"""Headings and keys that messages and reports may show: those that are made of the words of headings.

Where the first row of a file was taken for its header, a heading may be a name or handle that nothing finds.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from maskkit.detection.columns import known_header
from maskkit.detection.lexicon import words
from maskkit.detection.surnames import HAN, may_be_name
from maskkit.normalize import FOLD

#: More digits than these are a number, not the second phone of two; beside Latin letters they may be a handle.
_MOST_DIGITS: Final = 4
_MOST_BESIDE_LATIN: Final = 2
_PART: Final = re.compile(rf"[{HAN}]+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]")


def shows_nobody(heading: str) -> bool:
    """Tell whether a heading, or each key of a dotted path, is one that rules name or that headings are made of."""
    return all(map(_is_plain, heading.translate(FOLD).split(".")))


def _is_plain(heading: str) -> bool:
    parts = _PART.findall(heading)
    digits = sum(map(str.isdecimal, heading))
    if digits > (_MOST_BESIDE_LATIN if any(map(str.isascii, parts)) else _MOST_DIGITS):
        return False
    if not parts or known_header(heading):  # 1, *, nothing at all
        return True
    known = [part for part in parts if _is_word(part)]
    return bool(known) and all(len(part) == 1 or part in known for part in parts)


def _is_word(part: str) -> bool:
    """Tell whether a run of letters of one script is a word of headings."""
    if part.isascii():
        return part.lower() in _latin()
    return any(word in part for word in words("headings", "han")) or (part[-1] in _endings() and not may_be_name(part))


@cache
def _latin() -> frozenset[str]:
    return frozenset(words("headings", "latin"))


@cache
def _endings() -> frozenset[str]:
    return frozenset(words("headings", "endings"))
