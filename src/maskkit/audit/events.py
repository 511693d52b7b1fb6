"""One entry of the audit: what was done, by whom, for whom and why, and how often. It has no field for a value."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

from maskkit.errors import UsageError

#: `checkpoint` is the log's own; all others are what someone did or tried.
Kind = Literal["reveal", "unmask", "denial", "erase", "key", "tenant", "mask", "checkpoint"]
Outcome = Literal["done", "refused", "failed"]

KINDS: Final[tuple[str, ...]] = get_args(Kind)
OUTCOMES: Final[tuple[str, ...]] = get_args(Outcome)
#: Characters of one field: enough for a purpose, too few to keep a file in.
LONGEST: Final = 1000
_LONGEST_RECORD: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """What goes into the audit. All texts are names and reasons that people gave, never what was found in data.

    Args:
        kind: what was done.
        outcome: whether it was.
        actor: who; ``this_user()`` for a command line.
        tenant: whose tokens.
        purpose: why, in the actor's words.
        entity: of which values; one event for each.
        key_id: which key; for `key` events the one that was changed.
        count: of how many values.
        request_id: what ties the events of one request or job together.
        file: the name of the file that was read, where it was one.
        sha256_in: SHA-256 of its bytes, hexadecimal.
        sha256_out: of what was written.
        detail: what of its kind: ``rotate``, ``destroy``, ``retire``, or why it was refused.
        record: a signed record of it as JSON, such as that of a tenant's retirement.

    Raises UsageError for a kind or outcome that there is not, and a text that is too long.
    """

    kind: Kind
    outcome: Outcome = "done"
    actor: str = ""
    tenant: str = ""
    purpose: str = ""
    entity: str = ""
    key_id: str = ""
    count: int = 0
    request_id: str = ""
    file: str = ""
    sha256_in: str = ""
    sha256_out: str = ""
    detail: str = ""
    record: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.outcome not in OUTCOMES:
            raise UsageError("an audit event of a kind or outcome that there is not")
        for field in fields(self):
            value = getattr(self, field.name)
            most = _LONGEST_RECORD if field.name == "record" else LONGEST
            if isinstance(value, str) and len(value) > most:
                raise UsageError(f"the {field.name} of an audit event has more than {most:,} characters")

    def said(self) -> dict[str, str | int]:
        """Return the fields that say something, in their order."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value not in ("", 0) or name in _ALWAYS}


_ALWAYS: Final = frozenset({"kind", "outcome"})


def this_user() -> str:
    """Return the name of the user that this process runs as: on Windows what the environment says, elsewhere never."""
    if sys.platform == "win32":
        try:
            name = getpass.getuser()
        except (KeyError, OSError, ImportError):
            name = "unknown"
    else:
        import pwd

        uid = os.getuid()
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:  # no name, as in a container
            name = f"uid {uid}"
    return name[:LONGEST]
