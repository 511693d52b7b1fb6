"""Encodings: told over the whole file, never guessed into noise, errors that name byte and line."""

from __future__ import annotations

import io

import pytest

from maskkit.errors import InputError, UsageError
from maskkit.tables.encoding import Encoding, decode, detect_encoding, named_encoding

TEXT = "姓名,备注\n王建国,客户表示本月资金紧张\n李秀英,已还款\n"
ASCII = b"id,amount\n" + b"1,2\n" * 300_000


def detect(data: bytes, encoding: str | None = None) -> Encoding:
    return detect_encoding(io.BytesIO(data), "cases.csv", encoding)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Encoding("utf-8")),
        (b"a,b\n", Encoding("utf-8")),
        (TEXT.encode(), Encoding("utf-8")),
        (TEXT.encode("utf-8-sig"), Encoding("utf-8", b"\xef\xbb\xbf")),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), Encoding("utf-16-le", b"\xff\xfe")),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), Encoding("utf-16-be", b"\xfe\xff")),
        (TEXT.encode("gbk"), Encoding("gb18030")),
        ("王㐂𠮷".encode("gb18030") + TEXT.encode("gbk"), Encoding("gb18030")),
        (ASCII + TEXT.encode(), Encoding("utf-8")),
        (ASCII + TEXT.encode("gbk"), Encoding("gb18030")),
        (ASCII + TEXT.encode("gbk") + ASCII, Encoding("gb18030")),
        ("王".encode("gbk"), Encoding("gb18030")),
    ],
)
def test_encodings_are_told(data: bytes, expected: Encoding) -> None:
    """Each encoding is told by its bytes, also where the first megabyte is plain ASCII."""
    assert detect(data) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\nb\0c", "holds a NUL byte (byte 3, line 2)"),
        (TEXT.encode() + b"\0", f"holds a NUL byte (byte {len(TEXT.encode())}, line 4)"),
        (b"\xff\xfe" + "a\nb\0".encode("utf-16-le"), "holds a NUL byte (byte 8, line 2)"),
        (b"\xff\xfea\0\n\0b", "is not utf-16-le (byte 6, line 2)"),
        (b"\xff\xfe\x00\xd8a\0", "is not utf-16-le (byte 2, line 1)"),
        (b"\xef\xbb\xbfa\n\xff", "is not utf-8 (byte 5, line 2)"),
        (b"a\n\xff\xff,b\n", "is not UTF-8 (byte 2, line 2) and not GB18030 (byte 2, line 2)"),
        (ASCII + b"\xff\n", f"(byte {len(ASCII)}, line 300002)"),
        (TEXT.encode() + b"\xe7\x8e\n" + TEXT.encode(), f"is UTF-8 but for byte {len(TEXT.encode())}, line 4"),
        (TEXT.encode()[:-3] + b"\n", "is UTF-8 but for byte"),
        ("借款人電話號碼臺灣客戶".encode("big5") * 3, "hardly GB18030"),
    ],
)
def test_what_is_in_no_encoding(data: bytes, message: str) -> None:
    """The error names byte and line, and never shows what stands there."""
    with pytest.raises(InputError) as error:
        detect(data)
    assert message in str(error.value)
    assert str(error.value).startswith("cases.csv ")
    assert error.value.__cause__ is None


@pytest.mark.parametrize(("codec", "option"), [("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")])
def test_utf_16_without_bom_is_recognised(codec: str, option: str) -> None:
    """UTF-16 without BOM is not guessed, but the hint gives the option that reads it."""
    data = "name,phone\n王,1\n".encode(codec)
    with pytest.raises(InputError) as error:
        detect(data)
    assert error.value.hint is not None
    assert option in error.value.hint
    assert detect(data, option) == Encoding(codec)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("GBK", "gb18030"), ("gb2312", "gb18030"), ("UTF8", "utf-8"), ("utf-8-sig", "utf-8"), ("big5", "big5")],
)
def test_named_encodings(name: str, codec: str) -> None:
    """Names in any spelling; GBK is read as its superset, so that every restored value can be written."""
    assert named_encoding(name) == codec


@pytest.mark.parametrize(
    "name", ["none-such", "iso2022_jp", "utf-7", "base64", "hz", "unicode_escape", "utf-32", "a\0"]
)
def test_encodings_that_cannot_be_kept(name: str) -> None:
    """Unknown and stateful encodings are errors of the call."""
    with pytest.raises(UsageError):
        named_encoding(name)


def test_a_named_encoding_is_checked() -> None:
    """A named encoding keeps its BOM, must fit every byte, and must encode back to the same bytes."""
    assert detect(TEXT.encode("utf-8-sig"), "utf-8") == Encoding("utf-8", b"\xef\xbb\xbf")
    assert detect(b"\xff\xfe" + "王".encode("utf-16-le"), "utf-16") == Encoding("utf-16-le", b"\xff\xfe")
    assert detect("電話".encode("big5"), "big5") == Encoding("big5")
    with pytest.raises(InputError, match="is not utf-8"):
        detect(TEXT.encode("gbk"), "utf-8")
    with pytest.raises(InputError, match="no UTF-16 BOM"):
        detect(b"abc", "utf-16")
    with pytest.raises(InputError, match=r"would not encode back.*byte 3, line 2"):
        detect(b"ab\n\xee\xf9", "cp932")


def test_decode_never_cuts_a_character() -> None:
    """Every block size gives the same text and the same bytes."""
    data = "\ufeff王𠮷\n".encode("utf-8")
    for size in range(1, 9):
        parts = list(decode(io.BytesIO(data), "x", Encoding("utf-8", b"\xef\xbb\xbf"), size))
        assert b"".join(part for part, _ in parts) == data
        assert "".join(text for _, text in parts) == "王𠮷\n"


def test_four_bytes_are_gb18030() -> None:
    """An emoji or U+2028 is enough to tell GB18030, as where all else was masked; digits after kana are not."""
    for text in ("nm_abc 😀\n", "a\u2028b", "𠮷,1"):
        assert detect(text.encode("gb18030")) == Encoding("gb18030")
    with pytest.raises(InputError, match="hardly GB18030"):
        detect("ｱ1ｲ2,ｳ3ｴ4".encode("shift_jis"))
