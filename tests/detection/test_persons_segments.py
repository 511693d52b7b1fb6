"""The likeliest names from scores of tags."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit.detection.persons.segments import ANYWHERE, NOWHERE, WITHIN, best

SCORE = st.integers(-16, 16).map(lambda quarter: quarter / 4)


def brute_force(scores: np.ndarray, threshold: float) -> float:
    """The highest sum over all ways to lay segments: those of tags, and 1.5 where two touch."""
    n = len(scores)
    highest = [[0.0, -1e9] for _ in range(n + 1)]  # by end: all, and with a segment that ends here
    for end in range(1, n + 1):
        ending = -1e9
        for start in range(end):
            if end - start == 1:
                value = float(scores[start, 0])
            else:
                value = float(scores[start, 1] + scores[start + 1 : end - 1, 2].sum() + scores[end - 1, 3])
            if value > threshold:
                before = max(highest[start][0], highest[start][1] + 1.5)
                ending = max(ending, before + value - threshold)
        highest[end] = [max(highest[end - 1][0], ending), ending]
    return highest[n][0]


@given(st.lists(st.tuples(SCORE, SCORE, SCORE, SCORE), min_size=1, max_size=8), st.sampled_from((0.0, -1.0, 1.0)))
def test_the_best_sum(rows: list[tuple[float, float, float, float]], threshold: float) -> None:
    """No other choice of segments has a higher sum, and none of those chosen overlaps another."""
    scores = np.array(rows, np.float32)
    found = best(scores, np.full(len(rows), ANYWHERE, np.uint8), threshold)
    places = list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    assert all(left[1] <= right[0] for left, right in pairwise(places))
    total = found.scores.sum() + 1.5 * sum(left[1] == right[0] for left, right in pairwise(places))
    assert total == pytest.approx(brute_force(scores, threshold), abs=1e-3)


@pytest.mark.parametrize(("middle", "places"), [(NOWHERE, [(0, 1), (2, 3)]), (WITHIN, [(0, 3)])])
def test_places(middle: int, places: list[tuple[int, int]]) -> None:
    """A name neither begins nor ends with what may only be within one, and holds nothing that may not."""
    scores = np.array([[1, 3, 3, 3], [9, 9, 9, 9], [1, 3, 3, 3]], np.float32)
    found = best(scores, np.array([ANYWHERE, middle, ANYWHERE], np.uint8), 0.0)
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == places
