"""Person names by surnames, jieba's words and tags, and what stands beside a name.

A stop-gap with the shape of its successor: every place where a surname stands is weighed (see `name_evidence`), and
names with middle dots are found by their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from maskkit.detection.lexicon import words
from maskkit.detection.name_evidence import THRESHOLDS, Around, Candidate, Evidence, either, heading_ends
from maskkit.detection.prescan import Batch
from maskkit.detection.surnames import DOTS, HAN
from maskkit.model import Span

_PIECE: Final = 1000  # characters of a run that are cut at once
_LAP: Final = 12  # characters that two pieces of one run share: longer than a name
_PART: Final = 6  # characters of a part of a name with dots, where nothing else bounds it
_MAX_SCORE: Final = 0.8  # below that of an address with a division, inside which names may seem to stand

_RUN: Final = re.compile(f"[{HAN}]{{2,}}")
_DOTTED: Final = re.compile(f"(?P<first>[{HAN}]{{2,12}})(?:[{DOTS}](?P<last>[{HAN}]{{2,12}})){{1,3}}")
_BEFORE: Final = re.compile(f"([{HAN}]{{2,6}})[0-9一二三]?[：: ]{{0,2}}\\Z")
_PHONE_BEFORE: Final = re.compile(r"\d[\d -]{5}\d\Z")
_PHONE_AFTER: Final = re.compile(r"[+(]?\d[\d -]{6}")


class JiebaNames:
    """Finds person names: a `Recognizer`.

    Args:
        profile: ``strict`` also believes less certain names than ``balanced``.
        titles: whether the surname in 王总, 李女士, 老张 counts.
    """

    name = "jieba"
    entities = frozenset(("PERSON",))

    def __init__(self, profile: str = "balanced", titles: bool = True) -> None:
        self._threshold = THRESHOLDS[profile]
        self._titles = titles

    def find(self, batch: Batch) -> list[Span]:
        """Return the names in the batch, in order; offsets are into `batch.text`. Equal runs are read once."""
        text = batch.text
        spans = [Span(start, end, "PERSON", 0.9, self.name) for start, end in _dotted(text)]
        dotted = {i for span in spans for i in range(span.start, span.end)}
        seen: dict[tuple[str, Around], list[Candidate]] = {}
        for start, end in _runs(text):
            run, around = text[start:end], _around(text, start, end)
            found = seen.get((run, around))
            if found is None:
                found = seen[run, around] = Evidence(run, around).candidates(self._threshold, titles=self._titles)
            for candidate in found:
                if start + candidate.start not in dotted and start + candidate.end - 1 not in dotted:
                    score = min(_MAX_SCORE, 0.2 + 0.15 * candidate.weight)
                    spans.append(Span(start + candidate.start, start + candidate.end, "PERSON", score, self.name))
        return sorted(set(spans))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the runs of Han characters; long ones in pieces that overlap by more than a name."""
    for match in _RUN.finditer(text):
        start, end = match.span()
        while end - start > _PIECE:
            yield start, start + _PIECE
            start += _PIECE - _LAP
        yield start, end


def _around(text: str, start: int, end: int) -> Around:
    """Look at what stands before and after a run."""
    before = _BEFORE.search(text, max(0, start - 9), start)
    return Around(
        heading=before is not None and heading_ends(before[1]),
        first=not text[start - 1 : start].isalnum(),
        last=not text[end : end + 1].isalnum(),
        phone=bool(_PHONE_BEFORE.search(text, max(0, start - 7), start) or _PHONE_AFTER.match(text, end)),
    )


@cache
def _bounds() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the words that stand before, and those that stand after a name with dots."""
    closers = [word for word in words("names", "closers") if len(word) > 1 or word in "已称说在"]
    return re.compile(either((*words("names", "headings"), *words("names", "openers")))), re.compile(either(closers))


def _dotted(text: str) -> Iterator[tuple[int, int]]:
    """Yield names with middle dots, without the words that run into them on either side."""
    if not any(dot in text for dot in DOTS):
        return
    before, after = _bounds()
    for match in _DOTTED.finditer(text):
        start, end = match.span()
        first, last = match.end("first"), match.start("last")
        for opener in before.finditer(text, start, first - 2):
            start = opener.end()
        closer = after.search(text, last + 2, end)
        yield max(start, first - _PART), min(end, last + _PART, closer.start() if closer else end)
