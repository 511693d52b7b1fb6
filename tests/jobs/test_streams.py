"""Streams: which strings of a text can be values, and where they stand."""

from __future__ import annotations

import numpy as np
import pytest

from maskkit.jobs import streams


def found(stream: streams.Stream, text: str, length: int) -> list[str]:
    place = streams.windows(stream, stream.starts, stream.run_ends, length)
    return [text[start:end] for start, end in zip(place.starts.tolist(), place.ends.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("text", "length", "values"),
    [
        ("电话138-0013-8000。", 11, ["138-0013-8000"]),
        ("26 138 0013 8000 12", 11, ["138 0013 8000"]),
        ("138    0013 8000", 11, []),
        ("138,0013,8000", 11, []),
        ("1380013一打", 7, ["1380013"]),
        ("x1380013y", 7, ["1380013"]),
        ("1380013", 6, []),
        ("", 1, []),
        ("无", 1, []),
    ],
)
def test_numbers(text: str, length: int, values: list[str]) -> None:
    """A number begins and ends with a group of digits; up to three separators stand between two groups."""
    assert found(streams.numbers(streams.folded(text)), text, length) == values


@pytest.mark.parametrize(
    ("text", "length", "values"),
    [
        ("护照E 1234-5678，", 9, ["E 1234-5678"]),
        ("KE12345678", 9, []),
        ("苏京A·12345学员", 7, ["京A·12345"]),
        ("粤Z1234港", 7, ["粤Z1234港"]),
    ],
)
def test_codes(text: str, length: int, values: list[str]) -> None:
    """A code begins and ends with a group of letters and digits; a plate also where its province stands."""
    assert found(streams.codes(streams.folded(text)), text, length) == values


def test_words() -> None:
    """A word is a whole run of its characters, without the stops behind it."""
    text = "-li@qq.com... a@b.c"
    member, edges = streams.members(b"abcilmoq@.-"), streams.members(b".-")
    [(length, place)] = streams.words(streams.folded(text), member, edges, [9])
    assert length == 9
    assert (place.starts.tolist(), place.ends.tolist()) == ([1], [10])


def test_hashes() -> None:
    """One value has one hash in whatever case and script it stands, other values have others."""
    text = "e12345678 E１２３４５６７８ e12345679"
    stream = streams.codes(streams.folded(text))
    place = streams.windows(stream, stream.starts, stream.run_ends, 9)
    known = streams.hashes(["E12345678"])
    assert list(known) == [9]
    assert np.isin(place.hashes, known[9]).tolist() == [True, True, False]


def test_a_seed_stands_before() -> None:
    """A hash behind a seed is that of the whole."""
    stream = streams.numbers(streams.folded("2131221234"))
    place = streams.windows(stream, stream.starts, stream.run_ends, 10, b"0")
    assert place.hashes.tolist() == streams.hashes(["02131221234"])[11].tolist()
