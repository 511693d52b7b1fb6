"""A masker's surrogates: columns of numbers that are nobody's, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskkit import Keyset, Masker
from maskkit.errors import KeysetError, UsageError
from maskkit.surrogates import has_mark
from maskkit.tokens import whole

MASKER = Masker(keyset=Keyset.create(), tenant="agency-a")
SOME = st.one_of(
    st.from_regex(r"1[0-9]{2}[- ]?[0-9]{4}[- ]?[0-9]{4}", fullmatch=True),
    st.from_regex(r"[0-9X -]{1,19}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SOME, max_size=6), st.sampled_from(["PHONE_NUMBER", "CN_RESIDENT_ID", "BANK_CARD"]))
def test_every_byte_comes_back(values: list[str], entity: str) -> None:
    """A surrogate and the token in place of one both come back as what was written, whatever that was."""
    made = MASKER.surrogates(values, entity)
    assert all(
        has_mark(entity, new) or whole(new) or new == value == "" for new, value in zip(made, values, strict=True)
    )
    back = MASKER.unmask_surrogates(made, entity)
    opened = MASKER.unmask_column(made)
    assert [one if one is not None else other for one, other in zip(back, opened, strict=True)] == values


def test_the_audit(keyset: Keyset, tmp_path: Path) -> None:
    """What was turned back is counted in the audit by entity, and no value stands there."""
    masker = Masker(keyset=keyset, audit=tmp_path / "audit.jsonl", actor="li", purpose="check")
    made = masker.surrogates(["13800138000", "138-0013-8001"], "PHONE_NUMBER")
    assert masker.unmask_surrogates([*made, "no number"], "PHONE_NUMBER") == ["13800138000", "138-0013-8001", None]
    text = (tmp_path / "audit.jsonl").read_text(encoding="utf-8")
    event = json.loads(text.splitlines()[-1])
    assert (event["kind"], event["entity"], event["count"], event["actor"]) == ("unmask", "PHONE_NUMBER", 2, "li")
    assert "13800138000" not in text


def test_refusals() -> None:
    """Names have no surrogates, and without a keyset there are none at all."""
    with pytest.raises(UsageError, match="no surrogates of PERSON"):
        MASKER.surrogates(["王建国"], "PERSON")
    with pytest.raises(UsageError, match="no surrogates of PERSON"):
        MASKER.unmask_surrogates(["王建国"], "PERSON")
    with pytest.raises(KeysetError):
        Masker("display").surrogates(["13800138000"], "PHONE_NUMBER")
