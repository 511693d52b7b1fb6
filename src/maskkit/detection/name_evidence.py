"""What speaks for and against a person's name at a place in a run of Han characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from maskkit.detection.address_grammar import grammar
from maskkit.detection.lexicon import words
from maskkit.detection.segmenter import Word, segmenter
from maskkit.detection.surnames import surname_length

#: The weight from which on a place is believed to be a name.
THRESHOLDS: Final = {"balanced": 2.5, "strict": 2.0}

_COMMON: Final = 250  # surnames, frequent ones first, that speak for a name by themselves
_MANY: Final = 100  # surnames that people are called by with 老 or 小 before them
_TITLED: Final = 3.0  # the weight of 王总, 李女士


class Candidate(NamedTuple):
    """A place that may be a name; half-open offsets in the run."""

    start: int
    end: int
    weight: float


class Around(NamedTuple):
    """What stands beside a run: a heading before it; the begin, the end of a field; a phone on either side."""

    heading: bool
    first: bool
    last: bool
    phone: bool


class Evidence:
    """One run, cut into words."""

    def __init__(self, run: str, around: Around) -> None:
        self._run = run
        self._around = around
        self._lists = _lists()
        self._cut: list[Word] = []

    def candidates(self, threshold: float, *, titles: bool) -> list[Candidate]:
        """Return the likeliest places that do not overlap, each at least of weight `threshold`."""
        run = self._run
        starts = [i for i in range(len(run)) if surname_length(run, i) or self._lists.foreign.match(run, i)]
        if not starts:
            return []
        self._cut = list(segmenter().words(run))
        self._begins = [word.start for word in self._cut]
        self._bounds = {0, *(word.end for word in self._cut)}
        self._places = {match.end() for match in grammar().suffix.finditer(run)} if self._around.phone else set()
        found = [self._best(start) for start in starts]
        likely = [candidate for candidate in found if candidate and candidate.weight >= threshold]
        if titles:
            likely += self._titled()
        kept: list[Candidate] = []
        for candidate in sorted(likely, key=lambda c: (-c.weight, c.start)):
            if all(candidate.end <= other.start or other.end <= candidate.start for other in kept):
                kept.append(candidate)
        return kept

    def _best(self, start: int) -> Candidate | None:
        """Return the likeliest name that begins at `start`."""
        run, lists = self._run, self._lists
        if lists.long_title.match(run, start) or (start and lists.long_title.match(run, start - 1)):
            return None
        if run[start : start + 2] in lists.not_names or lists.beside.match(run, start):
            return None
        first = surname_length(run, start)
        ends = {start + first + 1, start + first + 2} if first else set()
        foreign = lists.foreign.match(run, start)
        if foreign and len(foreign[0]) > 3:
            ends.add(foreign.end())
        candidates = [
            Candidate(start, end, self._weight(start, end, first))
            for end in ends
            if end <= len(run) and run[start:end] not in lists.not_names and not lists.title.match(run, start + first)
        ]
        return max(candidates, key=lambda c: (c.weight, c.end), default=None)

    def _weight(self, start: int, end: int, first: int) -> float:
        """Weigh ``run[start:end]`` as a name whose surname has `first` characters."""
        run, around, lists = self._run, self._around, self._lists
        heading = bool(lists.heading.search(run, max(0, start - 6), start)) if start else around.heading
        before = 2.5 if heading else self._before(start, first)
        weight = before + self._after(start, end, led=before >= 0.75)
        if lists.particles.search(run, start + first, end):
            weight -= 1.5
        if len(run) > end and (across := lists.closer.match(run, end - 1)) and across.end() > end:
            weight -= 1.0  # 张三 in 张三住在
        if not heading and run[end - 1] in _PLACE_ENDS:
            weight -= 2.0
        division = grammar().names.match(run, start)
        if division and division[1] is not None and division[0] > start + first:
            weight -= 2.0
        weight += 0.5 * (end in self._bounds) + 0.25 * (start in self._bounds)
        return weight + self._tags(start, end, first, heading=heading)

    def _before(self, start: int, first: int) -> float:
        """Weigh the surname and what stands before it, where that is no heading."""
        run, around, lists = self._run, self._around, self._lists
        weight = lists.surnames.get(run[start : start + first], 0.0)
        if start == 0:
            return weight + (1.0 if around.first or around.phone else 0.5)
        if lists.opener.search(run, max(0, start - 2), start) or start in self._places:
            return weight + 1.0
        return weight

    def _after(self, start: int, end: int, *, led: bool) -> float:
        """Weigh what stands after a name: the end of its field, a phone, an address, a verb.

        The end of a field says less where nothing `led` to the name.
        """
        run, around, lists = self._run, self._around, self._lists
        if end == len(run):
            if around.phone and (start == 0 or start in self._places):
                return 2.0
            return 0.75 + 0.5 * led + 0.5 * (start == 0 and around.first) if around.phone or around.last else 0.0
        division = grammar().names.match(run, end)
        if division and division[1] is not None:
            return 1.25 + 0.5 * (start == 0)
        closer = lists.closer.match(run, end)
        if closer:
            return 1.25 if len(closer[0]) > 1 else 1.0
        return -1.5 if run[end] in _PLACE_ENDS else 0.0

    def _tags(self, start: int, end: int, first: int, *, heading: bool) -> float:
        """Weigh what jieba says of the words that ``run[start:end]`` touches."""
        weight = 0.0
        for word in self._cut[bisect_right(self._begins, start) - 1 :]:
            if word.start >= end:
                break
            if start <= word.start and word.end <= start + first:
                continue
            if word.tag.startswith("nr"):
                weight = max(weight, 1.5 if (word.start, word.end) == (start, end) else 1.0)
            elif word.known and word.end - word.start > 1 and (word.start < start + first or word.end > end):
                proper = word.tag in _PROPER or word.start < start
                weight -= (0.5 if proper else 2.5) if heading else 1.0 if proper and word.end < end else 2.5
        return weight

    def _titled(self) -> Iterator[Candidate]:
        """Yield the surnames in 王总, 李女士, 老张."""
        run, lists = self._run, self._lists
        for start in sorted(self._bounds):
            first = surname_length(run, start)
            title = lists.title.match(run, start + first) if first else None
            if title and lists.surnames.get(run[start : start + first], 0.0) >= 0 and self._stands(start, title.end()):
                yield Candidate(start, start + first, _TITLED)
            elif run[start : start + 1] in lists.nicknames and run[start + 1 : start + 2] in lists.common:
                end = start + 2
                alone = end in self._bounds or lists.closer.match(run, end)
                if alone and run[start:end] not in lists.not_names:
                    yield Candidate(start + 1, end, _TITLED)

    def _stands(self, start: int, end: int) -> bool:
        """Tell whether ``run[start:end]``, a surname and a title, is no word or part of one (律师, 教师, 职工)."""
        words_here = [word for word in self._cut if word.start < end and start < word.end]
        if any(word.start < start or (word.end > end and word.known) for word in words_here):
            return False
        return len(words_here) > 1 or not words_here[0].known or words_here[0].tag.startswith("nr")


#: jieba's tags of words that are names of something.
_PROPER: Final = frozenset(("ns", "nt", "nz"))
#: Characters that places end with, and names hardly.
_PLACE_ENDS: Final = frozenset("省市区县旗州盟路街道巷镇乡村屯庄苑厦号栋幢楼层室")


class _Lists:
    """rules/cn/names.yaml as patterns and sets."""

    def __init__(self) -> None:
        headings, openers, closers = (words("names", key) for key in ("headings", "openers", "closers"))
        titles = words("names", "titles")
        self.heading = re.compile(f"(?:{either(headings)})\\Z")
        self.opener = re.compile(f"(?:{either(openers)})\\Z")
        self.closer = re.compile(either(closers))
        self.title = re.compile(either(titles))
        self.long_title = re.compile(either(_long(titles)))
        #: Words that stand beside names and so are none.
        self.beside = re.compile(either((*_long(headings), *_long(closers))))
        self.particles = re.compile("[的了是在我你他她们这那不也就都还又很吗呢吧啊至被把从与及着过地得]")
        self.foreign = re.compile(f"(?:{either(words('names', 'foreign_parts'))}){{1,3}}")
        self.nicknames = frozenset(words("names", "nicknames"))
        self.not_names = frozenset(words("names", "not_names"))
        single = [surname for surname in words("names", "surnames") if len(surname) == 1]
        self.common = frozenset(single[:_MANY])
        #: How much a surname speaks for a name.
        self.surnames = {
            **dict.fromkeys((*single, *words("names", "rare_surnames")), -0.25),
            **dict.fromkeys((*single[:_COMMON], *words("names", "compound_surnames")), 0.25),
            **dict.fromkeys(words("names", "weak_surnames"), -1.0),
        }


@cache
def _lists() -> _Lists:
    return _Lists()


def either(options: Iterable[str]) -> str:
    """Return a pattern of alternatives, in their order."""
    return "|".join(map(re.escape, options))


def _long(options: Iterable[str]) -> list[str]:
    return [option for option in options if len(option) > 1]


def heading_ends(text: str) -> bool:
    """Tell whether `text` ends with a heading or role such as 姓名 or 借款人."""
    return _lists().heading.search(text) is not None
