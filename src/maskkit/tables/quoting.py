"""One cell as it stands in a file, and its value.

RFC 4180 has bare cells and cells quoted as a whole. Files also hold what is neither: `"x"y`, `"x" `, `""8`. Readers
agree on where such a cell ends and drop its quotes; here its value is the very text that stands there, so that nothing
of it is lost. Whatever value is written, by whichever form the cell had, reading gives that value back, and writing the
first value again gives the first bytes: what is masked and turned back is the same.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

#: The quoted part at the beginning of a cell, closed.
QUOTED: Final = re.compile(r'"(?:[^"]++|"")*+"')


class Form(IntEnum):
    """How a cell stands in a file."""

    #: Without a quote at its beginning; the text is the value.
    BARE = 0
    #: Quoted as a whole, quotes in it doubled (RFC 4180, 2.7).
    QUOTED = 1
    #: Text after the closing quote; the text is the value.
    ODD = 2
    #: Quoted, with one blank after it. Also how an odd value is written that no longer can be as it is.
    SPACED = 3


class Quoting:
    """Cells of files with one delimiter."""

    def __init__(self, delimiter: str) -> None:
        self._ends = re.compile(f"[{re.escape(delimiter)}\r\n]")

    def read(self, raw: str) -> tuple[Form, str]:
        """Return the form and the value of a cell as it stands in the file."""
        match = QUOTED.match(raw)
        if match is None:
            return Form.BARE, raw
        value = match[0][1:-1].replace('""', '"')
        rest = raw[match.end() :]
        if not rest:
            return Form.QUOTED, value
        if rest == " " and not self._is_odd(value):
            return Form.SPACED, value
        return Form.ODD, raw

    def write(self, value: str, form: Form) -> str:
        """Return the value as a cell that had the given form: as bare as that and the value allow."""
        if form == Form.QUOTED:
            return quote(value)
        if self._is_odd(value) or (form != Form.SPACED and self._is_bare(value)):
            return value
        return quote(value) if form == Form.BARE else quote(value) + " "

    def _is_bare(self, text: str) -> bool:
        return not text.startswith('"') and self._ends.search(text) is None

    def _is_odd(self, text: str) -> bool:
        """Tell whether a text, as a cell, is an odd one: its own value."""
        match = QUOTED.match(text)
        if match is None or match.end() == len(text) or self._ends.search(text, match.end()):
            return False
        return text[match.end() :] != " " or self._is_odd(match[0][1:-1].replace('""', '"'))


def quote(value: str) -> str:
    """Return the value as a quoted cell."""
    return '"' + value.replace('"', '""') + '"'
