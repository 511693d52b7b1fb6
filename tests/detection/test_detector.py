"""Recognisers together: overlaps, lists, tokens and masks left alone, many texts as one by one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskkit import masks
from maskkit.detection import detect, detect_many
from maskkit.detection.detector import Detector, build_detector
from maskkit.detection.patterns import PatternRecognizer
from maskkit.detection.prescan import Batch
from maskkit.detection.settle import settle
from maskkit.errors import MaskkitError, UsageError
from maskkit.model import Span
from maskkit.normalize import canonical
from maskkit.rules import load_rules

RULES = PatternRecognizer(load_rules())
DETECTOR = Detector([RULES])

PIECES = [
    *(
        "13800138000",
        "+86 138-0013-8000",
        "010-63622121转8",
        "一三八零零一三八零零零",
        "00852-23456789",
        "1.5",
        "，",
        "。",
    ),
    *("11010519491231002X", "110105194912310021", "6222 0200 0000 0000 000", "91350100M000100Y43", "700112345678901"),
    *("a@b.cn", "京A12345", "10.0.0.1", " fe80::1 ", "00:1a:2B:3c:4d:5e", "E12345678", "H12345678", "wxid_8f3k2l1m9n"),
    *(
        "手机",
        "身份证号：",
        "卡号",
        "QQ：",
        "微信号",
        "订单号",
        "，",
        " ",
        "-",
        "\n",
        "\u200b",
        "1",
        "8",
        "０",
        "一",
        "转",
        "x",
        "*",
    ),
    *("https://a.cn/", "张三", "138****5678", "u***@qq.com", "编号", "元", "号", "."),
]
LINES = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=12)


class Words:
    """A recogniser of a user's own: the same word everywhere."""

    def __init__(self, word: str, entity: str, score: float = 0.5, reach: int = 0) -> None:
        self.name = f"word-{word}"
        self.entities: Collection[str] = frozenset({entity})
        self._word, self._entity, self._score, self._reach = word, entity, score, reach

    def find(self, batch: Batch) -> list[Span]:
        at, spans = batch.text.find(self._word), []
        while at >= 0:
            end = at + len(self._word) + self._reach
            spans.append(Span(at, end, self._entity, self._score, self.name))
            at = batch.text.find(self._word, at + 1)
        return spans


@given(st.lists(LINES, max_size=6))
@settings(max_examples=300, deadline=None)
def test_many_texts_are_found_as_one_by_one(texts: list[str]) -> None:
    """detect_many(xs) == [detect(x) for x in xs]."""
    assert DETECTOR.detect_many(texts) == [DETECTOR.detect(text) for text in texts]


@given(LINES)
@settings(max_examples=300, deadline=None)
def test_spans_are_sorted_and_free_of_overlaps(text: str) -> None:
    """Spans lie in the text, one after the other, none empty."""
    at = 0
    for span in DETECTOR.detect(text):
        assert at <= span.start < span.end <= len(text)
        at = span.end


def mask(text: str) -> str:
    out, at = [], 0
    for span in DETECTOR.detect(text):
        surface = text[span.start : span.end]
        out += [text[at : span.start], masks.display(span.entity, canonical(span.entity, surface))]
        at = span.end
    return "".join([*out, text[at:]])


@given(LINES)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_masked_text_is_left_alone(text: str) -> None:
    """mask(mask(x)) == mask(x), also where values run into each other."""
    masked = mask(text)
    assert mask(masked) == masked


def test_higher_score_wins_then_length_then_order() -> None:
    """Of two findings that overlap, one stays."""
    low, high = Span(0, 9, "QQ_NUMBER", 0.5, "a"), Span(3, 5, "PERSON", 0.6, "b")
    assert settle([low, high]) == [high]
    short, long = Span(0, 3, "QQ_NUMBER", 0.5, "a"), Span(0, 4, "PERSON", 0.5, "b")
    assert settle([short, long]) == [long]
    first, second = Span(0, 3, "QQ_NUMBER", 0.5, "a"), Span(0, 3, "PERSON", 0.5, "b")
    assert settle([first, second]) == [first]
    assert settle([second, first]) == [second]
    apart = [Span(5, 6, "PERSON"), Span(0, 5, "PERSON")]
    assert settle(apart) == sorted(apart)


