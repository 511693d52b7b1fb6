"""Presidio: its analyzer with maskkit's recognisers, its engines with maskkit's operators."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, PatternRecognizer, RecognizerResult
from presidio_analyzer import Pattern as PresidioPattern
from presidio_analyzer.predefined_recognizers import IbanRecognizer
from presidio_anonymizer.entities import InvalidParamError, OperatorConfig

from maskkit import InputError, Keyset, Masker, UsageError
from maskkit.integrations.detectors import policy_detector
from maskkit.integrations.presidio import (
    PresidioRecognizer,
    analyzer_engine,
    anonymizer_engine,
    deanonymize_engine,
)
from maskkit.surrogates import has_mark
from maskkit.tokens import whole

TOKENS = {"DEFAULT": OperatorConfig("maskkit_token")}
MIXED = "客户王建国13800138000，mail a1@qq.com， http://www.example.com/x ，GB33BUKB20201555555555，4111111111111111"


@pytest.fixture(scope="module")
def analyzer() -> AnalyzerEngine:
    return analyzer_engine()


@pytest.fixture
def masker(keyset: Keyset) -> Masker:
    return Masker(keyset=keyset, tenant="agency-a")


def places(results: list[RecognizerResult], text: str) -> list[tuple[str, str]]:
    return [(text[r.start : r.end], r.entity_type) for r in sorted(results, key=lambda r: r.start)]


def notes(shared: Path) -> list[str]:
    lines = (shared / "cases" / "case_notes.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def test_surrogates_and_back(masker: Masker) -> None:
    """Numbers become nobody's numbers, what has none a token, and the engine turns both back."""
    text = "电话138-0013-8000或01062213911，身份证11010119900307352X"
    found = [
        RecognizerResult("PHONE_NUMBER", 2, 15, 1.0),
        RecognizerResult("PHONE_NUMBER", 16, 27, 1.0),
        RecognizerResult("CN_RESIDENT_ID", 31, 49, 1.0),
    ]
    surrogates = {"DEFAULT": OperatorConfig("maskkit_surrogate")}
    done = anonymizer_engine(masker).anonymize(text, found, surrogates)
    phone, landline, number = (done.text[item.start : item.end] for item in sorted(done.items, key=lambda i: i.start))
    assert has_mark("PHONE_NUMBER", phone)
    assert phone[3] == phone[8] == "-"
    assert whole(landline) is not None
    assert has_mark("CN_RESIDENT_ID", number)
    assert deanonymize_engine(masker).deanonymize(done.text, done.items, surrogates).text == text
    changed = done.text.replace(phone, "138-0013-8000")
    with pytest.raises(InputError, match="no surrogate"):
        deanonymize_engine(masker).deanonymize(changed, done.items, surrogates)


def test_surrogates_of_names(masker: Masker) -> None:
    """A name has no surrogate, and nothing is passed through in its place."""
    found = [RecognizerResult("PERSON", 0, 3, 1.0)]
    with pytest.raises(UsageError, match="no surrogates of PERSON"):
        anonymizer_engine(masker).anonymize("王建国", found, {"DEFAULT": OperatorConfig("maskkit_surrogate")})


def test_vaulted_tokens(keyset: Keyset, tmp_path: Path) -> None:
    """Where the policy vaults, so does the operator, of what only Presidio knows too; there are no surrogates then."""
    (tmp_path / "p.yaml").write_text("vault: true\n", encoding="utf-8")
    masker = Masker(tmp_path / "p.yaml", keyset=keyset, vault=tmp_path / "vault.sqlite")
    found = [RecognizerResult("PHONE_NUMBER", 0, 11, 1.0), RecognizerResult("IBAN_CODE", 12, 34, 1.0)]
    text = "13800138000 GB33BUKB20201555555555"
    done = anonymizer_engine(masker).anonymize(text, found, TOKENS)
    assert [token[8] for token in done.text.split()] == ["v", "v"]
    assert deanonymize_engine(masker).deanonymize(done.text, done.items, TOKENS).text == text
    with pytest.raises(UsageError, match="vaults PHONE_NUMBER"):
        masker.surrogates(["13800138000"], "PHONE_NUMBER")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_findings_of_both(analyzer: AnalyzerEngine, language: str) -> None:
    """maskkit's entities and Presidio's generic ones are found in one text; where they overlap, maskkit's stand."""
    assert places(analyzer.analyze(MIXED, language), MIXED) == [
        ("王建国", "PERSON"),
        ("13800138000", "PHONE_NUMBER"),
        ("a1@qq.com", "EMAIL_ADDRESS"),
        ("http://www.example.com/x", "URL"),
        ("GB33BUKB20201555555555", "IBAN_CODE"),
        ("4111111111111111", "BANK_CARD"),
    ]


