"""Numbers written in groups, 138-0013-8000, by whole columns: what `surface` says of each that has one separator.

A phone, resident ID or card whose digits stand there in order, with one and the same separator in some gaps, has the
first surface that `surface.describe` tries. It depends on the gaps and the separator alone, so it is told once for all
that are written alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.flat import Flat, flatten, strings
from maskkit.operators.packing_columns import FEW
from maskkit.operators.surface import GAPS, PHONE_GAPS, SEPARATORS, Surface

ENTITIES: Final = frozenset({"PHONE_NUMBER", "CN_RESIDENT_ID", "BANK_CARD"})

#: ASCII separators that canonical values are without.
_SEPARATORS: Final = "- ._"
#: Longer ones are no number with a short surface.
_LONGEST: Final = 19 + GAPS
_CODES: Final = 256


class Alike(NamedTuple):
    """Strings that are written alike: row numbers, their characters without separators, and their surface."""

    rows: NDArray[np.intp]
    flat: Flat
    surface: int


def alike(entity: str, flat: Flat, rows: NDArray[np.intp]) -> Iterator[Alike]:
    """Yield those of `rows` that are digits in groups, by how they are written, where more than a few are alike."""
    if entity not in ENTITIES or not flat.narrow:
        return
    for length in np.unique(flat.lengths[rows]).tolist():
        here = rows[flat.lengths[rows] == length]
        if len(here) <= FEW or not 2 < length <= _LONGEST:
            continue
        codes = flat.rows(length, here)
        gaps = (codes - np.uint8(ord("0")) > 9) & (codes != ord("X"))
        separators = (codes * gaps).max(axis=1)
        one = (np.where(gaps, codes, separators[:, None]) == separators[:, None]).all(axis=1) & (separators > 0)
        kinds = (gaps @ (1 << np.arange(length))) * _CODES + separators
        for kind in np.unique(kinds[one]).tolist():
            same = one & (kinds == kind)
            surface = _surface(entity, gaps[int(same.argmax())], chr(kind % _CODES))
            if surface is not None and same.sum() > FEW:
                digits = codes[same][:, ~gaps[int(same.argmax())]]
                n, width = digits.shape
                plain = Flat(digits.reshape(-1), np.arange(0, n * width, width), np.full(n, width))
                yield Alike(here[same], plain, surface.number())


def spaced(entity: str, values: Sequence[str], surface: Surface) -> list[str] | None:
    """Return digits with the separators that `surface` describes; None where it describes more than that."""
    if entity not in ENTITIES or surface._replace(separator=0, gaps=0) != Surface():
        return None
    flat = flatten(values)
    if flat is None or not flat.narrow or (flat.lengths != flat.lengths[0]).any():
        return None
    codes = flat.rows(int(flat.lengths[0]))
    separator = SEPARATORS[surface.separator]
    if (codes == ord("-")).any() or (codes == ord("+")).any() or separator not in _SEPARATORS:
        return None
    gaps = surface.gaps & (1 << (PHONE_GAPS if entity == "PHONE_NUMBER" else GAPS)) - 1
    n, width = codes.shape
    before = [k for k in range(width - 1) if gaps >> k & 1]
    made = np.full((n, width + len(before)), ord(separator), np.uint8)
    made[:, [k + sum(gap < k for gap in before) for k in range(width)]] = codes
    return strings(made)


def _surface(entity: str, gaps: NDArray[np.bool_], separator: str) -> Surface | None:
    """Return the surface of a number with separators there, None for one that is no short one."""
    if separator not in _SEPARATORS or gaps[0] or gaps[-1] or (gaps[1:] & gaps[:-1]).any():
        return None
    before = np.flatnonzero(gaps) - np.arange(1, gaps.sum() + 1)  # the number of the character before each
    if before[-1] >= (PHONE_GAPS if entity == "PHONE_NUMBER" else GAPS):
        return None
    return Surface(separator=SEPARATORS.index(separator), gaps=int((1 << before).sum()))