def test_a_weaker_span_comes_back_when_its_rival_falls() -> None:
    """A span that loses takes no other one with it."""
    a, b, c = Span(0, 4, "PERSON", 0.5), Span(3, 7, "PERSON", 0.6), Span(6, 9, "PERSON", 0.9)
    assert settle([a, b, c]) == [a, c]


def test_an_address_keeps_what_no_other_takes() -> None:
    """The phone at an address's end is a phone, the rest still an address."""
    address, phone = Span(0, 12, "ADDRESS", 0.7), Span(8, 19, "PHONE_NUMBER", 0.9)
    assert settle([address, phone]) == [Span(0, 8, "ADDRESS", 0.7), phone]
    within = Span(4, 6, "PERSON", 0.9)
    assert settle([address, within]) == [Span(0, 4, "ADDRESS", 0.7), within, Span(6, 12, "ADDRESS", 0.7)]


def test_own_recognizer() -> None:
    """Anything that looks like a Recognizer takes part."""
    detector = Detector([RULES, Words("机密", "PERSON")])
    assert [s[:3] for s in detector.detect("机密13800138000")] == [(0, 2, "PERSON"), (2, 13, "PHONE_NUMBER")]


def test_own_recognizer_may_not_cross_texts() -> None:
    """A finding that reaches into the next text is an error that names the recogniser, never a value."""
    with pytest.raises(MaskkitError, match="recogniser word-甲: a finding that crosses"):
        Detector([Words("甲", "PERSON", reach=2)]).detect_many(["甲", "乙丙"])


def test_deny_list() -> None:
    """Denied words are persons wherever they stand, the longest first, thousands of them."""
    words = [f"代号{n}" for n in range(5000)] + ["张三", "张三丰"]
    detector = Detector([RULES], deny=words)
    text = "客户张三丰来电，张三在，代号4999也在"
    assert [text[s.start : s.end] for s in detector.detect(text)] == ["张三丰", "张三", "代号4999"]
    assert {s.entity for s in detector.detect(text)} == {"PERSON"}


def test_allow_list() -> None:
    """Allowed surfaces are no finding."""
    assert Detector([RULES], allow=["13800138000"]).detect("13800138000") == []
    assert len(Detector([RULES], allow=["1380013800"]).detect("13800138000")) == 1


@pytest.mark.parametrize("mask", ["138****5678", "1101**********1234", "6222 **** **** 0123", "u***@qq.com"])
def test_display_masks_are_left_alone(mask: str) -> None:
    """Nothing is found in a display mask, by rules or a deny list."""
    assert masks.is_mask(mask)
    assert Detector([RULES], deny=[mask[:3]]).detect(f"电话{mask}，请回") == []


def test_entities() -> None:
    """Only what is asked for comes back, settled against nothing else."""
    text = "13800138000，a@b.cn"
    assert [s.entity for s in detect(text, entities={"EMAIL_ADDRESS"})] == ["EMAIL_ADDRESS"]
    assert detect_many([text, ""], entities=["PHONE_NUMBER"])[1] == []


@pytest.mark.parametrize("wrong", [{"entities": frozenset({"PHONE"})}, {"profile": "lax"}, {"names": "spacy"}])
def test_wrong_settings(wrong: dict[str, Any]) -> None:
    """A setting that does not exist is a usage error with the ones that do."""
    with pytest.raises(UsageError) as caught:
        build_detector(**wrong)
    assert caught.value.hint


def test_build_detector_is_made_once() -> None:
    """The same settings give the same detector."""
    assert build_detector(names="off") is build_detector(names="off")
