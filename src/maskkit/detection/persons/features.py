"""What the model looks at: characters, classes of characters and words, as row numbers of its weights.

A feature is an n-gram; each has a row of weights, for tags at positions `REACH` relative to its first character. An
n-gram is known by a hash, the exclusive or of random numbers that its characters have (simple tabulation: Pătraşcu and
Thorup 2012), so one gather a character gives all that is needed to look up every n-gram that begins there.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint16]
Hashes = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.intp]

#: Where tags may be, relative to the first character of an n-gram.
REACH: Final = range(-2, 4)
#: Newlines that must stand before, between and after texts so that none knows of another.
PAD: Final = 4
#: The kinds of n-grams: c a character, k its class, _ any; u and w have rows of their own, the rest are hashed.
HASHED: Final = ("cc", "ccc", "c_c", "kkk", "ckk", "kck", "kkc")
KINDS: Final = ("c", *HASHED, "w")
#: Positions, for each kind, that have weights at all; the others would only learn noise.
POSITIONS: Final[dict[str, range]] = {
    "c": range(-2, 3),
    "cc": range(-2, 4),
    "ccc": range(-1, 4),
    "c_c": range(1, 2),
    "kkk": range(3),
    "ckk": range(3),
    "kck": range(3),
    "kkc": range(3),
    "w": range(-2, 4),
}

SLOT_BITS: Final = 22
_MARK_BITS: Final = 32 - SLOT_BITS
_MARK: Final = np.uint32((1 << _MARK_BITS) - 1)
_SHIFT: Final = np.uint32(_MARK_BITS)
#: Kinds of words, 0 for none; and how many rows all combinations of words of two, three and four characters take.
WORD_KINDS: Final = 13
WORD_ROWS: Final = WORD_KINDS**3

_ASTRAL: Final = 0xFFFF  # characters beyond the BMP: all rare Han characters or emoji
_COLUMNS: Final = 8


class Alphabet(NamedTuple):
    """What each code unit of the BMP stands for.

    Attributes:
        fold: the character that it is read as.
        classes: its class, below 128.
    """

    fold: Codes
    classes: npt.NDArray[np.uint8]


class Slots(NamedTuple):
    """Where the rows of hashed n-grams are, in the order of the hashes.

    Attributes:
        hashes: the hash of each n-gram, increasing in its upper `SLOT_BITS`, no two of which are equal.
        words: the kind of word that the n-gram is; 0 for none.
        rows: the row of its weights; 0 where it is only a word.
    """

    hashes: Hashes
    words: npt.NDArray[np.uint8]
    rows: npt.NDArray[np.uint32]


class Features:
    """Finds the rows of all n-grams of a text.

    Row 0 has no weights; rows 1 to `WORD_ROWS` are the combinations of words, then come the characters, then the rest.
    """

    def __init__(self, alphabet: Alphabet, slots: Slots | None = None) -> None:
        self.alphabet = alphabet
        self._table = _table(alphabet)
        self._slots = slots

    @property
    def first_row(self) -> int:
        """The first row of a hashed n-gram."""
        return 1 + WORD_ROWS + len(self._characters)

    @cached_property
    def _characters(self) -> Codes:
        return np.unique(self.alphabet.fold)

    @cached_property
    def _entries(self) -> Hashes:
        """By slot: the position of its n-gram in `Slots` plus one, then the mark that tells it from others."""
        slots = self._need()
        entries = np.zeros(1 << SLOT_BITS, np.uint32)
        at = np.arange(1, len(slots.hashes) + 1, dtype=np.uint32)
        entries[slots.hashes >> _SHIFT] = (at << _SHIFT) | (slots.hashes & _MARK)
        return entries

    def _need(self) -> Slots:
        if self._slots is None:
            raise ValueError("features without slots")
        return self._slots

    @cached_property
    def _row_of(self) -> Rows:
        return np.concatenate([[0], self._need().rows]).astype(np.intp)

    @cached_property
    def _word_of(self) -> npt.NDArray[np.uint8]:
        return np.concatenate([[0], self._need().words]).astype(np.uint8)

    def hashes(self, codes: npt.NDArray[np.uint32]) -> tuple[Hashes, Hashes, Rows]:
        """Return the hashes of the n-grams that begin at each of these code points but the last three.

        Returns:
            those of the kinds in `HASHED` (one a row), those of four characters, the rows of the characters.
        """
        # Three gathers of 16 bytes are quicker than eight of four.
        columns = self._table[np.minimum(codes, _ASTRAL)].T
        n = len(codes) - 3
        c0, c1, c2, c3 = (columns[i, i : i + n] for i in range(4))
        k0, k1, k2 = (columns[4 + i, i : i + n] for i in range(3))
        out = np.empty((len(HASHED), n), np.uint32)
        pair, triple = out[0], out[1]
        np.bitwise_xor(c0, c1, out=pair)
        np.bitwise_xor(pair, c2, out=triple)
        np.bitwise_xor(c0, c2, out=out[2])
        behind = k1 ^ k2
        np.bitwise_xor(k0, behind, out=out[3])
        np.bitwise_xor(c0, behind, out=out[4])
        np.bitwise_xor(k0 ^ c1, k2, out=out[5])
        np.bitwise_xor(k0 ^ k1, c2, out=out[6])
        return out, triple ^ c3, columns[7, :n].astype(np.intp)

    def rows(self, codes: npt.NDArray[np.uint32]) -> Rows:
        """Return the row of each kind's n-gram at each of these code points but the last three: (kinds, n - 3)."""
        hashes, four, characters = self.hashes(codes)
        found, found_four = self._found(hashes), self._found(four)
        word_of = self._word_of
        words = word_of[found[0]].astype(np.intp)
        words *= WORD_KINDS
        words += word_of[found[1]]
        words *= WORD_KINDS
        words += word_of[found_four]
        out = np.empty((len(KINDS), len(four)), np.intp)
        out[0] = characters
        np.take(self._row_of, found, out=out[1:-1], mode="clip")
        np.add(words, 1, out=out[-1])
        return out

    def _found(self, hashes: Hashes) -> Hashes:
        """Return the place of each hash in `Slots` plus one, or 0."""
        entries = np.take(self._entries, hashes >> _SHIFT, mode="clip")
        unlike = (entries ^ hashes) & _MARK
        entries >>= _SHIFT
        found: Hashes = entries * (unlike == 0)
        return found


