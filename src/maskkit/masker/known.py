"""Known values: what a typed column or field holds is looked for in the texts of the same row or record.

A name model may miss 王建国 in a remark; once the row's own name column says 王建国, it is certain.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from maskkit.model import Span

#: Entities whose value is searched. An age or a birth year is too short to mean one person.
SEARCHED: Final = frozenset(
    {
        "PERSON",
        "PHONE_NUMBER",
        "CN_RESIDENT_ID",
        "BANK_CARD",
        "ADDRESS",
        "EMAIL_ADDRESS",
        "CN_PASSPORT",
        "CN_TRAVEL_PERMIT",
        "CN_VEHICLE_REGISTRATION",
        "CN_USCC",
        "WECHAT_ID",
        "QQ_NUMBER",
    }
)

_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_MIN_LATIN: Final = 4
_RECOGNIZER: Final = "known_value"


class KnownValues:
    """Values that are looked for in many texts, told apart by their first two characters.

    However many there are, a text costs no more than its own pairs of characters.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        """Take (entity, value) pairs; those that are too short to mean one person are left out."""
        self._by_head: dict[str, dict[tuple[str, str], None]] = {}
        for pair in pairs:
            if searchable(pair[1]):
                self._by_head.setdefault(pair[1][:2], {})[pair] = None

    def within(self, text: str) -> list[tuple[str, str]]:
        """Return the pairs whose value stands in `text`."""
        heads = dict.fromkeys(map(str.__add__, text, text[1:])) if self._by_head else ()
        return [pair for head in heads for pair in self._by_head.get(head, ()) if pair[1] in text]


class KnownInRecords:
    """What the typed fields of each record hold; record 0 is what stands around them all."""

    def __init__(self, known: Mapping[int, Sequence[tuple[str, str]]]) -> None:
        """Take (entity, value) pairs by record."""
        self._own = {record: KnownValues(pairs) for record, pairs in known.items()}
        self._around = self._own.pop(0, KnownValues())
        self._all = KnownValues(chain.from_iterable(known.values()))

    def within(self, text: str, record: int) -> list[tuple[str, str]]:
        """Return what stands in a text of `record`: of its own and what is around; around them, of everything."""
        if record == 0:
            return self._all.within(text)
        own = self._own.get(record)
        return (own.within(text) if own else []) + self._around.within(text)


def searchable(value: str) -> bool:
    """Tell whether `value` is long enough to be looked for: two characters with Han, else four."""
    return len(value) >= (2 if _HAN.search(value) else _MIN_LATIN)


def occurrences(value: str, text: str) -> Iterable[tuple[int, int]]:
    """Yield where `value` stands in `text`: digits not inside longer digits, Latin only as whole words."""
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        if not (_joins(text[start - 1 : start], value[0]) or _joins(value[-1], text[end : end + 1])):
            yield start, end
        start = text.find(value, end)


def _joins(left: str, right: str) -> bool:
    """Tell whether two neighbouring characters belong to one number or one Latin word."""
    if not left or not right:
        return False
    if left.isdigit() and right.isdigit():
        return True
    return left.isascii() and right.isascii() and left.isalpha() and right.isalpha()


def add_known(text: str, spans: Sequence[Span], known: Iterable[tuple[str, str]]) -> list[Span]:
    """Return `spans` of `text` with every occurrence of the `known` (entity, value) pairs among them.

    A known value wins over a finding that it contains or cuts (what a cut finding has left stays hidden);
    a finding of another entity that contains it stands.
    """
    result = sorted(spans)
    for entity, value in known:
        places = list(occurrences(value, text))
        if places:
            result = _merged(result, entity, places)
    return result


def _merged(spans: Sequence[Span], entity: str, places: Iterable[tuple[int, int]]) -> list[Span]:
    """Return sorted, disjoint `spans` and those `places` of a known value that stand among them, in one pass."""
    rest = deque(spans)
    result: list[Span] = []
    for start, end in places:
        while rest and rest[0].end <= start:
            result.append(rest.popleft())
        inside: list[Span] = []
        while rest and rest[0].start < end:
            inside.append(rest.popleft())
        if any(
            s.start <= start and end <= s.end and (s[:2] == (start, end) or not _name_in_name(s, entity))
            for s in inside
        ):
            rest.extendleft(reversed(inside))
            continue
        result += [span._replace(end=start) for span in inside if span.start < start]
        result.append(Span(start, end, entity, 1.0, _RECOGNIZER))
        rest.extendleft(
            span._replace(start=end) for span in inside if end < span.end and not _name_in_name(span, entity)
        )
    return [*result, *rest]


def _name_in_name(span: Span, entity: str) -> bool:
    """Tell whether a known name stands in a longer found one (王建国称): there the known one has the better end."""
    return span.entity == entity == "PERSON" and span.recognizer != _RECOGNIZER
