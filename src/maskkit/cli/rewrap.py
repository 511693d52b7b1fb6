"""maskkit rewrap: move the tokens of a file to the primary key."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from maskkit.cli.options import EncodingOption, KeysetOption, TenantOption, open_keyset, refuse_clash
from maskkit.cli.terminal import counted, input_size, note, progress

#: Why tokens stay, and what may help.
_LEFT: Final = {
    "unknown": ("made with a key that this keyset has not, or has not enabled", "maskkit keys list"),
    "damaged": ("damaged", None),
    "other tenant": ("made for another tenant", "--tenant NAME, the agency that the file was made for"),
    "retired tenant": ("made for a tenant that is retired; they open no more", None),
}


def rewrap(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The masked file; - is stdin.")],
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="OUT", help="The file to write; default: FILE itself; - is stdout."),
    ] = None,
    keyset: KeysetOption = None,
    tenant: TenantOption = None,
    encoding: EncodingOption = None,
) -> None:
    """Move every token of an older key in a file to the primary key; no value is shown, all else stays byte for byte.

    Without -o the file itself is replaced, once the new one has been read back. Exit code 3 where some tokens stay.
    """
    from maskkit.jobs.rewrap import rewrap_file
    from maskkit.masker import Masker

    if out is None:
        refuse_clash({"output": file}, {"keyset": keyset})
    else:
        refuse_clash({"output": out}, {"input": file, "keyset": keyset})
    opened = open_keyset(keyset)
    operator = Masker("tokens", keyset=opened, tenant=tenant).tokens
    with progress("rewrapping", input_size(file), out or file) as moved:
        done = rewrap_file(operator, file, out, encoding=encoding, progress=moved)
    note(f"{counted(done.moved, 'token')} moved to key {opened.primary.id}: {done.output}")
    if done.kept:
        note(f"{counted(done.kept, 'token')} of that key already")
    if not done.moved and not done.kept and not done.left:
        note("there was no token in it; is it the masked file?")
    for reason, number in sorted(done.left.items()):
        why, hint = _LEFT[reason]
        note(f"{counted(number, 'token')} left: {why}", hint)
    if done.left:
        raise typer.Exit(3)
