"""The display operator: values to display masks, a whole column at a time where its values are plainly canonical."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from maskkit.masks import COMPOUND_SURNAMES, display
from maskkit.normalize import canonical

_MOBILE_LENGTH: Final = 11
_ID_LENGTH: Final = 18
_CARD_LENGTHS: Final = frozenset(range(13, 20))
_HAN_ONLY: Final = re.compile(r"[\u4e00-\u9fff]+")
_COMPOUND: Final = {surname: f"{surname}**" for surname in COMPOUND_SURNAMES}
_NAME_LENGTHS: Final = frozenset(range(2, 5))

#: Values that are their own canonical form beyond doubt, and so need not be normalised one by one.
_PLAIN: Final = {
    "PHONE_NUMBER": re.compile(r"1[3-9][0-9]{9}"),
    "CN_RESIDENT_ID": re.compile(r"[0-9]{17}[0-9X]"),
    "BANK_CARD": re.compile(r"[0-9]{13,19}"),
    "PERSON": re.compile(r"[\u4e00-\u9fff]{2,4}"),
}


class Display:
    """Replaces each value by its entity's display mask."""

    name = "mask"
    reversible = False

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return the display mask of each of `values`; the same surface forms and the canonical one share one mask."""
        column = _COLUMNS.get(entity)
        if column is not None and values and (shown := column(values)) is not None:
            return shown
        plain = _PLAIN.get(entity, _NEVER).fullmatch
        return [display(entity, value if plain(value) else canonical(entity, value)) for value in values]


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _mobiles(values: Sequence[str]) -> list[str] | None:
    joined = "".join(values)
    if set(map(len, values)) != {_MOBILE_LENGTH} or not _digits(joined) or set(joined[::_MOBILE_LENGTH]) != {"1"}:
        return None
    return [f"{value[:3]}****{value[7:]}" for value in values]


def _ids(values: Sequence[str]) -> list[str] | None:
    joined = "".join(values)
    if set(map(len, values)) != {_ID_LENGTH} or not _digits(joined.replace("X", "0")):
        return None
    if joined.count("X") != joined[_ID_LENGTH - 1 :: _ID_LENGTH].count("X"):
        return None
    return [f"{value[:4]}**********{value[14:]}" for value in values]


def _cards(values: Sequence[str]) -> list[str] | None:
    if not set(map(len, values)) <= _CARD_LENGTHS or not _digits("".join(values)):
        return None
    return [f"{value[:4]} **** **** {value[-4:]}" for value in values]


def _names(values: Sequence[str]) -> list[str] | None:
    # 欧阳 alone is a surname without a name: that one is for the careful path.
    if (
        not set(map(len, values)) <= _NAME_LENGTHS
        or not _HAN_ONLY.fullmatch("".join(values))
        or not COMPOUND_SURNAMES.isdisjoint(values)
    ):
        return None
    return [_COMPOUND.get(value[:2]) or f"{value[0]}**" for value in values]


_NEVER: Final = re.compile(r"(?!)")
_COLUMNS: Final[dict[str, Callable[[Sequence[str]], list[str] | None]]] = {
    "PHONE_NUMBER": _mobiles,
    "CN_RESIDENT_ID": _ids,
    "BANK_CARD": _cards,
    "PERSON": _names,
}
