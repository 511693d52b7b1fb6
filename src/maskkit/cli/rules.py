"""maskkit rules: run the recognisers' own examples."""

from __future__ import annotations

from typing import Final

import typer

from maskkit.cli.terminal import complain, note

app: Final = typer.Typer(help="Run the recognisers' own examples.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def test() -> None:
    """Run every rule's own examples, alone and inside running Chinese text."""
    from maskkit.detection.patterns import run_examples

    tried, failures = run_examples()
    for failure in failures:
        complain(failure)
    if failures:
        raise typer.Exit(1)
    note(f"{tried} examples: ok")


@app.callback()
def _group() -> None:
    """Run the recognisers' own examples."""
