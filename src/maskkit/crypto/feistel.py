"""The ten rounds of FF1 (NIST SP 800-38G, algorithms 7 and 8) over whole columns.

A column's values have one length n; its halves of u = floor(n/2) and v = n - u numerals are two arrays of numbers. In
the last block of P || Q the number NUM(B) is the low word, so a round is: xor the halves into the blocks, encrypt all
of them by one call, reduce modulo radix^m, add. Nothing is allocated between rounds.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.blocks import BLOCK_BYTES, BlockCipher, from_bytes

#: Halves may have this many values: sums of two stay below 2^64, and a number has at most one word.
MAX_HALF: Final = 1 << 63
#: Rows that are worked on at a time: 8,192 blocks in and out stay in the processor's second-level cache.
CHUNK: Final = 1 << 13

ROUNDS: Final = 10

_WORD_BITS: Final = 64

Numbers = NDArray[np.uint64]


def first_block(radix: int, length: int, tweak: bytes) -> bytes:
    """Return P: algorithm 7, step 5."""
    return (
        b"\x01\x02\x01"
        + radix.to_bytes(3, "big")
        + bytes((ROUNDS, length // 2 % 256))
        + length.to_bytes(4, "big")
        + len(tweak).to_bytes(4, "big")
    )


def number_bytes(radix: int, length: int) -> int:
    """Return b, the bytes of NUM(B): algorithm 7, step 3, by exact integers."""
    most: int = radix ** (length - length // 2) - 1
    return -(-most.bit_length() // 8)


class Feistel:
    """FF1 for values of one length under one tweak. Halves, radix^v, are at most `MAX_HALF`."""

    def __init__(self, cipher: BlockCipher, radix: int, length: int, tweak: bytes, rows: int) -> None:
        width = number_bytes(radix, length)
        self._moduli = radix ** (length // 2), radix ** (length - length // 2)
        self._shift = 8 * width
        self._wide = width > 4  # d, algorithm 7, step 4, is 8 bytes or 12
        rows = min(rows, CHUNK)
        self._given, self._made, self._encrypt = cipher.encryptor(rows)
        self._y, self._spare = np.empty(rows, np.uint64), np.empty(rows, np.uint64)
        self._high, self._low = _constant(cipher, radix, length, tweak, width)
        self._given[:, 0] = self._high

    def encrypt(self, a: Numbers, b: Numbers) -> None:
        """Replace the halves of up to `CHUNK` values: algorithm 7, step 6."""
        for i in range(ROUNDS):
            y, spare, modulus = self._reduced(i, b, self._moduli[i % 2])
            np.add(a, y, out=y)
            np.subtract(y, modulus, out=spare)
            np.minimum(y, spare, out=a)  # below zero is beyond 2^63
            a, b = b, a

    def decrypt(self, a: Numbers, b: Numbers) -> None:
        """Undo `encrypt`: algorithm 8, step 6."""
        for i in reversed(range(ROUNDS)):
            y, spare, modulus = self._reduced(i, a, self._moduli[i % 2])
            np.subtract(b, y, out=y)
            np.add(y, modulus, out=spare)
            np.minimum(y, spare, out=b)
            a, b = b, a

    def _reduced(self, i: int, half: Numbers, modulus: int) -> tuple[Numbers, Numbers, np.uint64]:
        """Return y modulo radix^m (steps 6i to 6v) for the numbers of the half that goes in, and room as large."""
        rows = len(half)
        y, spare, radix_m = self._y[:rows], self._spare[:rows], np.uint64(modulus)
        low = self._low
        if self._shift < _WORD_BITS:
            low = low ^ np.uint64(i << self._shift)
        else:
            self._given[:rows, 0] = self._high ^ np.uint64(i)
        np.bitwise_xor(half, low, out=self._given[:rows, 1])
        self._encrypt(rows)
        y[:] = self._made[:rows, 0]
        _modulo(y, radix_m, spare)
        if self._wide:
            self._append(y, self._made[:rows, 1] >> np.uint64(32), modulus, spare)
        return y, spare, radix_m

    @staticmethod
    def _append(y: Numbers, rest: Numbers, modulus: int, spare: Numbers) -> None:
        """Make y, below the modulus, y * 2^32 + rest modulo the modulus, in steps that no word is too short for."""
        left = 32
        while left:
            step = min(left, _WORD_BITS - (modulus - 1).bit_length())
            left -= step
            np.left_shift(y, np.uint64(step), out=y)
            y |= rest >> np.uint64(left) & np.uint64((1 << step) - 1)
            _modulo(y, np.uint64(modulus), spare)


def _modulo(numbers: Numbers, modulus: np.uint64, spare: Numbers) -> None:
    """Reduce in place: numpy divides by one number far faster than it finds remainders."""
    np.floor_divide(numbers, modulus, out=spare)
    np.multiply(spare, modulus, out=spare)
    np.subtract(numbers, spare, out=numbers)


def _constant(cipher: BlockCipher, radix: int, length: int, tweak: bytes, width: int) -> tuple[np.uint64, np.uint64]:
    """Return the words of the last block of P || Q without round and number, xored with the MAC of those before."""
    q = tweak + bytes((-len(tweak) - width - 1) % BLOCK_BYTES) + bytes(1 + width)
    whole = first_block(radix, length, tweak) + q
    last = from_bytes(cipher.chain(whole[:-BLOCK_BYTES]))[0] ^ from_bytes(whole[-BLOCK_BYTES:])[0]
    return last[0], last[1]
