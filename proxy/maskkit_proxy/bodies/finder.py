"""Many values looked for in many texts: a text costs its own characters, however many values there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

Pair = tuple[str, str]

#: So few are simply looked for.
FEW: Final = 16
#: The last characters of a value, by which it is told: addresses of one district begin alike and end apart.
_TAIL: Final = 4
_HEAD: Final = 2


class Finder:
    """Finds (entity, value) pairs whose value stands in a text."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._pairs = list(pairs)
        self._tails: dict[str, list[Pair]] = defaultdict(list)
        self._heads: dict[str, list[Pair]] = defaultdict(list)
        if len(self._pairs) > FEW:
            for pair in self._pairs:
                value = pair[1]
                if len(value) >= _TAIL:
                    self._tails[value[-_TAIL:]].append(pair)
                else:
                    self._heads[value[:_HEAD]].append(pair)

    def within(self, text: str) -> list[Pair]:
        """Return the pairs whose value stands in `text`."""
        if len(self._pairs) <= FEW:
            return [pair for pair in self._pairs if pair[1] in text]
        found: list[Pair] = []
        for size, index in ((_TAIL, self._tails), (_HEAD, self._heads)):
            if index:
                grams = {text[n : n + size] for n in range(len(text) - size + 1)}
                found += [pair for gram in grams & index.keys() for pair in index[gram] if pair[1] in text]
        return found
