"""What people see: complaints, notes, tables and progress. All on stderr; stdout is for data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from rich.console import Console


def complain(message: str, hint: str | None = None, *, notes: Sequence[str] = ()) -> None:
    """Print an error: one prefix, lower case, notes on lines of their own, and the hint on the last one."""
    for line in (message, *notes):
        print(f"maskkit: {line}", file=sys.stderr)
    if hint:
        print(f"hint: {hint}", file=sys.stderr)


def note(message: str, hint: str | None = None) -> None:
    """Print a line that is no error."""
    complain(message, hint)


def counted(number: int, thing: str) -> str:
    """Return a number of things: 1 row, 1,000 rows."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def console(*, stderr: bool = True) -> Console:
    """Return rich's console: colours on a terminal only, full width in a pipe so that no cell is cut."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else 200)


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = (), stderr: bool = True
) -> None:
    """Print a table, the columns `numbers` to the right; cells are plain text, never markup."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, header_style="bold")
    for n, heading in enumerate(headings):
        drawn.add_column(heading, overflow="fold", justify="right" if n in numbers else "left")
    for row in rows:
        drawn.add_row(*(Text(cell, style="cyan" if n == 1 else "") for n, cell in enumerate(row)))
    console(stderr=stderr).print(drawn)


def input_size(file: str) -> int | None:
    """Return the size of an input in bytes; None for stdin and for what is not there."""
    path = Path(file)
    return path.stat().st_size if file != "-" and path.is_file() else None


class Progress(Protocol):
    """Told how many bytes of the input are done."""

    def __call__(self, done: int) -> None:
        """Move the bar to `done` bytes."""


#: Bytes that are done before anybody looks for a bar.
_TINY: Final = 1 << 20


def progress(label: str, total: int | None, out: str | None) -> AbstractContextManager[Progress]:
    """Return a bar over `total` bytes on a terminal; nothing in a pipe, for little, or where the data goes there."""
    shows_data = out in (None, "-") and sys.stdout.isatty()
    if not sys.stderr.isatty() or total is None or total < _TINY or shows_data:
        return nullcontext(lambda done: None)
    from maskkit.cli.bar import Bar

    return Bar(label, total)
