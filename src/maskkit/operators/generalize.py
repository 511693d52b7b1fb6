"""Generalisation (GB/T 37964-2019): a birth date becomes its year, an address its city, an age a band of ten years.

What cannot be understood is removed, never passed on. What is general already stays, so that masking twice is masking
once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from maskkit.errors import UsageError
from maskkit.masks import birth_year, region
from maskkit.normalize import FOLD

#: What each level is of.
LEVELS: Final = {"year": "BIRTH_DATE", "province": "ADDRESS", "city": "ADDRESS", "district": "ADDRESS", "band": "AGE"}

_AGE: Final = re.compile(r"([0-9]{1,3})\s*(?:周?岁|歲)?")
_BAND: Final = re.compile(r"0-9|(?P<tens>[1-8])0-(?P=tens)9|90\+")
_OLDEST: Final = 130
_TOP_BAND: Final = 90


class Generalize:
    """Replaces each value by the coarser one of its level; removes what has none."""

    name = "generalize"
    reversible = False

    def __init__(self, level: str) -> None:
        if level not in LEVELS:
            raise UsageError(f"cannot generalize to {level}", hint=f"one of {', '.join(LEVELS)}")
        self._level = level
        self._coarser = _COARSER[level]

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return the coarser value for each of `values`, "" where it cannot be told.

        Raises UsageError where the level is not of `entity`.
        """
        if LEVELS[self._level] != entity:
            raise UsageError(
                f"cannot generalize {entity} to {self._level}", hint=f"{self._level} is for {LEVELS[self._level]}"
            )
        return [self._coarser(value.translate(FOLD).strip()) for value in values]


def _year(value: str) -> str:
    return birth_year(value) or ""


def _province(value: str) -> str:
    return region(value).province


def _city(value: str) -> str:
    found = region(value)
    return found.province + found.city


def _district(value: str) -> str:
    return "".join(region(value))


def _band(value: str) -> str:
    if _BAND.fullmatch(value):
        return value
    found = _AGE.fullmatch(value)
    age = int(found[1]) if found else _OLDEST + 1
    if age > _OLDEST:
        return ""
    if age >= _TOP_BAND:
        return f"{_TOP_BAND}+"
    return f"{age // 10 * 10}-{age // 10 * 10 + 9}"


_COARSER: Final[dict[str, Callable[[str], str]]] = {
    "year": _year,
    "province": _province,
    "city": _city,
    "district": _district,
    "band": _band,
}
