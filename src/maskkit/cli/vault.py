"""maskkit vault, maskkit erase: the store behind vaulted tokens."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from maskkit.cli.audit import AuditOption
from maskkit.cli.options import KeysetOption, PurposeOption, TenantOption, VaultOption, open_keyset
from maskkit.cli.terminal import counted, note, table

app: Final = typer.Typer(
    help="Count and move what lies behind vaulted tokens.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def stats(vault: VaultOption = None) -> None:
    """Count tokens by entity, key and tenant's tag; needs no keyset."""
    from maskkit.tokens import Token
    from maskkit.vault import open_vault

    with open_vault(vault, create=False) as store:
        found = store.stats(_now())
    rows = []
    for stat in found:
        token = Token(0, 0, stat.head)
        counts = (f"{number:,}" for number in (stat.kept, stat.erased, stat.expired))
        rows.append((token.entity, token.key_id, token.tenant_tag, *counts, _day(stat.first), _day(stat.last)))
    headings = ("entity", "key", "tenant tag", "kept", "erased", "expired", "first made", "last made")
    table(headings, rows, numbers=(3, 4, 5), stderr=False)


@app.command()
def migrate(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The vault that is: a file or postgresql://…")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The empty one, made if there is none.")],
) -> None:
    """Copy a vault into an empty one, of either kind; every token opens there. Stop whoever writes to the old one."""
    from maskkit.vault import open_vault
    from maskkit.vault.base import migrate as copy

    with open_vault(source, create=False) as old, open_vault(target) as new:
        note(f"{counted(copy(old, new), 'row')} copied")
    note("do not use the old vault again: new rows of both would have the same numbers")


def erase(
    subject: Annotated[str, typer.Option("--subject", metavar="TOKEN", help="A vaulted token of the value to erase.")],
    tenant: TenantOption = None,
    purpose: PurposeOption = "",
    vault: VaultOption = None,
    audit: AuditOption = None,
    keyset: KeysetOption = None,
) -> None:
    """Erase the value behind a vaulted token, for every tenant of the keyset: nobody can reveal it any more.

    The audit says who asked and when.
    """
    from maskkit import tokens
    from maskkit.audit import AuditEvent, AuditLog, open_audit
    from maskkit.audit.events import Outcome, this_user
    from maskkit.errors import InputError
    from maskkit.operators.vaulted import Vaulted
    from maskkit.vault import open_vault

    token = tokens.whole(subject)
    if token is None or token.kind != tokens.VAULTED:
        raise InputError("that is no vaulted token, which alone can be erased", hint="its ninth character is a v")
    opened, name = open_keyset(keyset), tenant or "default"
    others = [known for known in ("default", *(known.name for known in opened.tenants())) if known != name]
    event = AuditEvent(
        kind="erase",
        actor=this_user(),
        tenant=name,
        purpose=purpose,
        entity=token.entity,
        request_id=secrets.token_hex(8),
        detail=tokens.token_key(token.text),
    )
    with open_vault(vault, create=False) as store, AuditLog(open_audit(audit), opened.signing_key()) as log:
        log.ready()
        asked = Vaulted(store, opened.for_tenant(name))
        [value] = asked.values_of([token.text])
        erased: dict[str, int] = {}
        outcome: Outcome = "refused"
        try:
            erased[name] = asked.erase(token.text)
            outcome = "failed"
            if isinstance(value, str):
                for other in others:
                    erased[other] = Vaulted(store, opened.for_tenant(other)).erase_value(token.entity, value)
            outcome = "done"
        finally:
            counts = {name: erased.get(name, 0)} | {other: count for other, count in erased.items() if count}
            log.record(*(replace(event, tenant=who, count=count, outcome=outcome) for who, count in counts.items()))
        lingering = store.lingering
    if lingering:
        note("another program reads the vault: the sealed value is in its write-ahead log until that program closes it")
    if not any(erased.values()):
        note("it was erased before, or its time had come")
        return
    gone = ", ".join(tenant for tenant, count in erased.items() if count)
    note(f"erased: {counted(sum(erased.values()), 'row')}, for {gone}; no token of it opens again")
    note("a tenant that was never added to the keyset has tokens of its own: erase one of those too")
    note("backups and copies of the vault made earlier still have the value: erase it there too, or let them run out")


@app.callback()
def _group() -> None:
    """Count and move what lies behind vaulted tokens."""


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
