"""maskkit policy: check policy files."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from maskkit.cli.terminal import complain, note

app: Final = typer.Typer(help="Check policy files.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def check(file: Annotated[str, typer.Argument(metavar="FILE", help="A policy file, or the name of a policy.")]) -> None:
    """Check a policy file: every problem with file, line and field."""
    from maskkit.policy import check_policy

    problems = check_policy(file)
    for problem in problems:
        complain(problem)
    if problems:
        raise typer.Exit(1)
    note(f"{file}: ok")


@app.callback()
def _group() -> None:
    """Check policy files."""
