"""maskkit unmask: turn the tokens of a file back."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from maskkit.cli.audit import AuditOption
from maskkit.cli.options import (
    EncodingOption,
    FormatOption,
    KeysetOption,
    OutOption,
    PurposeOption,
    TenantOption,
    VaultOption,
    open_keyset,
    refuse_clash,
)
from maskkit.cli.terminal import counted, input_size, note, progress

#: Why tokens stay, and what may help.
_LEFT: Final = {
    "unknown": ("made with a key that is not in this keyset", "--keyset FILE, the one that they were made with"),
    "damaged": ("damaged", None),
    "other tenant": (
        "made for another tenant",
        "--tenant NAME, the agency that the file was made for; none if it was made without",
    ),
    "retired tenant": ("made for a tenant that is retired; they open no more", None),
    "no vault": ("their values lie in a vault, and there is none here", "--vault FILE, or --vault postgresql://…"),
    "other vault": ("their values lie in another vault", "--vault WHERE, the one that they were made with"),
    "erased": ("their values were erased for good", None),
    "expired": ("their time has come, and their values are gone", None),
}


def unmask(
    file: Annotated[str, typer.Argument(metavar="IN", help="The file to turn back; - is stdin.")],
    out: OutOption = None,
    keyset: KeysetOption = None,
    tenant: TenantOption = None,
    vault: VaultOption = None,
    purpose: PurposeOption = "",
    audit: AuditOption = None,
    format: FormatOption = None,
    encoding: EncodingOption = None,
) -> None:
    """Turn every token in a file back into the value, wherever it stands; exit code 3 where some do not open."""
    from maskkit.jobs.unmask import unmask_file
    from maskkit.masker import Masker

    refuse_clash({"output": out or "-"}, {"input": file, "keyset": keyset, "audit log": audit, "vault": vault})
    masker = Masker("tokens", keyset=open_keyset(keyset), tenant=tenant, vault=vault, audit=audit, purpose=purpose)
    with progress("unmasking", input_size(file), out) as moved:
        done = unmask_file(masker, file, out, format=format, encoding=encoding, progress=moved)
    note(f"{counted(done.restored, 'token')} turned back: {done.output}")
    if done.guessed:
        note(
            "nothing in it told an encoding: written as UTF-8", "--encoding gb18030, if it was masked from such a file"
        )
    if not done.restored and not done.left:
        note("there was no token in it; is it the masked file?")
    for reason, number in sorted(done.left.items()):
        why, hint = _LEFT[reason]
        note(f"{counted(number, 'token')} left: {why}", hint)
    if done.left:
        raise typer.Exit(3)
