"""The audit: who revealed, erased and changed what, in chains of lines that show any tampering. Never a value."""

from __future__ import annotations

from maskkit.audit.chain import AuditLog, Head
from maskkit.audit.events import AuditEvent
from maskkit.audit.places import default_path, open_audit
from maskkit.audit.verify import Verdict, verify

__all__ = ["AuditEvent", "AuditLog", "Head", "Verdict", "default_path", "open_audit", "verify"]
