"""spaCy: the component in real pipelines, saved and loaded, and a pipeline as a recogniser of maskkit."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from maskkit import Keyset, Masker, UsageError, detect_many
from maskkit.integrations.spacy import SpacyRecognizer

TEXT = "客户王建国电话13800138000，邮箱a1@qq.com"
FOUND = [("王建国", "PERSON"), ("13800138000", "PHONE_NUMBER"), ("a1@qq.com", "EMAIL_ADDRESS")]


def pipeline(**config: object) -> Language:
    nlp = spacy.blank("zh")
    nlp.add_pipe("maskkit_pii", config=config)
    return nlp


def test_entities_and_extensions() -> None:
    """A doc has the findings as entities, with exact offsets in its extension, and each token knows its entity."""
    doc = pipeline()(TEXT)
    assert [(ent.text, ent.label_) for ent in doc.ents] == FOUND
    assert [(TEXT[s.start : s.end], s.entity) for s in doc._.pii] == FOUND
    assert {token._.pii for token in doc if token.text in "王建国"} == {"PERSON"}
    assert {token._.pii for token in doc if token.text in "电话客户"} == {""}


def test_a_span_group() -> None:
    """With annotate: spans the entities stay as they were and a group of that name holds the findings."""
    doc = pipeline(annotate="spans", spans_key="found", entities=["PHONE_NUMBER"])(TEXT)
    assert not doc.ents
    assert [(span.text, span.label_) for span in doc.spans["found"]] == [FOUND[1]]


def test_entities_of_others_stay() -> None:
    """What another component found stays where it overlaps no finding."""
    nlp = spacy.blank("zh")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ROLE", "pattern": "客户"}, {"label": "PART", "pattern": "建国"}])  # type: ignore[attr-defined]  # its own type is Pipe
    nlp.add_pipe("maskkit_pii")
    assert [(ent.text, ent.label_) for ent in nlp(TEXT).ents] == [("客户", "ROLE"), *FOUND]


def test_pipe_finds_what_a_call_finds() -> None:
    """A stream of docs is searched in batches with the same outcome as one doc at a time, in order."""
    texts = [TEXT, "", "无", "电话13900139000" * 3, "x" * 50] * 7
    nlp = pipeline(policy="agency")
    piped = [doc._.pii for doc in nlp.pipe(texts, batch_size=4)]
    assert piped == [nlp(text)._.pii for text in texts]


def test_saved_and_loaded(tmp_path: Path) -> None:
    """A pipeline that was saved is loaded with the component, its settings and the tokenizer."""
    config = {"nlp": {"tokenizer": {"@tokenizers": "maskkit.jieba.v1", "policy": "tokens"}}}
    nlp = spacy.blank("zh", config=config)
    nlp.add_pipe("maskkit_pii", config={"entities": ["PHONE_NUMBER"], "profile": "strict"})
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert [token.text for token in loaded(TEXT)] == [token.text for token in nlp(TEXT)]
    assert [(ent.text, ent.label_) for ent in loaded(TEXT).ents] == [FOUND[1]]


def test_words_of_a_policy_stay_whole(tmp_path: Path) -> None:
    """The tokenizer leaves words that a policy allows or denies in one piece, and only for that policy."""
    (tmp_path / "own.yaml").write_text("extends: tokens\nallow: [贷上花月付]\n", encoding="utf-8")
    config = {"nlp": {"tokenizer": {"@tokenizers": "maskkit.jieba.v1", "policy": str(tmp_path / "own.yaml")}}}
    text = "他用贷上花月付还款"
    assert "贷上花月付" in [token.text for token in spacy.blank("zh", config=config)(text)]
    config["nlp"]["tokenizer"]["policy"] = "tokens"
    assert "贷上花月付" not in [token.text for token in spacy.blank("zh", config=config)(text)]


def test_a_finding_inside_a_token() -> None:
    """A finding that is part of a token gives the whole token; its exact place stands in the extension."""
    nlp = spacy.blank("en")
    nlp.add_pipe("maskkit_pii")
    doc = nlp("call:13800138000/13900139000 now")
    assert [ent.label_ for ent in doc.ents] == ["PHONE_NUMBER"]
    assert [doc.text[s.start : s.end] for s in doc._.pii] == ["13800138000", "13900139000"]


@pytest.mark.parametrize(
    "config", [{"annotate": "tags"}, {"entities": ["PHONE"]}, {"policy": "nosuch"}, {"profile": "x"}]
)
def test_wrong_settings(config: dict[str, object]) -> None:
    """A setting that does not exist is an error when the pipeline is built."""
    with pytest.raises(UsageError):
        pipeline(**config)


def ruler(pattern: str, label: str) -> Language:
    nlp = spacy.blank("zh")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": pattern}])  # type: ignore[attr-defined]  # its own type is Pipe
    return nlp


def test_a_pipeline_as_recogniser(keyset: Keyset) -> None:
    """A pipeline's entities are masked like maskkit's own, settled against them, other labels left out."""
    own = SpacyRecognizer(ruler("铁蛋儿", "PER"), {"PER": "PERSON"})
    masker = Masker(keyset=keyset, recognizers=[own])
    assert not [s for s in detect_many(["找铁蛋儿要钱"])[0] if s.entity == "PERSON"]
    result = masker.text("找铁蛋儿要钱，电话13800138000")
    assert [(s.start, s.end, s.entity) for s in result.spans] == [(1, 4, "PERSON"), (9, 20, "PHONE_NUMBER")]
    assert masker.unmask(result.text).text == "找铁蛋儿要钱，电话13800138000"
    within = Masker(keyset=keyset, recognizers=[SpacyRecognizer(ruler("0013", "PER"), {"PER": "PERSON"})])
    assert [s.entity for s in within.text("电话13800138000").spans] == ["PHONE_NUMBER"]
    other = Masker(keyset=keyset, recognizers=[SpacyRecognizer(ruler("铁蛋儿", "GPE"), {"PER": "PERSON"})])
    assert not [s for s in other.text("找铁蛋儿要钱").spans if s.recognizer == "spacy"]


def test_a_label_of_no_entity() -> None:
    """A label that is mapped to what is no entity is refused."""
    with pytest.raises(UsageError):
        SpacyRecognizer(spacy.blank("zh"), {"PER": "NAME"})


def test_docs_without_text() -> None:
    """An empty doc has no findings."""
    assert pipeline()(Doc(spacy.blank("zh").vocab))._.pii == ()
