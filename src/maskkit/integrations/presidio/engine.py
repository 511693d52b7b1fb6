"""A ready AnalyzerEngine for Chinese and English text, without a model to download."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import spacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    CryptoRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    UrlRecognizer,
)
from tldextract import TLDExtract

from maskkit.integrations.detectors import policy_detector
from maskkit.integrations.presidio.recognizers import (
    LANGUAGES,
    Findings,
    FoundArtifacts,
    of_findings,
)
from maskkit.integrations.spacy import JiebaTokenizer
from maskkit.policy import Policy, load_policy

_BATCH: Final = 1000


class GivesWay(EntityRecognizer):
    """Mixed into a recogniser of Presidio: where maskkit's findings overlap its own, those stand."""

    findings: Findings

    def analyze(self, text: str, entities: list[str], *arguments: Any, **options: Any) -> list[RecognizerResult]:
        """Return what the recogniser finds beside maskkit's findings of the `entities` that are asked for."""
        results: list[RecognizerResult] = super().analyze(text, entities, *arguments, **options) or []
        if not results:
            return results
        artifacts = next((one for one in (*arguments, *options.values()) if isinstance(one, NlpArtifacts)), None)
        ours = [span for span in self.findings.of(text, artifacts) if span.entity in entities]
        return [r for r in results if not any(span.start < r.end and r.start < span.end for span in ours)]


class OfflineEmailRecognizer(EmailRecognizer):
    """Presidio's, without the list of suffixes that it fetches from the network: the package's own copy serves."""

    _extract = TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool:
        """Tell whether the domain ends in a public suffix."""
        return bool(self._extract(pattern_text).fqdn)


_GENERIC: Final = (
    CreditCardRecognizer,
    CryptoRecognizer,
    OfflineEmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    UrlRecognizer,
)


def analyzer_engine(policy: str | Path | Policy = "tokens", *, profile: str | None = None) -> AnalyzerEngine:
    """Return an AnalyzerEngine for ``zh`` and ``en``: jieba's words, maskkit's recognisers, Presidio's generic ones.

    Args:
        policy: whose profile, recogniser of names and lists count; jieba leaves the words of its lists whole.
        profile: ``balanced`` or ``strict`` instead of the policy's.
    """
    loaded = policy if isinstance(policy, Policy) else load_policy(policy)
    findings = Findings(policy_detector(loaded, profile))
    registry = RecognizerRegistry(supported_languages=list(LANGUAGES))
    for language in LANGUAGES:
        for recognizer in of_findings(findings, language):
            registry.add_recognizer(recognizer)
        for kind in _GENERIC:
            made = type(kind.__name__, (GivesWay, kind), {"findings": findings})
            registry.add_recognizer(made(supported_language=language))
    return AnalyzerEngine(registry, FindingNlpEngine(findings, loaded), supported_languages=list(LANGUAGES))


class FindingNlpEngine(SpacyNlpEngine):
    """spaCy pipelines that only cut words; a batch of texts is searched at once and each text carries its findings."""

    def __init__(self, findings: Findings, policy: Policy) -> None:
        super().__init__(models=[{"lang_code": language, "model_name": "blank"} for language in LANGUAGES])
        self._findings = findings
        chinese = spacy.blank("zh")
        chinese.tokenizer = JiebaTokenizer(chinese.vocab, policy)
        self.nlp: dict[str, Any] = {"zh": chinese, "en": spacy.blank("en")}

    def load(self) -> None:
        """Do nothing: there is no model to load."""

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Cut a text into words and search it."""
        return next(self.process_batch([text], language))[1]

    def process_batch(
        self,
        texts: Iterable[Any],
        language: str,
        batch_size: int = 1,
        n_process: int = 1,
        as_tuples: bool = False,
    ) -> Iterator[Any]:
        """Yield (text, artifacts), with `as_tuples` (text, artifacts, context) of (text, context), as Presidio does."""
        stream = iter(texts)
        while piece := list(islice(stream, max(batch_size, _BATCH))):
            plain = [str(one[0] if as_tuples else one) for one in piece]
            spans = self._findings.detector.detect_many(plain)
            docs = self.nlp[language].pipe(plain, batch_size=_BATCH, n_process=n_process)
            for one, doc, found in zip(piece, docs, spans, strict=True):
                artifacts = FoundArtifacts(
                    entities=[],
                    tokens=doc,
                    tokens_indices=[token.idx for token in doc],
                    lemmas=[token.text for token in doc],
                    nlp_engine=self,
                    language=language,
                )
                artifacts.found = found
                yield (doc.text, artifacts, one[1]) if as_tuples else (doc.text, artifacts)
