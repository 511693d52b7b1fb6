"""Options that several commands share."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from maskkit.errors import InputError, UsageError, as_said

if TYPE_CHECKING:
    from maskkit.keys.keyset import Keyset

KeysetOption = Annotated[
    Path | None,
    # A keyset that cannot be read is no wrong call: the store says what is wrong with it.
    typer.Option("--keyset", metavar="FILE", readable=False, help="The keyset; default: the user's config folder."),
]
TenantOption = Annotated[
    str | None, typer.Option("--tenant", metavar="T", help="Who the file is for: each tenant has tokens of its own.")
]
PurposeOption = Annotated[str, typer.Option("--purpose", metavar="TEXT", help="Why, for the audit.")]
VaultOption = Annotated[
    str | None,
    typer.Option(
        "--vault",
        metavar="WHERE",
        envvar="MASKKIT_VAULT",
        show_envvar=False,
        help="The vault: a file or postgresql://…; default: MASKKIT_VAULT, else the user's data folder.",
    ),
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


def open_keyset(path: Path | None, *, making_for: str | None = None) -> Keyset:
    """Open the keyset at `path` or the default place, asking for the passphrase only where the file is sealed.

    A tenant that something is made for and that was never added is noted: nobody can retire it.
    """
    from maskkit.cli import keyfile
    from maskkit.cli.terminal import note

    keyset = keyfile.open_file(path).keyset
    if making_for and not keyset.has_tenant(making_for):
        note(
            "the tenant was never added to the keyset, so what is made for it cannot be retired",
            f"maskkit tenants add {making_for if as_said(making_for) == making_for else 'T'}",
        )
    return keyset


def refuse_clash(written: Mapping[str, str | Path | None], read: Mapping[str, str | Path | None]) -> None:
    """Look at what a command will write before it does anything, since that replaces what is there.

    ``-`` is the file that stdin or stdout is, where that is one. Raises UsageError for a file that is also one of
    `read`, by any path, or written twice; InputError where it cannot stand.
    """
    from maskkit import vault
    from maskkit.audit import places
    from maskkit.keys import store

    taken = {
        "default keyset": store.default_path(),
        "default audit log": places.default_path(),
        "default vault": vault.default_path(),
        **read,
    }
    for what, path in written.items():
        if path is None:
            continue
        for other, there in taken.items():
            if there is not None and _same(path, sys.stdout, there, sys.stdout if other in written else sys.stdin):
                shown = "stdout" if str(path) == "-" else path
                raise UsageError(f"the {what} {shown} is the {other}", hint="give each a file of its own")
        taken[what] = path
        if str(path) == "-":
            continue
        parent = Path(path).parent
        if Path(path).is_dir():
            raise InputError(f"{path} is a folder")
        if not parent.is_dir():
            raise InputError(f"there is no folder {parent}", hint=f"mkdir -p {shlex.quote(str(parent))}")


def _same(one: str | Path, stream: TextIO | None, other: str | Path, other_stream: TextIO | None) -> bool:
    """Tell whether two files, each a stream where it is ``-``, are one."""
    if "-" not in (str(one), str(other)) and os.path.realpath(one) == os.path.realpath(other):
        return True  # there or not
    first, second = _identity(one, stream), _identity(other, other_stream)
    return first is not None and second is not None and os.path.samestat(first, second)


def _identity(path: str | Path, stream: TextIO | None) -> os.stat_result | None:
    try:
        found = Path(path).stat() if str(path) != "-" else os.fstat(stream.fileno()) if stream is not None else None
    except (OSError, ValueError):  # it is not there, or no real stream
        return None
    return found if found is not None and stat.S_ISREG(found.st_mode) else None
