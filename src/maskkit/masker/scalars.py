"""Scalars: what of a Python object is text that can hold personal data."""

from __future__ import annotations

from datetime import date, time, timedelta
from ipaddress import IPv4Address, IPv6Address
from numbers import Number
from typing import Final
from uuid import UUID

from maskkit.errors import InputError

#: What is written as text without anything lost. Of any other object nobody knows what it shows of itself.
_SCALARS: Final = (Number, date, time, timedelta, UUID, IPv4Address, IPv6Address)
_MISSING: Final = ("nan", "NaN", "NaT", "<NA>")
#: numpy's and pandas' own scalars, such as a Period; their arrays are none.
_LIBRARIES: Final = ("numpy", "pandas")


def as_text(cell: object) -> str | None:
    """Return a scalar as text; None for None, NaN, NaT, NA and booleans, which stay as they are.

    A whole float is written as the integer it was before a missing value made the column a float one. Raises InputError
    for what is no scalar: bytes of an encoding that nobody names, a list in a cell, an object of one's own.
    """
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        if cell != cell:
            return None
        return str(int(cell)) if cell.is_integer() else repr(cell)
    own = type(cell).__module__.partition(".")[0] in _LIBRARIES and not hasattr(cell, "__iter__")
    if not (own or isinstance(cell, _SCALARS)):
        raise InputError(f"values are text, numbers and dates, not {type(cell).__name__}")
    text = str(cell)
    return None if text in _MISSING else text
