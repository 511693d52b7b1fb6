"""The view: folded texts without what is covered, and the runs in it that can hold a number, a word or a plate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.folding import (
    ALPHA,
    BOUNDARY_BYTE,
    CLASS_BYTES,
    DIGIT,
    HAN_DIGIT,
    HAN_ZERO,
    HEX,
    LIKE_DIGITS,
    MAIL,
    NUMBER_SEPARATOR,
    OTHER,
    PROVINCE,
    SCAN_BYTES,
    WORD,
    ZERO_WIDTH_BYTE,
    Bytes,
    fold,
)

Offsets = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Bits of `Runs.signs` above those of the ten digits.
PLUS, BRACKET, HAN, COLON, DOT, DASH = (1 << bit for bit in range(10, 16))
ANY_SIGN: Final = (1 << 16) - 1


def _members(chars: bytes) -> Flags:
    table = np.zeros(256, np.bool_)
    table[np.frombuffer(chars, np.uint8)] = True
    return table


_SIGNS: Final = np.zeros(256, np.uint16)
_SIGNS[ord("0") : ord("9") + 1] = 1 << np.arange(10)
_SIGNS[[ord("+"), ord("("), ord(":"), ord("."), ord("-")]] = PLUS, BRACKET, COLON, DOT, DASH
_SIGNS[HAN_ZERO : HAN_ZERO + 10] = HAN

_NUMERAL: Final = (CLASS_BYTES & (DIGIT | HAN_DIGIT)) != 0
_LIKE_LETTERS: Final = _members(b"OoIl")
_LIKE: Final = _NUMERAL | _members(LIKE_DIGITS)
_LOOSE: Final = _LIKE | ((CLASS_BYTES & NUMBER_SEPARATOR) != 0) | _members(b"_/~,;*\n" + fold("、"))
# signs of one number in pieces: 138_0013_8000, 幺三八洞洞…, 幺三八，零零幺三
_APART: Final = re.compile(b"[_/~*" + fold("洞拐勾") + b"]|[\x80-\x89][,;" + fold("、") + b"] ?[\x80-\x89]")

_EMBASSIES: Final = np.frombuffer(fold("使领"), np.uint8)
_HEX_WEIGHTS: Final = np.zeros(256, np.uint8)
_HEX_WEIGHTS[[ord(":"), ord("."), ord("-")]] = 3, 2, 1
_SPOKEN_SIGNS: Final = (b"@ ", b" @", b"at)", b"at]", b" at ", b"#")
# what stands for an @ before one of the great providers
_SPOKEN: Final = re.compile(
    rb"(?: @ ?|@ | ?[([]at[)\]] ?| at |#)"
    rb"(?=(?:qq|vip|1[0-9]{2}|gmail|foxmail|sina|sohu|yeah|outlook|hotmail|icloud|aliyun)[.])"
)


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of one kind, as columns of equal length.

    `starts` and `ends` are half-open offsets in the view; `digits` counts digits and Han numerals; `whole` says that
    nothing can match inside a run but from its start on; `signs` has bit d where a group of digits begins with d, and
    the other bits where such a character stands in the run.
    """

    starts: list[int]
    ends: list[int]
    digits: list[int]
    whole: list[bool]
    signs: list[int]


