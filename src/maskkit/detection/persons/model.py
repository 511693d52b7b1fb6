"""The weights: loaded from a file, summed over a text."""

from __future__ import annotations

import json
import zipfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from maskkit.detection.persons.features import KINDS, PAD, REACH, WORD_ROWS, Alphabet, Features, Slots
from maskkit.errors import UsageError, as_said

#: The tags that have scores: a name of one character; the first, an inner, the last character of a longer one.
TAGS: Final = ("S", "B", "I", "E")
#: The models in the wheel.
SHIPPED: Final = ("full", "open")

_NEWLINE: Final = 10
_BIAS: Final = 128  # makes a weight of eight bits positive, so that no lane borrows from the next
_CHUNK: Final = 6000  # characters whose sums stay in a core's cache

Lanes = npt.NDArray[np.uint64]
Scores = npt.NDArray[np.float32]


class Weights(NamedTuple):
    """One byte a weight.

    Attributes:
        values: (rows, positions, tags), in units of `unit`.
        unit: what one is worth.
    """

    values: npt.NDArray[np.int8]
    unit: float


class NameModel:
    """Scores the tags of every character.

    A row holds the four tags of a position as four lanes of 16 bits, so one addition of 64 bits sums all four.

    Args:
        alphabet: what characters are.
        slots: where the rows of n-grams are.
        weights: the rows.
        about: what the model was made of, for people.
    """

    def __init__(self, alphabet: Alphabet, slots: Slots, weights: Weights, about: dict[str, Any]) -> None:
        self.features = Features(alphabet, slots)
        self.slots = slots
        self.weights = weights
        self.about = about
        lanes = weights.values.astype(np.int16)
        lanes += _BIAS
        self._rows: Lanes = lanes.view(np.uint64)[..., 0]

    def scores(self, codes: npt.NDArray[np.uint32]) -> Scores:
        """Return the scores of the tags at each code point: (n, 4). None may lie in the first or last `PAD`."""
        sums = np.empty(len(codes), np.uint64)
        for start in range(0, len(codes), _CHUNK):
            self._sum(codes, start, sums[start : start + _CHUNK])
        scores: Scores = sums.view(np.uint16).reshape(-1, len(TAGS)).astype(np.float32)
        scores -= _BIAS * len(KINDS) * len(REACH)
        scores *= self.weights.unit
        return scores

    def _sum(self, codes: npt.NDArray[np.uint32], start: int, out: Lanes) -> None:
        """Sum the rows of all n-grams around each of the code points from `start` on, as many as `out` has."""
        # The n-gram of column j begins at start - PAD + j.
        first, last = start - PAD, start + len(out) + 2 * PAD - 1
        window = codes[max(0, first) : last]
        missing = max(0, -first), last - max(0, first) - len(window)
        if missing != (0, 0):
            window = np.pad(window, missing, constant_values=_NEWLINE)
        rows = self.features.rows(window)
        sums = self._rows[rows[0]]
        part = np.empty_like(sums)
        for kind in rows[1:]:
            np.take(self._rows, kind, axis=0, out=part, mode="clip")
            sums += part
        columns = sums.T
        out[:] = 0
        for position, column in zip(REACH, columns, strict=True):
            begin = PAD - position
            out += column[begin : begin + len(out)]

    def save(self, file: Path | IO[bytes]) -> None:
        """Write the model."""
        alphabet, slots, values = self.features.alphabet, self.slots, self.weights.values
        known = np.arange(1 << 16, dtype=np.uint16)
        folded = np.flatnonzero(alphabet.fold != known).astype(np.uint16)
        about = json.dumps({**self.about, "unit": self.weights.unit}, ensure_ascii=False).encode()
        np.savez_compressed(
            file,
            allow_pickle=False,
            about=np.frombuffer(about, np.uint8),
            folded=np.stack([folded, alphabet.fold[folded]]),
            classes=alphabet.classes,
            hashes=np.diff(slots.hashes, prepend=np.uint32(0)).view(np.uint8).reshape(-1, 4).T,
            words=slots.words,
            weighted=np.packbits(slots.rows > 0),
            # The weights of one tag at one position together: zeros then stand in long runs.
            values=values.reshape(len(values), -1).T,
        )


def load_model(model: str | Path) -> NameModel:
    """Read a model: the name of a shipped one, or a file that `maskkit names train` wrote.

    Raises:
        UsageError: there is no such model, or the file is none.
    """
    if isinstance(model, str) and model in SHIPPED:
        return _shipped(model)
    try:
        with Path(model).open("rb") as file:
            return _read(file, str(model))
    except OSError:
        raise _no_model(str(model)) from None


@cache
def _shipped(name: str) -> NameModel:
    with files("maskkit.detection.persons").joinpath(f"{name}.npz").open("rb") as file:
        return _read(file, name)


def _read(file: IO[bytes], name: str) -> NameModel:
    try:
        with np.load(file, allow_pickle=False) as held:
            return _built({key: held[key] for key in held.files})
    except (AttributeError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile):
        raise _no_model(name) from None


def _no_model(name: str) -> UsageError:
    hint = f"one of {', '.join(SHIPPED)}, or a file that maskkit names train wrote"
    return UsageError(f"{as_said(name)}: no model of names", hint=hint)


def _built(held: dict[str, npt.NDArray[Any]]) -> NameModel:
    about = json.loads(held["about"].tobytes())
    unit = about.pop("unit")
    fold = np.arange(1 << 16, dtype=np.uint16)
    fold[held["folded"][0]] = held["folded"][1]
    alphabet = Alphabet(fold, held["classes"])
    steps = np.ascontiguousarray(held["hashes"].T).view(np.uint32)[:, 0]
    weighted = np.unpackbits(held["weighted"], count=len(steps)).astype(np.bool_)
    rows = np.zeros(len(steps), np.uint32)
    rows[weighted] = np.arange(np.count_nonzero(weighted)) + Features(alphabet).first_row
    slots = Slots(np.cumsum(steps, dtype=np.uint32), held["words"], rows)
    values = np.ascontiguousarray(held["values"].T).reshape(-1, len(REACH), len(TAGS))
    if len(values) <= WORD_ROWS or len(values) <= rows.max(initial=0):
        raise ValueError("rows are missing")
    return NameModel(alphabet, slots, Weights(values, unit), about)
