"""Person names by surnames, jieba's words and tags, and what stands beside a name.

A stop-gap with the shape of its successor: every place where a surname stands is weighed by what speaks for a name
there (a heading or role before it, a verb after it, jieba's tag, the ends of the run) and against (a dictionary word).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from maskkit.detection.address_grammar import grammar
from maskkit.detection.lexicon import words
from maskkit.detection.prescan import Batch
from maskkit.detection.segmenter import Word, segmenter
from maskkit.detection.surnames import DOTS, HAN, surname_length
from maskkit.model import Span

_THRESHOLDS: Final = {"balanced": 2.5, "strict": 2.0}
_PIECE: Final = 1000  # characters of a run that are cut at once
_LAP: Final = 12  # characters that two pieces of one run share: longer than a name

_MAX_SCORE: Final = 0.8  # below that of an address with a division, which names may seem to stand in
_COMMON: Final = 250  # surnames, frequent ones first, that speak for a name by themselves
_PART: Final = 6  # characters of a part of a name with dots, where nothing else bounds it

_RUN: Final = re.compile(f"[{HAN}]{{2,}}")
_DOTTED: Final = re.compile(f"(?P<first>[{HAN}]{{2,12}})(?:[{DOTS}](?P<last>[{HAN}]{{2,12}})){{1,3}}")
_BEFORE: Final = re.compile(f"([{HAN}0-9]{{2,6}})[：: ]{{0,2}}\\Z")
_NUMBER_AFTER: Final = re.compile(r"[+(]?\d[\d -]{6}")
_NUMBER_BEFORE: Final = re.compile(r"\d[\d -]{5}\d\Z")


class _Found(NamedTuple):
    start: int
    end: int
    weight: float


class _Around(NamedTuple):
    """What stands beside a run: a heading, a field's begin; a number, a field's end."""

    heading: bool
    first: bool
    number: bool
    last: bool


class JiebaNames:
    """Finds person names: a `Recognizer`. `titles` also finds the surname in 王总, 李女士, 老张."""

    name = "jieba"
    entities = frozenset(("PERSON",))

    def __init__(self, profile: str = "balanced", titles: bool = True) -> None:
        self._threshold = _THRESHOLDS[profile]
        self._titles = titles

    def find(self, batch: Batch) -> list[Span]:
        """Return the names in the batch, in order; offsets are into `batch.text`. Equal runs are read once."""
        text = batch.text
        spans: list[Span] = []
        taken = 0
        for start, end in _dotted(text):
            spans.append(Span(start, end, "PERSON", 0.9, self.name))
        dotted = [(span.start, span.end) for span in spans]
        seen: dict[tuple[str, _Around], list[_Found]] = {}
        for start, end in _runs(text):
            while taken < len(dotted) and dotted[taken][1] <= start:
                taken += 1
            if taken < len(dotted) and dotted[taken][0] < end:
                continue
            run = text[start:end]
            key = (run, _around(text, start, end))
            if key not in seen:
                seen[key] = self._names(*key)
            spans += [
                Span(
                    start + found.start,
                    start + found.end,
                    "PERSON",
                    min(_MAX_SCORE, 0.2 + 0.15 * found.weight),
                    self.name,
                )
                for found in seen[key]
            ]
        return sorted(set(spans))

    def _names(self, run: str, around: _Around) -> list[_Found]:
        """Weigh every place of a run and keep the best that do not overlap."""
        lists = _lists()
        starts = [i for i in range(len(run)) if surname_length(run, i) or lists.foreign.match(run, i)]
        if not starts:
            return []
        cut = list(segmenter().words(run))
        weigher = _Weigher(run, around, cut)
        found = [best for i in starts if (best := weigher.best(i)) and best.weight >= self._threshold]
        if self._titles:
            found += weigher.titled()
        kept: list[_Found] = []
        for candidate in sorted(found, key=lambda f: (-f.weight, f.start)):
            if all(candidate.end <= other.start or other.end <= candidate.start for other in kept):
                kept.append(candidate)
        return kept


class _Lists:
    """rules/cn/names.yaml as patterns and sets."""

    def __init__(self) -> None:
        self.heading = re.compile(f"(?:{_either('headings')})\\Z")
        self.opener = re.compile(f"(?:{_either('openers')})\\Z")
        self.before = re.compile(f"{_either('headings')}|{_either('openers')}")
        self.closer = re.compile(_either("closers"))
        self.long_closer = re.compile("|".join(w for w in words("names", "closers") if len(w) > 1 or w in "已称说在"))
        self.particles = re.compile("[的了是在我你他她们这那不也就都还又很吗呢吧啊至被把从与及着过地得]")
        common, rare = words("names", "surnames")[:_COMMON], words("names", "rare_surnames")
        self.weights = dict.fromkeys(common, 0.25) | dict.fromkeys(words("names", "compound_surnames"), 0.25)
        self.weights |= dict.fromkeys(rare, -0.25) | dict.fromkeys(words("names", "weak_surnames"), -1.0)
        self.long_title = re.compile("|".join(w for w in words("names", "titles") if len(w) > 1))
        self.title = re.compile(_either("titles"))
        self.foreign = re.compile(f"(?:{_either('foreign_parts')}){{1,3}}")
        self.nicknames = frozenset(words("names", "nicknames"))
        self.not_names = frozenset(words("names", "not_names"))


@cache
def _lists() -> _Lists:
    return _Lists()


def _either(key: str) -> str:
    return "|".join(map(re.escape, words("names", key)))


class _Weigher:
    """One run with its words."""

    def __init__(self, run: str, around: _Around, cut: list[Word]) -> None:
        self.run = run
        self.around = around
        self.bounds = {0, len(run)} | {word.end for word in cut}
        self.cut = cut
        self.by_start = {word.start: word for word in cut}

    def best(self, start: int) -> _Found | None:
        """Return the likeliest name that begins at `start`."""
        run, lists = self.run, _lists()
        if lists.long_title.match(run, start):
            return None
        first = surname_length(run, start)
        ends = {start + first + 1, start + first + 2} if first else set()
        foreign = lists.foreign.match(run, start)
        if foreign and len(foreign[0]) > 3:
            ends.add(foreign.end())
        found = [
            _Found(start, end, self.weight(start, end, first))
            for end in ends
            if end <= len(run) and run[start:end] not in lists.not_names and not lists.title.match(run, start + first)
        ]
        return max(found, key=lambda f: (f.weight, f.end), default=None)

    def weight(self, start: int, end: int, first: int) -> float:
        """Weigh `run[start:end]` as a name."""
        run, around, lists = self.run, self.around, _lists()
        heading = around.heading if start == 0 else bool(lists.heading.search(run, max(0, start - 6), start))
        whole = start == 0 and (around.first or around.number)
        total = 2.5 if heading else lists.weights.get(run[start : start + first], 0.0)
        if not heading:
            if start == 0:
                total += 1.0 if whole else 0.5
            elif lists.opener.search(run, max(0, start - 2), start) or (
                around.number and end == len(run) and run[start - 1] in grammar().last
            ):
                total += 1.0
            place = grammar().names.match(run, start)
            if (place and place[1] is not None and place[0] >= end) or run[end - 1] in grammar().last:
                total -= 2.0
        division = grammar().names.match(run, end)
        if (end == len(run) and (around.last or around.number)) or (division and division[1] is not None):
            total += 1.25 + 0.5 * whole
        elif closer := lists.closer.match(run, end):
            total += 1.25 if len(closer[0]) > 1 else 1.0
        elif run[end : end + 1] in grammar().last:
            total -= 1.5
        if lists.particles.search(run, start + first, end):
            total -= 1.5
        total += 0.5 * (end in self.bounds) + 0.25 * (start in self.bounds)
        return total + self._tags(start, end, first, heading=heading)

    def _tags(self, start: int, end: int, first: int, *, heading: bool) -> float:
        """Weigh what jieba says of the words that `run[start:end]` touches."""
        total = 0.0
        for word in self.cut:
            if word.end <= start or word.start >= end or (start <= word.start and word.end <= start + first):
                continue
            if word.tag.startswith("nr"):
                total = max(total, 1.5 if (word.start, word.end) == (start, end) else 1.0)
            elif word.known and word.end - word.start > 1:
                total -= 0.5 if word.tag == "ns" and heading else 2.0 if word.start <= start else 1.0
        return total

    def titled(self) -> Iterator[_Found]:
        """Yield the surnames in 王总, 李女士, 老张."""
        run, lists = self.run, _lists()
        for start in sorted(self.bounds):
            first = surname_length(run, start)
            title = lists.title.match(run, start + first) if first else None
            if title and (title.end() in self.bounds or len(title[0]) > 1):
                yield _Found(start, start + first, 3.0)
            elif run[start : start + 1] in lists.nicknames and surname_length(run, start + 1):
                word = self.by_start.get(start)
                end = start + 2
                if end in self.bounds and word and (word.tag.startswith("nr") or not word.known):
                    yield _Found(start + 1, end, 2.5)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the runs of Han characters; long ones in pieces that overlap by more than a name."""
    for match in _RUN.finditer(text):
        start, end = match.span()
        while end - start > _PIECE:
            yield start, start + _PIECE
            start += _PIECE - _LAP
        yield start, end


def _around(text: str, start: int, end: int) -> _Around:
    """Look at what stands before and after a run."""
    before = _BEFORE.search(text, max(0, start - 9), start)
    previous = text[start - 1] if start else "\n"
    following = text[end] if end < len(text) else "\n"
    return _Around(
        heading=bool(before and _lists().heading.search(before[1].rstrip("0123456789"))),
        first=not previous.isalnum(),
        number=bool(_NUMBER_BEFORE.search(text, max(0, start - 7), start) or _NUMBER_AFTER.match(text, end)),
        last=not following.isalnum(),
    )


def _dotted(text: str) -> Iterator[tuple[int, int]]:
    """Yield names with middle dots, without the words that run into them on either side."""
    if not any(dot in text for dot in DOTS):
        return
    lists = _lists()
    for match in _DOTTED.finditer(text):
        start, end = match.span()
        first, last = match.span("first")[1], match.start("last")
        for before in lists.before.finditer(text, start, first - 2):
            start = before.end()
        after = lists.long_closer.search(text, last + 2, end)
        yield max(start, first - _PART), min(end, last + _PART, after.start() if after else end)
