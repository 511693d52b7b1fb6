"""Headings as messages show them: those made of the words of headings, and none that could be somebody."""

from __future__ import annotations

import pytest

from maskkit.detection.detector import Detector, build_detector
from maskkit.masker.headings import shows_nobody
from maskkit.masker.table import safe_names


@pytest.fixture(scope="module")
def detector() -> Detector:
    """All recognisers, names included."""
    return build_detector()


@pytest.mark.parametrize(
    "heading",
    "姓名 手机号 案件状态 催收员备注2 客户 客户ID 余额 时间 本期应还 第2联系人 是否逾期 与本人关系 "
    "姓名_token 联系人1_电话（必填） product_code amount userName phone1 records.items.phone *.phone * 1 12".split(),
)
def test_ordinary_headings_are_shown(detector: Detector, heading: str) -> None:
    """What rules name, and what is made of words of headings, is shown as it is."""
    assert safe_names([heading], detector) == [heading]


@pytest.mark.parametrize(
    "heading",
    [
        "Wang Jianguo",
        "wang.jianguo",
        "买买提",
        "古丽娜尔",
        "王建国",
        "王建国备注",
        "李娜手机",
        "高额",
        "A",
        "zhangsan88",
        "wx_1988",
        "phone19880",
        "12345",
        "电话13800138000",
        "*.王建国.phone",
        "Иван",
    ],
)
def test_what_may_be_somebody_is_not(detector: Detector, heading: str) -> None:
    """Names, handles and numbers are called by their place, whether anything finds them or not."""
    assert safe_names(["备注", heading], detector) == ["备注", "column 2"]


def test_an_empty_heading() -> None:
    """A heading that holds nothing shows nobody."""
    assert shows_nobody("")
    assert shows_nobody(" ")
