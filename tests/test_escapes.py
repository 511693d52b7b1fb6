"""Escapes: what they stand for, and where it stands."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit.escapes import locate, unescape


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\u738b\u5EFA国", "王建国"),
        (r"\\u738b\\\\u5efa", "王建"),
        (r"\ud83d\udE00!", "😀!"),
        (r"138\/0013\n8000\\t\"", '138/0013\n8000\t"'),
        ("%E7%8e%8B+1", "王+1"),
        ("%25E7%258E%258B", "王"),
        ("%CD%F5%BD%A8", "王建"),
        ("%31%33%38", "138"),
        (r"\xe7\x8e\x8b", "王"),
        ("&#29579;&#x738B;&#X738b", "王王王"),
        ("&#49&#51&amp;#56;", "138"),
        ("138&nbsp;0013&thinsp;8000", "138\u00a00013\u20098000"),
        ("%ff%31%33", "\ufffd13"),
        ("a&lt;b", "a<b"),
    ],
)
def test_unescape(text: str, plain: str) -> None:
    """Every escape is read, also one that was escaped again."""
    assert unescape(text) == plain


@pytest.mark.parametrize(
    "text", ["", "100%", "50%的人", "a&b;c", "&nothing;", r"C:\Users", r"\u12", r"\ud83d!", r"\d\s", "R&D"]
)
def test_nothing_to_read(text: str) -> None:
    """What looks like an escape and is none stays as it is."""
    assert unescape(text) == text
    assert locate(text) is None


def test_where_characters_stand() -> None:
    """Each character knows the whole of what stood for it."""
    text = r"姓名%E7%8E%8B\u5efa!"
    found = locate(text)
    assert found is not None
    assert [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)] == [
        "姓",
        "名",
        "%E7%8E%8B",
        r"\u5efa",
        "!",
    ]


@given(st.text(st.sampled_from("\\ux%&#;25amp0dD8cCeE7王x1a\ud800"), max_size=60))
def test_any_text(text: str) -> None:
    """Whatever stands there, the pieces of all characters make up the text."""
    found = locate(text)
    if found is not None:
        assert len(found.text) == len(found.starts) == len(found.ends)
        assert "".join(text[a:b] for a, b in zip(found.starts, found.ends, strict=True)) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_programs_write(text: str) -> None:
    """What JSON and URLs make of a text is read as that text, but for the escapes that it held itself."""
    plain = text.translate(dict.fromkeys(map(ord, '\\%&"/\b\f\n\r\t')))
    assert unescape(quote(plain, safe="")) == plain
    assert unescape(json.dumps(plain)[1:-1]) == plain


@pytest.mark.parametrize("unit", ["%", "%25", "\\", "\\u", "&", "&amp;", "&#", "%e7", "\\xe7", "%4", "&#x", "\\ud83d"])
def test_a_hostile_megabyte(unit: str) -> None:
    """A megabyte of beginnings is read to its end; what is not linear would take hours."""
    assert unescape(unit * (1_000_000 // len(unit)) + "!\\u738b").endswith("王")
