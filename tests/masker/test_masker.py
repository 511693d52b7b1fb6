"""The Masker: how it is made, texts, and what it shows of itself."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from filejobs import quick_masker

from maskkit import Keyset, KeysetError, Masker, MaskkitError, PolicyError, UsageError, load_policy

NOTES = (
    "客户王建国电话13800138000，身份证11010519491231002X",
    "已还款",
    "",
    "卡号6222021234567890128，邮箱wang@qq.com\n第二行 138-0013-8000",
    "客户称13646481481一直打不通",
)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"policy": "nope"}, UsageError, "no policy"),
        ({"policy": {"entities": {}}}, UsageError, "policy is"),
        ({"policy": None}, UsageError, "policy is"),
        ({"policy": Path("missing.yaml")}, PolicyError, "missing.yaml"),
        ({"policy": "tokens"}, KeysetError, "needs a keyset"),
        ({"policy": "agency", "tenant": "a"}, KeysetError, "needs a keyset"),
        ({"policy": "display", "keyset": "keyset.json"}, UsageError, "keyset is"),
        ({"policy": "display", "tenant": ""}, UsageError, "tenant"),
        ({"policy": "display", "tenant": 7}, UsageError, "tenant is"),
        ({"policy": "display", "audience": "collector"}, UsageError, "no audience"),
    ],
)
def test_what_cannot_be_made_says_why(arguments: dict[str, Any], error: type[MaskkitError], said: str) -> None:
    """A wrong policy, keyset, tenant or audience is refused at construction."""
    with pytest.raises(error, match=said):
        Masker(**arguments)


def test_agency_needs_a_tenant(keyset: Keyset) -> None:
    """The policy for outside agencies does not work without saying which one."""
    with pytest.raises(UsageError, match="tenant") as caught:
        Masker("agency", keyset=keyset)
    assert caught.value.hint


def test_no_tenant_is_the_tenant_default(keyset: Keyset) -> None:
    """Without a tenant the tokens are those of the tenant `default`."""
    masked = Masker(keyset=keyset).column(["13800138000"], "PHONE_NUMBER")
    assert masked == Masker(keyset=keyset, tenant="default").column(["13800138000"], "PHONE_NUMBER")
    assert masked != Masker(keyset=keyset, tenant="agency-a").column(["13800138000"], "PHONE_NUMBER")


@pytest.mark.parametrize("policy", ["display", "drop"])
def test_policies_without_tokens_need_no_keyset(policy: str) -> None:
    """Masks and removal work with nothing but the policy's name; turning back does not."""
    masker = Masker(policy)
    assert masker.text("电话13800138000").text in ("电话138****8000", "电话")
    with pytest.raises(KeysetError):
        masker.unmask("x")
    with pytest.raises(KeysetError):
        masker.unmask_column(["x"])


def test_text_is_masked_and_comes_back(keyset: Keyset) -> None:
    """The first example of the README holds: spans of the input, the text back."""
    masker = Masker(policy="tokens", keyset=keyset, tenant="agency-a")
    result = masker.text("客户王建国电话13800138000")
    assert [(span.start, span.end, span.entity) for span in result.spans] == [
        (2, 5, "PERSON"),
        (7, 18, "PHONE_NUMBER"),
    ]
    assert "王建国" not in result.text
    assert "13800138000" not in result.text
    back = masker.unmask(result.text)
    assert (back.text, back.restored, back.left) == ("客户王建国电话13800138000", 2, 0)


@pytest.mark.parametrize("policy", ["tokens", "agency", "display", "drop"])
def test_texts_are_as_one_at_a_time(keyset: Keyset, policy: str) -> None:
    """The batch form gives what the single form gives."""
    masker = Masker(policy, keyset=keyset, tenant="agency-a")
    assert masker.texts(NOTES) == [masker.text(note) for note in NOTES]
    assert masker.texts([]) == []


def test_spans_are_those_that_were_replaced(tmp_path: Path) -> None:
    """What the policy keeps is no span of the result."""
    policy = tmp_path / "p.yaml"
    policy.write_text("extends: display\nentities: {EMAIL_ADDRESS: keep}\n")
    result = Masker(policy).text("wang@qq.com 13800138000")
    assert result.text == "wang@qq.com 138****8000"
    assert [span.entity for span in result.spans] == ["PHONE_NUMBER"]


@pytest.mark.parametrize("texts", ["13800138000", ["a", None], ["a", 1], [b"a"]])
def test_what_are_no_texts_is_refused(texts: Any) -> None:
    """A string is not taken for a list of characters, and a missing value is told where it can go."""
    with pytest.raises(UsageError, match="sequence of str"):
        Masker("display").texts(texts)


def test_other_tenants_tokens_stay(keyset: Keyset) -> None:
    """A token of another tenant, a damaged one and text are left, and counted as left where they are tokens."""
    ours, theirs = quick_masker(keyset), quick_masker(keyset, tenant="agency-b")
    token = theirs.text("13800138000").text
    damaged = ours.text("13800138000").text[:-2] + "zz"
    back = ours.unmask(f"{token} {damaged} pn_")
    assert (back.text, back.restored, back.left) == (f"{token} {damaged} pn_", 0, 2)


def test_eight_threads_get_what_one_gets(keyset: Keyset) -> None:
    """One masker serves many threads at once, from its first use on."""
    notes = [f"{note} 1380013{n:04}" for n in range(40) for note in NOTES]
    expected = [result.text for result in Masker("agency", keyset=keyset, tenant="a").texts(notes)]
    masker = Masker("agency", keyset=keyset, tenant="a")

    def work(_: int) -> tuple[list[str], list[str]]:
        masked = [result.text for result in masker.texts(notes)]
        return masked, [masker.unmask(text).text for text in masked]

    with ThreadPoolExecutor(8) as pool:
        for masked, back in pool.map(work, range(8)):
            assert masked == expected
            assert back == notes


def test_a_masker_shows_and_gives_away_nothing(keyset: Keyset) -> None:
    """The repr names policy and tenant; keys are never pickled."""
    masker = Masker(keyset=keyset, tenant="agency-a")
    assert repr(masker) == "Masker(policy='tokens', tenant='agency-a')"
    with pytest.raises(KeysetError):
        pickle.dumps(masker)


def test_a_loaded_policy_is_as_good_as_its_name() -> None:
    """A policy can be loaded once and used for many maskers."""
    policy = load_policy("display")
    assert Masker(policy).column(["13800138000"], "PHONE_NUMBER") == ["138****8000"]
