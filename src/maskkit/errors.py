"""Every error maskkit raises.

::

    MaskkitError                 something is wrong with the input, a file, the keyset: exit code 1
    ├── UsageError               the call itself is wrong: exit code 2
    ├── InputError               a file or text that cannot be read as what it claims to be
    ├── RuleError                a file below rules/ is wrong
    ├── PolicyError              a policy file is wrong
    ├── KeysetError              no keyset, a damaged one, one that may not do this
    │   └── PassphraseError      the passphrase does not open the keyset
    ├── VaultError               a vault that cannot be reached, read or written
    ├── AuditError               an audit log that cannot be written or read: what would need it is refused
    └── LeakError                a masked value was found in the output; nothing was written

A message says what is wrong, where, and what to do. It never carries a value, a key or a payload: name the row, the
column, the rule. Where a library's exception would carry one, raise ``from None``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

#: What can be the name of a policy, entity, format or option, and is no value: ASCII, and no long number.
_NAME: Final = re.compile(r"(?!.*\d{6})-{0,2}[A-Za-z][\w.-]{0,60}", re.ASCII)
_LETTERS: Final = re.compile(r"[A-Za-z_]{1,40}")
_UNSAID: Final = "of that name"
#: What makes a slip: a part of a known word of at least three letters, or this much in common (difflib's ratio).
_LEAST: Final = 3
_ALIKE: Final = 0.75


def as_said(word: str) -> str:
    """Return a name from a call as a message may repeat it: what could be a value is not repeated."""
    return word if _NAME.fullmatch(word) else _UNSAID


def as_meant(word: str, known: Iterable[str]) -> str:
    """Return a word of a file as a message may repeat it: only a slip of a `known` word, since others may be values."""
    from difflib import get_close_matches  # an import that only a mistake pays for

    if not _LETTERS.fullmatch(word):
        return _UNSAID
    asked, words = word.casefold(), [name.casefold() for name in known]
    part = len(asked) >= _LEAST and any(asked in name for name in words)
    return word if part or get_close_matches(asked, words, n=1, cutoff=_ALIKE) else _UNSAID


class MaskkitError(Exception):
    """Base of all errors; `hint` is the exact command or change that helps, where there is one."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(MaskkitError):
    """The call is wrong: an unknown policy, OUT is IN, a missing tenant."""

    exit_code = 2


class InputError(MaskkitError):
    """A file or text that cannot be read as what it claims to be."""


class RuleError(MaskkitError):
    """A recogniser file is wrong."""


class PolicyError(MaskkitError):
    """A policy file is wrong."""


class KeysetError(MaskkitError):
    """There is no keyset, it is damaged, or it may not be used like this."""


class PassphraseError(KeysetError):
    """The passphrase does not open the keyset."""


class VaultError(MaskkitError):
    """A vault cannot be reached, read or written, or is not a vault."""


class AuditError(MaskkitError):
    """An audit log cannot be written or read, so what would have to stand in it is not done."""


class LeakError(MaskkitError):
    """A value that was masked was found in the output."""
