"""Chinese surnames, and whether a whole string has the form of a person's name."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from maskkit.detection.lexicon import words

#: Han characters as the inside of a character class.
HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
#: The dots between the parts of a transliterated name.
DOTS: Final = "·•・‧∙⋅"

#: The form of a whole name: two to four Han characters, spaced or not (王　伟); parts joined by a middle dot
#: (古丽娜尔·阿不都热西提); Latin words.
NAME: Final = (
    rf"[{HAN}](?:[ \u3000]{{0,4}}[{HAN}]){{1,3}}"
    rf"|[{HAN}]{{1,12}}(?:[{DOTS}.．][{HAN}]{{1,12}}){{1,4}}"
    r"|[^\W\d_][^\W\d_'’-]{1,30}(?:[ ,.]{1,2}[^\W\d_][^\W\d_'’-]{0,30}){1,4}\.?"
)
_SPACED: Final = re.compile("[ \u3000]")


@cache
def surnames() -> frozenset[str]:
    """Return all surnames of one and two characters."""
    sections = ("surnames", "compound_surnames", "rare_surnames")
    return frozenset(word for section in sections for word in words("names", section))


def surname_length(text: str, position: int = 0) -> int:
    """Return how many characters the surname at `position` has: 2, 1 or 0 for none."""
    known = surnames()
    if len(text) > position + 1 and text[position : position + 2] in known:
        return 2
    return 1 if text[position : position + 1] in known else 0


def may_be_name(text: str) -> bool:
    """Tell whether `text` is a surname and one or two characters more."""
    return surname_length(text) > 0 and 1 <= len(text) - surname_length(text) <= 2


def has_surname(value: str) -> bool:
    """Tell whether `value` begins with a surname and is no longer than a Chinese name is."""
    return may_be_name(_SPACED.sub("", value))
