"""The alphabet of numeral strings: characters to places and back, one at a time and by whole arrays."""

from __future__ import annotations

from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.flat import Codes, code_points
from maskkit.errors import UsageError

MAX_RADIX: Final = 1 << 16

_ASCII: Final = 128
#: More code points than an alphabet has; no half of a surrogate pair, which polars does not take.
_MAY_SEPARATE: Final = range(10, 0xD800), range(0xE000, 0xE000 + MAX_RADIX)


class Alphabet:
    """Characters, each a numeral by its place; UsageError for repeated ones, fewer than 2 or more than 65,536.

    Any code point is a character, those beyond the basic plane too.
    """

    __slots__ = ("_first", "_groups", "_table", "codes", "narrow", "radix", "separator")

    def __init__(self, characters: str) -> None:
        if not isinstance(characters, str) or not 2 <= len(characters) <= MAX_RADIX:
            raise UsageError(f"an alphabet is a text of 2 to {MAX_RADIX} characters")
        different = set(characters)
        if len(different) != len(characters):
            raise UsageError("the alphabet has a character twice")
        self.radix: Final = len(characters)
        code_points = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
        #: Whether all are ASCII.
        self.narrow: Final = int(code_points.max()) < _ASCII
        #: The code point of each place.
        self.codes: Final[Codes] = code_points.astype(np.uint8) if self.narrow else code_points
        #: A character that is none of these, to stand between values.
        self.separator: Final = next(char for char in map(chr, chain(*_MAY_SEPARATE)) if char not in different)
        self._first = int(code_points[0])
        self._table = None if (np.diff(code_points) == 1).all() else self._inverse()
        self._groups: Codes | None = None

    def __contains__(self, char: str) -> bool:
        return ord(char) in self.codes

    def places(self, text: str) -> list[int]:
        """Return the place of each character; KeyError for a stranger."""
        codes = code_points(text)
        places = self.places_of(codes if self.narrow else codes.astype(np.uint32))
        if (places >= self.radix).any():
            raise KeyError
        numerals: list[int] = places.tolist()
        return numerals

    def text(self, places: list[int]) -> str:
        """Undo `places`."""
        return bytes(self.codes[places].astype("<u4")).decode("utf-32-le", "surrogatepass")

    def places_of(self, codes: Codes) -> Codes:
        """Return the place of each code point; the radix or more for strangers."""
        if self._table is None:
            return codes - codes.dtype.type(self._first)
        return self._table.take(codes, mode="clip")

    def numbers(self, places: Codes) -> NDArray[np.uint64]:
        """Return the number that each row of places is: NUM_radix of SP 800-38G, algorithm 1. They fit 64 bits."""
        number = places[:, 0].astype(np.uint64)
        for column in places.T[1:]:
            number *= np.uint64(self.radix)
            number += column
        return number

    def write(self, numbers: NDArray[np.uint64], codes: Codes) -> None:
        """Fill each row of `codes` with a number's code points: STR_radix of SP 800-38G, algorithm 3."""
        groups = self._grouped()
        width = groups.shape[1]
        base = np.uint64(len(groups))
        for end in range(codes.shape[1], 0, -width):
            start = max(end - width, 0)
            rest = numbers // base
            codes[:, start:end] = groups.take((numbers - rest * base).astype(np.intp), axis=0)[:, start - end :]
            numbers = rest

    def _grouped(self) -> Codes:
        """Return the code points of each number below radix^k, k of them in a row: the largest k that makes few."""
        if self._groups is None:
            width = 1
            while self.radix ** (width + 1) <= MAX_RADIX:
                width += 1
            powers = self.radix ** np.arange(width - 1, -1, -1)
            self._groups = self.codes[np.arange(self.radix**width)[:, None] // powers % self.radix]
        return self._groups

    def _inverse(self) -> Codes:
        """Return the place of each code point up to one behind the last, where strangers end up."""
        table = np.full(int(self.codes.max()) + 2, self.radix, self.codes.dtype)
        table[self.codes] = np.arange(self.radix)
        return table
