"""Whole columns of display masks."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskkit.masks import FULL, display
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.normalize import canonical
from maskkit.operators.display import Display

COLUMN = 200

PLAIN: dict[str, Callable[[int], str]] = {
    "PHONE_NUMBER": lambda i: f"138{i:08}",
    "CN_RESIDENT_ID": lambda i: f"11010119900307{i:03}{'0123456789X'[i % 11]}",
    "BANK_CARD": lambda i: f"6222{i:0{9 + i % 7}}",
    "PERSON": lambda i: "王李张刘欧赵"[i % 6] + "阳建秀丽"[i % 4] + "国英"[: i % 3],
}
ODD = [
    "",
    "x",
    "\n",
    "1\n2",
    "见备注",
    "138-0013-8000",
    "１３８００１３８０００",
    "13800138000 ",
    "23800138000",
    "²3800138000",
]
ODD += ["欧阳", "欧阳锋", "𠮷田", "11010119900307123x", "X" * 18, "1101011990030X1234", "\ud800" * 11]

VALUES = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"[0-9]{10,19}X?", fullmatch=True),
    st.sampled_from(["欧阳", "司马懿", "王伟", "13800138000"]),
)


@pytest.mark.parametrize("entity", PLAIN)
def test_plain_columns(entity: str) -> None:
    """A column of plain values has the same masks as its values one by one."""
    values = [PLAIN[entity](i) for i in range(COLUMN)]
    assert Display().apply(values, entity) == [display(entity, value) for value in values]


@pytest.mark.parametrize("entity", [*ENTITIES, *FIELD_ENTITIES])
def test_odd_values_among_plain_ones(entity: str) -> None:
    """Values that need care are found among plain ones, wherever they stand."""
    plain = [PLAIN.get(entity, str)(i) for i in range(COLUMN)]
    for values in (plain + ODD, ODD + plain, [value for pair in zip(plain, ODD * 20, strict=False) for value in pair]):
        for column in (values, [value for value in values if "\n" not in value]):
            expected = [display(entity, canonical(entity, value)) for value in column]
            assert Display().apply(column, entity) == expected


@given(st.sampled_from(sorted(PLAIN)), st.lists(VALUES, min_size=100, max_size=110))
@settings(max_examples=40)
def test_columns_agree_with_values(entity: str, values: list[str]) -> None:
    """Whatever a column holds, each value has the mask that it has alone."""
    assert Display().apply(values, entity) == [Display().apply([value], entity)[0] for value in values]


def test_a_note_in_a_phone_column() -> None:
    """A cell without the entity's shape shows nothing."""
    assert Display().apply(["机主已换号，打不通", "13812345678"], "PHONE_NUMBER") == [FULL, "138****5678"]


def test_one_mask_for_all_surfaces() -> None:
    """However a number is written, its mask is the same."""
    surfaces = ["13812345678", "138-1234-5678", "138 1234 5678", "１３８１２３４５６７８", "+8613812345678"]
    assert set(Display().apply(surfaces, "PHONE_NUMBER")) == {"138****5678"}


def test_empty_column() -> None:
    """A column of no values gives none."""
    assert Display().apply([], "PHONE_NUMBER") == []
