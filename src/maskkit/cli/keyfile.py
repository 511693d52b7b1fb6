"""Opening the keyset file that a command was given, and saying what its owner should know of it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from maskkit.cli import passphrase
from maskkit.cli.terminal import note
from maskkit.errors import KeysetError

if TYPE_CHECKING:
    from maskkit.keys.keyset import Keyset
    from maskkit.keys.store import KeysetFile


def open_file(path: Path | None) -> KeysetFile:
    """Open the keyset at `path` or the default place, asking for the passphrase only where one sealed it.

    Notes on stderr say where the file is less safe than its owner may think.
    """
    from maskkit.keys import store

    if path is not None and not path.exists():
        raise KeysetError(
            f"there is no keyset {path}",
            hint=f"maskkit keys create --out {shlex.quote(str(path))}; tokens open only with the keyset that made them",
        )
    opened = store.open_file(path or store.default_path(), passphrase.ask)
    named = shlex.quote(str(opened.path))
    if opened.seal is None and os.environ.get(passphrase.VARIABLE):
        note(
            f"keyset {opened.path} is not sealed: {passphrase.VARIABLE} was not needed to open it",
            f"maskkit keys passphrase --keyset {named}",
        )
    if opened.exposed is not None:
        note(f"keyset {opened.path} is not private: its mode is {opened.exposed:04o}", f"chmod 600 {named}")
    return opened


def change(path: Path | None, step: Callable[[Keyset], Keyset]) -> tuple[KeysetFile, Keyset]:
    """Put what `step` makes of a keyset in its place, under the same seal; return the file as it was and the new one.

    All that the command line does to a keyset but its making and its seal goes through here.
    """
    opened = open_file(path)
    new = step(opened.keyset)
    opened.replace(new, opened.seal)
    return opened, new
