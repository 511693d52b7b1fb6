"""The command line: one file per command group.

Importing this costs no more than Typer: each command imports what it works with when it runs.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer

from maskkit.cli import audit, detect, keys, mask, names, policy, rewrap, rules, tenants, unmask, vault
from maskkit.cli.terminal import complain
from maskkit.errors import MaskkitError, as_said

app: Final = typer.Typer(
    name="maskkit",
    help="Find and mask Chinese personal data, and give it back by token.",
    epilog="maskkit proxy --help: serve masked answers in front of a case database (extra: proxy).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("detect")(detect.detect)
app.command("mask")(mask.mask)
app.command("unmask")(unmask.unmask)
app.command("rewrap")(rewrap.rewrap)
app.command("erase")(vault.erase)
app.add_typer(keys.app, name="keys")
app.add_typer(tenants.app, name="tenants")
app.add_typer(names.app, name="names")
app.add_typer(policy.app, name="policy")
app.add_typer(rules.app, name="rules")
app.add_typer(vault.app, name="vault")
app.add_typer(audit.app, name="audit")

#: Typer's own complaints about a call; it exports the leaf, not the base.
_ClickException: Final = typer.BadParameter.__mro__[2]


def _version(wanted: bool) -> None:
    if wanted:
        from maskkit.jobs.report import installed_version

        typer.echo(f"maskkit {installed_version()}")
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
    # A batch is millions of small objects without a cycle; looking for cycles in them took a tenth of the time.
    gc.set_threshold(100_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a real stream, not a test's
    # Being told to end is no crash: what was written so far is removed.
    for number in _endings():
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _stop)
    sys.exit(_flushed(_run()))


class _StoppedError(BaseException):
    """Someone wants this to end. No KeyboardInterrupt, of which Typer makes a silent exit of its own."""


def _endings() -> list[signal.Signals]:
    """Return the signals of this platform that tell a program to end."""
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    return [signal.Signals[name] for name in names if hasattr(signal, name)]


def _stop(number: int, frame: FrameType | None) -> None:
    for ending in _endings():  # once is enough: a second one would end the cleaning up
        signal.signal(ending, signal.SIG_IGN)
    raise _StoppedError


def _flushed(code: int) -> int:
    """Flush stdout here, since Python would complain in its own words about a reader that is gone or a full disk."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if code == 0:
            complain(f"stdout cannot be written: {error.strerror}")
            return 1
    return code


def _run() -> int:
    try:
        _add_commands(sys.argv[1:2])
        return int(app(prog_name="maskkit", standalone_mode=False) or 0)
    except MaskkitError as error:
        complain(str(error), error.hint, notes=getattr(error, "__notes__", ()))
        return error.exit_code
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, _StoppedError) as error:
        complain("stopped; no file was written", notes=getattr(error, "__notes__", ()))
        return 1
    except OSError as error:
        # Files are opened where their errors are told apart; what is left is what a command prints.
        complain(f"{error.filename or 'stdout'} cannot be written: {error.strerror or type(error).__name__}")
        return 1
    except Exception as error:
        if isinstance(error, _ClickException):
            return _misused(error)
        # What an unforeseen error says may hold a value: tell its kind and place, no more.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        complain(f"internal error: {type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}")
        return 1


def _add_commands(words: list[str]) -> None:
    """Add the command groups of packages above this one, where the first word is no command of ours.

    To look for them takes as long as all of the help does.
    """
    own = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    if not words or words[0] in own or words[0].startswith("-"):
        return
    from importlib.metadata import entry_points

    for entry in entry_points(group="maskkit.commands"):
        app.add_typer(entry.load(), name=entry.name)


def _misused(error: Exception) -> int:
    """Report a wrong call through our own printer, not Typer's boxes."""
    context = getattr(error, "ctx", None)
    message = str(getattr(error, "format_message", error.__str__)())
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message, err=True)
        return 2
    message = re.sub(r"(unexpected extra argument)(?:\(s\)|s)? \(.*", r"\1", message, flags=re.DOTALL)
    for word in {part for argument in sys.argv[1:] for part in (argument, *argument.split("=", 1)) if part}:
        if as_said(word) != word:
            message = message.replace(word, "…")
    message = message.rstrip(".").replace("Possible options", "possible options")
    complain(message[:1].lower() + message[1:], f"{context.command_path if context else 'maskkit'} --help")
    return 2
