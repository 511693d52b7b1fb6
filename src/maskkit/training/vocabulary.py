"""Which n-grams get a row, and which of them are words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.persons.features import HASHED, PAD, Alphabet, Features, Slots, place, word_hashes
from maskkit.training.batches import Batch

#: How often an n-gram of each kind of `HASHED` must be seen to get a row.
_SEEN: Final[Mapping[str, int]] = {"cc": 4} | dict.fromkeys(HASHED[1:], 5)
#: The kind of a word by jieba's tag; frequent nouns and verbs have kinds of their own. All others are of kind 12.
_TAGS: Final[Mapping[int, str]] = {
    1: "nr",
    2: "nrt nrfg",
    3: "ns",
    4: "nt nz j x",
    6: "n vn ng an s zg g",
    8: "v vg vd z o",
    9: "t m q mq tg f b",
    10: "d c p r u y e k",
    11: "a ad ag vq",
}
_KIND: Final = {tag: kind for kind, tags in _TAGS.items() for tag in tags.split()}
_FREQUENT: Final = 200


def vocabulary(alphabet: Alphabet, data: Sequence[Batch], words: Path) -> tuple[Slots, npt.NDArray[np.intp]]:
    """Return the slots of the n-grams that `data` holds often enough and of all words, and the kind of each row.

    Args:
        alphabet: what characters are.
        data: the labelled texts.
        words: a dictionary in jieba's form: word, count and tag on each line.
    """
    features = Features(alphabet)
    counted = _counted(features, data)
    hashes = np.concatenate([hashes for hashes, _, _ in counted])
    counts = np.concatenate([counts for _, counts, _ in counted])
    kinds = np.concatenate([kinds for _, _, kinds in counted])
    word_hash, word_kind = _words(alphabet, words)
    # A word that is a known n-gram keeps that n-gram's row.
    by_hash = np.argsort(hashes)
    at = np.minimum(np.searchsorted(hashes[by_hash], word_hash), len(hashes) - 1)
    known = hashes[by_hash][at] == word_hash
    is_word = np.zeros(len(hashes), np.uint8)
    is_word[by_hash[at[known]]] = word_kind[known]
    all_hashes = np.concatenate([hashes, word_hash[~known]])
    all_words = np.concatenate([is_word, word_kind[~known]])
    order = np.argsort(-np.concatenate([counts, np.zeros(np.count_nonzero(~known), counts.dtype)]), kind="stable")
    placed = order[place(all_hashes[order])]
    has_row = placed < len(hashes)
    rows = np.zeros(len(placed), np.uint32)
    rows[has_row] = np.arange(np.count_nonzero(has_row)) + features.first_row
    return Slots(all_hashes[placed], all_words[placed], rows), kinds[placed[has_row]]


def _counted(
    features: Features, data: Sequence[Batch]
) -> list[tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64], npt.NDArray[np.intp]]]:
    """Return, for each hashed kind, the hashes seen often enough, how often, and the kind."""
    seen: list[list[npt.NDArray[np.uint32]]] = [[] for _ in HASHED]
    for batch in data:
        hashes, _, _ = features.hashes(np.pad(batch.codes.ravel(), (PAD, PAD + 3), constant_values=10))
        for kind, row in enumerate(hashes):
            seen[kind].append(row)
    counted = []
    for kind, name in enumerate(HASHED):
        hashes, counts = np.unique(np.concatenate(seen[kind]), return_counts=True)
        often = counts >= _SEEN[name]
        counted.append((hashes[often], counts[often], np.full(np.count_nonzero(often), kind + 1)))
        seen[kind].clear()
    return counted


def _words(alphabet: Alphabet, path: Path) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """Return the hashes and the kinds of the words of two to four Han characters."""
    found: dict[int, list[tuple[str, int]]] = {2: [], 3: [], 4: []}
    for word, count, tag in _lines(path):
        if len(word) in found and all("\u3400" <= char <= "\u9fff" for char in word):
            kind = _KIND.get(tag, 12)
            found[len(word)].append((word, kind - 1 if kind in (6, 8) and count >= _FREQUENT else kind))
    hashes = [
        word_hashes(alphabet, np.array([[ord(c) for c in word] for word, _ in words], np.uint16))
        for words in found.values()
        if words
    ]
    kinds = np.array([kind for words in found.values() for _, kind in words], np.uint8)
    joined, first = np.unique(np.concatenate(hashes), return_index=True)
    return joined, kinds[first]


def _lines(path: Path) -> Iterable[tuple[str, int, str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            word, count, tag = line.split()
            yield word, int(count), tag
