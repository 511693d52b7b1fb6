"""What follows the divisions of an address: streets, numbers, places, to the end of the field."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from maskkit.detection.address_grammar import HAN, NUMBER, RELATION, ROAD, UNIT, grammar
from maskkit.detection.surnames import may_be_name

#: Characters that an address goes on after its divisions, at most.
REACH: Final = 100
_GAP: Final = 12  # characters that belong to one suffix, at most

#: Where a field ends: punctuation, two blanks, a phone or another long number.
_BREAKS: Final = r"。；！？：、…\n\t\r;!?:|<>【】\[\]{}\"“”'*=（）()"
_NUMBERS: Final = (
    r"\s\s|(?:\+?86[- ]?)?1[3-9]\d[- .]?\d{4}[- .]?\d{4}(?!\d)"
    r"|(?<!\d)(?!\d{1,4}1[3-9]\d{9}(?!\d))\d{7,}|0\d{2,3}-\d{7,8}"
)
_FIELD_END: Final = re.compile(f"[,，{_BREAKS}]|{_NUMBERS}")
#: The same in a courier form, where an address may hold commas.
_FORM_END: Final = re.compile(f"[{_BREAKS}]|{_NUMBERS}")
#: A phone, or a phone and a name, right before an address: a courier form.
_FORM: Final = re.compile(rf"\d{{7}}[{HAN}·]{{0,4}}\Z")
_NAME_BEFORE: Final = re.compile(rf"[{HAN}][{HAN}·](?:\d[\d .-]{{6,14}})?\Z")
_PHONE: Final = re.compile(rf"(?:\+?86[- ]?)?1[3-9]\d[- .]?\d{{4}}[- .]?\d{{4}}(?P<name>[{HAN}])?")
_NUMBER_END: Final = re.compile(f"{NUMBER}{{1,12}}\\Z")
_TAIL: Final = re.compile(rf"[之\-－—–]?[0-9A-Za-z０-９\-－—#]{{1,12}}(?![0-9A-Za-z{HAN}])")
_CLOSING: Final = {"(": ")", "（": "）"}
_BESIDE: Final = 30  # characters of a comma's or bracket's addition, at most


class Detail(NamedTuple):
    """Where the address ends, the kinds of its parts, and whether it stands in a courier form."""

    end: int
    kinds: int
    form: bool


def read_detail(text: str, start: int, chain_end: int) -> Detail:
    """Read on from suffix to suffix, from `chain_end` to the end of the field; the address begins at `start`."""
    limit = min(chain_end + REACH, len(text))
    boundary = _FORM_END.search(text, chain_end, limit)
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
    return Detail(end, kinds, form=False)


def _is_form(text: str, start: int, stop: int) -> bool:
    """Tell whether a phone stands right before or after, or before the name in front: 羊卓卫17610348888广西…."""
    return text[stop : stop + 7].isdecimal() or bool(_FORM.search(text, max(0, start - 11), start))


def _form(text: str, start: int, chain_end: int, stop: int) -> Detail:
    """Read an address in a courier form: all of the field but a name at its end."""
    phone = _PHONE.match(text, stop)
    named = _NAME_BEFORE.search(text, max(0, start - 20), start) or (phone and phone["name"])
    if not named:
        stop = _before_name(text, chain_end, stop)
    end, kinds = _suffixes(text, chain_end, stop, soft=False)
    if (kinds and stop - end <= _GAP) or text[end:stop].isascii():
        end = stop
    return Detail(end, kinds, form=True)


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
        text[-1:] in words.firm
        or any(text[-n:] in words.kinds for n in (2, 3))
        or bool(words.numbered.fullmatch(text[-3:]) or words.numbered.fullmatch(text[-2:]))
    )


def _suffixes(text: str, start: int, stop: int, *, soft: bool) -> tuple[int, int]:
    """Return where the last suffix before `stop` ends that belongs to the address, and all kinds on the way."""
    words = grammar()
    end = cursor = start
    kinds = seen = last = 0
    for match in words.suffix.finditer(text, start, stop):
        gap = text[cursor : match.start()]
        if len(gap) > _GAP or words.stop.search(gap):
            break
        if soft and last & UNIT and words.soft_stop.match(gap):
            break
        kind = words.kinds[match[0]]
        if kind & UNIT:
            kind = UNIT if _NUMBER_END.search(gap) else kind & ~UNIT
        if kind & ROAD and text[match.start() - 1 : match.end()] in words.no_roads:
            continue
        if kind & RELATION and not seen and cursor == start and not gap:
            kind &= ~RELATION
        if not kind:
            continue
        if soft and last & UNIT and len(gap + match[0]) <= 2 and not kind & (UNIT | RELATION):
            continue  # 12号开店 is no place called 开店
        follows = text[match.end() : match.end() + 1]
        firm = len(match[0]) > 1 or match[0] in words.firm or kind & UNIT or match.end() == stop
        cursor, last = match.end(), kind
        seen |= kind
        if firm or not follows.isalpha():
            end, kinds = cursor, seen
    return end, kinds


def _continued(text: str, boundary: re.Match[str], end: int) -> int:
    """Return where the address ends that a comma or bracket goes on: 278号,上海印象对面; …大道5号（万达广场旁）."""
    start = boundary.end()
    closing = _CLOSING.get(boundary[0])
    if closing:
        stop = text.find(closing, start, start + _BESIDE)
        inside = text[start:stop]
        if stop < 0 or grammar().stop.search(inside) or _FIELD_END.search(inside):
            return end
        reached, _ = _suffixes(text, start, stop, soft=True)
        return stop + 1 if reached == stop else end
    if boundary[0] not in ",，":
        return end
    after = _FIELD_END.search(text, start, start + _BESIDE)
    stop = after.start() if after else min(len(text), start + _BESIDE)
    reached, kinds = _suffixes(text, start, stop, soft=True)
    words = grammar()
    stopped = words.stop.search(text, start, stop) or words.soft_stop.search(text, start, stop)
    return reached if reached == stop and kinds & ~ROAD and not stopped else end
