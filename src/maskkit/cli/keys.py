"""maskkit keys: make and look at keysets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from maskkit.cli import passphrase
from maskkit.cli.options import KeysetOption, open_keyset
from maskkit.cli.terminal import note, table

app: Final = typer.Typer(help="Make and look at keysets.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def create(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where; default: the user's config folder.")
    ] = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave the keyset unsealed: whoever reads the file has the keys.")
    ] = False,
) -> None:
    """Make a keyset in a sealed file that only this user can read."""
    from maskkit.keys import store
    from maskkit.keys.keyset import Keyset

    path = out or store.default_path()
    store.refuse_existing(path)
    keyset = Keyset.create()
    keyset.save(path, None if no_passphrase else passphrase.ask_new())
    note(f"keyset {path} with primary key {keyset.primary.id}")
    if no_passphrase:
        note("it is not sealed: whoever can read the file can turn every token back")
    note(f"back up {path} and its passphrase apart from each other; without them nothing comes back")


@app.command("list")
def list_keys(keyset: KeysetOption = None) -> None:
    """Show the keys of a keyset: ids and states, never material."""
    opened = open_keyset(keyset)
    rows = [
        (key.id, "primary" if key.id == opened.primary.id else "", key.status, key.created) for key in opened.info()
    ]
    table(("key", "", "status", "created"), rows, stderr=False)
