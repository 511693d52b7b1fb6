"""Opening the keyset file that a command was given, and saying what its owner should know of it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from maskkit.cli import passphrase
from maskkit.cli.terminal import note
from maskkit.errors import KeysetError

if TYPE_CHECKING:
    from maskkit.audit import AuditEvent
    from maskkit.keys.keyset import Keyset
    from maskkit.keys.store import KeysetFile


def open_file(path: Path | None) -> KeysetFile:
    """Open the keyset at `path` or the default place, asking for the passphrase only where one sealed it.

    Notes on stderr say where the file is less safe than its owner may think.
    """
    from maskkit.keys import store

    if path is not None and not path.exists():
        raise KeysetError(
            f"there is no keyset {path}",
            hint=f"maskkit keys create --out {shlex.quote(str(path))}; tokens open only with the keyset that made them",
        )
    opened = store.open_file(path or store.default_path(), passphrase.ask)
    named = shlex.quote(str(opened.path))
    if opened.seal is None and os.environ.get(passphrase.VARIABLE):
        note(
            f"keyset {opened.path} is not sealed: {passphrase.VARIABLE} was not needed to open it",
            f"maskkit keys passphrase --keyset {named}",
        )
    if opened.exposed is not None:
        note(f"keyset {opened.path} is not private: its mode is {opened.exposed:04o}", f"chmod 600 {named}")
    return opened


def change(
    path: Path | None, step: Callable[[Keyset], Keyset], said: Callable[[Keyset], AuditEvent]
) -> tuple[KeysetFile, Keyset]:
    """Put what `step` makes of a keyset in its place, under the same seal; return the file as it was and the new one.

    All that the command line does to a keyset but its making and its seal goes through here, and what `said` says of
    the new one goes into the audit; where that cannot be written nothing changes.
    """
    opened = open_file(path)
    new = step(opened.keyset)
    with recorded(opened.keyset, said(new)):
        opened.replace(new, opened.seal)
    return opened, new


@contextmanager
def recorded(keyset: Keyset, event: AuditEvent) -> Iterator[None]:
    """Write an event into the audit, signed by `keyset`, and then let it happen; where it fails, that is written too.

    So nothing happens that the audit does not know: AuditError where it cannot be written.
    """
    from maskkit.audit import AuditLog, open_audit
    from maskkit.masker.reveals import VARIABLE

    with AuditLog(open_audit(os.environ.get(VARIABLE) or None), keyset.signing_key()) as log:
        log.record(event)
        try:
            yield
        except BaseException:
            log.record(replace(event, outcome="failed", record=""))
            raise


def key_event(detail: str, key_id: str = "") -> AuditEvent:
    """Return the event of something done to a key, or to the keyset as a whole."""
    from maskkit.audit import AuditEvent
    from maskkit.audit.events import this_user

    return AuditEvent(kind="key", actor=this_user(), key_id=key_id, detail=detail)


def tenant_event(detail: str, tenant: str, record: str = "") -> AuditEvent:
    """Return the event of something done to a tenant."""
    from maskkit.audit import AuditEvent
    from maskkit.audit.events import this_user

    return AuditEvent(kind="tenant", actor=this_user(), tenant=tenant, detail=detail, record=record)
