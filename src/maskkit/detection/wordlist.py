"""A user's own words, thousands of them, found in one pass."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

_END: Final = ""


class WordList:
    """Finds given words in a text, the longest at each place."""

    def __init__(self, words: Collection[str]) -> None:
        self._pattern = re.compile(tree_pattern(words)) if any(words) else None

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Half-open offsets of the words, none overlapping another."""
        if self._pattern is None:
            return iter(())
        return (match.span() for match in self._pattern.finditer(text))


def tree_pattern(words: Iterable[str]) -> str:
    """Return one pattern for all words, a tree in which each character decides alone; the longest word wins."""
    tree: dict[str, Any] = {}
    for word in filter(None, words):
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[_END] = {}
    return _branches(tree)


def _branches(tree: dict[str, Any]) -> str:
    branches = [re.escape(char) + _branches(below) for char, below in sorted(tree.items()) if char != _END]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 and _END not in tree else f"(?:{'|'.join(branches)})"
    return f"{joined}?" if _END in tree else joined
