"""What street addresses are written with: the lists of rules/cn/addresses.yaml, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.divisions import Division, divisions
from maskkit.detection.lexicon import words
from maskkit.detection.wordtable import WordTable

HAN: Final = "\u3007\u4e00-\u9fff"
#: What a house number may be written with.
NUMBER: Final = "[0-9A-Za-z０-９Ａ-Ｚａ-ｚ一二三四五六七八九十百千〇零甲乙丙丁东西南北#＃\\-－—–~～_/.]"


#: What a suffix ends, as bits: whole sets of them are compared for every suffix of a text.
ROAD: Final = 1
VILLAGE: Final = 2
UNIT: Final = 4
PLACE: Final = 8
SITE: Final = 16
RELATION: Final = 32
#: What names a street or stands for one.
STREET: Final = ROAD | VILLAGE | PLACE

_SECTIONS: Final = {
    "roads": ROAD,
    "villages": VILLAGE,
    "units": UNIT,
    "places": PLACE,
    "sites": SITE,
    "relations": RELATION,
}


class Grammar:
    """The word lists as patterns and tables."""

    def __init__(self) -> None:
        #: Suffix -> what it may end.
        self.kinds: dict[str, int] = {}
        for section, kind in _SECTIONS.items():
            for word in words("addresses", section):
                self.kinds[word] = self.kinds.get(word, 0) | kind
        for word in words("addresses", "relations"):
            if len(word) > 1 and word[0] in "路街巷村镇":  # 建国路口 names the street, too
                self.kinds[word] |= self.kinds[word[0]] & ~UNIT
        self.suffix = re.compile(_either(self.kinds))
        self.firm = frozenset(words("addresses", "firm"))
        self.stop = re.compile(_either(words("addresses", "stops")))
        self.soft_stop = re.compile(_either(words("addresses", "soft_stops")))
        self.no_roads = frozenset(words("addresses", "no_roads"))
        before = (*words("addresses", "stops"), *words("addresses", "soft_stops"), *words("addresses", "intros"))
        #: Where, going back from a street's suffix, its name begins.
        self.before = re.compile(f"{_either(before)}|[^{HAN}]")
        #: A house number with what it counts.
        self.numbered = re.compile(f"{NUMBER}{{1,8}}?(?:{_either(words('addresses', 'units'))})")
        #: Divisions, and words that introduce an address (None).
        self.names: WordTable[Division | None] = WordTable(
            dict.fromkeys(words("addresses", "intros")) | dict(divisions().items())
        )
        #: By code point: the last character of a street's, village's or place's suffix.
        self.ends = _members(word[-1] for word, kind in self.kinds.items() if kind & STREET)
        #: By code point: what a house number begins with.
        self.numbers = _members(chr(code) for code in range(0x10000) if re.match(NUMBER, chr(code)))


@cache
def grammar() -> Grammar:
    """Return the grammar; read at the first call."""
    return Grammar()


def _either(options: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(options, key=len, reverse=True)))


def _members(chars: Iterable[str]) -> npt.NDArray[np.bool_]:
    table = np.zeros(0x10000, np.bool_)
    table[[ord(char) for char in chars]] = True
    return table