def place(hashes: Hashes) -> npt.NDArray[np.intp]:
    """Return which of these hashes get a slot, in the order of the slots; the first of two in one slot does."""
    first: npt.NDArray[np.intp] = np.unique(hashes >> _SHIFT, return_index=True)[1]
    return first


def word_hashes(alphabet: Alphabet, words: npt.NDArray[np.uint16]) -> Hashes:
    """Return the hashes of words of one length, given as code units: (words, length)."""
    table = _table(alphabet)
    hashes: Hashes = table[words[:, 0], 0]
    for column in range(1, words.shape[1]):
        hashes ^= table[words[:, column], column]
    return hashes


def _table(alphabet: Alphabet) -> Hashes:
    """By code unit: four random numbers of its character, three of its class, the row of the character."""
    table = np.empty((1 << 16, _COLUMNS), np.uint32)
    fold = alphabet.fold.astype(np.uint64)
    classes = alphabet.classes.astype(np.uint64)
    for column in range(4):
        table[:, column] = _random(fold + np.uint64((column + 1) << 20))
    for column in range(3):
        table[:, 4 + column] = _random(classes + np.uint64((column + 9) << 20))
    table[:, 7] = np.searchsorted(np.unique(alphabet.fold), alphabet.fold) + 1 + WORD_ROWS
    return table


def _random(seeds: npt.NDArray[np.uint64]) -> Hashes:
    """Return 32 random bits for each seed: splitmix64's finalizer (Steele, Lea and Flood 2014)."""
    x = seeds * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    upper: Hashes = (x >> np.uint64(32)).astype(np.uint32)
    return upper
