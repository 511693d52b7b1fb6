"""Arrow arrays of strings, rewritten through their buffers: no string of Python is made for a cell.

pyarrow is not imported here: an array that comes in brings its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.flat import Codes, Flat, Numbers
from maskkit.errors import InputError

ArrowT = TypeVar("ArrowT")

_ASCII: Final = 128
#: What the four-byte offsets of Arrow's `string` reach.
_MOST_BYTES: Final = (1 << 31) - 1


class Strings(NamedTuple):
    """Strings as rows of code points, each as long as `lengths` says."""

    codes: Codes
    lengths: Numbers


def rewrite(column: Any, change: Callable[[Flat], Strings | None], rows: int) -> Any:
    """Return an Arrow column with its strings changed, `rows` of them at a time; None where only lists will do.

    That is where `change` returns None, and for nulls.
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


def _rewrite(array: Any, change: Callable[[Flat], Strings | None], rows: int) -> Any:
    flat = _flat(array)
    if flat is None:
        return None
    pieces: list[bytes] = []
    lengths: list[Numbers] = []
    for start in range(0, len(array), rows):
        some = change(Flat(flat.codes, flat.starts[start : start + rows], flat.lengths[start : start + rows]))
        if some is None:
            return None
        piece, sizes = _encoded(some)
        pieces.append(piece)
        lengths.append(sizes)
    return _array(b"".join(pieces), np.concatenate(lengths), array.type)


def _flat(array: Any) -> Flat | None:
    """Return the strings of an array; None where it is empty or holds nulls."""
    types = sys.modules["pyarrow"].types
    large = types.is_large_string(array.type)
    if not len(array) or array.null_count or not (large or types.is_string(array.type)):
        return None
    _, offsets, data = array.buffers()
    raw = np.frombuffer(offsets, np.int64) if large else np.frombuffer(offsets, np.int32)
    ends = raw[array.offset : array.offset + len(array) + 1].astype(np.int64)
    codes = np.frombuffer(data or b"", np.uint8)[int(ends[0]) : int(ends[-1])]
    ends -= ends[0]
    if len(codes) and codes.max() >= _ASCII:
        # Bytes that begin a character are all but 10xxxxxx.
        before = np.zeros(len(codes) + 1, np.int64)
        np.cumsum((codes & 0xC0) != 0x80, out=before[1:])
        ends = before[ends]
        return Flat(np.frombuffer(codes.tobytes().decode().encode("utf-32-le"), "<u4"), ends[:-1], np.diff(ends))
    return Flat(codes, ends[:-1], np.diff(ends))


def _encoded(strings: Strings) -> tuple[bytes, Numbers]:
    """Return the strings in UTF-8 one behind the other, and how many bytes each has."""
    codes, lengths = strings
    if codes.dtype == np.uint8 and lengths.min() == codes.shape[1]:
        return codes.tobytes(), lengths
    held: NDArray[np.bool_] = np.arange(codes.shape[1]) < lengths[:, None]
    if codes.dtype == np.uint8:
        return codes[held].tobytes(), lengths
    sizes = (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000) + 1
    return codes[held].tobytes().decode("utf-32-le").encode(), (sizes * held).sum(axis=1)


def _array(data: bytes, lengths: Numbers, kind: Any) -> Any:
    pa = sys.modules["pyarrow"]
    large = pa.types.is_large_string(kind)
    if not large and len(data) > _MOST_BYTES:
        return None
    offsets = np.zeros(len(lengths) + 1, np.int64 if large else np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.Array.from_buffers(kind, len(lengths), [None, pa.py_buffer(offsets), pa.py_buffer(data)], 0)
