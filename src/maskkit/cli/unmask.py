"""maskkit unmask: turn the tokens of a file back."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from maskkit.cli.options import EncodingOption, FormatOption, KeysetOption, OutOption, TenantOption, open_keyset
from maskkit.cli.terminal import input_size, note, progress

_LEFT: Final = {
    "unknown": "of a key that is not in this keyset",
    "damaged": "damaged",
    "other tenant": "of another tenant",
}


def unmask(
    file: Annotated[str, typer.Argument(metavar="IN", help="The file to turn back; - is stdin.")],
    out: OutOption = None,
    keyset: KeysetOption = None,
    tenant: TenantOption = None,
    format: FormatOption = None,
    encoding: EncodingOption = None,
) -> None:
    """Turn every token in a file back into the value, wherever it stands; exit code 3 where some do not open."""
    from maskkit.jobs.unmask import unmask_file
    from maskkit.masker import Masker

    masker = Masker("tokens", keyset=open_keyset(keyset), tenant=tenant)
    with progress("unmasking", input_size(file)) as moved:
        done = unmask_file(masker, file, out, format=format, encoding=encoding, progress=moved)
    note(f"{done.restored} tokens turned back: {done.output}")
    for reason, number in sorted(done.left.items()):
        note(f"{number} tokens left as they are: {_LEFT[reason]}")
    if done.left["other tenant"]:
        note("hint: --tenant NAME, the agency that the file was made for")
    if done.left:
        raise typer.Exit(3)
