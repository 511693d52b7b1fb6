"""The display operator: values to display masks, with no work per value beyond what a list of strings costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from maskkit.masks import COMPOUND_SURNAMES, display
from maskkit.normalize import canonical, is_canonical

_Codes: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
_Offsets: TypeAlias = npt.NDArray[np.int64]


class _Plain(NamedTuple):
    """Values that are canonical as they stand: so many characters of one kind, of which the ends are shown."""

    shortest: int
    longest: int
    first: int
    last: int
    head: int
    stars: str
    tail: int


_PLAIN: Final = {
    "PHONE_NUMBER": _Plain(11, 11, ord("0"), ord("9"), 3, "****", 4),
    "CN_RESIDENT_ID": _Plain(18, 18, ord("0"), ord("9"), 4, "**********", 4),
    "BANK_CARD": _Plain(13, 19, ord("0"), ord("9"), 4, " **** **** ", 4),
    "PERSON": _Plain(2, 4, 0x4E00, 0x9FFF, 1, "**", 0),
}
_COMPOUND: Final = np.array([ord(surname[0]) << 16 | ord(surname[1]) for surname in COMPOUND_SURNAMES], np.uint32)
_LINE_END: Final = ord("\n")
_ASCII: Final = 0x80
#: Below this the arrays of a column cost more than they save.
_FEW: Final = 100


class Display:
    """Replaces each value by its entity's display mask."""

    name = "mask"
    reversible = False

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return the display mask of each of `values`: one mask for all the ways in which a value is written."""
        if entity in _PLAIN and len(values) >= _FEW:
            return _column(values, entity)
        return _one_by_one(values, entity)


def _one_by_one(values: Sequence[str], entity: str) -> list[str]:
    plain = is_canonical(entity)
    return [display(entity, value if plain(value) else canonical(entity, value)) for value in values]


def _column(values: Sequence[str], entity: str) -> list[str]:
    """Cut the plain values of a column out of one buffer all at once; the others go one by one."""
    form = _PLAIN[entity]
    text = "\n".join(values) + "\n"
    codes: _Codes
    if form.last < _ASCII:  # what is not ASCII is not plain: one byte a character will do
        codes = np.frombuffer(bytearray(text.encode("ascii", "replace")), np.uint8)
    else:
        codes = np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), "<u4")
    ends = np.flatnonzero(codes == _LINE_END)
    if len(ends) != len(values):  # a value with a line end inside
        return _one_by_one(values, entity)
    starts = np.concatenate(([0], ends[:-1] + 1))
    plain = _are_plain(codes, starts, ends, entity)
    # What goes into each line of the new buffer, position by position; the last is the line end.
    heads, tails = starts[plain], ends[plain]
    width = form.head + len(form.stars)
    shown = np.empty((len(heads), width + form.tail + 1), codes.dtype)
    for place in range(form.head):
        shown[:, place] = codes[heads + place]
    shown[:, form.head : width] = list(map(ord, form.stars))
    for place in range(form.tail + 1):
        shown[:, width + place] = codes[tails - form.tail + place]
    lines = shown.tobytes().decode("ascii" if codes.itemsize == 1 else "utf-32-le").split("\n")
    if len(heads) == len(values):
        return lines[:-1]
    easy = plain.tolist()
    cut, others = iter(lines), iter(_one_by_one([values[i] for i, one in enumerate(easy) if not one], entity))
    return [next(cut) if one else next(others) for one in easy]


def _are_plain(codes: _Codes, starts: _Offsets, ends: _Offsets, entity: str) -> npt.NDArray[np.bool_]:
    """Tell of each value between `starts` and `ends` whether it is plain."""
    form = _PLAIN[entity]
    fits = (codes >= form.first) & (codes <= form.last)
    if entity == "CN_RESIDENT_ID":
        fits[ends - 1] |= codes[ends - 1] == ord("X")
    lengths = ends - starts
    plain = (lengths >= form.shortest) & (lengths <= form.longest)
    if np.count_nonzero(fits) != len(codes) - len(ends):
        counted = np.concatenate(([0], np.cumsum(fits, dtype=np.int32)))
        plain &= counted[ends] - counted[starts] == lengths
    if entity == "PHONE_NUMBER":
        plain &= codes[starts] == ord("1")
    if entity == "PERSON":
        plain &= ~np.isin(codes[starts] << 16 | codes[np.minimum(starts + 1, ends)], _COMPOUND)
    return plain
