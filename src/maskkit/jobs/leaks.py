"""The second look: no structured value that was masked may stand in the output, however it is written there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from maskkit import checks, escapes
from maskkit.detection.columns import destroyed_by_excel
from maskkit.detection.folding import CLASS_BYTES, DIGIT, HEX, MAIL, WORD
from maskkit.jobs import streams
from maskkit.jobs.streams import Bytes, Hashes, Offsets, Place, Stream
from maskkit.normalize import are_canonical, canonical, is_canonical

#: Entities whose value has a form that can be searched for; names and addresses have none.
STRUCTURED: Final = frozenset(
    {
        "PHONE_NUMBER",
        "CN_RESIDENT_ID",
        "BANK_CARD",
        "EMAIL_ADDRESS",
        "CN_PASSPORT",
        "CN_TRAVEL_PERMIT",
        "CN_VEHICLE_REGISTRATION",
        "CN_USCC",
        "WECHAT_ID",
        "QQ_NUMBER",
        "IP_ADDRESS",
        "MAC_ADDRESS",
    }
)

#: Shorter values mean too many things.
_SHORTEST: Final = {"phone": 7, "number": 7, "code": 7, "mail": 6, "handle": 6, "IPv4": 7, "IPv6": 3}
_DIGITS_OF_CODE: Final = 4
#: Shorter numbers count only where nothing stands beside them: 2024-01-01 is a day, 1234567.89 an amount.
_SHORT: Final = 10
#: How much of a text is read again with the next one; and how near an edge nothing is told, but by the other text.
_OVERLAP: Final = 2048
_EDGE: Final = 16

#: Entities whose canonical values are digits, as most are, and how those are searched for.
_NUMBERS: Final = {"PHONE_NUMBER": "phone", "WECHAT_ID": "phone", "BANK_CARD": "number"}
_DIGIT: Final = re.compile("[0-9]")
_NO_CODE: Final = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")
_DECIMALS: Final = re.compile(rb"[.](?!0(?![0-9]))[0-9]{1,2}(?![-.0-9])")
_EDGES: Final = streams.members(b".:-+%")
#: What is a word of its own: the characters that it is made of.
_WORDS: Final = {
    "mail": (CLASS_BYTES & MAIL) != 0,
    "handle": (CLASS_BYTES & WORD) != 0,
    "IPv4": ((CLASS_BYTES & DIGIT) != 0) | streams.members(b"."),
    "IPv6": (CLASS_BYTES & HEX) != 0,
}


class LeakCheck:
    """Remembers the structured values that were masked, eight bytes for each, and searches texts for them.

    A number counts where it begins and ends with a group of digits, whatever separates the groups: a phone inside a
    longer order number is not that phone.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[int, list[Hashes]]] = defaultdict(lambda: defaultdict(list))

    def remember(self, entity: str, values: Sequence[str]) -> None:
        """Take note of masked `values`."""
        if entity not in STRUCTURED:
            return
        kinds: dict[str, list[str]] = defaultdict(list)
        different = list(set(values))
        if entity in _NUMBERS and are_canonical(entity, different):
            kinds[_NUMBERS[entity]] = different
        else:
            is_plain = is_canonical(entity)
            for value in different:
                kind, plain = _plain(entity, value if is_plain(value) else canonical(entity, value))
                kinds[kind].append(plain)
        for kind, plains in kinds.items():
            for length, hashes in streams.hashes(plains).items():
                if length >= _SHORTEST[kind]:
                    self._known[kind][length].append(np.unique(hashes))

    def search(self, texts: Iterable[str]) -> int:
        """Return how many different masked values stand in the `texts` of an output, wherever that is cut."""
        known = _Known(
            {
                kind: {length: np.unique(np.concatenate(parts)) for length, parts in by_length.items()}
                for kind, by_length in self._known.items()
            }
        )
        found: set[int] = set()
        for text, first, last in _overlapping(texts):
            found.update(known.within(text, first=first, last=last))
            if escapes.suspected(text) and (plain := escapes.unescape(text)) != text:
                found.update(known.within(plain, first=first, last=last))
        return len(found)


def _plain(entity: str, value: str) -> tuple[str, str]:
    """Return how a canonical value is searched for, and its characters; none where it has no form of its entity."""
    if destroyed_by_excel(value):  # the same for a thousand numbers
        return "code", ""
    if entity == "EMAIL_ADDRESS":
        return "mail", value if "@" in value else ""
    if entity == "IP_ADDRESS":
        return ("IPv6" if ":" in value else "IPv4"), value.partition("%")[0] if checks.ip_ok(value) else ""
    if entity == "WECHAT_ID" and not value.isdecimal():
        return "handle", value
    if entity == "PHONE_NUMBER":
        value = value.partition("-")[0].removeprefix("+")
    code = value if value.isalnum() else _NO_CODE.sub("", value)
    if code.isdecimal():
        return _NUMBERS.get(entity, "number"), code
    return "code", code if len(_DIGIT.findall(code)) >= _DIGITS_OF_CODE else ""


