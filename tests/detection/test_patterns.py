"""Rules at work: their own examples, labels, profiles, what they share a text with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maskkit.detection.compiled import compile_rule
from maskkit.detection.labels import Labels
from maskkit.detection.patterns import PatternRecognizer, run_examples
from maskkit.detection.prescan import Batch
from maskkit.errors import RuleError
from maskkit.rules import RuleSet, load_rules

RULES = load_rules()
BALANCED = PatternRecognizer(RULES)
STRICT = PatternRecognizer(RULES, profile="strict")


def found(recognizer: PatternRecognizer, text: str) -> set[tuple[str, str]]:
    return {(text[s.start : s.end], s.entity) for s in recognizer.find(Batch.of([text]))}


def test_examples_of_every_rule() -> None:
    """Each rule finds its own examples and rejects the others, alone and between Chinese on both sides."""
    tried, failures = run_examples(RULES)
    assert failures == []
    assert tried > 1000


def test_a_failing_example_is_named() -> None:
    """A rule that has lost its pattern is told by file, line and id."""
    rule = next(rule for rule in RULES.rules if rule.id == "email")
    _, failures = run_examples(RuleSet((replace(rule, pattern="x@x"),), RULES.labels))
    assert failures
    assert all(failure.startswith("online.yaml:") and ": rule email: " in failure for failure in failures)


@pytest.mark.parametrize(
    ("text", "surface", "entity"),
    [
        ("11010519491231002113800138", "", ""),
        ("110105194912310021", "110105194912310021", "CN_RESIDENT_ID"),
        ("6222020000000000001", "6222020000000000001", "BANK_CARD"),
        ("订单号13800138000", "13800138000", "PHONE_NUMBER"),
        ("https://weibo.com/u/13800138000", "13800138000", "PHONE_NUMBER"),
        ("8.8.8.8", "8.8.8.8", "IP_ADDRESS"),
    ],
)
def test_only_strict_takes_what_is_suspect(text: str, surface: str, entity: str) -> None:
    """Without a label that speaks for it, a failing check or a label against it counts in `strict` alone."""
    assert found(BALANCED, text) == set()
    assert found(STRICT, text) >= ({(surface, entity)} if surface else set())


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("身份证号<110105194912310021>", "CN_RESIDENT_ID"),
        ("身份证号：<223456789012345678>", "CN_RESIDENT_ID"),
        ("证件号码【<11010519491231002>】", "CN_RESIDENT_ID"),
        ("证件号可能有误 <110105194913310028>", "CN_RESIDENT_ID"),
        ("卡号<6222020000000000001>", "BANK_CARD"),
        ("银行卡号： <6222 0200 0000 0000 001>", "BANK_CARD"),
        ("收款账号<1001234567890123>", "BANK_CARD"),
        ("手机<15412345678>", "PHONE_NUMBER"),
        ("手机号码：<1380013800>", "PHONE_NUMBER"),
        ("<12945678901>（客户手机）", "PHONE_NUMBER"),
        ("统一社会信用代码：<91350100M000100Y44>", "CN_USCC"),
        ("護照號碼：<K12345678>", "CN_PASSPORT"),
        ("台胞证<12345678>", "CN_TRAVEL_PERMIT"),
        ("車牌：<京ABCDEF>", "CN_VEHICLE_REGISTRATION"),
    ],
)
def test_a_label_beside_it_makes_up_for_a_check_that_fails(text: str, entity: str) -> None:
    """A typo does not make a value public; its score is lower than that of a value that passes."""
    before, surface, after = text.replace(">", "<").split("<")
    spans = BALANCED.find(Batch.of([before + surface + after]))
    whole = [s for s in spans if (s.start, s.end, s.entity) == (len(before), len(before + surface), entity)]
    assert whole
    assert all(s.score < 0.86 for s in whole)
    assert not found(BALANCED, surface)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("手机号码：", "phone"),
        ("手机（ ", "phone"),
        ("身份证编号", "id"),
        ("编号", "order"),
        ("合同编号HT", "order"),
        ("手机HT", None),
        ("hotel", None),
        ("酒店tel:", "phone"),
        ("ＴＥＬ：", "phone"),
        ("ＱＱ", "qq"),
        ("QQ群", "order"),
        ("手机\n", None),
        ("手机，号被", None),
        ("", None),
    ],
)
def test_label_before(text: str, kind: str | None) -> None:
    """The longest label right before a value decides, whatever colons, brackets and blanks stand between."""
    assert Labels(RULES.labels).before(text, len(text)) == kind


def test_a_label_never_reaches_into_the_next_text() -> None:
    """What one text ends with says nothing of the next."""
    assert BALANCED.find(Batch.of(["手机", "15412345678"])) == []
    assert BALANCED.find(Batch.of(["QQ：", "12345678"])) == []
    assert [s.start for s in BALANCED.find(Batch.of(["订单号", "13800138000"]))] == [4]


def test_what_stays_visible_takes_others_away() -> None:
    """A 700 number is nobody's phone, ID or card, whatever label it has."""
    for label in ("手机", "身份证号", "银行卡号", "QQ"):
        assert found(STRICT, f"{label}700112345678901") == set()


def test_character_without_a_byte_is_refused() -> None:
    """A pattern that speaks of a character which the fold does not tell from others is an error."""
    rule = replace(RULES.rules[0], pattern="鑫[0-9]")
    with pytest.raises(RuleError, match=r"bank\.yaml:\d+: rule bank-card: the fold has no byte for U\+946B"):
        compile_rule(rule)


def test_pattern_that_does_not_compile_is_refused() -> None:
    """The error names file, line and rule."""
    with pytest.raises(RuleError, match=r"bank\.yaml:\d+: rule bank-card: "):
        compile_rule(replace(RULES.rules[0], pattern="(["))
    with pytest.raises(RuleError, match="check names the group X"):
        compile_rule(replace(RULES.rules[0], check={"X": "card"}))
