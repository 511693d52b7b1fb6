"""Arrow columns of tokens."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from maskkit.errors import InputError
from maskkit.keys.keyset import Keyset
from maskkit.operators.token import TokenOperator

PHONES = [str(13_800_000_000 + 977 * i) for i in range(9_000)]
COLUMNS: dict[str, tuple[str, list[str | None]]] = {
    "phones": ("PHONE_NUMBER", [*PHONES]),
    "one written otherwise": ("PHONE_NUMBER", [*PHONES[:50], "138-0013-8000", *PHONES[50:]]),
    "two lengths": ("BANK_CARD", ["6222021234567890123", "6222021234560123"] * 30),
    "names of Han characters": ("PERSON", ["王建国", "欧阳锋", "李四", "欧阳建国"] * 20),
    "names": ("PERSON", ["王建国", "欧阳锋", "𠮷田"] * 20),
    "with nulls": ("PHONE_NUMBER", [None, *PHONES[:40], None]),
    "with empty cells": ("PHONE_NUMBER", ["", *PHONES[:40], ""]),
    "empty": ("PHONE_NUMBER", []),
    "nulls alone": ("PHONE_NUMBER", [None, None]),
}
KINDS: dict[str, Any] = {
    "string": lambda cells: pa.array(cells, pa.string()),
    "large_string": lambda cells: pa.array(cells, pa.large_string()),
    "slice": lambda cells: pa.array(["x" * 7, *cells, "yy"], pa.string())[1:-1],
    "chunks": lambda cells: pa.chunked_array([cells[:20], cells[20:]], pa.string()),
}


@pytest.fixture
def operator(keyset: Keyset) -> TokenOperator:
    return TokenOperator(keyset.for_tenant("default"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", COLUMNS)
def test_an_arrow_column_is_its_list(operator: TokenOperator, kind: str, name: str) -> None:
    """Its tokens are those of the list, and come back; nulls and empty cells stay."""
    entity, cells = COLUMNS[name]
    column = KINDS[kind](cells)
    made = operator.apply_arrow(column, entity)
    assert (type(made), made.type) == (type(column), column.type)
    held = iter(operator.apply([cell for cell in cells if cell is not None], entity))
    assert made.to_pylist() == [None if cell is None else next(held) for cell in cells]
    made.validate(full=True)
    back = operator.reverse_arrow(made)
    assert (type(back), back.type, back.to_pylist()) == (type(column), column.type, cells)


def test_what_does_not_open_stays(operator: TokenOperator, keyset: Keyset) -> None:
    """Cells that are no token, are damaged or another tenant's are what they were."""
    other = TokenOperator(keyset.for_tenant("agency-a"))
    mine, theirs = operator.apply(PHONES[:40], "PHONE_NUMBER"), other.apply(PHONES[:40], "PHONE_NUMBER")
    damaged = mine[0][:-2] + "aa"
    for cells in (theirs, [*mine, damaged], [*mine, "13800138000"], ["13800138000"] * 40, [*mine, theirs[0]]):
        back = operator.reverse_arrow(pa.array(cells)).to_pylist()
        assert back == [value or cell for value, cell in zip(operator.reverse(cells), cells, strict=True)]


def test_other_types_are_refused(operator: TokenOperator) -> None:
    """Numbers are no strings; the message shows none."""
    with pytest.raises(InputError, match="strings, not int64") as caught:
        operator.apply_arrow(pa.array([13800138000]), "PHONE_NUMBER")
    assert "13800138000" not in str(caught.value)
