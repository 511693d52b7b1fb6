"""Many texts as one buffer, read once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit import masks, tokens
from maskkit.detection.folding import CLASS_BYTES, HAN_DIGIT, SCAN_BYTES, WORD, ZERO_WIDTH_BYTE
from maskkit.detection.runs import Offsets
from maskkit.detection.view import View
from maskkit.model import Span

_TOUCHING: Final = (CLASS_BYTES & (WORD | HAN_DIGIT)) != 0
_TOUCHING[[ZERO_WIDTH_BYTE, ord("."), ord("+")]] = True


class Batch:
    """Texts joined by one newline after each.

    ``text`` is the joined string, ``codes`` its code points (uint32, one a character), ``starts`` the offset of each
    text in it (int64, n + 1 values; the last is one past the end). A text may hold newlines itself: no label reaches
    across one, and of the patterns only those of a number that was wrapped.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self.text = "\n".join(self.texts)

    @classmethod
    def of(cls, texts: Sequence[str]) -> Batch:
        """Return the batch of these texts."""
        return cls(texts)

    @cached_property
    def codes(self) -> npt.NDArray[np.uint32]:
        """The code points of `text`."""
        return np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), "<u4")

    @cached_property
    def covered(self) -> list[tuple[int, int]]:
        """Half-open offsets of the tokens and display masks in `text`, which detection leaves alone."""
        return [*tokens.find_spans(self.text), *masks.find_masks(self.text)]

    @cached_property
    def view(self) -> View:
        """The folded view of `text` without what is covered."""
        return View(self.codes, self.covered, self.starts[1:-1] - 1)

    @cached_property
    def starts(self) -> Offsets:
        """The offset of each text, and one past the end."""
        starts = np.zeros(len(self.texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, self.texts), np.int64, len(self.texts)) + 1, out=starts[1:])
        return starts


def touches(codes: npt.NDArray[np.uint32], spans: Sequence[Span]) -> Offsets:
    """Return the starts of the spans that something touches which could be part of another value."""
    starts: Offsets = np.fromiter((span[0] for span in spans), np.int64, len(spans))
    ends = np.fromiter((span[1] for span in spans), np.int64, len(spans))
    before, behind = np.maximum(starts - 1, 0), np.minimum(ends, len(codes) - 1)
    touched = _TOUCHING[SCAN_BYTES[codes[before]]] & (starts > 0)
    touched |= _TOUCHING[SCAN_BYTES[codes[behind]]] & (ends < len(codes))
    touching: Offsets = starts[touched]
    return touching
