"""Person names by the model: a `Recognizer`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.persons.features import PAD
from maskkit.detection.persons.model import load_model
from maskkit.detection.persons.pinyin import latin_names
from maskkit.detection.persons.segments import ANYWHERE, NOWHERE, WITHIN, best
from maskkit.detection.persons.titles import is_titled
from maskkit.detection.prescan import Batch
from maskkit.masks import COMPOUND_SURNAMES
from maskkit.model import Span

#: How likely a name must be to be believed.
THRESHOLDS: Final = {"balanced": 0.5, "strict": 0.12}

_LAST_CODE: Final = 0x40000
#: Han characters, the zero 〇 among them, and the crosses of 张××.
_LETTERS: Final = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, _LAST_CODE), (0x3007, 0xD7))
#: Dots between the parts of a name, and blanks between its characters.
_JOINTS: Final = "·•・‧∙⋅．. \u3000"
_LATIN_SCORE: Final = 0.7
_MAX_SCORE: Final = 0.8  # below that of an address with a division, inside which names may seem to stand


class ModelNames:
    """Finds person names by a linear model.

    Args:
        profile: ``strict`` also believes less certain names than ``balanced``.
        model: a shipped model, or the path of one.
        titles: whether the surname in 王总, 李女士, 老张 counts.
        threshold: how likely a name must be, between 0 and 1; overrides the profile's.
    """

    name = "names"
    entities = frozenset(("PERSON",))

    def __init__(
        self,
        profile: str = "balanced",
        model: str | Path = "full",
        *,
        titles: bool = True,
        threshold: float | None = None,
    ) -> None:
        likely = THRESHOLDS[profile] if threshold is None else threshold
        self._threshold = math.log(likely / (1 - likely))
        self._titles = titles
        self._model = load_model(model)

    def find(self, batch: Batch) -> list[Span]:
        """Return the names in the batch, in order; offsets are into `batch.text`."""
        spans = [Span(start, end, "PERSON", score, self.name) for start, end, score in self._scored(batch)]
        if "**" in batch.text:
            spans = [span for span in spans if not _is_shown(batch.text, span.start, span.end)]
        if not self._titles:
            spans = [span for span in spans if not is_titled(batch.text, span.start, span.end)]
        latin = [Span(start, end, "PERSON", _LATIN_SCORE, self.name) for start, end in latin_names(batch.text)]
        return sorted(spans + latin) if latin else spans

    def _scored(self, batch: Batch) -> Iterable[tuple[int, int, float]]:
        """Return the offsets and scores of the names that the model finds."""
        joined = ("\n" * PAD).join(batch.texts)
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
        places = _places()[np.minimum(codes, _LAST_CODE)]
        found = best(self._model.scores(codes), places, self._threshold)
        if not len(found.starts):
            return ()
        # Text k was moved by the newlines between texts beyond the one that the batch has itself.
        moved = np.arange(len(batch.texts)) * (PAD - 1)
        shift = moved[np.searchsorted(batch.starts[:-1] + moved, found.starts, side="right") - 1]
        scores = _MAX_SCORE / (1 + np.exp(-(found.scores + self._threshold)))
        return zip((found.starts - shift).tolist(), (found.ends - shift).tolist(), scores.tolist(), strict=True)


def _is_shown(text: str, start: int, end: int) -> bool:
    """Tell whether a surname is what a display mask shows: in 客户王**电话 nothing more is to be hidden."""
    stars = text.startswith("**", end) and not text.startswith("***", end)
    return stars and (end - start == 1 or text[start:end] in COMPOUND_SURNAMES)


@cache
def _places() -> npt.NDArray[np.uint8]:
    """By code point: where in a name it may be."""
    table = np.full(_LAST_CODE + 1, NOWHERE, np.uint8)
    for letters in _LETTERS:
        table[list(letters)] = ANYWHERE
    table[[ord(joint) for joint in _JOINTS]] = WITHIN
    return table
