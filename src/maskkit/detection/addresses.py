"""Street addresses: from the name of a province, prefecture or county down to a room.

Where a division's name stands in a text, the address goes on from suffix to suffix (路, 号, 小区, 室, 对面 …) for as
long as what lies between two of them can belong to an address. A street with a house number counts by itself, too.
The work is bounded for each place where a name stands, so it is linear in the text.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np

from maskkit.detection.address_grammar import HAN, NUMBER, Kind, grammar
from maskkit.detection.divisions import MUNICIPALITIES, Level
from maskkit.detection.prescan import Batch
from maskkit.detection.surnames import may_be_name
from maskkit.model import Span

_REACH: Final = 100  # characters that an address goes on after its divisions, at most
_GAP: Final = 12  # characters that belong to one suffix, at most
_BACK: Final = 12  # characters of a street's name, at most

#: Where a field ends: punctuation, two blanks, a phone or another long number.
_FIELD_END: Final = re.compile(
    r"[，。；！？：、…\n\t\r,;!?:|<>【】\[\]{}\"“”'*=（）()]|\s\s"
    r"|(?:\+?86[- ]?)?1[3-9]\d[- .]?\d{4}[- .]?\d{4}(?!\d)"
    r"|(?<!\d)(?!\d{1,4}1[3-9]\d{9}(?!\d))\d{7,}|0\d{2,3}-\d{7,8}"
)
#: A phone, or a phone and a name, right before an address: a courier form.
_FORM: Final = re.compile(rf"\d{{7}}[{HAN}·]{{0,4}}\Z")
_NUMBER_END: Final = re.compile(f"{NUMBER}{{1,12}}\\Z")
_NUMBER_PREFIXES: Final = ("", "附", "之", "第", "负", "地下", "近", "新", "老", "旧")
_TAIL: Final = re.compile(rf"[之\-－—–]?[0-9A-Za-z０-９\-－—#]{{1,8}}(?![0-9A-Za-z{HAN}])")
_STREET: Final = re.compile("[东西南北中]?[一二三四五六七八九十]{0,2}(?:大道|大街|公路|胡同|路|街|巷)")
_INTRO_END: Final = re.compile("[为是在于：: ]{0,3}")
_NAME_BEFORE: Final = re.compile(rf"[{HAN}][{HAN}·](?:\d[\d .-]{{6,14}})?\Z")
_HAN: Final = re.compile(f"[{HAN}]")
_PHONE: Final = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- .]?\d{4}[- .]?\d{4}")
_PROVINCE: Final = re.compile(f"[{HAN}]{{2}}(?:省|(?:壮族|回族|维吾尔)?自治区)|上海市|北京市|天津市|重庆市")

_ALL_LEVELS: Final = frozenset((Level.PROVINCE, Level.PREFECTURE, Level.COUNTY))


class _Chain(NamedTuple):
    """Divisions one after the other: where they end, and their levels."""

    end: int
    levels: frozenset[Level]


class _Detail(NamedTuple):
    """What follows: where it ends, the kinds of its parts, and whether it stands in a courier form."""

    end: int
    kinds: Kind
    form: bool


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
        for position, is_name in sorted(
            [*((int(i), True) for i in names), *((int(i), False) for i in streets)],
        ):
            if position < end:
                continue
            found = _from_division(text, position) if is_name else _from_street(text, position, end)
            if found is not None:
                spans.append(found)
                end = found.end
        return spans


def _from_division(text: str, start: int) -> Span | None:
    """Read an address that begins with a division's name, or after a word such as 住在."""
    named = grammar().names.match(text, start)
    if named is None:
        return None
    intro = named[1] is None
    if intro:
        gap = _INTRO_END.match(text, named[0])
        start = gap.end() if gap else named[0]
    chain = _chain(text, start)
    if not (chain.levels or intro):
        return None
    detail = _detail(text, start, chain.end)
    if Level.PROVINCE not in chain.levels and _PROVINCE.search(text, start, detail.end):
        return None  # the division was a part of a name: 濮阳洁桐河北省…
    if not _believed(chain, detail, intro=intro):
        return None
    return Span(start, detail.end, "ADDRESS", 0.85 if chain.levels else 0.7, "address")


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
    detail = _detail(text, start, start)
    kinds = detail.kinds
    if detail.end <= number or Kind.UNIT not in kinds or not kinds & (Kind.ROAD | Kind.VILLAGE | Kind.PLACE):
        return None
    return Span(start, detail.end, "ADDRESS", 0.7, "address")


def _chain(text: str, start: int) -> _Chain:
    """Read the divisions that stand one after the other at `start`, larger ones first; repeated ones may come again."""
    words = grammar()
    end = start
    levels: set[Level] = set()
    deepest = Level.PROVINCE
    while end - start < _REACH:
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
        if name in MUNICIPALITIES:
            levels.add(Level.PREFECTURE)
        end = found[0]
    return _Chain(end, frozenset(levels))


def _detail(text: str, start: int, chain_end: int) -> _Detail:
    """Read on from suffix to suffix, from `chain_end` to the end of the field."""
    limit = min(chain_end + _REACH, len(text))
    boundary = _FIELD_END.search(text, chain_end, limit)
    while boundary and boundary[0] in ",，":
        boundary = _FIELD_END.search(text, boundary.end(), limit)
    stop = boundary.start() if boundary else limit
    if _is_form(text, start, stop) and not grammar().stop.search(text, chain_end, stop):
        return _form(text, start, chain_end, stop)
    boundary = _FIELD_END.search(text, chain_end, limit)
    stop = boundary.start() if boundary else limit
    end, kinds = _suffixes(text, chain_end, stop, soft=True)
    tail = _TAIL.match(text, end, stop) if kinds else None
    if tail:
        end = tail.end()
    if end == stop and kinds and boundary:
        end = _continued(text, boundary, end)
    return _Detail(end, kinds, form=False)


