"""Many words searched at once in a long text, in a few numpy passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")

_BITS: Final = 20
_MULTIPLIER: Final = np.uint32(0x9E3779B1)


class WordTable(Generic[T]):
    """Words of two characters and more, each with a value.

    Positions at which a word may stand come from a table of hashes over two characters; `match` then looks closely.
    """

    def __init__(self, values: Mapping[str, T]) -> None:
        self._values = dict(values)
        self._by_start: dict[str, list[str]] = {}
        for word in sorted(values, key=len, reverse=True):
            self._by_start.setdefault(word[:2], []).append(word)
        starts = np.array([[ord(start[0]), ord(start[1])] for start in self._by_start], np.uint32)
        self._table = np.zeros(1 << _BITS, np.bool_)
        self._table[_hashes(starts[:, 0], starts[:, 1])] = True

    def candidates(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """Return, in order, the offsets in a text of these code points at which a word may begin."""
        return np.flatnonzero(self._table[_hashes(codes[:-1], codes[1:])])

    def match(self, text: str, position: int) -> tuple[int, T] | None:
        """Return the end and the value of the longest word that stands at `position`, or None."""
        for word in self._by_start.get(text[position : position + 2], ()):
            if text.startswith(word, position):
                return position + len(word), self._values[word]
        return None


def _hashes(first: npt.NDArray[np.uint32], second: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    hashes = first * _MULTIPLIER
    hashes ^= second * np.uint32(0x85EBCA6B)
    hashes >>= np.uint32(32 - _BITS)
    return hashes
