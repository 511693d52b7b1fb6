"""Values in two fields that stand beside each other: a first and a last name, an area code and a number."""

from __future__ import annotations

import re
from typing import Any, Final

from maskkit.detection.surnames import has_surname

#: The key of what is written first, that of the rest, and of what both are pieces.
_PAIRS: Final = (
    ("last", "first", "PERSON"),
    ("family", "given", "PERSON"),
    ("family_name", "given_name", "PERSON"),
    ("area", "number", "PHONE_NUMBER"),
    ("area_code", "number", "PHONE_NUMBER"),
    ("areaCode", "number", "PHONE_NUMBER"),
    ("prefix", "number", "PHONE_NUMBER"),
    ("区号", "号码", "PHONE_NUMBER"),
)
_LATIN: Final = re.compile(r"[^\W\d_][^\W\d_'’ -]{1,30}")
_NUMBER: Final = re.compile(r"\+?\d{7,15}")


def pieces_in(data: dict[str, Any]) -> dict[str, str] | None:
    """Return the entity of each key whose value joins with that of another to a name or a phone; None for none."""
    found: dict[str, str] = {}
    for before, after, entity in _PAIRS:
        if before in data and after in data and _join(data[before], data[after], entity):
            found[before] = found[after] = entity
    return found or None


def _join(before: Any, after: Any, entity: str) -> bool:
    if entity == "PHONE_NUMBER":
        kinds = (str, int)
        if not isinstance(before, kinds) or not isinstance(after, kinds) or isinstance(before, bool):
            return False
        return _NUMBER.fullmatch(f"{before}{after}") is not None
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    if before.isascii():
        return bool(_LATIN.fullmatch(before) and _LATIN.fullmatch(after) and before[:1].isupper())
    return has_surname(before + after)
