"""王总, 李女士, 老张: where a surname stands for a whole name."""

from __future__ import annotations

import re
from functools import cache

from maskkit.detection.lexicon import words
from maskkit.detection.surnames import surname_length


def is_titled(text: str, start: int, end: int) -> bool:
    """Tell whether ``text[start:end]`` is no more than a surname, with a title behind it or 老, 小, 阿 before it."""
    if surname_length(text[start:end]) != end - start:
        return False
    return text[start - 1 : start] in words("names", "nicknames") or _titles().match(text, end) is not None


def without_title(name: str) -> tuple[int, int]:
    """Return where in a whole 王女士, 老张 or 李某 the surname is; of any other name, all of it."""
    length = surname_length(name)
    if length and _titles().fullmatch(name, length):
        return 0, length
    if len(name) == 2 and name[0] in words("names", "nicknames") and name[1] in _common():
        return 1, 2
    return 0, len(name)


@cache
def _common() -> frozenset[str]:
    """Return the surnames that people are called by with 老 or 小; rarer ones are rather given names then (小平)."""
    return frozenset(words("names", "surnames")[:100])


@cache
def _titles() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words("names", "titles"))))
