"""The audit of what agencies were refused and what they wrote in plain: on the disk before the answer goes out."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from maskkit.audit import AuditEvent, AuditLog, open_audit
from maskkit.errors import MaskkitError
from maskkit.keys.keyset import Keyset
from maskkit_proxy.config.model import Client, Config
from maskkit_proxy.errors import RefusedError

#: What an auditor wants to see, whoever caused it.
REASONS = frozenset(
    {
        "plain_value",
        "token_only",
        "bad_token",
        "leak_prevented",
        "expression",
        "names_a_ruled_field",
        "mask_without_token",
        "mask_of_another_value",
        "person_limit",
    }
)


class Audit:
    """Writes to the log of the configuration, beside the loop; without one it does nothing."""

    def __init__(self, config: Config, keyset: Keyset) -> None:
        self._log: AuditLog | None = None
        if config.audit is not None:
            self._log = AuditLog(open_audit(config.audit), keyset.signing_key(), writer=config.writer)
            self._log.ready()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="maskkit-audit")

    async def refused(self, reason: str, client: Client, route: str, request_id: str) -> None:
        """Record a refusal; what cannot be recorded is refused all the same."""
        try:
            await self._record(
                AuditEvent(
                    kind="denial",
                    outcome="refused",
                    actor=client.name,
                    tenant=client.tenant,
                    request_id=request_id,
                    detail=f"{reason} on {route}"[:500],
                )
            )
        except MaskkitError:
            return

    async def wrote_plain(self, fields: int, client: Client, route: str, request_id: str) -> None:
        """Record that fields were passed on as written; RefusedError (503) where that cannot be."""
        try:
            await self._record(
                AuditEvent(
                    kind="mask",
                    actor=client.name,
                    tenant=client.tenant,
                    request_id=request_id,
                    count=fields,
                    detail=f"plain values accepted on {route}"[:500],
                )
            )
        except MaskkitError:
            raise RefusedError(503, "audit_unavailable", retry_after=10) from None

    def close(self) -> None:
        """Sign and close the log."""
        self._beside.shutdown(wait=True)
        if self._log is not None:
            self._log.close()

    async def _record(self, event: AuditEvent) -> None:
        if self._log is not None:
            await asyncio.get_running_loop().run_in_executor(self._beside, self._log.record, event)
