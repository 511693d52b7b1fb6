"""What the fields of records are called: the keys down to them, however many keys there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

PathKey = tuple[str | int, ...]

#: Stands for every key of an object that has too many to be fields of a record: a file keyed by customer number.
ANY: Final = "*"

#: Keys at one place above which they are taken for data.
MOST_KEYS: Final = 1000


class FieldPaths:
    """Paths of fields, without list positions: all items of a list are one field.

    An object with more than `most` different keys is a map from data to data, and its values are one field too.
    """

    def __init__(self, most: int = MOST_KEYS) -> None:
        self._most = most
        self._keys: dict[tuple[str, ...], set[str] | None] = {}  # seen at a path; None: too many
        self._maps = False

    def learn(self, paths: Iterable[tuple[str, ...]]) -> None:
        """Take note of paths; those that lead to others come along, in any order."""
        for path in sorted(set(paths), key=len):
            if not path:
                continue
            place = self.gathered(path[:-1])
            keys = self._keys.setdefault(place, set())
            if keys is not None:
                keys.add(path[-1])
                if len(keys) > self._most:
                    self._keys[place] = None
                    self._maps = True

    def gathered(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return a path with `ANY` for the keys of objects that have too many."""
        if not self._maps:
            return path
        place: tuple[str, ...] = ()
        for key in path:
            place = (*place, ANY if self._keys.get(place, ()) is None else key)
        return place


def keys_of(path: PathKey) -> tuple[str, ...]:
    """Return a path without its list positions."""
    return tuple([part for part in path if isinstance(part, str)])
