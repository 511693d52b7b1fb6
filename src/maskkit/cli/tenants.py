"""maskkit tenants: who can be retired, and the end of a contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

from maskkit.cli import keyfile
from maskkit.cli.options import KeysetOption, open_keyset
from maskkit.cli.terminal import note, table

if TYPE_CHECKING:
    from maskkit.audit import AuditEvent
    from maskkit.keys.keyset import Keyset

app: Final = typer.Typer(
    help="Add tenants, and retire one at the end of its contract.", no_args_is_help=True, rich_markup_mode=None
)

TenantArgument = Annotated[str, typer.Argument(metavar="T", help="The tenant's name, as in mask --tenant T.")]


@app.command()
def add(tenant: TenantArgument, keyset: KeysetOption = None) -> None:
    """Give a tenant a secret salt of its own, so that it can be retired; best before its first file."""
    from maskkit.keys import lifecycle

    file, _ = keyfile.change(
        keyset, lambda old: lifecycle.add_tenant(old, tenant), lambda _: keyfile.tenant_event("add", tenant)
    )
    note(f"tenant {tenant} is added: what is made for it from now on can be retired")
    note(
        "what was made for it before opens as ever under its old tag, and cannot be retired",
        f"maskkit rewrap FILE --tenant {tenant} moves the tokens of a file to the new one",
    )
    note(
        "surrogates made for it before come back as other numbers from now on: turn such files back with an older copy"
    )
    note(f"back up {file.path} again: no copy made earlier has the salt")


@app.command()
def retire(tenant: TenantArgument, keyset: KeysetOption = None) -> None:
    """Destroy a tenant's salt: its tokens never open again, all others do. Prints the signed record of it as JSON."""
    from maskkit.keys import lifecycle
    from maskkit.keys.public import deletion_record

    records: list[str] = []

    def retired(new: Keyset) -> AuditEvent:
        records.append(json.dumps(deletion_record(new, tenant), indent=2, ensure_ascii=False))
        return keyfile.tenant_event("retire", tenant, records[0])

    file, _ = keyfile.change(keyset, lambda old: lifecycle.retire_tenant(old, tenant), retired)
    typer.echo(records[0])
    note(f"tenant {tenant} is retired: what was made for it since it was added never opens again")
    note(f"copies of {file.path} made earlier still hold its salt: destroy them too, and make new ones")


@app.command("list")
def list_tenants(keyset: KeysetOption = None) -> None:
    """Show the tenants that were added: when, and whether they are retired."""
    opened = open_keyset(keyset)
    rows = [
        (tenant.name, "retired" if tenant.retired else "active", tenant.added, tenant.retired)
        for tenant in opened.tenants()
    ]
    table(("tenant", "status", "added", "retired"), rows, stderr=False)
    note("a tenant that is not listed, default too, derives from its name alone and cannot be retired")
