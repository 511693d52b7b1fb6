"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from maskkit.keys.keyset import Keyset

PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="NAME|FILE", help="A named policy (tokens, agency, display, drop) or a file.")
]
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
    from maskkit.cli import passphrase
    from maskkit.keys import store

    return store.open_file(path or store.default_path(), passphrase.ask)
