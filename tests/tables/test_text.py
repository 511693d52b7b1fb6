"""Running text: lines with their ends, however the text is cut."""

from __future__ import annotations

import pytest

from maskkit.errors import InputError
from maskkit.tables.text import read_lines


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a\n"]),
        ("a\r\n\r\nb\rc\n\rd", ["a\r\n", "\r\n", "b\r", "c\n", "\r", "d"]),
        ("a\u2028b\x0cc\x85d\n", ["a\u2028b\x0cc\x85d\n"]),
        ("\r\r", ["\r", "\r"]),
    ],
)
def test_lines(text: str, expected: list[str], size: int) -> None:
    """Lines end at LF, CRLF and CR only, whatever the block size."""
    blocks = [text[i : i + size] for i in range(0, len(text), size)]
    assert [line for lines in read_lines(blocks) for line in lines] == expected


def test_a_line_that_is_too_long() -> None:
    """A line is never cut, so one beyond the limit is an error that names it, before more is read."""
    blocks = iter(["a\nb\nccc", *["c" * 10] * 20])
    with pytest.raises(InputError, match="line 3 is longer than 50 characters"):
        list(read_lines(blocks, limit=50))
    assert next(blocks)
