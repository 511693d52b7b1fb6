"""maskkit mask: sanitize a file."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from maskkit.cli.options import (
    EncodingOption,
    FormatOption,
    KeysetOption,
    OutOption,
    TenantOption,
    VaultOption,
    open_keyset,
    refuse_clash,
)
from maskkit.cli.terminal import counted, input_size, note, progress, table
from maskkit.errors import AuditError, InputError, UsageError

if TYPE_CHECKING:
    from maskkit.jobs.mask import Masked
    from maskkit.keys.keyset import Keyset
    from maskkit.masker import Masker

#: Columns that are shown: more than a table has, less than a terminal can take.
_MOST_SHOWN: Final = 100
#: What the rows of a file are called.
_ROWS: Final = {"text": "line", "json": "record", "jsonl": "record"}


def mask(
    file: Annotated[str, typer.Argument(metavar="IN", help="The file to mask; - is stdin.")],
    out: OutOption = None,
    policy: Annotated[
        str, typer.Option("--policy", metavar="NAME|FILE", help="tokens, agency, display, drop, or a policy file.")
    ] = "tokens",
    keyset: KeysetOption = None,
    tenant: TenantOption = None,
    audience: Annotated[str | None, typer.Option("--audience", metavar="NAME", help="One of the policy's.")] = None,
    vault: VaultOption = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="NAME=ENTITY,…", help="What columns are: an entity, text or keep."),
    ] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether the first row names columns; default: look.")
    ] = None,
    format: FormatOption = None,
    encoding: EncodingOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse columns that nothing names, and fields of the policy without one.")
    ] = False,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Let rows through that do not fit, searched as text; exit code 3.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.json", help="Write what was done, without any value.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Search the output for every number that was masked; a hit: no output.")
    ] = False,
) -> None:
    """Mask the personal data in a file; everything else stays the very same bytes."""
    from maskkit.jobs.mask import MaskOptions, mask_file
    from maskkit.masker import Masker
    from maskkit.policy import load_policy

    loaded = load_policy(policy)
    files = {"policy" if n == 0 else f"policy's {part}": part for n, part in enumerate(loaded.files)}
    if audience is not None:
        loaded = loaded.for_audience(audience)
    if tenant is None and loaded.needs_tenant:
        raise UsageError(f"policy {loaded.name} needs a tenant: the agency that gets the file", hint="--tenant NAME")
    refuse_clash({"output": out or "-", "report": report}, {"input": file, "keyset": keyset, "vault": vault, **files})
    keys = open_keyset(keyset, making_for=tenant) if loaded.needs_key else None
    masker = Masker(loaded, keyset=keys, tenant=tenant, vault=vault)
    options = MaskOptions(
        format=format,
        encoding=encoding,
        header=header,
        columns=parse_columns(columns),
        strict=strict,
        lenient=lenient,
        check=check,
    )
    with progress("masking", input_size(file), out) as moved:
        done = mask_file(masker, file, out, options, progress=moved)
    _show(done)
    if report is not None:
        _write_report(report, done, masker, audience)
    _write_audit(done, masker, keys)
    if done.misfits:
        raise typer.Exit(3)


def parse_columns(given: str | None) -> dict[str, str]:
    """Return ``NAME=ENTITY,…`` as a mapping; UsageError for anything else."""
    pairs = [part.rpartition("=") for part in given.split(",")] if given else []
    if not all(name.strip() and target.strip() for name, _, target in pairs):
        raise UsageError("--columns is NAME=ENTITY, comma-separated", hint="--columns 手机号=PHONE_NUMBER,备注=text")
    return {name.strip(): target.strip() for name, _, target in pairs}


def _show(done: Masked) -> None:
    from maskkit.jobs.unmatched import say_unmatched

    if done.format != "text":  # which has no columns to tell apart
        _show_columns(done)
    if done.unmatched:
        note(say_unmatched(done.unmatched))
    if not done.tells_encoding:
        note(f"nothing in {done.output} tells its encoding", f"turn it back with --encoding {done.encoding}")
    if done.misfits:
        note(f"{counted(done.misfits, 'row')} did not fit the table: searched as text")
    if done.checked:
        note("the output was searched for what was masked: nothing found")
    masked = sum(count.masked for count in done.counts) + done.misfit_values
    note(f"{counted(done.rows, _ROWS.get(done.format, 'row'))}, {counted(masked, 'value')} masked: {done.output}")


def _show_columns(done: Masked) -> None:
    columns = list(zip(done.plans, done.counts, strict=True))
    rows = [
        (plan.name, plan.taken_for, plan.by, plan.operator, f"{count.masked:,}", f"{count.left:,}")
        for plan, count in columns[:_MOST_SHOWN]
    ]
    if rest := columns[_MOST_SHOWN:]:
        masked, left = (sum(figures) for figures in zip(*((c.masked, c.left) for _, c in rest), strict=True))
        rows.append((f"{len(rest):,} more", "", "", "", f"{masked:,}", f"{left:,}"))
    if rows:
        table(("column", "taken for", "by", "operator", "masked", "left"), rows, numbers=(4, 5))
    destroyed = [(plan, count) for plan, count in columns if count.destroyed]
    for plan, count in destroyed[:_MOST_SHOWN]:
        note(
            f"{plan.name}: {counted(count.destroyed, 'number')} destroyed by Excel before (as in 1.1E+17): "
            "masked, never guessed",
            "set the ID, card and phone columns to text before saving as CSV UTF-8",
        )


def _write_audit(done: Masked, masker: Masker, keys: Keyset | None) -> None:
    """Count in the audit what was masked; unlike a reveal, masking needs no audit to be allowed."""
    from collections import Counter

    from maskkit.audit import AuditEvent, AuditLog, open_audit
    from maskkit.audit.events import this_user
    from maskkit.masker.reveals import VARIABLE

    masked: Counter[str] = Counter()
    for plan, count in zip(done.plans, done.counts, strict=True):
        masked[plan.taken_for] += count.masked
    about = AuditEvent(
        kind="mask",
        actor=this_user(),
        tenant=masker.tenant,
        key_id=keys.primary.id if keys is not None else "",
        request_id=secrets.token_hex(8),
        file=done.input,
        sha256_in=done.input_sha256,
        sha256_out=done.output_sha256,
        detail=masker.policy.name,
    )
    events = [replace(about, entity=what, count=number) for what, number in sorted(masked.items()) if number]
    try:
        with AuditLog(
            open_audit(os.environ.get(VARIABLE) or None), keys.signing_key() if keys is not None else None
        ) as log:
            log.record(*(events or [about]))
    except AuditError as error:
        note(f"not in the audit: {error}", error.hint)


def _write_report(path: Path, done: Masked, masker: Masker, audience: str | None) -> None:
    from maskkit.jobs.report import ColumnReport, Report

    keys = masker.kernel.keys
    text = Report(
        policy=masker.policy.name,
        policy_sha256=masker.policy.sha256,
        audience=audience,
        tenant=masker.tenant,
        key=keys.primary if keys is not None else None,
        input=done.input,
        input_sha256=done.input_sha256,
        output=done.output,
        output_sha256=done.output_sha256,
        format=done.format,
        encoding=done.encoding,
        rows=done.rows,
        misfits=done.misfits,
        misfit_values=done.misfit_values,
        checked=done.checked,
        unmatched=done.unmatched,
        columns=[
            ColumnReport(
                plan.name,
                plan.taken_for,
                plan.by,
                plan.operator,
                count.masked,
                count.left,
                count.destroyed,
            )
            for plan, count in zip(done.plans, done.counts, strict=True)
        ],
    ).as_json()
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"the report {path} cannot be written: {error.strerror}") from None
