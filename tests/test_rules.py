"""Recognisers as data: what a rule file may say, and that errors name file, rule and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from maskkit.data import rules_dir
from maskkit.errors import RuleError
from maskkit.model import ENTITIES
from maskkit.rules import load_rules, require_bounded

GOOD = """
labels: {phone: [手机]}
rules:
  - id: mobile
    entity: PHONE_NUMBER
    runs: number
    pattern: '1[0-9]{10}'
    check: mobile
    context: [phone]
    match: ["13800138000", [手机13800138000, "13800138000"]]
    reject: ["138"]
"""


def load(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    load_rules(tmp_path)


def test_shipped_rules_cover_every_entity_but_names_and_addresses() -> None:
    """Every entity of the model has a rule, or a recogniser of its own."""
    assert {rule.entity for rule in load_rules().rules} - {"KEEP"} == set(ENTITIES) - {"PERSON", "ADDRESS"}


def test_shipped_rules_lie_below_the_rules_folder() -> None:
    """The folder that the wheel copies is the one that is read."""
    assert (rules_dir() / "cn" / "phone.yaml").is_file()


def test_good_rule(tmp_path: Path) -> None:
    """What a rule leaves out has a default; a bare example is its own surface."""
    (tmp_path / "x.yaml").write_text(GOOD, encoding="utf-8")
    rules = load_rules(tmp_path)
    (rule,) = rules.rules
    assert (rule.id, rule.where, rule.bare, rule.in_url) == ("mobile", "x.yaml:4: rule mobile", True, True)
    assert rule.match == (("13800138000", "13800138000"), ("手机13800138000", "13800138000"))
    assert rules.labels == {"手机": "phone"}


def test_file_without_rules_is_passed_over(tmp_path: Path) -> None:
    """Data of other recognisers may lie beside the rules."""
    load(tmp_path, "surnames: [王, 李]\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    check: mobile", "    cheque: mobile", "x.yaml:4: rule mobile: there is no key of that name"),
        ("check: mobile", "check: mobil", "x.yaml:4: rule mobile: there is no check mobil; there are"),
        ("PHONE_NUMBER", "PHONE", "x.yaml:4: rule mobile: there is no entity PHONE"),
        ("runs: number", "runs: digits", "x.yaml:4: rule mobile: runs must be one of"),
        ("context: [phone]", "context: [phon]", "x.yaml:4: rule mobile: there is no kind of labels phon"),
        ("'1[0-9]{10}'", "'1[0-9]+'", "x.yaml:4: rule mobile: a repetition without end"),
        ("'1[0-9]{10}'", "'{NUMBER}'", "x.yaml:4: rule mobile: there is no part of that name"),
        ('    reject: ["138"]', "", "x.yaml:4: rule mobile: reject is missing"),
        ("    check: mobile", "    check: mobile\n    check: mobile", "x.yaml:4: a key stands twice"),
        ("labels:", "lables:", "x.yaml: there is no section lables"),
        ("    runs: number", "  runs: number", "x.yaml:6: "),
    ],
)
def test_error_names_file_rule_and_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A mistake is answered by its place."""
    assert old in GOOD
    with pytest.raises(RuleError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("word", ["王建国13800138000", "zhangsan1990"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: mobile", "id: ~"),
        ("entity: PHONE_NUMBER", "entity: ~"),
        ("entity: PHONE_NUMBER", "entity: [~]"),
        ("runs: number", "runs: ~"),
        ("check: mobile", "check: ~"),
        ("check: mobile", "~: mobile"),
        ("check: mobile", "score: ~"),
        ("check: mobile", "digits: [~, 1]"),
        ("[phone]\n    match", "[~]\n    match"),
        ("match: [", "match: [[~], "),
        ('reject: ["138"]', "reject: 5"),
        ("'1[0-9]{10}'", "'{~}+'"),
        ("{phone: [手机]}", "[~]"),
        ("{phone: [手机]}", "{~: 5}"),
        ("labels:", "~:"),
        ("rules:", "parts: {A: '{B}~'}\nrules:"),
        ("check: mobile", "check: !~ x"),
        ("check: mobile", "check: &~"),
        ("check: mobile", "? [~]\n    : x"),
        ("check: mobile", 'check: "~'),
    ],
)
def test_no_word_of_the_file_in_a_message(tmp_path: Path, old: str, new: str, word: str) -> None:
    """A value that stands where a rule has something else is answered by its place, not repeated."""
    assert old in GOOD
    text = GOOD.replace(old, new.replace("~", word)).replace("'1[0-9]{10}'", "'1+'")
    with pytest.raises(RuleError, match=r"x\.yaml") as caught:
        load(tmp_path, text)
    assert word[:8] not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_id_stands_once(tmp_path: Path) -> None:
    """Two rules of one id are an error, in two files too."""
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(RuleError, match=r"x\.yaml:4: rule mobile: the id stands twice"):
        load(tmp_path, GOOD)


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    """A GBK file is an error that names it."""
    (tmp_path / "x.yaml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(RuleError, match=r"x\.yaml: not UTF-8"):
        load_rules(tmp_path)


@pytest.mark.parametrize("pattern", ["a*", "a+", "a{2,}", "(?:a?b){2}", "(?:a|bc){3}", "(?:(?:a{1,2})b){0,3}", "[+]+"])
def test_unbounded_pattern_is_refused(pattern: str) -> None:
    """What could take more than linear time does not load."""
    with pytest.raises(RuleError):
        require_bounded(pattern, "here")


@pytest.mark.parametrize(
    "pattern", ["a?", "(?:a?b)?", "(?:ab){3}", "[*+]", r"\*\+", "a{2,9}", "(?<![0-9])[)(]?(?P<v>a)"]
)
def test_bounded_pattern_loads(pattern: str) -> None:
    """Bounded repetitions and literal signs are no repetition without end."""
    require_bounded(pattern, "here")
