"""Where a passphrase comes from: MASKKIT_PASSPHRASE, else a prompt on the terminal. Never stdin, which is for data."""

from __future__ import annotations

import os
import sys
from typing import Final

from maskkit.errors import PassphraseError, UsageError

VARIABLE: Final = "MASKKIT_PASSPHRASE"


def ask(prompt: str = "passphrase: ") -> str:
    """Return the passphrase for a keyset; UsageError where there is neither the variable nor a terminal."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    return _prompt(prompt)


def ask_new() -> str:
    """Return the passphrase for a new keyset, typed twice where it is typed."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    first = _prompt("new passphrase: ")
    if not first:
        raise PassphraseError("an empty passphrase protects nothing", hint="--no-passphrase says so openly")
    if _prompt("the same again: ") != first:
        raise PassphraseError("the two passphrases differ")
    return first


def _prompt(prompt: str) -> str:
    if not _has_terminal():
        raise UsageError(
            f"the keyset needs a passphrase, and there is neither a terminal nor {VARIABLE}",
            hint=f"set {VARIABLE}, or make a keyset with: maskkit keys create --no-passphrase",
        )
    import getpass

    return getpass.getpass(prompt)


def _has_terminal() -> bool:
    """Tell whether getpass would reach a terminal; without one it would read stdin."""
    if sys.platform == "win32":
        return sys.stdin.isatty()
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
