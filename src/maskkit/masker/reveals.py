"""Whatever is turned back stands in the audit before anyone gets it; where it cannot be written, nothing is."""

from __future__ import annotations

import os
import secrets
import weakref
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from maskkit import tokens
from maskkit.audit import AuditEvent, AuditLog, open_audit
from maskkit.audit.events import this_user
from maskkit.errors import AuditError

if TYPE_CHECKING:
    from maskkit.keys.keyset import Keyset
    from maskkit.masker.restore import RestoreCount

#: Where the audit is, if neither the call nor the command says.
VARIABLE: Final = "MASKKIT_AUDIT"


class Reveals:
    """Writes into the audit what is turned back: how many values of which entity, by whom, for which tenant and why.

    Args:
        keyset: signs checkpoints.
        tenant: whose tokens.
        audit: where, as for `maskkit.audit.open_audit`; None: MASKKIT_AUDIT, else the user's state folder.
        actor: who; None: the user of this process.
        purpose: why.
    """

    def __init__(
        self, keyset: Keyset, tenant: str, *, audit: str | Path | None, actor: str | None, purpose: str
    ) -> None:
        self._keyset = keyset
        self._where = audit if audit is not None else os.environ.get(VARIABLE) or None
        self._log: AuditLog | None = None
        self._common = AuditEvent(kind="unmask", actor=actor or this_user(), tenant=tenant, purpose=purpose)

    def ready(self) -> None:
        """Raise AuditError if nothing could be recorded now: then nothing is to be turned back."""
        self._opened().ready()

    def record(self, count: RestoreCount, *, file: str = "", sha256_in: str = "", sha256_out: str = "") -> None:
        """Write an event for each entity and key, and for each reason for which tokens stayed; of a file one at least.

        Raises AuditError where it cannot be written.
        """
        about = replace(
            self._common, request_id=secrets.token_hex(8), file=file, sha256_in=sha256_in, sha256_out=sha256_out
        )
        events = [
            replace(about, entity=tokens.entity_of(head) or "", key_id=head[3:5], count=number)
            for head, number in sorted(count.opened.items())
        ]
        events += [
            replace(about, outcome="refused", detail=str(reason), count=number)
            for reason, number in sorted(count.left.items())
        ]
        if file and not events:
            events = [about]
        if events:
            self._opened().record(*events)

    def _opened(self) -> AuditLog:
        if self._log is None:
            self._log = AuditLog(open_audit(self._where), self._keyset.signing_key())
            weakref.finalize(self, _close, self._log)
        return self._log


def _close(log: AuditLog) -> None:
    """Sign what was recorded; where that fails nobody is left to be told, and `audit verify` shows what is unsigned."""
    with suppress(AuditError):
        log.close()
