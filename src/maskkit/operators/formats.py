"""The formats that surrogates keep: values and surrogates to numbers and back, over whole columns.

A format numbers the values that it can hold, and as many surrogates or more; what lies between is a permutation under a
key. Everything here is for ever: what was written today must be read by every later version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.alphabet import Alphabet
from maskkit.crypto.flat import Codes

Numbers = NDArray[np.uint64]
Mask = NDArray[np.bool_]
#: Rows of ASCII codes.
Rows = NDArray[np.uint8]

_DIGITS: Final = Alphabet("0123456789")
_ZERO: Final = ord("0")


class Format(Protocol):
    """Values of one length, and their surrogates of the same."""

    #: How many surrogates there are; values are no more.
    size: int

    def read(self, codes: Codes, *, surrogates: bool) -> tuple[Numbers, Mask]:
        """Return the numbers of rows of code points, and which of them are values, or surrogates, in the format."""

    def write(self, numbers: Numbers, *, surrogates: bool) -> Rows:
        """Undo `read`, for numbers in range."""

    def holds(self, numbers: Numbers) -> Mask:
        """Tell which numbers are those of values."""


class Phone:
    """Mobile numbers, 1 and any ten digits; their surrogates begin with 2."""

    size = 10**10

    def read(self, codes: Codes, *, surrogates: bool) -> tuple[Numbers, Mask]:
        """Return the ten digits behind the first."""
        places = _DIGITS.places_of(codes)
        good = _are_digits(places) & (places[:, 0] == (2 if surrogates else 1))
        return _DIGITS.numbers(places[:, 1:]), good

    def write(self, numbers: Numbers, *, surrogates: bool) -> Rows:
        """Undo `read`."""
        codes = np.empty((len(numbers), 11), np.uint8)
        codes[:, 0] = _ZERO + (2 if surrogates else 1)
        _DIGITS.write(numbers, codes[:, 1:])
        return codes

    def holds(self, numbers: Numbers) -> Mask:
        """Tell that all are."""
        return np.ones(len(numbers), np.bool_)


class Card:
    """Card numbers of one length with a right check digit (Luhn); their surrogates begin with 0.

    Behind a 0 there is room for a tenth of all that begin with 1 to 9, so for ten pairs of first digits: UnionPay (62),
    Mastercard (51 to 55), JCB (35), and older cards of Chinese banks (60, 69, 95). Visa alone would fill it.
    """

    prefixes: Final = (35, 51, 52, 53, 54, 55, 60, 62, 69, 95)

    def __init__(self, length: int) -> None:
        self.size = 10 ** (length - 2)
        self._length = length
        self._step = np.uint64(10 ** (length - 3))

    def read(self, codes: Codes, *, surrogates: bool) -> tuple[Numbers, Mask]:
        """Return the pair of first digits and the digits behind; of a surrogate all between 0 and check digit."""
        places = _DIGITS.places_of(codes)
        good = _are_digits(places)
        places = np.where(good[:, None], places, 0).astype(np.uint8)
        good &= _luhn(places) == 0
        if surrogates:
            return _DIGITS.numbers(places[:, 1:-1]), good & (places[:, 0] == 0)
        pairs = _PREFIXES[places[:, 0] * 10 + places[:, 1]]
        return pairs * self._step + _DIGITS.numbers(places[:, 2:-1]), good & (pairs < len(self.prefixes))

    def write(self, numbers: Numbers, *, surrogates: bool) -> Rows:
        """Undo `read`."""
        codes = np.empty((len(numbers), self._length), np.uint8)
        codes[:, 0] = codes[:, -1] = _ZERO
        if surrogates:
            _DIGITS.write(numbers, codes[:, 1:-1])
        else:
            pairs = numbers // self._step
            _DIGITS.write(np.array(self.prefixes, np.uint64)[pairs.astype(np.intp)], codes[:, :2])
            _DIGITS.write(numbers - pairs * self._step, codes[:, 2:-1])
        codes[:, -1] += (10 - _luhn(codes - np.uint8(_ZERO))) % 10
        return codes

    def holds(self, numbers: Numbers) -> Mask:
        """Tell that all are."""
        return np.ones(len(numbers), np.bool_)


_PREFIXES: Final = np.full(100, len(Card.prefixes), np.uint64)
_PREFIXES[list(Card.prefixes)] = np.arange(len(Card.prefixes))
_DOUBLED: Final = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], np.uint8)


def _are_digits(places: Codes) -> Mask:
    """Tell which rows are digits alone."""
    return np.asarray((places < 10).all(axis=1), np.bool_)


def _luhn(places: Rows) -> Rows:
    """Return Luhn's sum modulo 10 of rows of digits (ISO/IEC 7812-1, annex B): 0 where the last one is right."""
    backwards = places[:, ::-1]
    total = backwards[:, 0::2].sum(axis=1) + _DOUBLED[backwards[:, 1::2]].sum(axis=1)
    rest: Rows = (total % 10).astype(np.uint8)
    return rest


