"""Coarser values."""

import pytest

from maskkit.errors import UsageError
from maskkit.operators.generalize import LEVELS, Generalize

CASES = [
    ("year", "1990-03-07", "1990"),
    ("year", "1990/3/7", "1990"),
    ("year", "19900307", "1990"),
    ("year", "1990年3月7日", "1990"),
    ("year", "１９９０年３月", "1990"),
    ("year", " 1990-3-7 0:00:00", "1990"),
    ("year", "1990", "1990"),
    ("year", "1990-02-30", ""),
    ("year", "90-03-07", ""),
    ("year", "属马", ""),
    ("province", "广东省深圳市南山区科技园", "广东省"),
    ("province", "深圳市南山区科技园", ""),
    ("city", "广东省深圳市南山区科技园", "广东省深圳市"),
    ("city", "深圳市南山区科技园", "深圳市"),
    ("city", "上海市浦东新区世纪大道100号", "上海市"),
    ("city", "上海市", "上海市"),
    ("city", "朝阳区建国路88号", ""),
    ("city", "世纪大道100号", ""),
    ("district", "广东省深圳市南山区科技园", "广东省深圳市南山区"),
    ("district", "朝阳区建国路88号", "朝阳区"),
    ("band", "35", "30-39"),
    ("band", "35岁", "30-39"),
    ("band", "３５周岁", "30-39"),
    ("band", "0", "0-9"),
    ("band", "89", "80-89"),
    ("band", "90", "90+"),
    ("band", "104", "90+"),
    ("band", "30-39", "30-39"),
    ("band", "90+", "90+"),
    ("band", "30-49", ""),
    ("band", "350", ""),
    ("band", "三十五", ""),
    ("band", "", ""),
]


@pytest.mark.parametrize(("level", "value", "expected"), CASES)
def test_generalize(level: str, value: str, expected: str) -> None:
    """A value becomes the coarser one of its level; what cannot be understood is removed."""
    assert Generalize(level).apply([value], LEVELS[level]) == [expected]


@pytest.mark.parametrize(("level", "expected"), [(level, expected) for level, _, expected in CASES if expected])
def test_twice_is_once(level: str, expected: str) -> None:
    """What is general already stays as it is."""
    assert Generalize(level).apply([expected], LEVELS[level]) == [expected]


def test_wrong_entity() -> None:
    """A level of another entity is refused when a column comes, whatever the policy let through."""
    with pytest.raises(UsageError, match="cannot generalize PHONE_NUMBER to year"):
        Generalize("year").apply(["13800138000"], "PHONE_NUMBER")


def test_unknown_level() -> None:
    """A level that does not exist is refused at construction."""
    with pytest.raises(UsageError, match="cannot generalize to month"):
        Generalize("month")
