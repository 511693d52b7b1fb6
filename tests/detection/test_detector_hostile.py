"""Texts made to be slow: a million characters of each take about as long as a million of any other."""

from __future__ import annotations

import pytest

from maskkit.detection.detector import Detector
from maskkit.detection.patterns import PatternRecognizer
from maskkit.rules import load_rules

SIZE = 1_000_000
STRICT = Detector([PatternRecognizer(load_rules(), profile="strict")])

FLOODS = [
    *(
        "1",
        "0",
        "6",
        "12",
        "１",
        "一",
        "幺3",
        "1一",
        "1 ",
        "1-",
        "1.",
        "138 ",
        "1380013800-",
        "0-",
        "010-",
        "+",
        "+1",
        "+1-",
        "+86",
    ),
    *(
        "(",
        ")",
        "(0",
        "()",
        "-",
        " ",
        ".",
        "@",
        "a@",
        "a.",
        "a@a.",
        "@a.",
        "a@b.c",
        ":",
        "::",
        "a:",
        "1:",
        "00:",
        "ab:",
        "f:1-",
        "1.1.",
    ),
    *(
        "a",
        "A1",
        "wx",
        "wxid_",
        "a_",
        "_",
        "%",
        "京",
        "京A",
        "京A1",
        "京 ",
        "转",
        "1转",
        "转1",
        "010-63622121转",
        "号1",
        "号-1",
        "元",
    ),
    *(
        "/",
        "://",
        "www.",
        "https://",
        "?a=1",
        "x.com/1",
        "手机",
        "手机1",
        "身份证",
        "订单号1",
        "QQ",
        "微信:a",
        "\u200b",
        "1\u200b",
        "*",
        "\n",
        "1\n",
    ),
    *(
        "1234567890123456789 ",
        "11010519491231002",
        "62220200000000000",
        "138001380001",
        "0106362212",
        "700",
        "a@" + "b." * 100,
        "a" * 64 + "@",
    ),
    *(
        "%31",
        "%",
        "&#49;",
        "&",
        "\\u0031",
        "\\u",
        "\\",
        "1\ufe0f\u20e3",
        "\ufe0f",
        "\u20e3",
        "①",
        "1\t",
        "138\r\n",
        "1E1",
    ),
    *("1.1E+17 ", "1 3 8 ", "E 1234 5678 ", "00 1A ", "v:abc1", "民航", "440524198001\n", "(家)"),
    *("+1 234 567 8901 ", "00852-", "(852)", "1234567890" * 4 + "-", "00-1A-2B-", "2001:db8::", "1.2.3.4.", "E1234567"),
]


@pytest.mark.parametrize("flood", FLOODS)
def test_flood(flood: str) -> None:
    """After a megabyte of one pattern a phone is still found; what is not linear would take hours."""
    text = (flood * (SIZE // len(flood) + 1))[:SIZE] + "。请致电13800138000。"
    assert STRICT.detect(text)[-1][:2] == (len(text) - 12, len(text) - 1)
