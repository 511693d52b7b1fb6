"""The fold to one byte a character, and the runs in it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maskkit.detection.finders import Finders
from maskkit.detection.folding import HAN_ZERO, LETTER, OTHER, fold
from maskkit.detection.prescan import Batch
from maskkit.detection.runs import HAN, PLUS
from maskkit.detection.view import View
from maskkit.normalize import ZERO_WIDTH

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


def test_fold_digits_letters_and_signs() -> None:
    """Digits of every kind, full-width Latin, dashes and blanks fold to ASCII; numerals and other Han do not."""
    assert fold("１３８٣𝟖Ａｚ＠－—　￥，") == b"13838Az@-- $,"
    assert fold("〇一玖幺") == bytes([HAN_ZERO, HAN_ZERO + 1, HAN_ZERO + 9, HAN_ZERO + 1])
    assert fold("说。") == bytes([LETTER, OTHER])
    assert fold("转") == fold("轉") != fold("京")


@given(ANY_TEXT)
def test_fold_keeps_length(text: str) -> None:
    """One character in, one byte out, lone surrogates included."""
    assert len(fold(text)) == len(text)


def test_batch_offsets() -> None:
    """`starts` holds each text's offset and one past the end."""
    batch = Batch.of(["ab", "", "说\n话"])
    assert batch.text == "ab\n\n说\n话"
    assert batch.starts.tolist() == [0, 3, 4, 8]
    assert batch.codes.tolist() == [ord(char) for char in batch.text]


def test_empty_batch() -> None:
    """No text is no text."""
    batch = Batch.of([])
    assert (batch.text, batch.starts.tolist(), batch.view.bytes) == ("", [0], b"")
    finders = Finders(batch.view)
    assert finders.numbers().starts == finders.plates().starts == finders.mails().starts == []


def test_zero_width_characters_leave_the_view() -> None:
    """Offsets lead back to the text, and a span takes in what hides inside it."""
    text = f"a1{ZERO_WIDTH}23"
    view = Batch.of([text]).view
    assert view.bytes == b"a123"
    assert view.span(1, 4) == (1, len(text))
    assert view.offset(2) == 2 + len(ZERO_WIDTH)


def test_covered_text_leaves_the_view() -> None:
    """Nothing can match in or across what is covered."""
    view = View(Batch.of(["1234567890"]).codes, [(4, 6)])
    assert view.bytes == b"1234" + bytes([OTHER] * 2) + b"7890"


def test_number_runs() -> None:
    """Runs say where they stand, how many digits they hold, whether they are bare and how groups begin."""
    text = "打12345，共三百+86 138，1234，幺二三四五"
    runs = Finders(Batch.of([text]).view).numbers()
    found = [text[start:end] for start, end in zip(runs.starts, runs.ends, strict=True)]
    assert found == ["12345", "+86 138", "幺二三四五"]
    assert (runs.digits, runs.whole) == ([5, 5, 5], [True, False, False])
    assert runs.signs == [1 << 1, PLUS | 1 << 8 | 1 << 1, HAN]


def test_other_runs() -> None:
    """Words hold a letter and a digit, handles a letter, mails an @, hexes their separators; plates begin with Han."""
    text = "wxid_1 123456 a@b.cn 10.0.0.1 12:30:45 1-2 京A12345 在京 A1，E 123-4567，6.2E+18，在00 1A 2B 3C 4D 5E"
    finders = Finders(Batch.of([text]).view)

    def found(kind: str) -> list[str]:
        runs = getattr(finders, kind)()
        return [text[start:end] for start, end in zip(runs.starts, runs.ends, strict=True)]

    assert found("words") == ["A12345"]
    assert found("spaced") == ["1 123456 a", "E 123-4567", "00 1A 2B 3C 4D 5E"]
    assert [run[-4:] for run in found("exponents")] == ["6.2E"]
    assert found("handles") == ["wxid_1", "A12345"]
    assert found("mails") == ["a@b.cn"]
    assert found("hexes") == ["10.0.0.1", "12:30:45", "00 1A 2B 3C 4D 5E"]
    assert found("plates") == ["京", "京"]


@given(st.lists(ANY_TEXT, max_size=6))
def test_runs_stay_inside_texts(texts: list[str]) -> None:
    """No run reaches over the newline between two texts."""
    view = Batch.of(texts).view
    newlines = np.flatnonzero(view.folded == ord("\n"))
    find = Finders(view)
    for kind in (find.numbers, find.words, find.spaced, find.handles, find.mails, find.hexes, find.plates):
        runs = kind()
        for start, end in zip(runs.starts, runs.ends, strict=True):
            assert start < end
            assert not ((newlines >= start) & (newlines < end)).any()
