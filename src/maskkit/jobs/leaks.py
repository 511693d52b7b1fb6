"""The second look: no structured value that was masked may stand in the output."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.normalize import FOLD, ZERO_WIDTH, canonical

#: Entities whose value has a form that can be searched for; names and addresses have none.
STRUCTURED: Final = frozenset(
    {
        "PHONE_NUMBER",
        "CN_RESIDENT_ID",
        "BANK_CARD",
        "EMAIL_ADDRESS",
        "CN_PASSPORT",
        "CN_TRAVEL_PERMIT",
        "CN_VEHICLE_REGISTRATION",
        "CN_USCC",
        "WECHAT_ID",
        "QQ_NUMBER",
        "IP_ADDRESS",
        "MAC_ADDRESS",
    }
)

_DIGITS: Final = re.compile(r"\d{7,19}", re.ASCII)
_WORD: Final = re.compile(r"[\u4e00-\u9fff]?[A-Za-z0-9][A-Za-z0-9_.+@-]{4,}")
_CLEAN: Final = FOLD | dict.fromkeys(map(ord, ZERO_WIDTH + "·•"))
_COLONS: Final = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
#: Where a text can be cut: before a character that stands in no value, or only at its beginning (京A12345).
_CUT: Final = re.compile(r"[^\w .:+@-]|[\u4e00-\u9fff]")
_NEAR: Final = 1000
_MOBILE: Final = 11
_PREFIXES: Final = ("86", "0086")
_SEPARATOR: Final = np.array([ord(c) for c in " -."], dtype=np.uint32)


class LeakCheck:
    """Remembers the structured values that were masked (eight bytes for a number) and searches texts for them.

    Numbers count only as a whole run of digits, with separators between them or none: a phone inside a longer
    order number is not that phone.
    """

    def __init__(self) -> None:
        self._numbers: dict[int, list[NDArray[np.uint64]]] = defaultdict(list)
        self._words: set[str] = set()

    def remember(self, entity: str, values: Sequence[str]) -> None:
        """Take note of masked `values`."""
        if entity not in STRUCTURED:
            return
        numbers = defaultdict(list)
        for value in set(values):
            plain = canonical(entity, value).translate(_CLEAN)
            if _DIGITS.fullmatch(plain):
                numbers[len(plain)].append(int(plain))
            elif plain.isascii() or entity == "CN_VEHICLE_REGISTRATION":
                self._words.add(plain.upper())
        for length, column in numbers.items():
            self._numbers[length].append(np.unique(np.array(column, dtype=np.uint64)))

    def search(self, texts: Iterable[str]) -> int:
        """Return how many different masked values stand in the `texts` of an output, wherever that is cut."""
        known = {length: np.unique(np.concatenate(columns)) for length, columns in self._numbers.items()}
        found: set[int | str] = set()
        for text in _uncut(texts):
            folded = text.translate(_CLEAN)
            if known:
                codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
                found.update(_numbers_in(codes, known), _numbers_in(_joined(codes), known))
            if self._words:
                words = map(str.upper, _WORD.findall(folded) + _COLONS.findall(folded))
                found.update(self._words.intersection(part for word in words for part in (word, word[1:])))
        return len(found)


def _uncut(texts: Iterable[str]) -> Iterator[str]:
    """Yield the same characters, cut only before characters that no value goes across."""
    held = ""
    for text in texts:
        cuts = [match.start() for match in _CUT.finditer(text, max(0, len(text) - _NEAR))]
        if cuts:
            yield held + text[: cuts[-1]]
            held = text[cuts[-1] :]
        else:
            held += text
    yield held


def _joined(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return `codes` without the single separators that stand between two digits."""
    digit = _is_digit(codes)
    between = np.zeros(len(codes), dtype=bool)
    between[1:-1] = digit[:-2] & digit[2:] & np.isin(codes[1:-1], _SEPARATOR)
    return codes[~between]


def _numbers_in(codes: NDArray[np.uint32], known: dict[int, NDArray[np.uint64]]) -> Iterator[int]:
    """Yield the known numbers that are whole runs of digits, mobiles also after a country prefix."""
    edges = np.flatnonzero(np.diff(_is_digit(codes).astype(np.int8), prepend=0, append=0))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    for length, numbers in known.items():
        ends = [(starts + lengths)[lengths == length]]
        if length == _MOBILE:
            for prefix in _PREFIXES:
                at = starts[lengths == length + len(prefix)]
                same = [codes[at + k] == ord(char) for k, char in enumerate(prefix)]
                ends.append((at + length + len(prefix))[np.logical_and.reduce(same)])
        here = np.concatenate(ends) - length
        value = np.zeros(len(here), dtype=np.uint64)
        for k in range(length):
            value = value * np.uint64(10) + (codes[here + k] - 48)
        yield from value[np.isin(value, numbers)].tolist()


def _is_digit(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return (codes >= 48) & (codes <= 57)
