"""Options that several commands share."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maskkit.errors import InputError, UsageError

if TYPE_CHECKING:
    from maskkit.keys.keyset import Keyset

KeysetOption = Annotated[
    Path | None, typer.Option("--keyset", metavar="FILE", help="The keyset; default: the user's config folder.")
]
TenantOption = Annotated[
    str | None, typer.Option("--tenant", metavar="T", help="Who the file is for: each tenant has tokens of its own.")
]
OutOption = Annotated[
    str | None, typer.Option("--out", "-o", metavar="OUT", help="The file to write; default and -: stdout.")
]
FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="csv|tsv|text|json|jsonl", help="What IN is; default: by content.")
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="The encoding of IN; default: by content.")
]


def open_keyset(path: Path | None) -> Keyset:
    """Open the keyset at `path` or the default place, asking for the passphrase only where the file is sealed."""
    from maskkit.cli import keyfile

    return keyfile.open_file(path).keyset


def refuse_clash(written: Mapping[str, str | Path | None], read: Mapping[str, str | Path | None]) -> None:
    """Look at what a command will write before it does anything, since that replaces what is there.

    Raises UsageError for a file that is also one of `read`, by any path; InputError where it cannot stand.
    """
    from maskkit.keys import store

    read = {"default keyset": store.default_path(), **read}
    for what, path in written.items():
        if path is None or str(path) == "-":
            continue
        for other, there in read.items():
            if there is not None and _same(path, there):
                raise UsageError(f"the {what} {path} is the {other}", hint="give each a file of its own")
        parent = Path(path).parent
        if Path(path).is_dir():
            raise InputError(f"{path} is a folder")
        if not parent.is_dir():
            raise InputError(f"there is no folder {parent}", hint=f"mkdir -p {shlex.quote(str(parent))}")


def _same(one: str | Path, other: str | Path) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:  # one of them is not there
        return os.path.realpath(one) == os.path.realpath(other)
