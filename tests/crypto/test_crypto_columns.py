"""Kinds of columns: what comes in goes out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from maskkit.crypto.ff1 import FF1
from maskkit.errors import InputError

DIGITS = FF1(bytes(16))
HAN = FF1(bytes(16), "".join(map(chr, range(0x4E00, 0x4E00 + 20_992))))

PHONES = ["13800138000", "02131221234", "95588001", "13912345678", "0000000"]
NAMES = ["王建国", "欧阳锋甲", "买买提吐尔逊", "李雷之", "韩梅梅"]

KINDS: dict[str, tuple[Callable[[list[str | None]], Any], Callable[[Any], list[str | None]]]] = {
    "list": (list, list),
    "tuple": (tuple, list),
    "numpy of objects": (lambda cells: np.array(cells, object), lambda column: list(column.tolist())),
    "Arrow string": (lambda cells: pa.array(cells, pa.string()), lambda column: list(column.to_pylist())),
    "Arrow large_string": (lambda cells: pa.array(cells, pa.large_string()), lambda column: list(column.to_pylist())),
    "Arrow string_view": (lambda cells: pa.array(cells, pa.string_view()), lambda column: list(column.to_pylist())),
    "Arrow dictionary": (
        lambda cells: pa.array(cells, pa.string()).dictionary_encode(),
        lambda column: list(column.to_pylist()),
    ),
    "Arrow slice": (
        lambda cells: pa.array(["x", "yy", *cells, "z"], pa.string())[2:-1],
        lambda column: list(column.to_pylist()),
    ),
    "Arrow chunks": (
        lambda cells: pa.chunked_array([cells[:2], [], cells[2:]], pa.string()),
        lambda column: list(column.to_pylist()),
    ),
    "polars": (lambda cells: pl.Series("phone", cells, pl.String), lambda column: list(column.to_list())),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("ff1", "values"), [(DIGITS, PHONES), (HAN, NAMES)], ids=["digits", "Han"])
@pytest.mark.parametrize("missing", [False, True])
def test_the_same_kind_comes_out(kind: str, ff1: FF1, values: list[str], missing: bool) -> None:
    """Cells are what the list gives, missing ones stay missing, the column that came in is as it was."""
    make, cells_of = KINDS[kind]
    cells: list[str | None] = [None, *values, None] if missing else [*values]
    column = make(cells)
    made = ff1.encrypt_column(column)
    assert type(made) is type(column)
    assert getattr(made, "type", None) == getattr(column, "type", None)
    assert getattr(made, "dtype", None) == getattr(column, "dtype", None)
    assert cells_of(made) == [value if value is None else ff1.encrypt(value) for value in cells]
    assert cells_of(ff1.decrypt_column(made)) == cells
    assert cells_of(column) == cells


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cells", [[], [None], [None, None], ["1234567"]])
def test_small_columns(kind: str, cells: list[str | None]) -> None:
    """Empty columns, those that hold nothing and those of one value."""
    make, cells_of = KINDS[kind]
    made = DIGITS.encrypt_column(make(cells))
    assert type(made) is type(make(cells))
    assert cells_of(made) == [cell and DIGITS.encrypt(cell) for cell in cells]


@pytest.mark.parametrize("dtype", ["U11", ">U12", "U40"])
def test_numpy_strings(dtype: str) -> None:
    """Arrays of strings keep their type; one with steps and an empty one too."""
    column = np.array(PHONES, dtype)
    made = DIGITS.encrypt_column(column)
    assert (made.dtype, made.tolist()) == (column.dtype, DIGITS.encrypt_column(PHONES))
    assert DIGITS.encrypt_column(column[::2]).tolist() == made[::2].tolist()
    assert column.tolist() == PHONES
    assert DIGITS.encrypt_column(column[:0]).dtype == column.dtype
    assert HAN.encrypt_column(np.array(NAMES)).tolist() == HAN.encrypt_column(NAMES)


def test_numpy_strings_that_would_end_in_nul() -> None:
    """An alphabet with NUL does not fit numpy's strings, which end before it."""
    with pytest.raises(InputError, match="NUL"):
        FF1(bytes(16), "\x00123456789").encrypt_column(np.array(["1234567"]))


@pytest.mark.parametrize(
    "column",
    [
        "13800138000",
        {"13800138000"},
        13800138000,
        np.array([13800138000]),
        np.array([["13800138000"]]),
        pl.Series([13800138000]),
        pa.array([13800138000]),
        pa.table({"phone": ["13800138000"]}),
        pd.Series(["13800138000"]),
        ["13800138000", 13800138000],
        ["13800138000", b"13800138000"],
        np.array(["13800138000", 5], object),
    ],
    ids=lambda column: type(column).__name__,
)
def test_what_is_no_column_of_strings(column: Any) -> None:
    """Texts, numbers and tables are refused without being shown."""
    with pytest.raises(InputError) as caught:
        DIGITS.encrypt_column(column)
    assert "13800138000" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_errors(kind: str) -> None:
    """A stranger's row is counted over chunks and missing cells; so is that of a value with the joining character."""
    make, _ = KINDS[kind]
    for wrong in ("1380013800x", "138\n0013800", "138００13800"):
        with pytest.raises(InputError, match="row 4 holds a character outside the alphabet"):
            DIGITS.encrypt_column(make(["13800138000", None, "13800138000", wrong]))


def test_no_library_is_imported() -> None:
    """Lists and numpy arrays are encrypted without polars, Arrow or pandas."""
    code = (
        "import sys, numpy; from maskkit.crypto.ff1 import FF1; f = FF1(bytes(16));"
        "f.encrypt_column(['1234567']); f.encrypt_column(numpy.array(['1234567']));"
        "sys.exit(bool({'pandas', 'polars', 'pyarrow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
