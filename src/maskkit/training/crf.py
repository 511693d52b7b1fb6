"""Fits the weights: a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) by AdaGrad.

The chain has two states, outside of a name and within one, since the tags S, B, I, E allow no other order; so the
forward and the backward pass are two running sums, taken for all texts of a batch at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.persons.features import HASHED, KINDS, PAD, POSITIONS, REACH, WORD_ROWS, Features
from maskkit.detection.persons.model import TAGS
from maskkit.training.batches import Batch

Floats = npt.NDArray[np.float32]

_NEWLINE: Final = 10
_WIDTH: Final = len(REACH) * len(TAGS)
_EXTREME: Final = 25.0  # scores beyond are as good as certain, and their exponentials fit into 32 bits
_CALM: Final = 0.1  # what AdaGrad's sums begin with: smaller ones make the first steps larger
_SNAPSHOTS: Final = 24  # weights averaged in each epoch but the first


def fit(
    features: Features,
    kinds: npt.NDArray[np.intp],
    data: Sequence[Batch],
    rng: np.random.Generator,
    *,
    epochs: int,
    rate: float,
    told: Callable[[str], None],
) -> Floats:
    """Return the weights of all rows, averaged over all epochs but the first: (rows, positions, tags).

    Args:
        features: what is looked at.
        kinds: the kind of each hashed row's n-gram, a position in `KINDS`.
        data: the labelled texts.
        rng: mixes the batches.
        epochs: how often each batch is seen.
        rate: the step.
        told: is told how it goes.
    """
    allowed = _allowed(features, kinds)
    weights = np.zeros((len(allowed), _WIDTH), np.float32)
    squares = np.full_like(weights, _CALM)
    total, taken = np.zeros_like(weights), 0
    rows = [features.rows(_padded(batch)).astype(np.int32) for batch in data]
    every = max(1, len(data) // _SNAPSHOTS)
    for epoch in range(epochs):
        loss = 0.0
        for step, at in enumerate(rng.permutation(len(data)).tolist(), 1):
            batch = data[at]
            gradient, lost = _gradient(_scores(weights, rows[at], batch), batch.tags)
            _step(weights, squares, rows[at], gradient, allowed, rate)
            loss += lost
            if epoch and step % every == 0:
                total += weights
                taken += 1
        told(f"epoch {epoch + 1}: loss {loss / sum(batch.codes.size for batch in data):.5f} a character")
    mean = np.divide(total, np.float32(taken)) if taken else weights
    return mean.astype(np.float32).reshape(-1, len(REACH), len(TAGS))


def _allowed(features: Features, kinds: npt.NDArray[np.intp]) -> Floats:
    """Return 1 where a row may have a weight, else 0."""
    masks = np.array([[position in POSITIONS[kind] for position in REACH] for kind in KINDS], np.float32)
    masks = masks.repeat(len(TAGS), axis=1)
    known = features.first_row - 1 - WORD_ROWS
    by_row = np.concatenate([np.full(WORD_ROWS, len(HASHED) + 1), np.zeros(known, np.intp), kinds])
    return np.concatenate([np.zeros((1, _WIDTH), np.float32), masks[by_row]])


def _padded(batch: Batch) -> npt.NDArray[np.uint32]:
    return np.pad(batch.codes.ravel(), (PAD, PAD + 3), constant_values=_NEWLINE)


def _scores(weights: Floats, rows: npt.NDArray[np.int32], batch: Batch) -> Floats:
    """Return the scores of the tags: (texts, length, tags)."""
    sums = weights[rows[0]]
    for kind in rows[1:]:
        sums += weights[kind]
    size = batch.codes.size
    scores = np.zeros((size, len(TAGS)), np.float32)
    for column, position in enumerate(REACH):
        begin = PAD - position
        scores += sums[begin : begin + size, column * len(TAGS) : (column + 1) * len(TAGS)]
    return scores.reshape(*batch.codes.shape, len(TAGS))


def _gradient(scores: Floats, tags: npt.NDArray[np.uint8]) -> tuple[Floats, float]:
    """Return the gradient of the log-likelihood for each score, and minus the log-likelihood."""
    texts, length, _ = scores.shape
    held = np.clip(scores, -_EXTREME, _EXTREME)
    single, first, inner, last = np.exp(held).transpose(2, 1, 0).copy()
    stay = single + 1
    ahead, back = np.empty((length + 1, 2, texts), np.float32), np.empty((length + 1, 2, texts), np.float32)
    ahead[0, 0], ahead[0, 1] = 1, 0
    log_sum = np.zeros(texts)
    for t in range(length):
        out, within = ahead[t]
        sums = out * stay[t] + within * last[t], out * first[t] + within * inner[t]
        scale = sums[0] + sums[1]
        log_sum += np.log(scale)
        ahead[t + 1] = sums / scale
    back[length, 0], back[length, 1] = 1, 0
    for t in range(length - 1, -1, -1):
        out, within = back[t + 1]
        sums = stay[t] * out + first[t] * within, last[t] * out + inner[t] * within
        back[t] = sums / (sums[0] + sums[1])
    out, within, out_next, within_next = ahead[:-1, 0], ahead[:-1, 1], back[1:, 0], back[1:, 1]
    marginals = np.stack(
        [out * single * out_next, out * first * within_next, within * inner * within_next, within * last * out_next]
    )
    marginals /= marginals.sum(0) + out * out_next
    gold = np.stack([tags == tag for tag in range(1, len(TAGS) + 1)], axis=2)
    # The last state is outside: what little of the sum ends within a name is no reading of the text.
    log_sum += np.log(np.maximum(ahead[length, 0], 1e-30))
    return gold - marginals.transpose(2, 1, 0), float(log_sum.sum() - held[gold].sum())


def _step(
    weights: Floats,
    squares: Floats,
    rows: npt.NDArray[np.int32],
    gradient: Floats,
    allowed: Floats,
    rate: float,
) -> None:
    """Change the rows that a batch has by their gradients."""
    size = gradient.shape[0] * gradient.shape[1]
    flat = gradient.reshape(size, len(TAGS))
    by_column = np.zeros((rows.shape[1], _WIDTH), np.float32)
    for column, position in enumerate(REACH):
        begin = PAD - position
        by_column[begin : begin + size, column * len(TAGS) : (column + 1) * len(TAGS)] = flat
    order = np.argsort(rows.ravel(), kind="stable")
    ordered = rows.ravel()[order]
    heads = np.flatnonzero(np.diff(ordered, prepend=-1))
    met = ordered[heads]
    summed = np.add.reduceat(by_column[order % rows.shape[1]], heads, axis=0)
    summed *= allowed[met]
    seen = squares[met]
    seen += summed * summed
    squares[met] = seen
    weights[met] += rate * summed / np.sqrt(seen)