def _is_form(text: str, start: int, stop: int) -> bool:
    """Tell whether a phone stands right before or after, or before the name in front: 羊卓卫17610348888广西…."""
    return text[stop : stop + 7].isdecimal() or bool(_FORM.search(text, max(0, start - 11), start))


def _form(text: str, start: int, chain_end: int, stop: int) -> _Detail:
    """Read an address in a courier form: all of the field but a name at its end."""
    phone = _PHONE.match(text, stop)
    after = text[phone.end() : phone.end() + 1] if phone else ""
    if not (_NAME_BEFORE.search(text, max(0, start - 20), start) or _HAN.match(after)):
        stop = _before_name(text, chain_end, stop)
    end, kinds = _suffixes(text, chain_end, stop, soft=False)
    if (kinds and stop - end <= _GAP) or text[end:stop].isascii():
        end = stop
    return _Detail(end, kinds, form=True)


def _before_name(text: str, start: int, stop: int) -> int:
    """Return where the address ends before the name that ends at `stop`; `stop` where none does."""

    def weight(at: int) -> int:
        """Tell how well the address ends at `at`."""
        begins_suffix = at < stop and grammar().suffix.match(text, at) is not None
        if text[at - 1].isascii() and text[at - 1].isalnum():
            return 4 - 2 * begins_suffix
        last = _suffixes(text, start, at, soft=False)
        if last[0] != at:
            return 0
        return (3 if _ends_firmly(text[start:at]) else 2) - begins_suffix

    names = [stop - n for n in (4, 3, 2) if stop - n > start and may_be_name(text[stop - n : stop])]
    return max([*names, stop], key=lambda at: (weight(at), at < stop))


def _ends_firmly(text: str) -> bool:
    words = grammar()
    return (
        text[-1] in words.firm
        or any(text[-n:] in words.kinds for n in (2, 3))
        or bool(words.numbered.fullmatch(text[-3:]) or words.numbered.fullmatch(text[-2:]))
    )


def _suffixes(text: str, start: int, stop: int, *, soft: bool) -> tuple[int, Kind]:
    """Return where the last suffix before `stop` ends that belongs to the address, and all kinds on the way."""
    words = grammar()
    end = cursor = start
    kinds = seen = last = Kind(0)
    for match in words.suffix.finditer(text, start, stop):
        gap = text[cursor : match.start()]
        if len(gap) > _GAP or words.stop.search(gap):
            break
        if soft and last & Kind.UNIT and words.soft_stop.match(gap):
            break
        kind = words.kinds[match[0]]
        if Kind.UNIT in kind:
            number = _NUMBER_END.search(gap)
            if number and (gap[: number.start()] in _NUMBER_PREFIXES or cursor == start or not last & Kind.UNIT):
                kind = Kind.UNIT
            else:
                kind &= ~Kind.UNIT
        if Kind.ROAD in kind and text[match.start() - 1 : match.end()] in words.no_roads:
            continue
        if Kind.RELATION in kind and not seen and cursor == start and not gap:
            kind &= ~Kind.RELATION
        if not kind:
            continue
        follows = text[match.end() : match.end() + 1]
        firm = len(match[0]) > 1 or match[0] in words.firm or Kind.UNIT in kind or match.end() == stop
        cursor, last = match.end(), kind
        seen |= kind
        if firm or follows.isdecimal():
            end, kinds = cursor, seen
    return end, kinds


def _continued(text: str, boundary: re.Match[str], end: int) -> int:
    """Return where the address ends that a comma or bracket goes on: 278号,上海印象对面; …大道5号（万达广场旁）."""
    start = boundary.end()
    closing = {"(": ")", "（": "）"}.get(boundary[0])
    if closing:
        stop = text.find(closing, start, start + 30)
        inside = text[start:stop]
        if stop < 0 or grammar().stop.search(inside) or _FIELD_END.search(inside):
            return end
        reached, _ = _suffixes(text, start, stop, soft=True)
        return stop + 1 if reached == stop else end
    if boundary[0] not in ",，":
        return end
    after = _FIELD_END.search(text, start, start + 30)
    stop = after.start() if after else min(len(text), start + 30)
    reached, kinds = _suffixes(text, start, stop, soft=True)
    return reached if reached == stop and kinds & ~Kind.ROAD else end


def _believed(chain: _Chain, detail: _Detail, *, intro: bool) -> bool:
    """Tell whether this is an address rather than the mention of a place."""
    levels, kinds = chain.levels, detail.kinds
    street = kinds & (Kind.ROAD | Kind.VILLAGE | Kind.PLACE)
    if intro:
        return bool(street) or Kind.UNIT in kinds
    if levels >= _ALL_LEVELS:
        return True
    if detail.form:
        return bool(kinds) or len(levels) >= 2
    if Kind.UNIT in kinds and (street or Kind.SITE in kinds):
        return True
    if Level.COUNTY in levels and Kind.ROAD in kinds:
        return True
    return len(levels) >= 2 and bool(street or Kind.UNIT in kinds)
