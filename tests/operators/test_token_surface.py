"""The four bytes of surface."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.operators import surface as module
from maskkit.operators.surface import Surface, describe, render


@given(st.integers(0, (1 << 32) - 1))
def test_fields_fill_four_bytes(number: int) -> None:
    """Every number of 32 bits is one set of fields."""
    assert Surface.of(number).number() == number


def test_tables_fit_their_fields() -> None:
    """No table has more entries than its field can say, and separators are one character each."""
    assert len(module.PHONE_STYLES) <= 32
    assert len(module.EXTENSIONS) == len(module.SEPARATORS) == len(set(module.SEPARATORS)) == 16
    assert len(set(module.PHONE_STYLES)) == len(module.PHONE_STYLES) - 1  # the first two are both empty


@given(
    st.sampled_from([*ENTITIES, *FIELD_ENTITIES]),
    st.sampled_from(
        ["13800138000", "02131221234-158", "+85291234567", "+0", "王·建", "a@b", "aa:bb", "1990-01-01", "", "-", "@"]
    ),
    st.integers(0, (1 << 32) - 1),
)
def test_rendering_is_total(entity: str, value: str, number: int) -> None:
    """Any four bytes with any value give a text or None; what is described renders back."""
    text = render(entity, value, Surface.of(number))
    if text is not None and (found := describe(entity, value, text)):
        assert render(entity, value, found) == text


@pytest.mark.parametrize(
    ("entity", "value", "text", "expected"),
    [
        ("PHONE_NUMBER", "13800138000", "138-0013-8000", Surface(gaps=0b1000100)),
        ("PHONE_NUMBER", "13800138000", '="13800138000"', Surface(wrap=1)),
        ("PHONE_NUMBER", "13800138000", "+86 138 0013 8000", Surface(style=3, separator=1, gaps=0b1000100)),
        ("PHONE_NUMBER", "13800138000", "１３８００１３８０００", Surface(wide=1)),
        ("PHONE_NUMBER", "13800138000", "013800138000", Surface(style=1, case=1)),
        ("PHONE_NUMBER", "02131221234", "(021)3122-1234", Surface(style=25, gaps=0b1000)),
        ("PHONE_NUMBER", "02131221234-158", "021-31221234转158", Surface(gaps=1 << 13 | 0b100)),
        ("PHONE_NUMBER", "+886912345678", "0912-345-678", Surface(style=1, case=1, gaps=0b1001000)),
        ("CN_RESIDENT_ID", "11010119900101123X", "11010119900101123x", Surface(case=1)),
        ("PERSON", "王建国", "王　建国", Surface(separator=3, gaps=1)),
        ("PERSON", "买买提·吐尔逊", "买买提.吐尔逊", Surface(style=7)),
        ("BIRTH_DATE", "1990-03-07", "1990年3月7日", Surface(style=9)),
        ("MAC_ADDRESS", "aa:bb:cc:dd:ee:ff", "AA-BB-CC-DD-EE-FF", Surface(style=1, case=1)),
        ("PHONE_NUMBER", "13800138000", "138--00138000", None),
        ("PHONE_NUMBER", "13800138000", "138-0013 8000", None),
        ("PHONE_NUMBER", "13800138000", "13900138000", None),
        ("BANK_CARD", "6" * 19, "6" * 18 + " 6", None),
        ("BIRTH_DATE", "1990-03-07", "1990-03-07", Surface()),
        ("BIRTH_DATE", "1-", "1-", None),
        ("BIRTH_DATE", "1900", "1900", Surface(style=4)),
        ("BIRTH_DATE", "６", "６", Surface(style=4, wide=1)),
    ],
)
def test_describe(entity: str, value: str, text: str, expected: Surface | None) -> None:
    """The fields say what they are documented to say; a text that they cannot tell has none."""
    assert describe(entity, value, text) == expected
