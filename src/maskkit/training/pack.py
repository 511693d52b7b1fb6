"""From fitted weights to a model that ships: small rows left out, weights of one byte."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.persons.features import Alphabet, Features, Slots
from maskkit.detection.persons.model import NameModel, Weights

_LARGEST: Final = 127
_SMALL: Final = 0.06  # a row without a larger weight is left out


def packed(
    alphabet: Alphabet, slots: Slots, weights: npt.NDArray[np.float32], about: dict[str, Any], *, small: float = _SMALL
) -> NameModel:
    """Return the model of these weights: (rows, positions, tags)."""
    first = Features(alphabet).first_row
    largest = np.abs(weights).max(axis=(1, 2))
    kept = (slots.rows > 0) & (largest[slots.rows] >= small)
    values = np.concatenate([weights[:first], weights[slots.rows[kept]]])
    rows = np.zeros(len(slots.rows), np.uint32)
    rows[kept] = np.arange(np.count_nonzero(kept)) + first
    needed = kept | (slots.words > 0)
    unit = float(np.abs(values).max()) / _LARGEST
    return NameModel(
        alphabet,
        Slots(slots.hashes[needed], slots.words[needed], rows[needed]),
        Weights(np.rint(values / unit).astype(np.int8), unit),
        about,
    )