class ResidentId:
    """Resident IDs of 18 characters with a right check character (GB 11643-1999); surrogates have cities of no list.

    Values: all codes of the lists of 1980 to 2025 and those that may follow (cities 00 to 43, 51 to 53, 70 and 90,
    counties 00 to 43 and 81 to 88, in city 01 also 51 to 64), residence permits (81, 82, 83), births of 1910 to 2039.
    Surrogates: cities 71 to 89 and 91 to 99, counties 01 to 99, births of 1904 to 2024.
    """

    def __init__(self) -> None:
        cities, counties = (*range(44), *range(51, 54), 70, 90), (*range(44), *range(81, 89))
        regions = [*_regions(cities, counties), *_regions([1], range(51, 65)), *_OTHERS]
        self._values = _Side(regions, 1910, 2039)
        self._surrogates = _Side(_regions((*range(71, 90), *range(91, 100)), range(1, 100)), 1904, 2024)
        self.size = self._surrogates.size

    def read(self, codes: Codes, *, surrogates: bool) -> tuple[Numbers, Mask]:
        """Return the number of region, birth date and the three digits behind."""
        side = self._surrogates if surrogates else self._values
        places = _DIGITS.places_of(codes[:, :-1])
        good = _are_digits(places)
        places = np.where(good[:, None], places, 0).astype(np.uint8)
        good &= _check_characters(places) == codes[:, -1]
        numbers, held = side.numbers(_DIGITS.numbers(places[:, :6]), _DIGITS.numbers(places[:, 6:14]))
        return numbers * _ORDERS + _DIGITS.numbers(places[:, 14:]), good & held

    def write(self, numbers: Numbers, *, surrogates: bool) -> Rows:
        """Undo `read`."""
        side = self._surrogates if surrogates else self._values
        codes = np.empty((len(numbers), 18), np.uint8)
        orders = numbers // _ORDERS
        regions, dates = side.parts(orders)
        _DIGITS.write(regions, codes[:, :6])
        _DIGITS.write(dates, codes[:, 6:14])
        _DIGITS.write(numbers - orders * _ORDERS, codes[:, 14:17])
        codes[:, 17] = _check_characters(codes[:, :17] - np.uint8(_ZERO))
        return codes

    def holds(self, numbers: Numbers) -> Mask:
        """Tell which are: there are a few more surrogates."""
        held: Mask = numbers < self._values.size
        return held


#: The digits that tell those of one day and region apart.
_ORDERS: Final = np.uint64(1000)
_PROVINCES: Final = (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))
#: Districts of Yichun, Daxing'anling and Haixi; residence permits of people from Hong Kong, Macau and Taiwan.
_OTHERS: Final = (230751, 232761, 232762, 232763, 232764, 632857, 632858, 632859, 810000, 820000, 830000)
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2099
#: Room for a year's days by month and day, 1231 the last.
_YEAR: Final = 1300
_WEIGHTS: Final = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), np.uint16)
_CHECKS: Final = np.frombuffer(b"10X98765432", np.uint8)


def _regions(cities: Iterable[int], counties: Iterable[int]) -> list[int]:
    return [
        province * 10_000 + city * 100 + county
        for province, city, county in product(_PROVINCES, cities, list(counties))
    ]


def _check_characters(places: Rows) -> Rows:
    """Return the check characters of rows of 17 digits (ISO 7064, MOD 11-2)."""
    checks: Rows = _CHECKS[(places * _WEIGHTS).sum(axis=1) % 11]
    return checks


class _Side:
    """Regions and birth dates of one side, numbered one after the other."""

    def __init__(self, regions: Sequence[int], first_year: int, last_year: int) -> None:
        self._regions = np.array(regions, np.uint64)
        self._region_numbers = np.full(1_000_000, -1, np.int32)
        self._region_numbers[regions] = np.arange(len(regions))
        first = date(first_year, 1, 1)
        days = [first + timedelta(n) for n in range((date(last_year, 12, 31) - first).days + 1)]
        self._dates = np.array([day.year * 10_000 + day.month * 100 + day.day for day in days], np.uint64)
        self._day_numbers = np.full((_LAST_YEAR - _FIRST_YEAR + 1) * _YEAR, -1, np.int32)
        self._day_numbers[_day_places(self._dates)[0]] = np.arange(len(days))
        self._days = np.uint64(len(days))
        self.size: Final = len(regions) * len(days) * int(_ORDERS)

    def numbers(self, regions: Numbers, dates: Numbers) -> tuple[Numbers, Mask]:
        """Return the numbers of regions and dates, and which of them are known."""
        region = self._region_numbers[regions.astype(np.intp)]
        places, good = _day_places(dates)
        day = np.where(good, self._day_numbers[places], -1)
        return region.astype(np.uint64) * self._days + day.astype(np.uint64), (region >= 0) & (day >= 0)

    def parts(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Undo `numbers`."""
        regions = numbers // self._days
        return self._regions[regions.astype(np.intp)], self._dates[(numbers - regions * self._days).astype(np.intp)]


def _day_places(dates: Numbers) -> tuple[NDArray[np.intp], Mask]:
    """Return where dates stand in a table of days, and which can stand there at all."""
    years, days = (dates // np.uint64(10_000)).astype(np.intp), (dates % np.uint64(10_000)).astype(np.intp)
    good = (years >= _FIRST_YEAR) & (years <= _LAST_YEAR) & (days < _YEAR)
    return np.where(good, (years - _FIRST_YEAR) * _YEAR + days, 0), good


@cache
def format_of(entity: str, length: int) -> Format | None:
    """Return the format of values of that length, None where there is none."""
    if entity == "PHONE_NUMBER" and length == 11:
        return Phone()
    if entity == "BANK_CARD" and 13 <= length <= 19:
        return Card(length)
    if entity == "CN_RESIDENT_ID" and length == 18:
        return ResidentId()
    return None
