"""All recognisers together: overlaps settled, a user's lists applied, tokens and display masks left alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Final, Protocol

import numpy as np

from maskkit import escapes
from maskkit.detection.prescan import Batch
from maskkit.detection.settle import settle
from maskkit.detection.wordlist import WordList
from maskkit.errors import MaskkitError, UsageError
from maskkit.model import ENTITIES, Span

_NAMES: Final = ("model", "jieba", "off")
_NAMES_SAID: Final = re.compile(r"jieba|off|(model)(?::(.+?))?(?:@(0\.\d+))?")


class Recognizer(Protocol):
    """One finder. A user's own only has to look like this."""

    @property
    def name(self) -> str:
        """How reports call it."""

    @property
    def entities(self) -> Collection[str]:
        """The entities that it can find."""

    def find(self, batch: Batch) -> list[Span]:
        """Return the findings in ``batch.text``, offsets into it; none crosses the end of a text, any may overlap."""


class Detector:
    """Runs recognisers over texts.

    Args:
        recognizers: in order; where score and length are equal, the earlier one's finding stays.
        allow: surfaces that are never a finding, such as a product's name.
        deny: surfaces that always are one, as PERSON.
        entities: the only entities to report; None for all.
    """

    def __init__(
        self,
        recognizers: Iterable[Recognizer],
        *,
        allow: Collection[str] = (),
        deny: Collection[str] = (),
        entities: Collection[str] | None = None,
    ) -> None:
        self._entities = None if entities is None else frozenset(entities)
        self._recognizers = tuple(
            r for r in recognizers if self._entities is None or not self._entities.isdisjoint(r.entities)
        )
        self._allow = frozenset(allow)
        self._deny = WordList(deny)

    def extended(self, recognizers: Iterable[Recognizer]) -> Detector:
        """Return a detector that also asks `recognizers`: their findings are settled with all others."""
        more = Detector((*self._recognizers, *recognizers), allow=self._allow, entities=self._entities)
        more._deny = self._deny
        return more

    def detect(self, text: str) -> list[Span]:
        """Return the findings in one text, sorted, none overlapping another."""
        return self.detect_many([text])[0]

    def detect_many(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the findings in each text, offsets into that text, as `detect` does: no text knows of another."""
        found: list[list[Span]] = [[] for _ in texts]
        batch = Batch.of(texts)
        spans = self._find(batch)
        if not spans:
            return found
        starts = batch.starts
        indexes = np.searchsorted(starts, np.fromiter((s[0] for s in spans), np.int64, len(spans)), side="right") - 1
        offsets, ends = starts[indexes].tolist(), (starts[indexes + 1] - 1).tolist()
        for (start, end, entity, score, name), index, offset, last in zip(
            spans, indexes.tolist(), offsets, ends, strict=True
        ):
            if end > last:
                raise MaskkitError(f"recogniser {name}: a finding that crosses the end of its text")
            found[index].append(Span(start - offset, end - offset, entity, score, name))
        return found

    def _find(self, batch: Batch) -> list[Span]:
        """Everything found in the batch, settled; offsets into its joined text."""
        spans = self._found(batch)
        if escaped := self._behind_escapes(batch):
            spans += _outside(escaped, sorted(batch.covered)) if batch.covered else escaped
        spans = settle(spans)
        if self._entities is not None:
            spans = [span for span in spans if span.entity in self._entities]
        return spans

    def _found(self, batch: Batch) -> list[Span]:
        """Everything that the recognisers find and the lists name; offsets into the joined text."""
        spans = list(chain.from_iterable(recognizer.find(batch) for recognizer in self._recognizers))
        spans += (Span(start, end, "PERSON", 1.0, "deny") for start, end in self._deny.find(batch.text))
        if batch.covered:
            spans = _outside(spans, sorted(batch.covered))
        if self._allow:
            spans = [span for span in spans if batch.text[span.start : span.end] not in self._allow]
        return spans

    def _behind_escapes(self, batch: Batch) -> list[Span]:
        """Return what shows once the texts that hold escapes are read; offsets into the joined text as it stands."""
        if not escapes.suspected(batch.text):
            return []
        read = [(at, plain) for at, text in enumerate(batch.texts) if (plain := escapes.locate(text))]
        if not read:
            return []
        part = Batch.of([plain.text for _, plain in read])
        spans = self._found(part)
        lies_in = np.searchsorted(part.starts, [span.start for span in spans], side="right") - 1
        found = []
        for span, n in zip(spans, lies_in.tolist(), strict=True):
            at, plain = read[n]
            offset, shift = int(batch.starts[at]), int(part.starts[n])
            start, end = plain.starts[span.start - shift], plain.ends[span.end - 1 - shift]
            found.append(span._replace(start=offset + start, end=offset + end))
        return found


def _outside(spans: list[Span], covered: list[tuple[int, int]]) -> list[Span]:
    """Return the spans that touch no token and no display mask."""
    starts = np.array([start for start, _ in covered])
    ends = np.maximum.accumulate([end for _, end in covered])
    before = np.searchsorted(starts, [span.end for span in spans], side="left") - 1
    return [span for span, at in zip(spans, before.tolist(), strict=True) if at < 0 or ends[at] <= span.start]


@cache
def build_detector(
    *,
    profile: str = "balanced",
    names: str = "model",
    titles: bool = True,
    allow: frozenset[str] = frozenset(),
    deny: frozenset[str] = frozenset(),
    entities: frozenset[str] | None = None,
) -> Detector:
    """Return the detector of these settings, made once.

    Args:
        profile: ``balanced`` takes what passes its check or stands beside a label; ``strict`` also what is only
            suspect (see `maskkit.detection.compiled.THRESHOLDS`) and less certain names.
        names: which recogniser finds PERSON: ``model``, ``jieba`` or ``off``; ``model:open`` is another model that
            `load_model` knows, ``model:open@0.2`` one that believes names of this likelihood and more.
        titles: whether the surname in 王女士 counts.
        allow: surfaces that are never a finding.
        deny: surfaces that always are one.
        entities: the only entities to report; None for all.

    Raises:
        RuleError: a file below rules/ is wrong.
        UsageError: an entity, profile or recogniser of names that does not exist.
    """
    from maskkit.detection.addresses import AddressRecognizer
    from maskkit.detection.compiled import THRESHOLDS
    from maskkit.detection.patterns import PatternRecognizer
    from maskkit.rules import load_rules

    for entity in entities or ():
        if entity not in ENTITIES:
            raise UsageError(f"{entity} is no entity that detection finds", hint=f"one of {', '.join(ENTITIES)}")
    if profile not in THRESHOLDS:
        raise UsageError(f"no profile {profile}", hint=f"one of {', '.join(THRESHOLDS)}")
    said = _NAMES_SAID.fullmatch(names)
    if said is None:
        raise UsageError(f"no recogniser of names {names}", hint=f"one of {', '.join(_NAMES)}")

    def wanted(*found: str) -> bool:
        return entities is None or not entities.isdisjoint(found)

    recognizers: list[Recognizer] = [PatternRecognizer(load_rules(), profile=profile)]
    if wanted("ADDRESS", "PERSON"):  # an address keeps names from being found inside it
        recognizers.append(AddressRecognizer())
    if said[1] and wanted("PERSON"):
        from maskkit.detection.persons.recognizer import ModelNames

        threshold = float(said[3]) if said[3] else None
        recognizers.append(ModelNames(profile, said[2] or "full", titles=titles, threshold=threshold))
    if names == "jieba" and wanted("PERSON"):
        from maskkit.detection.names import JiebaNames  # loads jieba's dictionary, a second

        recognizers.append(JiebaNames(profile=profile, titles=titles))
    return Detector(recognizers, allow=allow, deny=deny, entities=entities)
