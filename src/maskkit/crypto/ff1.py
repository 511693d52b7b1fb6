"""FF1: format-preserving encryption of numeral strings (NIST SP 800-38G), of one or of whole columns.

A numeral string is encrypted to one of the same length and alphabet. AES makes it the approved mode; over SM4 the same
ten rounds are no mode of NIST or of any GB/T standard.

A domain is at least 1,000,000 values (SP 800-38G Rev. 1, section 5.1). The column form takes halves of up to 2^63
values (36 decimal digits, 24 characters of base 36, 8 of 20,992 Han characters); longer strings are encrypted one by
one. FF3 and FF3-1 are not offered: NIST withdrew them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto import ff1_scalar
from maskkit.crypto.alphabet import Alphabet
from maskkit.crypto.blocks import BlockCipher, CipherName
from maskkit.crypto.columns import MISSING, change_column, outside
from maskkit.crypto.feistel import CHUNK, MAX_HALF, Feistel, Numbers
from maskkit.crypto.flat import Codes, Flat
from maskkit.errors import InputError, UsageError

ColumnT = TypeVar("ColumnT")

#: SP 800-38G Rev. 1, section 5.1: radix^minlen.
MIN_DOMAIN: Final = 1_000_000
#: Section 5.1 and P of algorithm 7: lengths of strings and tweaks are four bytes.
MAX_LENGTH: Final = (1 << 32) - 1

_WORD: Final = 1 << 64
#: Below this one at a time is faster than setting up arrays.
_FEW: Final = 3

#: More characters than any alphabet needs for the smallest domain.
_ENOUGH: Final = 20

_Way = Literal["encrypt", "decrypt"]
_Algorithm = Callable[[BlockCipher, int, bytes, Sequence[int]], list[int]]


class FF1:
    """FF1 under one key: 16, 24 or 32 bytes for AES, 16 for SM4.

    `alphabet` holds the numerals in their order, 2 to 65,536 different characters. UsageError for a wrong key or
    alphabet or an unknown cipher; InputError for a value with other characters, or of a domain below 1,000,000.
    """

    __slots__ = ("_alphabet", "_cipher", "_name")

    def __init__(self, key: bytes, alphabet: str = "0123456789", *, cipher: CipherName = "aes") -> None:
        self._cipher = BlockCipher(key, cipher)
        self._alphabet = Alphabet(alphabet)
        self._name = "AES" if cipher == "aes" else f"{cipher.upper()}, not the NIST mode"

    def encrypt(self, numerals: str, tweak: bytes = b"") -> str:
        """Encrypt one numeral string."""
        return self._one(ff1_scalar.encrypt, numerals, tweak)

    def decrypt(self, numerals: str, tweak: bytes = b"") -> str:
        """Undo `encrypt`."""
        return self._one(ff1_scalar.decrypt, numerals, tweak)

    def encrypt_column(self, values: ColumnT, tweak: bytes = b"") -> ColumnT:
        """Encrypt a column of numeral strings of any lengths: what `encrypt` makes of each, in the same kind of column.

        A list or tuple, a numpy array of strings, an Arrow array or a polars Series; missing cells stay missing.
        """
        return self._column("encrypt", values, tweak)

    def decrypt_column(self, values: ColumnT, tweak: bytes = b"") -> ColumnT:
        """Undo `encrypt_column`."""
        return self._column("decrypt", values, tweak)

    def encrypt_numbers(self, values: Numbers, length: int, tweak: bytes = b"") -> Numbers:
        """Encrypt numbers that stand for numeral strings of `length`, leading zeros included, to such numbers.

        UsageError where radix^length is more than 2^64.
        """
        return self._numbers("encrypt", values, length, tweak)

    def decrypt_numbers(self, values: Numbers, length: int, tweak: bytes = b"") -> Numbers:
        """Undo `encrypt_numbers`."""
        return self._numbers("decrypt", values, length, tweak)

    def __repr__(self) -> str:
        return f"FF1(radix={self._alphabet.radix}, {self._name})"

    def __reduce__(self) -> NoReturn:
        raise UsageError("a cipher with its key cannot be pickled or copied")

    def _one(self, algorithm: _Algorithm, numerals: str, tweak: bytes) -> str:
        _check_tweak(tweak)
        if not isinstance(numerals, str):
            raise InputError("numerals are a string")
        try:
            places = self._alphabet.places(numerals)
        except KeyError:
            raise InputError("the value holds a character outside the alphabet") from None
        self._check_length(len(places), "the value")
        return self._alphabet.text(algorithm(self._cipher, self._alphabet.radix, tweak, places))

    def _column(self, way: _Way, values: ColumnT, tweak: bytes) -> ColumnT:
        _check_tweak(tweak)
        return change_column(values, self._alphabet, lambda flat, first: self._change(way, flat, first, tweak))

    def _change(self, way: _Way, flat: Flat, first: int, tweak: bytes) -> None:
        """Change the strings of each length, by chunks."""
        for length, rows in _by_length(flat.lengths):
            self._check_length(length, f"row {first + 1 + int(rows[0])}")
            change = self._changer(way, length, len(rows), tweak)
            evenly = flat.matrix(length) if len(rows) == len(flat.lengths) else None
            for start in range(0, len(rows), CHUNK):
                some = rows[start : start + CHUNK]
                at = None if evenly is not None else flat.starts[some, None] + np.arange(length)
                codes = evenly[start : start + CHUNK] if evenly is not None else flat.codes[at]
                places = self._alphabet.places_of(codes)
                if places.max() >= self._alphabet.radix:
                    bad = int((places >= self._alphabet.radix).any(axis=1).argmax())
                    raise outside(first + 1 + int(some[bad]))
                change(places, codes)
                if at is not None:
                    flat.codes[at] = codes

    def _changer(self, way: _Way, length: int, rows: int, tweak: bytes) -> Callable[[Codes, Codes], None]:
        """Return what writes the encrypted or decrypted code points of rows of places."""
        alphabet, half = self._alphabet, length // 2
        if alphabet.radix ** (length - half) > MAX_HALF or rows < _FEW:
            algorithm = ff1_scalar.encrypt if way == "encrypt" else ff1_scalar.decrypt

            def one_by_one(places: Codes, codes: Codes) -> None:
                for row, numerals in enumerate(places.tolist()):
                    codes[row] = alphabet.codes[algorithm(self._cipher, alphabet.radix, tweak, numerals)]

            return one_by_one
        feistel = Feistel(self._cipher, alphabet.radix, length, tweak, rows)
        step = feistel.encrypt if way == "encrypt" else feistel.decrypt

        def together(places: Codes, codes: Codes) -> None:
            a, b = alphabet.numbers(places[:, :half]), alphabet.numbers(places[:, half:])
            step(a, b)
            alphabet.write(a, codes[:, :half])
            alphabet.write(b, codes[:, half:])

        return together

    def _numbers(self, way: _Way, values: Numbers, length: int, tweak: bytes) -> Numbers:
        _check_tweak(tweak)
        if not isinstance(values, np.ndarray) or values.dtype != np.uint64 or values.ndim != 1:
            raise UsageError("numbers are a numpy array of uint64")
        self._check_length(length, "the number")
        domain = self._alphabet.radix**length
        if domain > _WORD:
            raise UsageError(f"a number of 64 bits does not hold {length} numerals of radix {self._alphabet.radix}")
        if len(values) and int(values.max()) >= domain:
            raise InputError(
                f"row {int((values >= domain).argmax()) + 1} holds a number of more than {length} numerals"
            )
        feistel = Feistel(self._cipher, self._alphabet.radix, length, tweak, len(values))
        step = feistel.encrypt if way == "encrypt" else feistel.decrypt
        modulus = np.uint64(self._alphabet.radix ** (length - length // 2))
        made = np.empty(len(values), np.uint64)
        for start in range(0, len(values), CHUNK):
            some = values[start : start + CHUNK]
            a = some // modulus
            b = some - a * modulus
            step(a, b)
            made[start : start + CHUNK] = a * modulus + b
        return made

    def _check_length(self, length: int, what: str) -> None:
        if length > MAX_LENGTH or self._alphabet.radix ** min(length, _ENOUGH) < MIN_DOMAIN:
            raise InputError(
                f"{what} has {length} characters of {self._alphabet.radix}, fewer than {MIN_DOMAIN:,} possible values",
                hint="a domain this small can be tried out: use a token",
            )


def _check_tweak(tweak: bytes) -> None:
    if not isinstance(tweak, bytes) or len(tweak) > MAX_LENGTH:
        raise UsageError("a tweak is bytes")


def _by_length(lengths: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield each length with the rows that have it; missing ones have none."""
    found = lengths[:1] if (lengths == lengths[0]).all() else np.unique(lengths)
    for length in found.tolist():
        if length != MISSING:
            yield length, np.flatnonzero(lengths == length)
