"""Labelled sentences again, with other people in them."""

from __future__ import annotations

import random
from typing import Final

from maskkit.training.notes import Row
from maskkit.training.people import People, parts

_DOTS: Final = frozenset("·•・‧∙⋅")


class Swapper:
    """Puts other names where names are.

    Args:
        rng: where chance comes from.
        people: who comes in.
    """

    def __init__(self, rng: random.Random, people: People) -> None:
        self._rng = rng
        self._people = people
        self._compound = frozenset(parts()["compound"])

    def row(self, row: Row) -> Row:
        """Return the row with most of its names exchanged, one for one."""
        pieces: list[str] = []
        spans: list[tuple[int, int]] = []
        new: dict[str, str] = {}
        at = length = 0
        for start, end in row.spans:
            old = row.text[start:end]
            if old not in new:
                new[old] = self._other(old) if self._rng.random() < 0.8 else old
            pieces += [row.text[at:start], new[old]]
            length += start - at
            spans.append((length, length + len(new[old])))
            length += len(new[old])
            at = end
        pieces.append(row.text[at:])
        return Row("".join(pieces), spans)

    def _other(self, name: str) -> str:
        """Return a name of the same sort; the name itself where its sort is not known."""
        people = self._people
        if not all("\u3400" <= c <= "\u9fff" or c in _DOTS for c in name):
            return name
        if not _DOTS.isdisjoint(name):
            return people.of(self._rng.choice(("dotted", "foreign", "foreign")))
        surname = people.is_surname(name[0])
        if len(name) == 1:
            return people.surname() if surname else name
        if name[:2] in self._compound or (surname and len(name) <= 3):
            return people.han() if self._rng.random() < 0.85 else people.unspaced()
        if len(name) >= 4:
            return people.of(self._rng.choice(("foreign", "sounds", "japanese", "undotted", "mongolian")))
        return name
