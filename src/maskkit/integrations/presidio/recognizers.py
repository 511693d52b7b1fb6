"""Each entity of maskkit as a recogniser of Presidio. All of them read one settled detection of the text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from maskkit.detection.detector import Detector
from maskkit.model import ENTITIES, Span
from maskkit.rules import load_rules

LANGUAGES: Final = ("zh", "en")


class Findings:
    """What maskkit finds in a text: searched for once, however many recognisers ask."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self._last: tuple[str, Sequence[Span]] = ("", ())

    def of(self, text: str, artifacts: NlpArtifacts | None) -> Sequence[Span]:
        """Return the findings in `text`: those that its artifacts carry, else those of one detection of it."""
        if isinstance(artifacts, FoundArtifacts):
            return artifacts.found
        last, found = self._last  # one read and one write: threads see a text with its own findings
        if last != text:
            found = self.detector.detect(text)
            self._last = (text, found)
        return found


class FoundArtifacts(NlpArtifacts):
    """Presidio's artifacts of a text, with maskkit's findings in it."""

    found: Sequence[Span] = ()


class MaskkitRecognizer(EntityRecognizer):
    """One entity of maskkit. Scores count labels beside a value already, so Presidio's context adds nothing to them."""

    def __init__(self, entity: str, findings: Findings, language: str) -> None:
        super().__init__(
            [entity], name=f"Maskkit_{entity}", supported_language=language, context=list(_context(entity))
        )
        self._findings = findings

    def load(self) -> None:
        """Do nothing: maskkit loads what it needs when it first searches."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return the findings of its entity in `text`."""
        entity = self.supported_entities[0]
        if entities and entity not in entities:
            return []
        return [self._result(span) for span in self._findings.of(text, nlp_artifacts) if span.entity == entity]

    def _result(self, span: Span) -> RecognizerResult:
        return RecognizerResult(
            entity_type=span.entity,
            start=span.start,
            end=span.end,
            score=span.score,
            analysis_explanation=AnalysisExplanation(
                recognizer=self.name,
                original_score=span.score,
                pattern_name=span.recognizer,
                textual_explanation=f"found by maskkit's {span.recognizer}",
            ),
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                RecognizerResult.IS_SCORE_ENHANCED_BY_CONTEXT_KEY: True,
            },
        )


def recognizers(detector: Detector, *, language: str = "zh") -> list[EntityRecognizer]:
    """Return a recogniser for each entity, for the registry of an AnalyzerEngine of one's own."""
    return of_findings(Findings(detector), language)


def of_findings(findings: Findings, language: str) -> list[EntityRecognizer]:
    """Return a recogniser for each entity, all of which share `findings`."""
    return [MaskkitRecognizer(entity, findings, language) for entity in ENTITIES]


@cache
def _context(entity: str) -> tuple[str, ...]:
    """Return the words that stand beside values of an entity."""
    rules = load_rules()
    kinds = {kind for rule in rules.rules if rule.entity == entity for kind in rule.context}
    return tuple(word for word, kind in rules.labels.items() if kind in kinds)
