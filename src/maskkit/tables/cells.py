"""Where the cells of a piece of CSV begin and end, found with numpy over one byte a character.

RFC 4180 as Python's `csv` reads it: a cell is quoted if it begins with a quote, a doubled quote inside stands for one,
what follows the closing quote belongs to the cell, any quote elsewhere is literal; LF, CRLF and CR end a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from maskkit.tables.quoting import QUOTED

Offsets = npt.NDArray[np.int64]

_QUOTE: Final = ord('"')
_LF: Final = ord("\n")
_CR: Final = ord("\r")


@dataclass(frozen=True, slots=True, repr=False)
class Cells:
    """The cells of all whole records in a text, as flat columns of character offsets.

    `starts` and `ends` bound the cells without delimiters and line ends, quotes included; `firsts` are the indices of
    each record's first cell, and one more at the end; `size` is where the last whole record ends, line end included;
    `quotes` are the offsets of all quotes; `codes` the characters, those beyond Latin-1 as `?`.
    """

    starts: Offsets
    ends: Offsets
    firsts: Offsets
    size: int
    quotes: Offsets
    codes: npt.NDArray[np.uint8]
    unclosed: bool


def split_cells(text: str, delimiter: str, *, final: bool) -> Cells:
    """Split `text`, which begins at the beginning of a record; a `final` text ends its last record without line end."""
    codes = np.frombuffer(text.encode("latin-1", "replace"), np.uint8)
    comma = ord(delimiter)
    has_cr = "\r" in text
    special = (codes == comma) | (codes == _LF)
    if has_cr:
        special |= codes == _CR
    if '"' in text:
        quotes, marks, unclosed = _outside_quotes(text, codes, special, comma)
    else:
        quotes, marks, unclosed = np.empty(0, np.int64), np.flatnonzero(special), False
    if has_cr:
        if not final and text.endswith("\r") and marks.size and marks[-1] == len(text) - 1:
            marks = marks[:-1]  # whether an LF follows is not known yet
        after = codes[np.minimum(marks + 1, len(text) - 1)]
        marks = marks[(codes[marks] != _CR) | (after != _LF)]
    line_ends = np.flatnonzero(codes[marks] != comma)
    size = int(marks[line_ends[-1]]) + 1 if line_ends.size else 0
    if final and size < len(text):
        line_ends = np.append(line_ends, marks.size)
        marks = np.append(marks, len(text))
        size = len(text)
    n_cells = int(line_ends[-1]) + 1 if line_ends.size else 0
    marks = marks[:n_cells]
    starts = np.empty(n_cells, np.int64)
    starts[:1] = 0
    starts[1:] = marks[:-1] + 1
    ends = marks
    if has_cr:
        crlf = (marks > 0) & (codes[np.maximum(marks, 1) - 1] == _CR) & (codes[np.minimum(marks, len(text) - 1)] == _LF)
        ends = marks - crlf
    firsts = np.concatenate(([0], line_ends + 1))
    return Cells(starts, ends, firsts, size, quotes, codes, unclosed)


def _outside_quotes(
    text: str, codes: npt.NDArray[np.uint8], special: npt.NDArray[np.bool_], comma: int
) -> tuple[Offsets, Offsets, bool]:
    """Return the offsets of all quotes, those of `special` outside quoted cells, and whether a quote is left open.

    Where every quote opens a cell, closes one or is doubled, its parity tells inside from outside; one look at the
    neighbours of all quotes shows whether that holds.
    """
    positions = np.flatnonzero(special | (codes == _QUOTE))
    is_quote = codes[positions] == _QUOTE
    quotes = positions[is_quote]
    bounds = np.zeros(256, np.bool_)
    bounds[[comma, _LF, _CR, _QUOTE]] = True
    opening, closing = quotes[::2], quotes[1::2]
    begins = bounds[codes[np.maximum(opening - 1, 0)]] | (opening == 0)
    ends = bounds[codes[np.minimum(closing + 1, len(text) - 1)]] | (closing == len(text) - 1)
    if begins.all() and ends.all():
        inside = np.cumsum(is_quote, dtype=np.uint8) & 1  # wraps around at an even number
        return quotes, positions[~is_quote & (inside == 0)], quotes.size % 2 == 1
    # Quotes stand inside unquoted cells: follow the cells that begin with one from left to right.
    bounds[_QUOTE] = False
    first: list[int] = []
    last: list[int] = []
    end = 0
    candidates = quotes[bounds[codes[np.maximum(quotes - 1, 0)]] | (quotes == 0)]
    unclosed = False
    for start in candidates.tolist():
        if start < end:
            continue
        match = QUOTED.match(text, start)
        end = match.end() if match else len(text)
        unclosed = match is None
        first.append(start)
        last.append(end)
    marks = positions[~is_quote]
    section = np.searchsorted(np.array([*last, len(text) + 1]), marks, side="right")
    return quotes, marks[np.array([*first, len(text)])[section] > marks], unclosed
