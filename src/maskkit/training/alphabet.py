"""What characters are to the model: how they are read, and their classes by how often names hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.detection.persons.features import Alphabet
from maskkit.training.notes import Row
from maskkit.training.people import simplified

Counts = npt.NDArray[np.float64]

#: Rates from which on a character is of a higher class, as surname, in given names, in transliterations.
_SURNAME: Final = (0.003, 0.03, 0.2)
_GIVEN: Final = (0.003, 0.02, 0.08)
_SOUND: Final = (0.003, 0.015, 0.06)
_HAN: Final = range(0x3400, 0xA000)
#: The classes of what is no Han character, from 64 on; all else is of class 64.
_GROUPS: Final = (
    *(
        "\n",
        ",",
        ".。",
        "、",
        ":",
        ";",
        "(",
        ")",
        '"',
        "《<",
        "》>",
        "0",
        "A",
        "a",
        " \t",
        "·",
        "!?",
        "-—~",
        "/|\\",
        "@#",
    ),
    *("%", "【[", "】]", "元", "'", "*_=+", "\u200b\u200c\u200d\ufeff"),
)
_QUOTES: Final = dict(zip("“”‘’「」『』«»", '""\'\'""""""', strict=True))


def fold() -> npt.NDArray[np.uint16]:
    """Return how each code unit is read: Traditional as Simplified, full width as half, digits and letters as one."""
    table = np.arange(1 << 16, dtype=np.uint16)
    for old, new in simplified().items():
        table[ord(old)] = ord(new)
    for wide in range(0xFF01, 0xFF5F):
        table[wide] = wide - 0xFEE0
    for first, last in ("09", "AZ", "az"):
        for code in range(ord(first), ord(last) + 1):
            table[[code, code + 0xFEE0]] = ord(first)
    for blank in "\u3000\u00a0\t":
        table[ord(blank)] = ord(" ")
    for dot in "·•・‧∙⋅":
        table[ord(dot)] = ord("·")
    table[ord("\r")] = ord("\n")
    for quote, plain in _QUOTES.items():
        table[ord(quote)] = ord(plain)
    table[0xFFFF] = _HAN.start  # beyond the BMP
    return table


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def learned(rows: Iterable[Row], surnames: Collection[str]) -> Alphabet:
    """Return the alphabet with classes counted from labelled rows."""
    folds = fold()
    compound = {surname for surname in surnames if len(surname) == 2}
    everywhere, first, given, sounds = (np.zeros(1 << 16) for _ in range(4))
    for text, spans in rows:
        read = folds[np.minimum(code_points(text), 0xFFFF)]
        np.add.at(everywhere, read, 1)
        for start, end in spans:
            name = read[start:end]
            known = 2 if text[start : start + 2] in compound else 1
            if (name < _HAN.start).any() or len(name) > 4 or (len(name) == 4 and known == 1):
                sounds[name[name >= _HAN.start]] += 1
            elif len(name) > known:
                first[name[:known]] += 1
                given[name[known:]] += 1
    levels = [_levels(c, everywhere, r) for c, r in ((first, _SURNAME), (given, _GIVEN), (sounds, _SOUND))]
    for surname in surnames:
        if len(surname) == 1 and ord(surname) < 1 << 16:
            levels[0][ord(surname)] = max(levels[0][ord(surname)], 1)
    classes = np.full(1 << 16, 64, np.uint8)
    classes[_HAN.start : _HAN.stop] = (levels[0] * 16 + levels[1] * 4 + levels[2])[_HAN.start : _HAN.stop]
    for number, group in enumerate(_GROUPS, 65):
        for char in group:
            classes[folds[ord(char)]] = number
    return Alphabet(folds, classes[folds])


def _levels(counts: Counts, everywhere: Counts, rates: tuple[float, ...]) -> npt.NDArray[np.int64]:
    share = counts / (everywhere + 2)
    return np.where(counts >= 2, np.searchsorted(rates, share, side="right"), 0)
