"""Arrow arrays of ASCII strings, rewritten through their buffers: no string of Python is made.

pyarrow is not imported here: an array that comes in brings its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast

import numpy as np

from maskkit.crypto.flat import Codes, Flat
from maskkit.errors import InputError
from maskkit.operators.base32 import Rows

ArrowT = TypeVar("ArrowT")

_ASCII: Final = 128
#: What the four-byte offsets of Arrow's `string` reach.
_MOST_BYTES: Final = (1 << 31) - 1


def rewrite(column: Any, change: Callable[[Flat], Codes | None], rows: int) -> Any:
    """Return an Arrow column with its strings changed, `rows` of them at a time; None where only lists will do.

    `change` returns strings of one length as rows of codes, None where they have none. So do nulls, and strings that
    are not ASCII.
    """
    if hasattr(column, "chunks"):
        chunks = [_rewrite(chunk, change, rows) for chunk in column.chunks]
        return None if None in chunks else sys.modules["pyarrow"].chunked_array(chunks, type=column.type)
    return _rewrite(column, change, rows)


def by_lists(column: ArrowT, change: Callable[[list[str]], Sequence[str | None]]) -> ArrowT:
    """Return an Arrow column with its strings changed as a list; null cells, and those changed to None, stay."""
    pa, old = sys.modules["pyarrow"], cast("Any", column)
    if not pa.types.is_large_string(old.type) and not pa.types.is_string(old.type):
        raise InputError(f"a column holds strings, not {old.type}")
    cells = old.to_pylist()
    changed = iter(change([cell for cell in cells if cell is not None]))
    made = [cell if cell is None or (new := next(changed)) is None else new for cell in cells]
    array = pa.array(made, type=old.type)
    changed_column: ArrowT = pa.chunked_array([array]) if hasattr(column, "chunks") else array
    return changed_column


def _rewrite(array: Any, change: Callable[[Flat], Codes | None], rows: int) -> Any:
    flat = _flat(array)
    if flat is None:
        return None
    made: Rows | None = None
    for start in range(0, len(array), rows):
        some = change(Flat(flat.codes, flat.starts[start : start + rows], flat.lengths[start : start + rows]))
        if some is None or some.dtype != np.uint8:
            return None
        if made is None:
            made = np.empty((len(array), some.shape[1]), np.uint8)
        if some.shape[1] != made.shape[1]:
            return None
        made[start : start + rows] = some
    return None if made is None else _array(made, array.type)


def _flat(array: Any) -> Flat | None:
    """Return the strings of an array; None where it is empty, or holds nulls or what is not ASCII."""
    types = sys.modules["pyarrow"].types
    large = types.is_large_string(array.type)
    if not len(array) or array.null_count or not (large or types.is_string(array.type)):
        return None
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int64 if large else np.int32)[array.offset : array.offset + len(array) + 1]
    codes = np.frombuffer(data or b"", np.uint8)[: int(ends[-1])]
    starts = ends.astype(np.int64)
    held = codes[int(starts[0]) :]
    if len(held) and held.max() >= _ASCII:
        return None
    return Flat(codes, starts[:-1], np.diff(starts))


def _array(rows: Rows, kind: Any) -> Any:
    pa = sys.modules["pyarrow"]
    n, width = rows.shape
    large = pa.types.is_large_string(kind)
    if not large and rows.size > _MOST_BYTES:
        return None
    offsets = np.arange(0, rows.size + 1, width, dtype=np.int64 if large else np.int32)
    return pa.Array.from_buffers(kind, n, [None, pa.py_buffer(offsets), pa.py_buffer(rows)], 0)
