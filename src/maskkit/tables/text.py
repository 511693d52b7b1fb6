"""Plain text as batches of lines, line ends included, so that joining them gives the text back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from maskkit.errors import InputError

#: Characters a line may have: a line is searched as a whole, since a cut could go through a value.
LINE_LIMIT: Final = 1 << 25

#: LF, CRLF and CR end a line; what else Unicode calls a line end (U+2028, form feed …) is a character in it.
_LINE: Final = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)|[^\r\n]++")


def read_lines(blocks: Iterable[str], limit: int = LINE_LIMIT) -> Iterator[list[str]]:
    """Yield the lines of each block with their ends; a line that spans blocks comes whole, with the last of them.

    `InputError` names a line longer than `limit` characters.
    """
    number = 1
    pending: list[str] = []  # of a line that has not ended yet
    size = 0
    for block in blocks:
        # A CR at the end may be half of a CRLF, so its line has not ended yet.
        end = max(block.rfind("\n"), block.rfind("\r", 0, -1)) + 1
        if not end:
            pending.append(block)
            size += len(block)
        else:
            lines = _LINE.findall("".join((*pending, block[:end])))
            yield lines
            number += len(lines)
            pending, size = [block[end:]], len(block) - end
        if size > limit:
            raise InputError(
                f"line {number} is longer than {limit} characters", hint="break the line, or mask it as CSV"
            )
    if lines := _LINE.findall("".join(pending)):
        yield lines