class View:
    """The folded bytes without what a token or display mask covers and without zero-width characters.

    At `boundaries`, between two texts, stands a byte that no pattern speaks of.
    """

    def __init__(
        self,
        codes: npt.NDArray[np.uint32],
        covered: Iterable[tuple[int, int]] = (),
        boundaries: Offsets | None = None,
    ) -> None:
        scan = SCAN_BYTES[codes]
        if boundaries is not None:
            scan[boundaries] = BOUNDARY_BYTE
        for start, end in covered:
            scan[start:end] = OTHER
        zero_width = scan == ZERO_WIDTH_BYTE
        #: Offsets in the text, where the view has lost characters.
        self.offsets: Offsets | None = None
        if zero_width.any():
            kept = ~zero_width
            scan = scan[kept]
            self.offsets = np.append(np.flatnonzero(kept), len(codes))
        self.folded: Bytes = scan
        self.classes: Bytes = CLASS_BYTES[scan]
        self.bytes = scan.tobytes()

    def offset(self, position: int) -> int:
        """Return the offset in the text of the view's character at `position`."""
        return position if self.offsets is None else int(self.offsets[position])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open offsets in the text of ``view[start:end]``."""
        if self.offsets is None:
            return start, end
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1

    def numbers(self) -> Runs:
        """Return runs of digits, Han numerals and what separates them, with at least five digits.

        They begin with a digit, a plus or a bracket, and end with a digit or a bracket; `whole` are those of ASCII
        digits and nothing else.
        """
        starts, ends = _runs((self.classes & (DIGIT | HAN_DIGIT | NUMBER_SEPARATOR)) != 0, 5)
        digits = self._numeral_counts(starts, ends)
        some = digits >= 5
        starts, ends, digits = starts[some], ends[some], digits[some]
        if not len(starts):
            return _NO_RUNS
        folded = self.folded
        opening = np.flatnonzero(self._numerals | (folded == ord("+")) | (folded == ord("(")))
        closing = np.flatnonzero(self._numerals | (folded == ord(")")))
        starts = opening[np.searchsorted(opening, starts)]
        ends = closing[np.searchsorted(closing, ends) - 1] + 1
        ascii_digit = (self.classes & DIGIT) != 0
        signs = _SIGNS[folded]
        signs[1:][ascii_digit[1:] & ascii_digit[:-1]] = 0
        return Runs(
            starts.tolist(),
            ends.tolist(),
            digits.tolist(),
            (self._digit_counts(starts, ends) == ends - starts).tolist(),
            _any_of(signs, starts, ends),
        )

    def loose(self) -> Runs:
        """Return runs of ten and more digits, or what people write for them, with anything between that may stand so.

        They begin and end with a digit, and are not all digits.
        """
        starts, ends, counts = self._loose
        letters = _LIKE_LETTERS[self.folded[starts]] & ((self.classes[starts - 1] & ALPHA) != 0) & (starts > 0)
        if letters.any():  # the l of tel is no 1
            numerals = np.flatnonzero(self._numerals)
            starts = np.where(letters, numerals[np.searchsorted(numerals, starts)], starts)
        return Runs(starts.tolist(), ends.tolist(), counts.tolist(), [True] * len(starts), [ANY_SIGN] * len(starts))

    def apart(self) -> Runs:
        """Return those loose runs that tell by themselves that they are one number: 138_0013_8000, 幺三八洞洞…."""
        starts, ends, counts = self._loose
        if not len(starts):
            return _NO_RUNS
        told = np.array(
            [_APART.search(self.bytes, *run) is not None for run in zip(starts.tolist(), ends.tolist(), strict=True)]
        )
        return _anywhere(starts[told], ends[told], counts[told])

    @cached_property
    def _numerals(self) -> Flags:
        numerals: Flags = (self.classes & (DIGIT | HAN_DIGIT)) != 0
        return numerals

    @cached_property
    def _numerals_before(self) -> Offsets:
        return _sums(self._numerals)

    @cached_property
    def _digits_before(self) -> Offsets:
        return _sums((self.classes & DIGIT) != 0)

    def _numeral_counts(self, starts: Offsets, ends: Offsets) -> Offsets:
        return self._numerals_before[ends] - self._numerals_before[starts] if len(starts) else starts

    def _digit_counts(self, starts: Offsets, ends: Offsets) -> Offsets:
        return self._digits_before[ends] - self._digits_before[starts] if len(starts) else starts

    @cached_property
    def _loose(self) -> tuple[Offsets, Offsets, Offsets]:
        starts, ends = _runs(_LOOSE[self.folded], 11)
        likes = np.flatnonzero(_LIKE[self.folded]) if len(starts) else starts
        first, behind = np.searchsorted(likes, starts), np.searchsorted(likes, ends)
        some = behind - first >= 10
        first, behind = first[some], behind[some]
        starts, ends = likes[first], likes[behind - 1] + 1
        numerals = self._numeral_counts(starts, ends)
        odd = (numerals < ends - starts) & (numerals >= 4)
        return starts[odd], ends[odd], (behind - first)[odd]

    def words(self) -> Runs:
        """Return runs of six and more Latin letters and digits that hold both; all `whole`."""
        starts, ends = _runs((self.classes & (DIGIT | ALPHA)) != 0, 6)
        digits = self._digit_counts(starts, ends)
        mixed = (digits > 0) & (digits < ends - starts)
        starts, ends, digits = starts[mixed], ends[mixed], digits[mixed]
        return Runs(starts.tolist(), ends.tolist(), digits.tolist(), [True] * len(starts), [ANY_SIGN] * len(starts))

    def handles(self) -> Runs:
        """Return runs of six and more Latin letters, digits, ``_`` and ``-`` that hold a letter."""
        starts, ends = _runs((self.classes & WORD) != 0, 6)
        letters = np.flatnonzero((self.classes & ALPHA) != 0) if len(starts) else starts
        first = np.searchsorted(letters, starts)
        some = first < np.searchsorted(letters, ends)
        starts, ends = starts[some], ends[some]
        dashes = _counts(self.folded == ord("-"), starts, ends)
        digits = self._digit_counts(starts, ends)
        return replace(_anywhere(starts, ends, digits), whole=(dashes == 0).tolist())

    def mails(self) -> Runs:
        """Return runs of what an e-mail address is made of, with an ``@`` or with what is written for one."""
        signs = any(sign in self.bytes for sign in _SPOKEN_SIGNS)
        spoken = [self._spoken(match.start()) for match in _SPOKEN.finditer(self.bytes)] if signs else []
        starts = np.array([start for start, _ in spoken], np.int64)
        ends = np.array([end for _, end in spoken], np.int64)
        if b"@" in self.bytes:
            plain = _runs((self.classes & MAIL) != 0, 6)
            with_at = _counts(self.folded == ord("@"), *plain) > 0
            starts, ends = np.append(plain[0][with_at], starts), np.append(plain[1][with_at], ends)
        return _anywhere(starts, ends)

    def _spoken(self, at: int) -> tuple[int, int]:
        """Return the run of what an e-mail address is made of that ends at `at`, its last 64 characters."""
        start = at
        while start > max(0, at - 64) and self.classes[start - 1] & MAIL:
            start -= 1
        return start, at + 1

    def hexes(self) -> Runs:
        """Return runs of hexadecimal digits, ``:``, ``.``, ``-`` with at least two colons, two dots or four dashes."""
        starts, ends = _runs((self.classes & HEX) != 0, 3)
        some = _counts(_HEX_WEIGHTS[self.folded], starts, ends) >= 4
        starts, ends = starts[some], ends[some]
        return replace(_anywhere(starts, ends), signs=_any_of(_SIGNS[self.folded], starts, ends))

    def plates(self) -> Runs:
        """Return where a plate can begin: at what it begins with before a letter, or a digit where that will do."""
        at = np.flatnonzero((self.classes[:-1] & PROVINCE) != 0)
        if not len(at):
            return _NO_RUNS
        folded, classes = np.append(self.folded, np.zeros(2, np.uint8)), np.append(self.classes, np.zeros(2, np.uint8))
        behind = classes[np.where(folded[at + 1] == ord(" "), at + 2, at + 1)]
        embassy = np.isin(folded[at], _EMBASSIES)
        letter, digit = (behind & ALPHA) != 0, (behind & DIGIT) != 0
        police = digit & ~embassy & ((classes[at - 1] & ALPHA) != 0) & (at >= 2)
        at = np.sort(np.concatenate((at[np.where(embassy, digit, letter)], at[police] - 2)))
        return _anywhere(at, at + 1)


_NO_RUNS: Final = Runs([], [], [], [], [])


def _anywhere(starts: Offsets, ends: Offsets, digits: Offsets | None = None) -> Runs:
    """Return runs in which anything may match anywhere."""
    count = len(starts)
    return Runs(
        starts.tolist(),
        ends.tolist(),
        [0] * count if digits is None else digits.tolist(),
        [False] * count,
        [ANY_SIGN] * count,
    )


def _any_of(bits: npt.NDArray[np.uint16], starts: Offsets, ends: Offsets) -> list[int]:
    """Return the union of the bits of each run."""
    if not len(starts):
        return []
    bounds = np.column_stack((starts, ends)).ravel()
    if bounds[-1] == len(bits):
        bounds = bounds[:-1]
    union: list[int] = np.bitwise_or.reduceat(bits, bounds)[::2].tolist()
    return union


def _runs(member: Flags, length: int) -> tuple[Offsets, Offsets]:
    """Half-open offsets of the maximal runs of True that have at least this length."""
    edges = np.flatnonzero(member[1:] != member[:-1]) + 1
    if len(member) and member[0]:
        edges = np.append(0, edges)
    if len(edges) % 2:
        edges = np.append(edges, len(member))
    starts, ends = edges[0::2], edges[1::2]
    long = ends - starts >= length
    return starts[long], ends[long]


def _counts(member: Flags | Bytes, starts: Offsets, ends: Offsets) -> Offsets:
    """Return the sum over each run."""
    if not len(starts):
        return starts
    total = _sums(member)
    return total[ends] - total[starts]


def _sums(member: Flags | Bytes) -> Offsets:
    """Return what stands before each place, summed, and one more for the end."""
    total = np.zeros(len(member) + 1, np.int64)
    np.cumsum(member, out=total[1:])
    return total
