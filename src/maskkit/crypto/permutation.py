"""Permutations of the numbers below any bound: FF1 and cycle walking (Black and Rogaway, CT-RSA 2002)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from maskkit.crypto.blocks import CipherName
from maskkit.crypto.feistel import Numbers
from maskkit.crypto.ff1 import FF1

#: An even number of numerals splits into halves of one size.
_NUMERALS: Final = 4


class Permutation:
    """A permutation, under one key, of the numbers below `size`, which is at least 1,000,000.

    It is FF1 over decimal digits where these are all in use. Else FF1 runs over the smallest radix^4 that is no less
    than `size`, and again over what fell on `size` or above: that ends, since the way leads round a cycle on which a
    number below `size` stands, the one it began with.
    """

    __slots__ = ("_ff1", "_length", "_size")

    def __init__(self, key: bytes, size: int, cipher: CipherName = "aes") -> None:
        digits = len(str(size)) - 1
        radix, length = (10, digits) if size == 10**digits else (round(size ** (1 / _NUMERALS)) - 1, _NUMERALS)
        while radix**length < size:
            radix += 1
        self._ff1 = FF1(key, "0123456789" if radix == 10 else "".join(map(chr, range(radix))), cipher=cipher)
        self._length = length
        self._size = size

    def encrypt(self, numbers: Numbers) -> Numbers:
        """Return where numbers below `size` go."""
        return self._walk(self._ff1.encrypt_numbers, numbers)

    def decrypt(self, numbers: Numbers) -> Numbers:
        """Undo `encrypt`."""
        return self._walk(self._ff1.decrypt_numbers, numbers)

    def _walk(self, step: Callable[[Numbers, int], Numbers], numbers: Numbers) -> Numbers:
        made = step(numbers, self._length)
        rows = np.flatnonzero(made >= self._size)
        while len(rows):
            made[rows] = step(made[rows], self._length)
            rows = rows[made[rows] >= self._size]
        return made
