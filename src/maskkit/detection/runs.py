"""Runs: stretches of the view that can hold a value, as columns, and how such are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.folding import Bytes

Offsets = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Bits of `Runs.signs` above those of the ten digits.
PLUS, BRACKET, HAN, COLON, DOT, DASH = (1 << bit for bit in range(10, 16))
ANY_SIGN: Final = (1 << 16) - 1


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


NO_RUNS: Final = Runs([], [], [], [], [])


def anywhere(starts: Offsets, ends: Offsets, digits: Offsets | None = None) -> Runs:
    """Return runs in which anything may match anywhere."""
    count = len(starts)
    return Runs(
        starts.tolist(),
        ends.tolist(),
        [0] * count if digits is None else digits.tolist(),
        [False] * count,
        [ANY_SIGN] * count,
    )


def any_of(bits: npt.NDArray[np.uint16], starts: Offsets, ends: Offsets) -> list[int]:
    """Return the union of the bits of each run."""
    if not len(starts):
        return []
    bounds = np.column_stack((starts, ends)).ravel()
    if bounds[-1] == len(bits):
        bounds = bounds[:-1]
    union: list[int] = np.bitwise_or.reduceat(bits, bounds)[::2].tolist()
    return union


def spans_of(member: Flags, length: int) -> tuple[Offsets, Offsets]:
    """Half-open offsets of the maximal runs of True that have at least this length."""
    edges = np.flatnonzero(member[1:] != member[:-1]) + 1
    if len(member) and member[0]:
        edges = np.append(0, edges)
    if len(edges) % 2:
        edges = np.append(edges, len(member))
    starts, ends = edges[0::2], edges[1::2]
    long = ends - starts >= length
    return starts[long], ends[long]


def holding(places: Offsets, starts: Offsets, ends: Offsets) -> Flags:
    """Return which runs hold at least one of these places, which are sorted."""
    held: Flags = np.searchsorted(places, starts) < np.searchsorted(places, ends)
    return held


def sums(member: Flags | Bytes) -> Offsets:
    """Return what stands before each place, summed, and one more for the end."""
    total = np.zeros(len(member) + 1, np.int64)
    np.cumsum(member, out=total[1:])
    return total
