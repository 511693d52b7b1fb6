"""From scores of tags to the names that are likeliest together."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from maskkit.detection.persons.model import Scores

#: Where a character may be: in no name; within one, as a dot or a blank; anywhere in one.
NOWHERE: Final = 0
WITHIN: Final = 1
ANYWHERE: Final = 2
LONGEST: Final = 24  # characters of a name
_NEVER: Final = np.float32(-99)
_FIRST: Final = -5.0  # a first character of a lower score begins no name
_BLOCK: Final = 4096  # places whose sums stay in a core's cache
_LENGTHS: Final = np.arange(LONGEST)
_BEYOND: Final = np.full((LONGEST, 4), _NEVER)
#: What two names that touch are worth more than two apart: lists have no separators (measured).
_TOUCHING: Final = 1.5


class Segments(NamedTuple):
    """Places that may be names.

    Attributes:
        starts: their first characters.
        ends: one past their last.
        scores: the logarithm of their odds against no name being there.
    """

    starts: npt.NDArray[np.intp]
    ends: npt.NDArray[np.intp]
    scores: npt.NDArray[np.float64]

    def take(self, which: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Segments:
        """Return some of them."""
        return Segments(self.starts[which], self.ends[which], self.scores[which])


def best(scores: Scores, places: npt.NDArray[np.uint8], threshold: float) -> Segments:
    """Return the names of the highest sum of scores, none overlapping another, in order.

    Args:
        scores: of the tags S, B, I, E of each character, against none of them.
        places: where in a name each character may be: `NOWHERE`, `WITHIN` or `ANYWHERE`.
        threshold: the score from which on a place is a name.
    """
    return _settled(_candidates(scores, places, threshold))


def _candidates(scores: Scores, places: npt.NDArray[np.uint8], threshold: float) -> Segments:
    """Return all places above the threshold, ordered by their starts; their scores are what is above it."""
    nowhere, outside = places == NOWHERE, places != ANYWHERE
    single, first, inner, last = np.concatenate([scores, _BEYOND]).T.copy()
    for tag, never in ((single, outside), (first, outside), (inner, nowhere), (last, outside)):
        tag[: len(places)][never] = _NEVER
    inside = np.zeros(len(inner) + 1)
    np.cumsum(inner, out=inside[1:])
    starts = np.flatnonzero((first > _FIRST) | (single > threshold))
    found = []
    for begin in range(0, len(starts), _BLOCK):
        some = starts[begin : begin + _BLOCK]
        # All lengths of all places at once: one row a place.
        ends = some[:, None] + _LENGTHS
        values = inside[ends]
        values += last[ends]
        values += (first[some] - inside[some + 1])[:, None]
        values[:, 0] = single[some]
        values -= threshold
        which, length = np.nonzero(values > 0)
        found.append(Segments(some[which], some[which] + length + 1, values[which, length]))
    if len(found) == 1:
        return found[0]
    none = Segments(starts[:0], starts[:0], inside[:0])
    return Segments(*(np.concatenate(parts) for parts in zip(none, *found, strict=True)))


def _settled(found: Segments) -> Segments:
    """Return the best of places that overlap or touch; most such groups share a character, so one of them stays."""
    if not len(found.starts):
        return found
    reach = np.maximum.accumulate(found.ends)
    heads = np.flatnonzero(np.concatenate([[True], found.starts[1:] > reach[:-1]]))
    shared = np.minimum.reduceat(found.ends, heads) > np.maximum.reduceat(found.starts, heads)
    sizes = np.diff(heads, append=len(found.starts))
    groups = np.repeat(np.arange(len(heads)), sizes)
    highest = found.scores == np.maximum.reduceat(found.scores, heads)[groups]
    keep = np.flatnonzero(highest & shared[groups])
    keep = keep[np.unique(groups[keep], return_index=True)[1]]
    scheduled = [
        heads[group] + _scheduled(found.take(np.arange(heads[group], heads[group] + sizes[group])))
        for group in np.flatnonzero(~shared).tolist()
    ]
    return found.take(np.sort(np.concatenate([keep, *scheduled])))


def _scheduled(group: Segments) -> npt.NDArray[np.intp]:
    """Return which places of one group have the highest sum (weighted interval scheduling)."""
    starts, ends, scores = group.starts.tolist(), group.ends.tolist(), group.scores.tolist()
    origin = min(starts)
    length = max(ends) - origin + 1
    # By where they end: the highest sum of all places so far, and of those whose last place ends there; and that place.
    so_far, ending = [0.0] * length, [float("-inf")] * length
    last = [-1] * length
    closed, touches = [False] * length, [False] * len(ends)
    at = 0
    order = sorted(range(len(ends)), key=ends.__getitem__)
    for end in range(1, length):
        while at < len(order) and ends[order[at]] - origin == end:
            place = order[at]
            begin = starts[place] - origin
            touches[place] = ending[begin] + _TOUCHING > so_far[begin]
            total = scores[place] + max(so_far[begin], ending[begin] + _TOUCHING)
            if total > ending[end]:
                ending[end], last[end] = total, place
            at += 1
        closed[end] = ending[end] > so_far[end - 1]
        so_far[end] = max(so_far[end - 1], ending[end])
    chosen, end, forced = [], length - 1, False
    while end > 0:
        if not forced and not closed[end]:
            end -= 1
            continue
        place = last[end]
        chosen.append(place)
        end, forced = starts[place] - origin, touches[place]
    return np.array(chosen, np.intp)