def test_every_span_of_detect(analyzer: AnalyzerEngine, shared: Path, masker: Masker) -> None:
    """On real notes the batch engine gives every span of maskkit's own detection, and tokens give every text back."""
    texts = notes(shared)
    found = policy_detector("tokens").detect_many(texts)
    results = BatchAnalyzerEngine(analyzer).analyze_iterator(texts, "zh", batch_size=100)
    anonymizer, deanonymizer = anonymizer_engine(masker), deanonymize_engine(masker)
    for text, spans, of_presidio in zip(texts, found, results, strict=True):
        assert {s[:3] for s in spans} <= {(r.start, r.end, r.entity_type) for r in of_presidio}
        done = anonymizer.anonymize(text, of_presidio, dict(TOKENS))
        assert deanonymizer.deanonymize(done.text, done.items, dict(TOKENS)).text == text


def test_only_what_is_asked_for(analyzer: AnalyzerEngine) -> None:
    """With entities only those are found, and a generic finding stands where no finding that was asked for does."""
    assert places(analyzer.analyze(MIXED, "zh", entities=["PHONE_NUMBER"]), MIXED) == [("13800138000", "PHONE_NUMBER")]
    assert places(analyzer.analyze(MIXED, "zh", entities=["CREDIT_CARD"]), MIXED) == [
        ("4111111111111111", "CREDIT_CARD")
    ]


def test_explanations(analyzer: AnalyzerEngine) -> None:
    """A finding says which recogniser and which rule found it, and carries no value."""
    (result,) = analyzer.analyze(MIXED, "zh", entities=["PHONE_NUMBER"], return_decision_process=True)
    assert result.analysis_explanation.recognizer == "Maskkit_PHONE_NUMBER"
    assert result.analysis_explanation.pattern_name == "mobile"
    assert "13800138000" not in str(result.analysis_explanation)
    recognizer = next(r for r in analyzer.get_recognizers("zh") if r.name == "Maskkit_PHONE_NUMBER")
    assert "手机" in recognizer.context


def test_masks_and_defaults(analyzer: AnalyzerEngine, masker: Masker) -> None:
    """maskkit_mask writes display masks; what Presidio alone knows is hidden whole."""
    results = analyzer.analyze(MIXED, "zh")
    done = anonymizer_engine(masker).anonymize(MIXED, results, {"DEFAULT": OperatorConfig("maskkit_mask")})
    assert done.text == "客户王**138****8000，mail a***@qq.com， *** ，***，4111 **** **** 1111"


def test_parameters_are_refused(analyzer: AnalyzerEngine, masker: Masker) -> None:
    """An operator of maskkit takes no parameters: a misspelt one is an error, never passed over."""
    results = analyzer.analyze(MIXED, "zh")
    with pytest.raises(InvalidParamError):
        anonymizer_engine(masker).anonymize(
            MIXED, results, {"DEFAULT": OperatorConfig("maskkit_token", {"tenant": "b"})}
        )


def test_a_token_that_does_not_open(keyset: Keyset, masker: Masker, analyzer: AnalyzerEngine) -> None:
    """A token of another tenant is an error that shows neither value nor token."""
    results = analyzer.analyze(MIXED, "zh")
    done = anonymizer_engine(masker).anonymize(MIXED, results, dict(TOKENS))
    other = deanonymize_engine(Masker(keyset=keyset, tenant="agency-b"))
    with pytest.raises(InputError) as error:
        other.deanonymize(done.text, done.items, dict(TOKENS))
    assert "pn_" not in str(error.value)


def test_a_recogniser_that_fails_is_an_error(analyzer: AnalyzerEngine) -> None:
    """What cannot be read is an error: it is never passed over as a text without findings."""
    wrong: Any = None
    with pytest.raises(Exception, match=r"."):
        analyzer.analyze(wrong, "zh")


def test_a_recogniser_of_presidio_in_maskkit(keyset: Keyset) -> None:
    """A recogniser of Presidio finds for the masker, under the entity it is mapped to."""
    own = PresidioRecognizer(IbanRecognizer(), {"IBAN_CODE": "BANK_CARD"})
    masker = Masker(keyset=keyset, recognizers=[own])
    result = masker.text("账号GB33BUKB20201555555555，电话13800138000")
    assert [s.entity for s in result.spans] == ["BANK_CARD", "PHONE_NUMBER"]
    assert masker.unmask(result.text).text == "账号GB33BUKB20201555555555，电话13800138000"
    within = PatternRecognizer("PART", patterns=[PresidioPattern("part", "0013", 0.5)])
    settled = Masker(keyset=keyset, recognizers=[PresidioRecognizer(within, {"PART": "QQ_NUMBER"})])
    assert [s.entity for s in settled.text("13800138000").spans] == ["PHONE_NUMBER"]


@pytest.mark.parametrize("entities", [{"IBAN_CODE": "IBAN"}, {"IBAN": "BANK_CARD"}])
def test_a_wrong_mapping(entities: dict[str, str]) -> None:
    """An entity that either side does not know is refused."""
    with pytest.raises(UsageError):
        PresidioRecognizer(IbanRecognizer(), entities)
