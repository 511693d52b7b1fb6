"""The marks of surrogates."""

from __future__ import annotations

import pytest

from maskkit import checks
from maskkit.surrogates import has_mark

MARKED = {
    "PHONE_NUMBER": ["20000000000", "29999999999", "211-2632-3497", "211 2632 3497"],
    "CN_RESIDENT_ID": ["367632195612287781", "11710119050101000X", "659999202412319999"],
    "BANK_CARD": ["0301498652340839", "0000000000000", "0391 1150 3413 6625", "0123456789012345678"],
}
UNMARKED = {
    "PHONE_NUMBER": ["13800138000", "2000000000", "200000000000", "02131221234", "２0000000000", "", "+21126323497"],
    "CN_RESIDENT_ID": [
        *("11010119900101123X", "110190199001011234", "117001199001011234", "117100199001011234", "167101199001011234"),
        *("11710119031231123X", "11710120250101123X", "117101199013011234", "11710119900101123x", "117101900101123"),
    ],
    "BANK_CARD": ["6222021234567890123", "012345678901", "01234567890123456789", "1301498652340839"],
    "PERSON": ["20000000000"],
}


@pytest.mark.parametrize(("entity", "text"), [(entity, text) for entity, texts in MARKED.items() for text in texts])
def test_marked(entity: str, text: str) -> None:
    """What has form and mark is a surrogate, with separators too."""
    assert has_mark(entity, text)


@pytest.mark.parametrize(("entity", "text"), [(entity, text) for entity, texts in UNMARKED.items() for text in texts])
def test_unmarked(entity: str, text: str) -> None:
    """Real numbers, other lengths and what only nearly has the mark are none."""
    assert not has_mark(entity, text)


@pytest.mark.parametrize("entity", [entity for entity in MARKED if entity != "CN_RESIDENT_ID"])
def test_no_check_takes_a_marked_number_for_a_real_one(entity: str) -> None:
    """Neither mobile nor card checks know the marks; resident IDs are meant to pass theirs."""
    check = {"PHONE_NUMBER": checks.mobile_ok, "BANK_CARD": checks.card_ok}[entity]
    assert not any(map(check, MARKED[entity]))
