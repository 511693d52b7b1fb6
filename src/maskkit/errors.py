"""Every error maskkit raises.

::

    MaskkitError                 something is wrong with the input, a file, the keyset: exit code 1
    ├── UsageError               the call itself is wrong: exit code 2
    ├── InputError               a file or text that cannot be read as what it claims to be
    ├── RuleError                a file below rules/ is wrong
    ├── PolicyError              a policy file is wrong
    ├── KeysetError              no keyset, a damaged one, one that may not do this
    │   └── PassphraseError      the passphrase does not open the keyset
    └── LeakError                a masked value was found in the output; nothing was written

A message says what is wrong, where, and what to do. It never carries a value, a key or a payload: name the row, the
column, the rule. Where a library's exception would carry one, raise ``from None``.
"""

from __future__ import annotations

import re
from typing import Final

#: What can be the name of a policy, entity, format or option, and is no value: ASCII, and no long number.
_NAME: Final = re.compile(r"(?!.*\d{6})-{0,2}[A-Za-z][\w.-]{0,60}", re.ASCII)


def as_said(word: str) -> str:
    """Return a name from a call as a message may repeat it: what could be a value is not repeated."""
    return word if _NAME.fullmatch(word) else "of that name"


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


class LeakError(MaskkitError):
    """A value that was masked was found in the output."""
