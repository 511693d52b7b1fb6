"""Values in disguise: other digits, other separators, escapes and wrappers; all of it is found, and comes back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import maskkit
from maskkit.detection.detector import build_detector

VALUES = {
    "PHONE_NUMBER": "13800138000",
    "CN_RESIDENT_ID": "11010519491231002X",
    "BANK_CARD": "6222020000000000000",
}
DETECTOR = build_detector(names="off")
MASKER = maskkit.Masker(policy="tokens", keyset=maskkit.Keyset.create())


def digits(table: str) -> Callable[[str], str]:
    return lambda value: value.translate(str.maketrans("0123456789", table))


def each(form: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: "".join(map(form, value))


def groups(separator: str) -> Callable[[str], str]:
    cuts = {11: (3, 7), 18: (6, 14), 19: (4, 8, 12, 16)}

    def cut(value: str) -> str:
        at = (0, *cuts[len(value)], len(value))
        return separator.join(value[a:b] for a, b in pairwise(at))

    return cut


#: What is written for each character or between the groups.
SCRIPTS: dict[str, Callable[[str], str]] = {
    "plain": lambda value: value,
    "full-width": digits("０１２３４５６７８９"),
    "Arabic": digits("٠١٢٣٤٥٦٧٨٩"),
    "mathematical": digits("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    "segmented": digits("🯰🯱🯲🯳🯴🯵🯶🯷🯸🯹"),
    "circled": digits("⓪①②③④⑤⑥⑦⑧⑨"),
    "superscript": digits("⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "subscript": digits("₀₁₂₃₄₅₆₇₈₉"),
    "Han": digits("零一二三四五六七八九"),
    "financial Han": digits("零壹贰叁肆伍陆柒捌玖"),
    "Traditional Han": digits("零壹貳參肆伍陸柒捌玖"),
    "keycaps": each(lambda char: f"{char}\ufe0f\u20e3" if char.isdigit() else char),
    "struck through": each(lambda char: char + "\u0336"),
    "zero-width": "\u200b".join,
    "tags": "\U000e0020".join,
    "hyphens": groups("-"),
    "blanks": groups(" "),
    "wide blanks": groups("\u3000"),
    "thin blanks": groups("\u2009"),
    "minus signs": groups("\u2212"),
    "middle dots": groups("·"),
    "wide gaps": groups(" - "),
}
#: What a program makes of it.
ESCAPES: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "JSON": each(lambda char: "".join(f"\\u{unit:04x}" for unit in units(char))),
    "JSON twice": each(lambda char: "".join(f"\\\\u{unit:04X}" for unit in units(char))),
    "HTML": each(lambda char: f"&#{ord(char)};"),
    "HTML in hex": each(lambda char: f"&#x{ord(char):x};"),
    "URL": lambda text: quote(text, safe=""),
    "URL of all": each(lambda char: "".join(f"%{byte:02X}" for byte in char.encode())),
    "bytes in a log": each(lambda char: "".join(f"\\x{byte:02x}" for byte in char.encode())),
}
#: What stands around it.
WRAPPERS = [
    "{}",
    "客户{}来电",
    "（{}）",
    '="{}"',
    "'{}'",
    '{{"a":"{}"}}',
    "a={}&b=1",
    "<td>{}</td>",
    "【{}】",
    "\t{}\n",
    "第1条：{}。",
]


def units(char: str) -> list[int]:
    data = char.encode("utf-16-be")
    return [data[k] << 8 | data[k + 1] for k in range(0, len(data), 2)]


@pytest.mark.parametrize("entity", VALUES)
@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("escape", ESCAPES)
def test_found_whole(entity: str, script: str, escape: str) -> None:
    """Whatever a value is written with, one finding covers all of it, wherever it stands."""
    surface = ESCAPES[escape](SCRIPTS[script](VALUES[entity]))
    for wrapper in WRAPPERS:
        text = wrapper.format(surface)
        found = [span for span in DETECTOR.detect(text) if span.entity == entity]
        assert [text[span.start : span.end] for span in found] == [surface], wrapper


@given(
    st.sampled_from(sorted(VALUES)),
    st.sampled_from(sorted(SCRIPTS)),
    st.sampled_from(sorted(ESCAPES)),
    st.sampled_from(WRAPPERS),
)
@settings(max_examples=150, deadline=None)
def test_comes_back(entity: str, script: str, escape: str, wrapper: str) -> None:
    """What was masked comes back byte for byte, and all ways to write a value have one token key."""
    text = wrapper.format(ESCAPES[escape](SCRIPTS[script](VALUES[entity])))
    masked = MASKER.text(text)
    assert maskkit.token_key(MASKER.text(VALUES[entity]).text) in masked.text
    assert MASKER.unmask(masked.text).text == text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r'{"name":"\u738b\u5efa\u56fd","tel":"\u0031"}', [r"\u738b\u5efa\u56fd"]),
        ("name=%E7%8E%8B%E5%BB%BA%E5%9B%BD&x=1", ["%E7%8E%8B%E5%BB%BA%E5%9B%BD"]),
        ("客户&#29579;&#24314;&#22269;来电", ["&#29579;&#24314;&#22269;"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    """A name that a program wrote as escapes is found, and comes back."""
    found = [text[span.start : span.end] for span in maskkit.detect(text) if span.entity == "PERSON"]
    assert found == names
    masked = MASKER.text(text)
    assert names[0] not in masked.text
    assert MASKER.unmask(masked.text).text == text
