"""What the proxy answers instead of a page: a status, a reason that machines read, and no value."""

from __future__ import annotations

from maskkit.errors import MaskkitError


class RefusedError(MaskkitError):
    """A request or an answer that does not go through.

    `reason` is one word for clients, metrics and the audit; `detail` names a place or a rule, never a value.
    """

    def __init__(self, status: int, reason: str, detail: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {reason}{f': {detail}' if detail else ''}")
        self.status = status
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
