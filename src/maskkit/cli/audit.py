"""maskkit audit: read the audit, and see whether someone changed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from maskkit.cli.terminal import complain, counted, note, table

app: Final = typer.Typer(
    help="Read the audit, and see whether someone changed it.", no_args_is_help=True, rich_markup_mode=None
)

AuditOption = Annotated[
    str | None,
    typer.Option(
        "--audit",
        metavar="WHERE",
        envvar="MASKKIT_AUDIT",
        show_envvar=False,
        help="The audit: a file or postgresql://…; default: MASKKIT_AUDIT, else the user's state folder.",
    ),
]

_COLUMNS: Final = (
    "time",
    "kind",
    "outcome",
    "actor",
    "tenant",
    "entity",
    "key_id",
    "count",
    "purpose",
    "file",
    "detail",
)


@app.command("list")
def list_events(
    audit: AuditOption = None,
    last: Annotated[int | None, typer.Option("--last", metavar="N", min=1, help="Only the last N.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="The lines as they stand, for other programs.")] = False,
) -> None:
    """Show who did what, in the order in which it was written."""
    from collections import deque

    from maskkit.audit import open_audit

    with open_audit(audit, create=False) as sink:
        lines = deque(sink.lines(), last)
    if jsonl:
        for line in lines:
            typer.echo(line)
        return
    rows = [_row(line) for line in lines]
    table(_COLUMNS, [row for row in rows if row], numbers=[_COLUMNS.index("count")], stderr=False)
    if damaged := rows.count(None):
        note(f"{counted(damaged, 'line')} cannot be read", "maskkit audit verify")


@app.command()
def verify(
    audit: AuditOption = None,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="HEAD", help="What audit head printed, kept elsewhere; one for each writer."),
    ] = None,
    public_key: Annotated[
        list[Path] | None,
        typer.Option(
            "--public-key",
            metavar="FILE",
            help="What keys export-public-info printed, or a key in PEM; one for each keyset.",
        ),
    ] = None,
) -> None:
    """Find every line that was edited, dropped, moved, doubled or cut off; needs no keyset.

    Exit code 1 where something is wrong, 3 where nothing vouches for some lines: no signature, no head. Half a line
    that a crash left is told apart: what vouches for the line behind it vouches for it too.
    """
    from maskkit.audit import Head, open_audit
    from maskkit.audit import verify as verify_lines
    from maskkit.audit.verify import read_public_key

    heads = [Head.of(text) for text in head or ()]
    keys = [read_public_key(path) for path in public_key or ()]
    with open_audit(audit, create=False) as sink:
        verdict = verify_lines(sink.lines(), heads=heads, public_keys=keys)
    for problem in verdict.problems:
        complain(problem)
    if not verdict.good:
        raise typer.Exit(1)
    note(f"{counted(verdict.lines, 'line')}: nothing was changed")
    for number in verdict.cut:
        note(f"line {number} is one that a crash cut: no chain breaks at it")
    if not keys:
        note(
            "signatures were not looked at",
            "maskkit audit verify --public-key FILE, from: maskkit keys export-public-info",
        )
    if not heads:
        note("what was cut off at the end does not show without a head", "maskkit audit verify --head HEAD")
    if verdict.unknown:
        note(
            f"{counted(verdict.unknown, 'checkpoint')} signed with a key that was not given: not verified",
            "--public-key FILE once more for each keyset whose commands write to this audit",
        )
    if verdict.unsigned and (keys or verdict.cut):
        note(f"nothing vouches for {counted(verdict.unsigned, 'line')}: no signature and no head covers them")
        raise typer.Exit(3)


@app.command()
def head(audit: AuditOption = None) -> None:
    """Print the end of each chain, to be kept where nobody who can write the audit comes."""
    from maskkit.audit import open_audit
    from maskkit.audit.chain import heads

    with open_audit(audit, create=False) as sink:
        for end in heads(sink.lines()):
            typer.echo(str(end))


@app.callback()
def _group() -> None:
    """Read the audit, and see whether someone changed it."""


def _row(line: str) -> list[str] | None:
    """Return the cells of a line, None for what is none."""
    try:
        says = json.loads(line)
        return [_printable(str(says.get(name, ""))) for name in _COLUMNS]
    except (ValueError, AttributeError, RecursionError):
        return None


def _printable(text: str) -> str:
    # What someone gave as a purpose could otherwise move the cursor of whoever reads it.
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
