"""What the sockets talk to: the proxy of the current configuration, and whether it takes requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from maskkit.errors import MaskkitError
from maskkit.keys.keyset import Keyset
from maskkit_proxy.answers import new_request_id
from maskkit_proxy.app import Proxy, Receive, Scope, Send
from maskkit_proxy.config.model import Config
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.events import event
from maskkit_proxy.metrics import Metrics


class DataPlane:
    """Hands each request to the current proxy; another configuration takes its place between two requests."""

    def __init__(self, config: Config, keyset: Keyset, reread: Callable[[], Config] | None = None) -> None:
        self.ready = True
        self.metrics = Metrics()
        self._keyset = keyset
        self._reread = reread
        self._current = Proxy(config, keyset, self.metrics)
        self._replaced: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise RuntimeError("only HTTP is served here")
        await self._current(scope, receive, send)

    def noticed(self, refused: RefusedError) -> str:
        """Count and log what was refused before it was a request; return its id."""
        request_id = new_request_id()
        self.metrics.refused(refused.reason)
        event("refused", request_id=request_id, status=refused.status, reason=refused.reason)
        return request_id

    def reload(self) -> None:
        """Read the configuration again; with a mistake in it the old one stays. Addresses and time limits stay."""
        if self._reread is None:
            return
        try:
            made = Proxy(self._reread(), self._keyset, self.metrics)
        except MaskkitError as error:
            event("reload_refused", error=str(error))
            return
        old, self._current = self._current, made
        event("reloaded")
        task = asyncio.ensure_future(self._retire(old))
        self._replaced.add(task)
        task.add_done_callback(self._replaced.discard)

    async def close(self) -> None:
        """Close what is kept open."""
        for task in list(self._replaced):
            task.cancel()
        await self._current.close()

    @staticmethod
    async def _retire(old: Proxy) -> None:
        """Close a replaced proxy once its requests have had their time."""
        await asyncio.sleep(old.config.limits.total_seconds)
        await old.close()
