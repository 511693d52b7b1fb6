"""The view: folded texts without what is covered, in which rules look for values."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.folding import (
    ALPHA,
    BOUNDARY_BYTE,
    CLASS_BYTES,
    DIGIT,
    HAN_DIGIT,
    HAN_ZERO,
    MARKS,
    OTHER,
    SCAN_BYTES,
    ZERO_WIDTH_BYTE,
    Bytes,
)
from maskkit.detection.runs import Flags, Offsets, sums

_KEYCAP: Final = 0x20E3
_EMOJI: Final = 0xFE0F


class View:
    """The folded bytes without what a token or display mask covers and without zero-width characters.

    At `boundaries`, between two texts, stands a byte that no pattern speaks of.
    """

    def __init__(
        self,
        codes: npt.NDArray[np.uint32],
        covered: Iterable[tuple[int, int]] = (),
        boundaries: Offsets | None = None,
    ) -> None:
        scan = SCAN_BYTES[codes]
        if boundaries is not None:
            scan[boundaries] = BOUNDARY_BYTE
        for start, end in covered:
            scan[start:end] = OTHER
        zero_width = scan == ZERO_WIDTH_BYTE
        #: Offsets in the text, where the view has lost characters; and where each ends there, where some are drawn on.
        self.offsets: Offsets | None = None
        self._ends: Offsets | None = None
        if zero_width.any():
            keys = np.flatnonzero(codes == _KEYCAP)  # an item of a list as often as a number's digit
            keys -= np.where(codes[keys - 1] == _EMOJI, 2, 1)
            keys = keys[(keys >= 0) & (scan[keys] >= ord("0")) & (scan[keys] <= ord("9"))]
            scan[keys] += HAN_ZERO - ord("0")
            kept = ~zero_width
            scan = scan[kept]
            self.offsets = np.append(np.flatnonzero(kept), len(codes))
            hidden = np.flatnonzero(zero_width)
            marks = np.isin(codes[hidden], MARKS)
            if marks.any():
                kept[hidden] = ~marks
                bases = np.append(np.flatnonzero(kept), len(codes))
                self._ends = bases[np.searchsorted(bases, self.offsets[:-1], side="right")]
        self.folded: Bytes = scan
        self.classes: Bytes = CLASS_BYTES[scan]
        self.bytes = scan.tobytes()

    def offset(self, position: int) -> int:
        """Return the offset in the text of the view's character at `position`."""
        return position if self.offsets is None else int(self.offsets[position])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open offsets in the text of ``view[start:end]``."""
        if self.offsets is None:
            return start, end
        last = int(self.offsets[end - 1]) + 1 if self._ends is None else int(self._ends[end - 1])
        return int(self.offsets[start]), last

    @cached_property
    def numerals(self) -> Flags:
        """Which characters are digits or Han numerals."""
        numerals: Flags = (self.classes & (DIGIT | HAN_DIGIT)) != 0
        return numerals

    @cached_property
    def _numerals_before(self) -> Offsets:
        return sums(self.numerals)

    @cached_property
    def digits(self) -> Flags:
        """Which characters are ASCII digits."""
        digits: Flags = (self.classes & DIGIT) != 0
        return digits

    @cached_property
    def letters(self) -> Offsets:
        """Where Latin letters stand."""
        return np.flatnonzero((self.classes & ALPHA) != 0)

    @cached_property
    def _digits_before(self) -> Offsets:
        return sums(self.digits)

    def numeral_counts(self, starts: Offsets, ends: Offsets) -> Offsets:
        """Return how many digits and Han numerals stand in each run."""
        return self._numerals_before[ends] - self._numerals_before[starts] if len(starts) else starts

    def digit_counts(self, starts: Offsets, ends: Offsets) -> Offsets:
        """Return how many ASCII digits stand in each run."""
        return self._digits_before[ends] - self._digits_before[starts] if len(starts) else starts
