"""Where a passphrase comes from: a variable, else a prompt on the terminal. Never stdin, which is for data."""

from __future__ import annotations

import os
import sys
from typing import Final

from maskkit.errors import PassphraseError, UsageError

VARIABLE: Final = "MASKKIT_PASSPHRASE"
#: The one that is to seal a keyset from now on, where another one opens it.
NEW_VARIABLE: Final = "MASKKIT_NEW_PASSPHRASE"


def ask() -> str:
    """Return the passphrase for a keyset; UsageError where there is neither the variable nor a terminal."""
    return os.environ.get(VARIABLE) or _prompt("passphrase: ", VARIABLE, f"set {VARIABLE}")


def ask_new(variable: str = VARIABLE) -> str:
    """Return the passphrase that is to seal a keyset, typed twice where it is typed."""
    given = os.environ.get(variable)
    if given:
        return given
    hint = f"set {variable}, or --no-passphrase for a keyset that everyone can open who can read the file"
    first = _prompt("new passphrase: ", variable, hint)
    if not first:
        raise PassphraseError("an empty passphrase protects nothing", hint="--no-passphrase says so openly")
    if _prompt("the same again: ", variable, hint) != first:
        raise PassphraseError("the two passphrases differ")
    return first


def _prompt(prompt: str, variable: str, hint: str) -> str:
    if not _has_terminal():
        raise UsageError(f"the keyset needs a passphrase, and there is neither a terminal nor {variable}", hint=hint)
    import getpass

    try:
        return getpass.getpass(prompt)
    except EOFError:
        raise UsageError("no passphrase was typed", hint=hint) from None


def _has_terminal() -> bool:
    """Tell whether getpass would reach a terminal; without one it would read stdin."""
    if sys.platform == "win32":
        return sys.stdin.isatty()
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
