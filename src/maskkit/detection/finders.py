"""The runs of a view that can hold a number, a word, an address of a machine or a plate."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import Final

import numpy as np

from maskkit.detection.folding import (
    ALPHA,
    CLASS_BYTES,
    DIGIT,
    HAN_DIGIT,
    HAN_ZERO,
    HEX,
    LIKE_DIGITS,
    MAIL,
    NUMBER_SEPARATOR,
    PROVINCE,
    WORD,
    fold,
)
from maskkit.detection.runs import (
    ANY_SIGN,
    BRACKET,
    COLON,
    DASH,
    DOT,
    HAN,
    NO_RUNS,
    PLUS,
    Flags,
    Offsets,
    Runs,
    any_of,
    anywhere,
    holding,
    spans_of,
    sums,
)
from maskkit.detection.view import View


def _members(chars: bytes) -> Flags:
    table = np.zeros(256, np.bool_)
    table[np.frombuffer(chars, np.uint8)] = True
    return table


_SIGNS: Final = np.zeros(256, np.uint16)
_SIGNS[ord("0") : ord("9") + 1] = 1 << np.arange(10)
_SIGNS[[ord("+"), ord("("), ord(":"), ord("."), ord("-")]] = PLUS, BRACKET, COLON, DOT, DASH
_SIGNS[HAN_ZERO : HAN_ZERO + 10] = HAN

_NUMERAL: Final = (CLASS_BYTES & (DIGIT | HAN_DIGIT)) != 0
_SPACED: Final = ((CLASS_BYTES & (DIGIT | ALPHA)) != 0) | _members(b" -")
_LIKE_LETTERS: Final = _members(b"OoIl")
_LIKE: Final = _NUMERAL | _members(LIKE_DIGITS)
_LOOSE: Final = _LIKE | ((CLASS_BYTES & NUMBER_SEPARATOR) != 0) | _members(b"_/~,;*\n\r\t" + fold("、"))
# signs of one number in pieces: 138_0013_8000, 幺三八洞洞…, 幺三八，零零幺三, or on two lines
_APART: Final = re.compile(
    b"[_/~*" + fold("洞拐勾") + b"]|[0-9](?:\r?\n|\t)[0-9]|[\x80-\x89][,;" + fold("、") + b"] ?[\x80-\x89]"
)

_AIRPORT: Final = fold("民航")
_EMBASSIES: Final = np.frombuffer(fold("使领"), np.uint8)
_HEX_WEIGHTS: Final = np.zeros(256, np.uint8)
_HEX_WEIGHTS[[ord(":"), ord("."), ord("-")]] = 3, 2, 1
_PAIRS, _SPACED_MAC = 6, 17
_EXPONENT_SIGNS: Final = (b"E+", b"E1", b"e+", b"e1")
_SPOKEN_SIGNS: Final = (b"@ ", b" @", b"at)", b"at]", b" at ", b"#")
# what stands for an @ before one of the great providers
_SPOKEN: Final = re.compile(
    rb"(?: @ ?|@ | ?[([]at[)\]] ?| at |#)"
    rb"(?=(?:qq|vip|1[0-9]{2}|gmail|foxmail|sina|sohu|yeah|outlook|hotmail|icloud|aliyun)[.])"
)


class Finders:
    """Finds the runs of one view, a method for each kind that rules name."""

    def __init__(self, view: View) -> None:
        self._view = view

    def numbers(self) -> Runs:
        """Return runs of digits, Han numerals and what separates them, with at least five digits.

        They begin with a digit, a plus or a bracket, and end with a digit or a bracket; `whole` are those of ASCII
        digits and nothing else.
        """
        starts, ends = spans_of((self._view.classes & (DIGIT | HAN_DIGIT | NUMBER_SEPARATOR)) != 0, 5)
        digits = self._view.numeral_counts(starts, ends)
        some = digits >= 5
        starts, ends, digits = starts[some], ends[some], digits[some]
        if not len(starts):
            return NO_RUNS
        folded = self._view.folded
        opening = np.flatnonzero(self._view.numerals | (folded == ord("+")) | (folded == ord("(")))
        closing = np.flatnonzero(self._view.numerals | (folded == ord(")")))
        starts = opening[np.searchsorted(opening, starts)]
        ends = closing[np.searchsorted(closing, ends) - 1] + 1
        ascii_digit = self._view.digits
        signs = _SIGNS[folded]
        signs[1:][ascii_digit[1:] & ascii_digit[:-1]] = 0
        return Runs(
            starts.tolist(),
            ends.tolist(),
            digits.tolist(),
            (self._view.digit_counts(starts, ends) == ends - starts).tolist(),
            any_of(signs, starts, ends),
        )

    def loose(self) -> Runs:
        """Return runs of ten and more digits, or what people write for them, with anything between that may stand so.

        They begin and end with a digit, and are not all digits.
        """
        starts, ends, counts = self._loose
        letters = (
            _LIKE_LETTERS[self._view.folded[starts]] & ((self._view.classes[starts - 1] & ALPHA) != 0) & (starts > 0)
        )
        if letters.any():  # the l of tel is no 1
            numerals = np.flatnonzero(self._view.numerals)
            starts = np.where(letters, numerals[np.searchsorted(numerals, starts)], starts)
        return Runs(starts.tolist(), ends.tolist(), counts.tolist(), [True] * len(starts), [ANY_SIGN] * len(starts))

    def apart(self) -> Runs:
        """Return those loose runs that tell by themselves that they are one number: 138_0013_8000, 幺三八洞洞…."""
        starts, ends, counts = self._loose
        if not len(starts):
            return NO_RUNS
        told = np.array(
            [
                _APART.search(self._view.bytes, *run) is not None
                for run in zip(starts.tolist(), ends.tolist(), strict=True)
            ]
        )
        return anywhere(starts[told], ends[told], counts[told])

    @cached_property
    def _loose(self) -> tuple[Offsets, Offsets, Offsets]:
        starts, ends = spans_of(_LOOSE[self._view.folded], 11)
        likes = np.flatnonzero(_LIKE[self._view.folded]) if len(starts) else starts
        first, behind = np.searchsorted(likes, starts), np.searchsorted(likes, ends)
        some = behind - first >= 10
        first, behind = first[some], behind[some]
        starts, ends = likes[first], likes[behind - 1] + 1
        numerals = self._view.numeral_counts(starts, ends)
        odd = (numerals < ends - starts) & (numerals >= 4)
        return starts[odd], ends[odd], (behind - first)[odd]

    def words(self) -> Runs:
        """Return runs of six and more Latin letters and digits that hold both; all `whole`."""
        starts, ends = spans_of((self._view.classes & (DIGIT | ALPHA)) != 0, 6)
        digits = self._view.digit_counts(starts, ends)
        mixed = (digits > 0) & (digits < ends - starts)
        starts, ends, digits = starts[mixed], ends[mixed], digits[mixed]
        return Runs(starts.tolist(), ends.tolist(), digits.tolist(), [True] * len(starts), [ANY_SIGN] * len(starts))

    def spaced(self) -> Runs:
        """Return runs of Latin letters and digits with single blanks or hyphens between, seven digits and a letter."""
        starts, ends = spans_of(_SPACED[self._view.folded], 9)
        digits = self._view.digit_counts(starts, ends)
        some = (digits >= 7) & (digits < ends - starts)
        if not some.any():
            return NO_RUNS
        starts, ends, digits = starts[some], ends[some], digits[some]
        some = holding(self._view.letters, starts, ends)
        return anywhere(starts[some], ends[some], digits[some])

    def handles(self) -> Runs:
        """Return runs of six and more Latin letters, digits, ``_`` and ``-`` that hold a letter."""
        starts, ends = spans_of((self._view.classes & WORD) != 0, 6)
        some = holding(self._view.letters, starts, ends)
        starts, ends = starts[some], ends[some]
        dashes = holding(np.flatnonzero(self._view.folded == ord("-")), starts, ends)
        digits = self._view.digit_counts(starts, ends)
        return replace(anywhere(starts, ends, digits), whole=(~dashes).tolist())

    def mails(self) -> Runs:
        """Return runs of what an e-mail address is made of, with an ``@`` or with what is written for one."""
        signs = any(sign in self._view.bytes for sign in _SPOKEN_SIGNS)
        spoken = [self._spoken(match.start()) for match in _SPOKEN.finditer(self._view.bytes)] if signs else []
        starts = np.array([start for start, _ in spoken], np.int64)
        ends = np.array([end for _, end in spoken], np.int64)
        if b"@" in self._view.bytes:
            plain = spans_of((self._view.classes & MAIL) != 0, 6)
            with_at = holding(np.flatnonzero(self._view.folded == ord("@")), *plain)
            starts, ends = np.append(plain[0][with_at], starts), np.append(plain[1][with_at], ends)
        return anywhere(starts, ends)

    def _spoken(self, at: int) -> tuple[int, int]:
        """Return the run of what an e-mail address is made of that ends at `at`, its last 64 characters."""
        start = at
        while start > max(0, at - 64) and self._view.classes[start - 1] & MAIL:
            start -= 1
        return start, at + 1

    def hexes(self) -> Runs:
        """Return runs of hexadecimal digits, ``:``, ``.``, ``-`` with at least two colons, two dots or four dashes."""
        starts = ends = np.zeros(0, np.int64)
        count = self._view.bytes.count
        if count(b":") >= 2 or count(b".") >= 2 or count(b"-") >= 4:
            starts, ends = spans_of((self._view.classes & HEX) != 0, 3)
            weights = _HEX_WEIGHTS[self._view.folded]
            signs = np.flatnonzero(weights)
            before = sums(weights[signs])
            some = before[np.searchsorted(signs, ends)] - before[np.searchsorted(signs, starts)] >= 4
            starts, ends = starts[some], ends[some]
        if count(b" ") >= _PAIRS - 1 and len(self._view.folded) >= _SPACED_MAC:
            more = self._spaced_pairs()
            starts, ends = np.append(starts, more[0]), np.append(ends, more[1])
        return (
            replace(anywhere(starts, ends), signs=any_of(_SIGNS[self._view.folded], starts, ends))
            if len(starts)
            else NO_RUNS
        )

    def _spaced_pairs(self) -> tuple[Offsets, Offsets]:
        """Return where six pairs stand with blanks between, as those of a MAC address; of a longer row, all of it."""
        blanks = self._view.folded == ord(" ")
        between = [blanks[2 + 3 * k : len(blanks) - _SPACED_MAC + 3 + 3 * k] for k in range(_PAIRS - 1)]
        at = np.flatnonzero(np.logical_and.reduce(between))
        if not len(at):
            return at, at
        apart = np.append(True, np.diff(at) > _SPACED_MAC)
        return at[apart], at[np.append(apart[1:], True)] + _SPACED_MAC

    def exponents(self) -> Runs:
        """Return runs that end behind the E of a number like 1.10101E+17, with room for what stands before it."""
        if not any(sign in self._view.bytes for sign in _EXPONENT_SIGNS):
            return NO_RUNS
        folded, digit = self._view.folded, self._view.digits
        at = np.flatnonzero(digit[:-2] & ((folded[1:-1] | 0x20) == ord("e")) & (digit[2:] | (folded[2:] == ord("+"))))
        return anywhere(np.maximum(at - 22, np.append(0, at[:-1] + 2)), at + 2) if len(at) else NO_RUNS

    def plates(self) -> Runs:
        """Return where a plate can begin: at what it begins with before a letter, or a digit where that will do."""
        at = np.flatnonzero((self._view.classes[:-1] & PROVINCE) != 0)
        if not len(at):
            return NO_RUNS
        folded, classes = (
            np.append(self._view.folded, np.zeros(2, np.uint8)),
            np.append(self._view.classes, np.zeros(2, np.uint8)),
        )
        behind = classes[np.where(folded[at + 1] == ord(" "), at + 2, at + 1)]
        embassy = np.isin(folded[at], _EMBASSIES)
        letter, digit = (behind & ALPHA) != 0, (behind & DIGIT) != 0
        airport = (folded[at] == _AIRPORT[0]) & (folded[at + 1] == _AIRPORT[1])
        police = digit & ~embassy & ((classes[at - 1] & ALPHA) != 0) & (at >= 2)
        at = np.sort(np.concatenate((at[np.where(embassy, digit, letter | airport)], at[police] - 2)))
        return anywhere(at, at + 1)
