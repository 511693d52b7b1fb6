"""The strings of a column as one array of code points that is changed in place, whatever the column is.

Lists and tuples, numpy arrays of strings, Arrow arrays and polars Series come in, and the same kind goes out; missing
cells stay missing. None of these libraries but numpy is imported here: an object that comes in brings its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import numpy as np

from maskkit.crypto.alphabet import Alphabet
from maskkit.crypto.flat import Codes, Flat, split
from maskkit.errors import InputError

ColumnT = TypeVar("ColumnT")

#: Stands for the length of a missing cell.
MISSING: Final = -1

_LIBRARIES: Final = ("numpy", "polars", "pyarrow")


#: Changes strings in place, `MISSING` ones excepted; its second argument is how many rows of the column stand before.
Change = Callable[[Flat, int], None]


def change_column(column: ColumnT, alphabet: Alphabet, change: Change) -> ColumnT:
    """Return `column` after `change` has replaced its strings by others of the same lengths and alphabet.

    InputError for what is no column of strings.
    """
    values: Any = column
    tops = (base.__module__.partition(".")[0] for base in type(values).__mro__)
    kind = next((top for top in tops if top in _LIBRARIES), None)
    made: Any
    if isinstance(values, list):
        made = _list(values, alphabet, change)
    elif isinstance(values, tuple):
        made = tuple(_list(values, alphabet, change))
    elif kind == "numpy" and getattr(values, "ndim", 0) == 1 and values.dtype.kind in "UOT":
        made = _numpy(values, alphabet, change)
    elif kind == "polars" and hasattr(values, "to_list"):
        made = _polars(values, alphabet, change)
    elif kind == "pyarrow" and hasattr(values, "chunks"):
        made = _chunked(values, alphabet, change)
    elif kind == "pyarrow" and hasattr(values, "buffers"):
        made = _arrow(values, alphabet, change, 0)
    else:
        raise InputError(
            f"a column is a list, a numpy or Arrow array or a polars Series of strings, not {type(values).__name__}"
        )
    changed: ColumnT = made
    return changed


def outside(row: int) -> InputError:
    """Return the error for a character that is none of the alphabet's, in the row of that number."""
    return InputError(f"row {row} holds a character outside the alphabet")


def _list(values: Sequence[Any], alphabet: Alphabet, change: Change, first: int = 0) -> list[Any]:
    """Join the strings once, with a character between them that the alphabet has not, and split the result."""
    if not values:
        return []
    missing: list[int] = []
    try:
        joined = alphabet.separator.join(values)
    except TypeError:
        missing = [row for row, value in enumerate(values) if value is None]
        joined = alphabet.separator.join(_filled(values, first))
    if joined.count(alphabet.separator) != len(values) - 1:
        raise outside(first + 1 + next(row for row, value in enumerate(values) if alphabet.separator in (value or "")))
    made: list[Any] = _joined(joined, len(values), missing, alphabet, change, first).split(alphabet.separator)
    for row in missing:
        made[row] = None
    return made


def _joined(joined: str, n: int, missing: list[int], alphabet: Alphabet, change: Change, first: int) -> str:
    """Change `n` strings with separators between them."""
    narrow = joined.isascii() and alphabet.narrow
    encoding = "ascii" if narrow else "utf-32-le"
    raw = bytearray(joined.encode(encoding, "surrogatepass"))
    codes: Codes = np.frombuffer(raw, np.uint8) if narrow else np.frombuffer(raw, "<u4")
    starts, lengths = split(codes, n, ord(alphabet.separator))
    lengths[missing] = MISSING
    change(Flat(codes, starts, lengths), first)
    return raw.decode(encoding, "surrogatepass")


def _filled(values: Sequence[Any], first: int) -> list[str]:
    """Return the strings, empty ones for None; InputError for anything else."""
    for row, value in enumerate(values, first + 1):
        if value is not None and not isinstance(value, str):
            raise InputError(f"row {row} is no string")
    return [value or "" for value in values]


def _numpy(values: Any, alphabet: Alphabet, change: Change) -> Any:
    if values.dtype.kind != "U":  # objects, or strings of any length
        return np.array(_list(values.tolist(), alphabet, change), dtype=values.dtype)
    if "\0" in alphabet:
        raise InputError("numpy arrays of strings cannot hold strings that end in NUL", hint="give a list")
    made = np.array(values, dtype=values.dtype.newbyteorder("="), order="C")
    width = made.dtype.itemsize // 4
    codes = made.view(np.uint32)
    lengths = np.char.str_len(made).astype(np.int64)
    if len(made):
        change(Flat(codes, np.arange(0, len(codes), width), lengths), 0)
    return made.astype(values.dtype, copy=False)


def _polars(values: Any, alphabet: Alphabet, change: Change) -> Any:
    """Join and split as with lists, but in polars."""
    pl = sys.modules["polars"]
    if values.dtype != pl.String:
        raise InputError(f"a column holds strings, not {values.dtype}")
    separator = alphabet.separator
    whole = len(values) > 0 and not values.null_count()
    joined = values.str.join(separator).item() if whole else ""
    if not whole or joined.count(separator) != len(values) - 1:
        return pl.Series(values.name, _list(values.to_list(), alphabet, change), dtype=pl.String)
    made = _joined(joined, len(values), [], alphabet, change, 0)
    return pl.Series(values.name, [made]).str.split(separator).explode()


def _chunked(values: Any, alphabet: Alphabet, change: Change) -> Any:
    chunks, first = [], 0
    for chunk in values.chunks:
        chunks.append(_arrow(chunk, alphabet, change, first))
        first += len(chunk)
    return sys.modules["pyarrow"].chunked_array(chunks, type=values.type)


def _arrow(values: Any, alphabet: Alphabet, change: Change, first: int) -> Any:
    """Change a copy of the bytes of the strings; offsets and validity stay as they are."""
    pa = sys.modules["pyarrow"]
    types, kind = pa.types, values.type
    if types.is_dictionary(kind) or types.is_string_view(kind):
        return _arrow(values.cast(pa.large_string()), alphabet, change, first).cast(kind)
    if not (types.is_string(kind) or types.is_large_string(kind)):
        raise InputError(f"a column holds strings, not {kind}")
    if not alphabet.narrow:
        return pa.array(_list(values.to_pylist(), alphabet, change, first), type=kind)
    if not len(values):
        return values
    if values.offset:
        values = pa.concat_arrays([values])
    validity, offsets, data = values.buffers()
    raw = np.frombuffer(offsets, np.int64) if types.is_large_string(kind) else np.frombuffer(offsets, np.int32)
    ends = raw[: len(values) + 1].astype(np.int64)
    codes = np.array(np.frombuffer(data or b"", np.uint8)[: ends[-1]])
    lengths = np.diff(ends)
    if values.null_count:
        lengths[~values.is_valid().to_numpy(zero_copy_only=False)] = MISSING
    change(Flat(codes, ends[:-1], lengths), first)
    return pa.Array.from_buffers(kind, len(values), [validity, offsets, pa.py_buffer(codes)], values.null_count)
