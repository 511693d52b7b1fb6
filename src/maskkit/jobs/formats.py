"""Which format a job reads: what the caller says, else what the content looks like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from maskkit.errors import InputError, UsageError, as_said
from maskkit.tables.files import Source
from maskkit.tables.output import Output
from maskkit.tables.sniff import Format, sniff_format

FORMATS: Final = ("csv", "tsv", "text", "json", "jsonl")
#: Formats that their name alone tells; of CSV the content tells the delimiter.
_SAID: Final = {
    "tsv": Format("csv", "\t"),
    "text": Format("text"),
    "json": Format("json"),
    "jsonl": Format("jsonl"),
}


def pick_format(source: Source, wanted: str | None) -> Format:
    """Return the format of `source`; UsageError for a name that is none."""
    if wanted is not None and wanted not in FORMATS:
        raise UsageError(f"there is no format {as_said(wanted)}", hint=f"--format {'|'.join(FORMATS)}")
    head = source.head()
    if wanted == "csv":
        return sniff_format(head, "given.csv")
    if wanted is not None:
        return _SAID[wanted]
    return sniff_format(head, source.name if source.path is not None else None)


@contextmanager
def naming(source: Source, output: Output) -> Iterator[None]:
    """Say in an InputError of a row, line or record which file it is in; one of the output names that."""
    try:
        yield
    except InputError as error:
        if source.name in str(error) or str(error).startswith(output.name):
            raise
        raise InputError(f"{source.name}: {error}", hint=error.hint) from None
