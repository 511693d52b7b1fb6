"""Masking twice is masking once, whatever the policy, in texts, columns and records."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from filejobs import quick_masker

from maskkit import Keyset, Masker, load_policy
from maskkit.model import ENTITIES
from maskkit.rules import load_rules

POLICIES = ("tokens", "agency", "display", "drop")
#: Surfaces for the kinds that no rule file has, or that columns alone know.
MORE = {
    "PERSON": ("王建国", "欧阳锋", "Wang Jianguo", "买买提·吐尔逊"),
    "ADDRESS": ("上海市浦东新区世纪大道100号3栋101室", "广西壮族自治区桂林市七星区老年活动中心"),
    "BIRTH_DATE": ("1990-03-07", "1990年3月7日", "19900307"),
    "AGE": ("35", "35岁", "102"),
}
AROUND = ("{}", "客户{}一直打不通", "，{}。", "（{}）")

policies = pytest.mark.parametrize("policy", POLICIES)


@cache
def surfaces() -> dict[str, list[str]]:
    """Return for each entity what the rules' own examples find."""
    found: dict[str, list[str]] = {entity: list(values) for entity, values in MORE.items()}
    for rule in load_rules().rules:
        if rule.entity in ENTITIES:  # not KEEP, which guards numbers that are nobody's
            found.setdefault(rule.entity, []).extend(example for _, example in rule.match)
    return found


def entities() -> list[str]:
    return list(surfaces())


@policies
def test_in_running_text(keyset: Keyset, policy: str) -> None:
    """Tokens, display masks and both together are left alone in every rule's examples, alone and inside text."""
    masker = quick_masker(keyset, policy)
    examples = [text for rule in load_rules().rules for text, _ in rule.match]
    texts = [around.format(text) for text in examples for around in AROUND]
    once = [result.text for result in masker.texts(texts)]
    twice = [result.text for result in masker.texts(once)]
    assert twice == once


@policies
def test_names_in_running_text(keyset: Keyset, policy: str) -> None:
    """So are those of names and addresses."""
    masker = Masker(policy, keyset=keyset, tenant="agency-a")
    texts = ["客户王建国电话13800138000", "持卡人欧阳锋，住上海市浦东新区世纪大道100号", "联系人：李秀英（配偶）"]
    once = [result.text for result in masker.texts(texts)]
    assert once != texts
    assert [result.text for result in masker.texts(once)] == once


@policies
@pytest.mark.parametrize("entity", entities())
def test_in_a_column(keyset: Keyset, policy: str, entity: str) -> None:
    """A column that was masked is masked no further."""
    masker = quick_masker(keyset, policy)
    once = masker.column(surfaces()[entity], entity)
    assert once != surfaces()[entity]
    assert masker.column(once, entity) == once


@policies
def test_in_a_record(keyset: Keyset, policy: str) -> None:
    """A record that was masked is masked no further."""
    masker = quick_masker(keyset, policy)
    record = {
        "name": "欧阳铁蛋",
        "list": [13800138000, "13900139000"],
        "note": "欧阳铁蛋让打13700137000",
        "more": {"id_card": "11010519491231002X"},
    }
    once = masker.record(record)
    again = masker.record({key: value for key, value in once.items() if not key.endswith("_token")} | {"more": {}})
    assert again == {key: value for key, value in once.items() if not key.endswith("_token")} | {"more": {}}


@pytest.mark.parametrize(
    ("action", "entity", "values"),
    [
        ("hash", "PHONE_NUMBER", ["13800138000", "+86 138-0013-8000"]),
        ("redact", "PHONE_NUMBER", ["13800138000"]),
        ("replace", "PHONE_NUMBER", ["13800138000"]),
        ("{generalize: city}", "ADDRESS", ["广东省深圳市南山区科技园路1号", "某地"]),
        ("{generalize: year}", "BIRTH_DATE", ["1990-03-07", "不明白"]),
        ("{generalize: band}", "AGE", ["35", "92岁"]),
    ],
)
def test_every_other_operator(tmp_path: Path, keyset: Keyset, action: str, entity: str, values: list[str]) -> None:
    """What hash, redact, replace and generalize leave is left alone too, in a column and in text."""
    policy = tmp_path / "p.yaml"
    policy.write_text(f"extends: display\nnames: off\nentities: {{{entity}: {action}}}\n")
    masker = Masker(policy, keyset=keyset)
    once = masker.column(values, entity)
    assert once != values
    assert masker.column(once, entity) == once
    texts = [result.text for result in masker.texts([f"客户{value}一直打不通" for value in values])]
    assert [result.text for result in masker.texts(texts)] == texts


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("138，wang@qq.com，00138000", "138，***，00138000"),
        ("138 wang@qq.com 0013 8000", "138 *** 0013 8000"),
        ("王13800138000建国", "王***建国"),
        ("电话13800138000", "电话"),
        ("13800138000，13900139000，无", "，***，无"),
    ],
)
def test_what_is_dropped_joins_nothing(text: str, dropped: str) -> None:
    """What stands left and right of a value that is removed becomes no other; at an end nothing is left."""
    masker = Masker(replace(load_policy("drop"), names="off"))
    once = masker.text(text).text
    assert once == dropped
    assert masker.text(once).text == once


@pytest.mark.parametrize("profile", ["balanced", "strict"])
def test_one_policys_masks_are_left_by_another(keyset: Keyset, profile: str) -> None:
    """What was masked for one purpose is not masked again for the next: a display mask stays in front of tokens."""
    shown = quick_masker(keyset, "display").text("电话13800138000，身份证11010519491231002X").text
    strict = Masker(replace(load_policy("tokens"), names="off", profile=profile), keyset=keyset)
    assert strict.text(shown).text == shown
