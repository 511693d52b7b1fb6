"""What the fields of records are called: the keys down to them, however many keys there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

PathKey = tuple[str | int, ...]

#: Stands for every key of an object that has too many to be fields of a record: a file keyed by customer number.
ANY: Final = "*"

#: Keys at one place, and in all places, above which they are taken for data.
MOST_KEYS: Final = 1000
MOST_IN_ALL: Final = 10_000


class FieldPaths:
    """Paths of fields, without list positions: all items of a list are one field.

    An object with more than `most` different keys is a map from data to data, and its values are one field too. So are
    those of all keys that come after the first `most_in_all`.
    """

    def __init__(self, most: int = MOST_KEYS, most_in_all: int = MOST_IN_ALL) -> None:
        self._most = most
        self._left = most_in_all
        self._keys: dict[tuple[str, ...], set[str] | None] = {}  # seen at a path; None: too many
        self._maps = False

    def learn(self, paths: Iterable[tuple[str, ...]]) -> None:
        """Take note of paths; those that lead to others come along, in any order."""
        for path in sorted(dict.fromkeys(paths), key=len):
            if not path:
                continue
            place = self.gathered(path[:-1])
            keys = self._keys.setdefault(place, set()) if self._left else None
            if keys is None or path[-1] in keys:
                continue
            keys.add(path[-1])
            self._left -= 1
            if len(keys) > self._most:
                self._keys[place] = None
            self._maps = self._maps or len(keys) > self._most or not self._left

    def gathered(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return a path with `ANY` for the keys of objects that have too many, and for those that came too late."""
        if not self._maps:
            return path
        place: tuple[str, ...] = ()
        for key in path:
            keys = self._keys.get(place, ())
            place = (*place, ANY if keys is None or (not self._left and key not in keys) else key)
        return place


def keys_of(path: PathKey) -> tuple[str, ...]:
    """Return a path without its list positions."""
    return tuple([part for part in path if isinstance(part, str)])
