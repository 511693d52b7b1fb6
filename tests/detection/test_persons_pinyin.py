"""Names in Latin letters next to a label."""

from __future__ import annotations

import pytest

from maskkit.detection.persons.pinyin import latin_names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("姓名：Wang Jianguo，电话13800138000", ["Wang Jianguo"]),
        ("乘客姓名 ZHANG SAN 航班CA1234", ["ZHANG SAN"]),
        ("旅客：LI/NA", ["LI/NA"]),
        ("姓名拼音:Ouyang Xiu", ["Ouyang Xiu"]),
        ("Name: Jianguo Wang, Phone: 13800138000", ["Jianguo Wang"]),
        ('{"name":"Li Xiaoming","age":3}', ["Li Xiaoming"]),
        ("持卡人姓名：LIXIAOMING", ["LIXIAOMING"]),
        ("收件人：Xi’an Chen", ["Xi’an Chen"]),
    ],
)
def test_next_to_a_label(text: str, found: list[str]) -> None:
    """A name in pinyin behind a label is found whole, surname first or last, in any case."""
    assert [text[start:end] for start, end in latin_names(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "Wang Jianguo",  # no label
        "产品：Wang Jianguo",
        "姓名：N/A",
        "姓名：Not Available",
        "姓名：\nWang Jianguo",
        "filename: Test Report",
        "name: Google Chrome",
        "姓名：wang@example.com",
        "邮箱name=Li.Na@example.com",
        "hostname=Wang Server",
    ],
)
def test_what_is_no_name(text: str) -> None:
    """Without a label, across a line, or where the words are no pinyin, there is no name."""
    assert list(latin_names(text)) == []


def test_hostile_length() -> None:
    """A long run of capital letters, or of labels, takes no longer than its length."""
    assert list(latin_names("A" * 200_000)) == []
    assert list(latin_names("姓名：" * 100_000 + "An " * 100_000)) is not None
