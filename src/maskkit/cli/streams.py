"""stdin as UTF-8 whatever the locale says."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from maskkit.errors import InputError


def utf8_stdin() -> Iterator[str]:
    """Yield the lines of stdin; InputError names the first one that is not UTF-8."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise InputError(f"stdin: line {number}: not UTF-8", hint="convert it first") from None
