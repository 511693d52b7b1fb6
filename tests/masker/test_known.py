"""Known values: what a row's typed cells hold is found in its texts."""

from __future__ import annotations

import pytest

from maskkit import Span
from maskkit.masker.known import KnownInRecords, KnownValues, add_known, occurrences, searchable


@pytest.mark.parametrize(
    ("value", "text", "places"),
    [
        ("张三", "张三和张三", [(0, 2), (3, 5)]),
        ("张三", "客户张三丰", [(2, 4)]),
        ("12345678", "单号123456789", []),
        ("12345678", "单号012345678", []),
        ("12345678", "单号12345678号", [(2, 10)]),
        ("12345678", "A12345678B", [(1, 9)]),
        ("Wang", "Wangs Wang wang", [(6, 10)]),
        ("Wang", "Wang说", [(0, 4)]),
        ("wxid1", "wxid12 wxid1", [(7, 12)]),
        ("啊啊", "啊啊啊", [(0, 2)]),
        ("张三", "", []),
    ],
)
def test_where_a_value_stands(value: str, text: str, places: list[tuple[int, int]]) -> None:
    """Digits are not found inside longer digits, Latin letters not inside longer words, Han anywhere."""
    assert list(occurrences(value, text)) == places


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("张三", True),
        ("张", False),
        ("欧阳", True),
        ("Li", False),
        ("Wang", True),
        ("123", False),
        ("1234", True),
        ("𠮷田", True),
    ],
)
def test_short_values_are_not_looked_for(value: str, wanted: bool) -> None:
    """Two characters with Han are enough, of anything else it takes four."""
    assert searchable(value) is wanted


PHONE = "13800138000"


@pytest.mark.parametrize(
    ("text", "found", "known", "expected"),
    [
        ("铁蛋说好", [], [("PERSON", "铁蛋")], [(0, 2, "PERSON")]),
        # The name of the row has the better end than the one that was found.
        ("王建国称好", [Span(0, 4, "PERSON")], [("PERSON", "王建国")], [(0, 3, "PERSON")]),
        ("王建国称好", [Span(0, 3, "PERSON")], [("PERSON", "王建国")], [(0, 3, "PERSON")]),
        # What contains it stands: the name is part of an address.
        ("建国路1号", [Span(0, 5, "ADDRESS")], [("PERSON", "建国")], [(0, 5, "ADDRESS")]),
        # It wins over what it contains, and what a cut finding has left stays hidden.
        ("上海路5号", [Span(0, 2, "ADDRESS")], [("ADDRESS", "上海路5号")], [(0, 5, "ADDRESS")]),
        ("甲乙丙丁", [Span(0, 3, "ADDRESS")], [("PERSON", "丙丁")], [(0, 2, "ADDRESS"), (2, 4, "PERSON")]),
        ("甲乙丙丁", [Span(1, 4, "ADDRESS")], [("PERSON", "甲乙")], [(0, 2, "PERSON"), (2, 4, "ADDRESS")]),
        (f"打{PHONE}", [Span(1, 12, "PHONE_NUMBER")], [("PHONE_NUMBER", PHONE)], [(1, 12, "PHONE_NUMBER")]),
        (f"打{PHONE}9", [], [("PHONE_NUMBER", PHONE)], []),
        # Of two known names the longer one stands, whichever comes first.
        ("王建国说", [], [("PERSON", "王建国"), ("PERSON", "建国")], [(0, 3, "PERSON")]),
        ("王建国说", [], [("PERSON", "建国"), ("PERSON", "王建国")], [(0, 3, "PERSON")]),
        ("张三李四", [], [("PERSON", "李四"), ("PERSON", "张三")], [(0, 2, "PERSON"), (2, 4, "PERSON")]),
    ],
)
def test_overlaps(
    text: str, found: list[Span], known: list[tuple[str, str]], expected: list[tuple[int, int, str]]
) -> None:
    """A known value wins over what it contains or cuts, and gives way to what contains it."""
    assert [span[:3] for span in add_known(text, found, known)] == expected


def test_values_are_told_apart_by_their_heads() -> None:
    """All values that stand in a text are found, each once, and only those long enough to be looked for."""
    known = KnownValues(
        [("PERSON", "张三"), ("PERSON", "张三丰"), ("PERSON", "张"), ("PHONE_NUMBER", PHONE), ("PERSON", "张三")]
    )
    assert sorted(known.within("张三丰和张三")) == [("PERSON", "张三"), ("PERSON", "张三丰")]
    assert known.within(f"打{PHONE}") == [("PHONE_NUMBER", PHONE)]
    assert known.within("张") == known.within("") == KnownValues().within("张三") == []


def test_records_know_their_own_and_what_is_around() -> None:
    """A record knows its own values and those around all records; what is around knows all of them."""
    known = KnownInRecords({0: [("PERSON", "甲乙")], 1: [("PERSON", "丙丁")], 2: [("PERSON", "戊己")]})
    text = "甲乙丙丁戊己"
    assert {value for _, value in known.within(text, 1)} == {"甲乙", "丙丁"}
    assert {value for _, value in known.within(text, 0)} == {"甲乙", "丙丁", "戊己"}
    assert {value for _, value in known.within(text, 3)} == {"甲乙"}


def test_a_value_that_stands_very_often() -> None:
    """A value that fills a text of 60,000 is found everywhere, between findings of another kind."""
    text = "王建国13800138000" * 60_000
    phones = [Span(14 * n + 3, 14 * n + 14, "PHONE_NUMBER") for n in range(60_000)]
    spans = add_known(text, phones, [("PERSON", "王建国")])
    assert len(spans) == 120_000
    assert all(span[:2] == (7 * n - n % 2 * 4, 7 * n + 3 + n % 2 * 4) for n, span in enumerate(spans))
