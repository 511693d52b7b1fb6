"""The strings of a column as one array of code points: joined once, cut by numbers, split once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Code points: bytes where all are ASCII, else 32 bits each.
Codes = NDArray[np.uint8] | NDArray[np.uint32]
#: Row numbers, places and lengths.
Numbers = NDArray[np.int64]

SEPARATOR: Final = "\n"


class Flat(NamedTuple):
    """Strings in an array of code points: where each starts and how long it is."""

    codes: Codes
    starts: Numbers
    lengths: Numbers

    @property
    def narrow(self) -> bool:
        """Whether all is ASCII."""
        return self.codes.dtype == np.uint8

    def rows(self, length: int, rows: NDArray[np.intp] | None = None) -> Codes:
        """Return strings of at least that length as rows of a matrix: those of `rows`, or all."""
        matrix = self.matrix(length) if rows is None else None
        if matrix is None:
            starts = self.starts if rows is None else self.starts[rows]
            matrix = self.codes[starts[:, None] + np.arange(length)]
        return matrix

    def matrix(self, length: int) -> Codes | None:
        """Return all strings as rows that look into `codes`; None where they are not evenly spaced."""
        step = int(self.starts[1] - self.starts[0]) if len(self.starts) > 1 else length
        if (np.diff(self.starts) != step).any():
            return None
        size = self.codes.itemsize
        shape, strides = (len(self.starts), length), (step * size, size)
        return np.ndarray(shape, self.codes.dtype, self.codes.data, int(self.starts[0]) * size, strides)


def flatten(values: Sequence[str], separator: str = SEPARATOR) -> Flat | None:
    """Return the strings as an array; None where one of them holds the separator."""
    joined = separator.join(values)
    if not values or joined.count(separator) != len(values) - 1:
        return None
    codes = code_points(joined)
    return Flat(codes, *split(codes, len(values), ord(separator)))


def code_points(text: str) -> Codes:
    """Return the code points of a text, half surrogate pairs too."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def split(codes: Codes, n: int, separator: int) -> tuple[Numbers, Numbers]:
    """Return starts and lengths of n strings with one separator between any two."""
    step = (len(codes) + 1) // n
    if step * n == len(codes) + 1 and (codes[step - 1 :: step] == separator).all():
        return np.arange(0, step * n, step), np.full(n, step - 1)
    starts = np.zeros(n, np.int64)
    starts[1:] = np.flatnonzero(codes == separator) + 1
    return starts, np.diff(starts, append=len(codes) + 1) - 1


def strings(rows: Codes, lengths: Numbers | None = None) -> list[str]:
    """Return rows of code points, none of which is the separator, as strings, each as long as `lengths` or the row."""
    raw = parted(rows, lengths)
    return (raw.decode("ascii") if rows.dtype == np.uint8 else raw.decode("utf-32-le", "surrogatepass")).split(
        SEPARATOR
    )


def parted(rows: Codes, lengths: Numbers | None = None, separator: str = SEPARATOR) -> bytes:
    """Return rows one behind the other with separators between them."""
    n, width = rows.shape
    wide = np.empty((n, width + 1), rows.dtype)
    wide[:, :width] = rows
    if lengths is None:
        wide[:, width] = ord(separator)
        flat = wide.reshape(-1)
    else:
        wide[np.arange(n), lengths] = ord(separator)
        flat = wide[np.arange(width + 1) <= lengths[:, None]]
    return flat[:-1].tobytes()
