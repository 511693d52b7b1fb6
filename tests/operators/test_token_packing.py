"""Packing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit.operators.packing import PLATE_CHARS, SHAPES, pack, unpack
from maskkit.operators.packing_columns import pack_column, unpack_column

DIGITS = "0123456789"
VALUES = st.one_of(
    *(st.text(DIGITS, min_size=size, max_size=size) for size in (11, 15, 18, 19)),
    st.text(DIGITS, min_size=10, max_size=10).map(lambda digits: "1" + digits),
    st.text(DIGITS, min_size=17, max_size=17).map(lambda digits: digits + "X"),
    st.text(DIGITS, max_size=20),
    st.text(DIGITS, min_size=4, max_size=16).map(lambda digits: "+" + digits),
    st.from_regex(r"[0-9]{10,12}-[0-9]{1,7}", fullmatch=True),
    st.text(PLATE_CHARS, min_size=4, max_size=8).map(lambda tail: "京" + tail),
    st.text("王李建国𠮷\0", max_size=5),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.text(DIGITS + "X １一-+", max_size=19),
)


@given(st.sampled_from(["PERSON", "PHONE_NUMBER"]), st.lists(VALUES, max_size=60))
def test_a_column_packs_as_its_values(entity: str, values: list[str]) -> None:
    """Whole arrays give what value by value gives, there and back; what packs comes back."""
    words, sizes = pack_column(entity, values)
    alone = [pack(entity, value) for value in values]
    assert list(zip(words.tolist(), sizes.tolist(), strict=True)) == alone
    expected = [value if size else None for value, (_, size) in zip(values, alone, strict=True)]
    assert unpack_column(entity, words, sizes) == expected
    assert [unpack(entity, *pair) if pair[1] else None for pair in alone] == expected


@pytest.mark.parametrize("entity", ["PERSON", "PHONE_NUMBER"])
def test_a_long_column_of_odd_values(entity: str) -> None:
    """Arrays take over for long columns: what only looks like their shapes packs as it does alone."""
    odd = [
        "王\0",
        "\0\0",
        "\0",
        "02131221234",
        "13800138000",
        "1380013800\0",
        "6" * 18,
        "6" * 17 + "X",
        "6" * 16 + "X6",
    ]
    odd += ["１３８００１３８０００", "𠮷田", "\uffff\uffff", "", "123", "0" * 19, "京A12345", "+85291234567", "9" * 20]
    for column in (odd * 3, *([value] * 30 for value in odd)):
        words, sizes = pack_column(entity, column)
        alone = [pack(entity, value) for value in column]
        assert list(zip(words.tolist(), sizes.tolist(), strict=True)) == alone
        back = unpack_column(entity, words, sizes)
        assert back == [value if size else None for value, (_, size) in zip(column, alone, strict=True)]


@given(st.sampled_from(["PERSON", "PHONE_NUMBER"]), st.integers(0, (1 << 64) - 1), st.integers(1, 8))
def test_what_unpacks_packs_to_the_same(entity: str, word: int, size: int) -> None:
    """A word stands for one value at most, and no word makes it raise."""
    word &= ~((1 << 8 * (8 - size)) - 1)
    value = unpack(entity, word, size)
    if value is not None:
        assert pack(entity, value) == (word, size)


@pytest.mark.parametrize(
    ("entity", "value", "size"),
    [
        *(("PHONE_NUMBER", "13800138000", 5), ("PHONE_NUMBER", "10000000000", 5), ("PERSON", "19999999999", 5)),
        *(
            ("PERSON", "王", 2),
            ("PERSON", "王建", 4),
            ("PERSON", "𠮷", 4),
            ("PERSON", "𠮷田建", 8),
            ("PERSON", "1234", 8),
        ),
        *(
            ("PERSON", "𠮷田建国", 0),
            ("PERSON", "司马相如也", 0),
            ("PERSON", "6222021234567890123", 0),
            ("PERSON", "", 0),
        ),
        *(("BANK_CARD", "0" * 19, 8), ("BANK_CARD", "9" * 19, 8), ("BANK_CARD", "9" * 20, 0), ("BANK_CARD", "0", 8)),
        *(("CN_RESIDENT_ID", "99999999999999999X", 8), ("CN_RESIDENT_ID", "99999999999999999x", 0)),
        *(("PHONE_NUMBER", "+12345", 8), ("PHONE_NUMBER", "+1234", 0), ("PHONE_NUMBER", "999999999999-999999", 8)),
        *(
            ("CN_VEHICLE_REGISTRATION", "沪AD12345", 7),
            ("CN_VEHICLE_REGISTRATION", "沪A1234", 7),
            ("ADDRESS", "沪A123", 0),
        ),
        *(("ADDRESS", "１２３", 0), ("ADDRESS", "①", 0), ("AGE", "٣٥", 0)),
    ],
)
def test_sizes(entity: str, value: str, size: int) -> None:
    """The form alone decides, at the edges of every rule."""
    assert pack(entity, value)[1] == size


def test_all_shapes_fit_in_eight_bytes() -> None:
    """The ranges of the shapes leave room."""
    assert sum(10 ** shape.count("0") for shape in SHAPES) < 1 << 64
    assert len(set(SHAPES)) == len(SHAPES) == 49


def test_plates_fit_in_seven_bytes() -> None:
    """The largest plate is below 2^56."""
    word, size = pack("CN_VEHICLE_REGISTRATION", "\u9fff" + PLATE_CHARS[-1] * 7)
    assert (word & 0xFF, size) == (0, 7)
    assert word < 1 << 64