def _overlapping(texts: Iterable[str]) -> Iterator[tuple[str, bool, bool]]:
    """Yield the texts, each with the end of the one before, and whether it is the first and the last."""
    held, first = "", True
    waiting: str | None = None
    for text in texts:
        if waiting is not None:
            yield held + waiting, first, False
            held, first = (held + waiting)[-_OVERLAP:], first and len(held + waiting) <= _OVERLAP
        waiting = text
    yield held + (waiting or ""), first, True


class _Known:
    """The hashes of known values by kind and length, sorted."""

    def __init__(self, hashes: dict[str, dict[int, Hashes]]) -> None:
        self._hashes = hashes

    def within(self, text: str, *, first: bool, last: bool) -> Iterator[int]:
        """Yield the hashes of those that stand in `text`; near an edge only where nothing was or will be beyond it."""
        folded = streams.folded(text)
        least = 0 if first else _EDGE
        most = len(folded) if last else len(folded) - _EDGE
        for kind, length, place in self._candidates(folded):
            known = self._hashes[kind][length]
            at = np.searchsorted(known, place.hashes)
            at[at == len(known)] = 0
            hit = (known[at] == place.hashes) & (place.starts >= least) & (place.ends <= most)
            for k in np.flatnonzero(hit).tolist():
                behind = folded[place.ends[k] : place.ends[k] + 5].tobytes()
                if kind not in ("phone", "number") or not _DECIMALS.match(behind):
                    yield int(place.hashes[k])

    def _candidates(self, folded: Bytes) -> Iterator[tuple[str, int, Place]]:
        phones, others = self._hashes.get("phone", {}), self._hashes.get("number", {})
        if phones or others:
            stream = streams.numbers(folded)
            for length in others:
                yield "number", length, _numbers(stream, length)
            if phones:
                yield from _phones(stream, phones)
        if "code" in self._hashes:
            stream = streams.codes(folded)
            for length in self._hashes["code"]:
                yield "code", length, streams.windows(stream, stream.starts, stream.run_ends, length)
        for kind, member in _WORDS.items():
            if kind in self._hashes:
                for length, place in streams.words(folded, member, _EDGES, self._hashes[kind]):
                    yield kind, length, place


def _numbers(stream: Stream, length: int) -> Place:
    """Return the numbers of `length`; a short one only where it is all of its run, in two groups at most."""
    starts, run_ends = stream.starts, stream.run_ends
    if length < _SHORT and len(starts):
        alone = (np.append(0, run_ends[:-1]) == starts) & (run_ends == starts + length)
        alone[:-2] &= starts[2:] >= run_ends[:-2]
        starts, run_ends = starts[alone], run_ends[alone]
    return streams.windows(stream, starts, run_ends, length)


def _phones(stream: Stream, lengths: Iterable[int]) -> Iterator[tuple[str, int, Place]]:
    """Yield the phones of `lengths`, also behind 86, 0086, 00 and 0 that run into them, and as people dial at home."""
    at_home = _behind(stream, b"0")
    beginnings = [(stream.starts, stream.run_ends), at_home]
    beginnings += [_behind(stream, prefix) for prefix in (b"86", b"0086", b"00")]
    starts, run_ends = (np.concatenate(column) for column in zip(*beginnings, strict=True))
    before = np.concatenate(([0, 0], stream.chars))
    follows_86 = (before[starts] == ord("8")) & (before[starts + 1] == ord("6"))
    for length in lengths:
        if length < _SHORT:
            yield "phone", length, _numbers(stream, length)
            continue
        yield "phone", length, streams.windows(stream, starts, run_ends, length)
        # +86 21 31221234 is 02131221234, and 0912345678 is +886912345678
        yield "phone", length, streams.windows(stream, starts[follows_86], run_ends[follows_86], length - 1, b"0")
        yield "phone", length, streams.windows(stream, *at_home, length - 3, b"886")


def _behind(stream: Stream, prefix: bytes) -> tuple[Offsets, Offsets]:
    """Return the places right behind `prefix` at the starts of a stream, and where their runs end."""
    fit = stream.starts + len(prefix) < stream.run_ends
    starts, run_ends = stream.starts[fit], stream.run_ends[fit]
    same = np.ones(len(starts), np.bool_)
    for k, char in enumerate(prefix):
        same &= stream.chars[starts + k] == char
    return starts[same] + len(prefix), run_ends[same]
