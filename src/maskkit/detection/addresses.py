"""Street addresses: from the name of a province, prefecture or county down to a room.

Where a division's name stands in a text, the address goes on from suffix to suffix (路, 号, 小区, 室, 对面 …) for as
long as what lies between two of them can belong to an address. A street with a house number counts by itself, too.
The work is bounded for each place where a name stands, so it is linear in the text.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np

from maskkit.detection.address_detail import REACH, Detail, read_detail
from maskkit.detection.address_grammar import HAN, ROAD, SITE, STREET, UNIT, grammar
from maskkit.detection.divisions import Level
from maskkit.detection.prescan import Batch
from maskkit.model import Span

_BACK: Final = 12  # characters of a street's name, at most
_STREET: Final = re.compile("[东西南北中]?[一二三四五六七八九十]{0,2}(?:大道|大街|公路|胡同|路|街|巷)")
_INTRO_END: Final = re.compile("[为是在于：: ]{0,3}")
_PROVINCE: Final = re.compile(f"[{HAN}]{{2}}(?:省|(?:壮族|回族|维吾尔)?自治区)|上海市|北京市|天津市|重庆市")
_ALL_LEVELS: Final = frozenset((Level.PROVINCE, Level.PREFECTURE, Level.COUNTY))


class _Chain(NamedTuple):
    """Divisions one after the other: where they end, and their levels."""

    end: int
    levels: frozenset[Level]


class AddressRecognizer:
    """Finds street addresses: a `Recognizer`."""

    name = "address"
    entities = frozenset(("ADDRESS",))

    def find(self, batch: Batch) -> list[Span]:
        """Return the addresses in the batch, in order; offsets are into `batch.text`."""
        text, codes = batch.text, batch.codes
        if len(codes) < 4:
            return []
        words = grammar()
        names = words.names.candidates(codes)
        low = np.minimum(codes, 0xFFFF)
        streets = np.flatnonzero(words.ends[low[:-1]] & words.numbers[low[1:]]) + 1
        spans: list[Span] = []
        end = 0
        for position, is_name in sorted([(i, True) for i in names.tolist()] + [(i, False) for i in streets.tolist()]):
            if position < end:
                continue
            if is_name:
                found, end = _from_division(text, position)
            else:
                found = _from_street(text, position, end)
                end = found.end if found else end
            if found:
                spans.append(found)
        return spans


def _from_division(text: str, start: int) -> tuple[Span | None, int]:
    """Read an address that begins with a division's name, or after a word such as 住在; and tell where to go on."""
    words = grammar()
    named = words.names.match(text, start)
    if named is None:
        return None, start
    labelled = False
    if named[1] is None:
        colon = _INTRO_END.match(text, named[0])
        start = colon.end() if colon else named[0]
        labelled = start > named[0]
        if words.stop.match(text, start):
            return None, start
    chain = _chain(text, start)
    if not (chain.levels or named[1] is None):
        return None, start
    detail = read_detail(text, start, chain.end)
    if Level.PROVINCE not in chain.levels and _PROVINCE.search(text, start, detail.end):
        return None, start  # the division was a part of a name: 濮阳洁桐河北省…
    if not _believed(chain, detail, labelled=labelled):
        return None, chain.end
    return Span(start, detail.end, "ADDRESS", 0.85 if chain.levels else 0.7, "address"), detail.end


def _from_street(text: str, number: int, after: int) -> Span | None:
    """Read an address that names no division: a street, village or place, and at `number` the house number."""
    words = grammar()
    if not words.numbered.match(text, number):
        return None
    start = max(after, number - _BACK)
    for stop in words.before.finditer(text, start, number - 1):
        start = stop.end()
    if number - start < 2 or text[number - 2 : number] in words.no_roads:
        return None
    detail = read_detail(text, start, start)
    if detail.end <= number or not (detail.kinds & UNIT and detail.kinds & STREET):
        return None
    return Span(start, detail.end, "ADDRESS", 0.7, "address")


def _chain(text: str, start: int) -> _Chain:
    """Read the divisions that stand one after the other at `start`, larger ones first; repeated ones may come again."""
    words = grammar()
    end = start
    levels: set[Level] = set()
    deepest = Level.PROVINCE
    while end - start < REACH:
        at = end + (bool(levels) and text[end : end + 1] in (" ", "-", "－"))
        found = words.names.match(text, at)
        if found is None or found[1] is None:
            break
        level, short = found[1]
        name = text[at : found[0]]
        if short and ((level == Level.COUNTY and levels <= {Level.COUNTY}) or _STREET.match(text, found[0])):
            break
        if level < deepest and name not in text[start:end]:
            break
        deepest = max(deepest, level)
        levels.add(level)
        end = found[0]
    return _Chain(end, frozenset(levels))


def _believed(chain: _Chain, detail: Detail, *, labelled: bool) -> bool:
    """Tell whether this is an address rather than the mention of a place."""
    levels, kinds = chain.levels, detail.kinds
    street = kinds & STREET
    if labelled and street:
        return True
    if levels >= _ALL_LEVELS:
        return True
    if detail.form:
        return bool(kinds) or len(levels) >= 2
    if kinds & UNIT and kinds & (STREET | SITE):
        return True
    if Level.COUNTY in levels and kinds & ROAD:
        return True
    return len(levels) >= 2 and bool(kinds & (STREET | UNIT))
