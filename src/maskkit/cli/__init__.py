"""The command line: one file per command group.

Importing this costs no more than Typer: each command imports what it works with when it runs.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from pathlib import Path
from typing import Annotated, Final

import typer

from maskkit.cli import detect, keys, mask, policy, rules, unmask
from maskkit.cli.terminal import complain
from maskkit.errors import MaskkitError

app: Final = typer.Typer(
    name="maskkit",
    help="Find and mask Chinese personal data, and give it back by token.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("detect")(detect.detect)
app.command("mask")(mask.mask)
app.command("unmask")(unmask.unmask)
app.add_typer(keys.app, name="keys")
app.add_typer(policy.app, name="policy")
app.add_typer(rules.app, name="rules")

#: Typer's own complaints about a call; it exports the leaf, not the base.
_ClickException: Final = typer.BadParameter.__mro__[2]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"maskkit {version('maskkit')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find and mask Chinese personal data, and give it back by token."""


def main() -> None:
    """Run the command line and exit: 0 done, 1 the input is wrong, 2 the call is wrong, 3 something was left."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a real stream, not a test's
    sys.exit(_run())


def _run() -> int:
    try:
        return int(app(standalone_mode=False) or 0)
    except MaskkitError as error:
        complain(str(error), error.hint)
        return error.exit_code
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        complain("stopped; nothing was written")
        return 1
    except BrokenPipeError:
        # The reader is gone; Python would complain again when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        complain(f"{error.strerror or 'input or output failed'}{f': {error.filename}' if error.filename else ''}")
        return 1
    except Exception as error:
        if isinstance(error, _ClickException):
            return _misused(error)
        # What an unforeseen error says may hold a value: tell its kind and place, no more.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        complain(f"internal error: {type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}")
        return 1


def _misused(error: Exception) -> int:
    """Report a wrong call through our own printer, not Typer's boxes."""
    context = getattr(error, "ctx", None)
    message = str(getattr(error, "format_message", error.__str__)())
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message, err=True)
    else:
        # The argument that was too many may be a value.
        message = re.sub(r"(unexpected extra arguments?) \(.*", r"\1", message, flags=re.DOTALL).rstrip(".")
        complain(message[:1].lower() + message[1:], f"{context.command_path} --help" if context else "maskkit --help")
    return 2
