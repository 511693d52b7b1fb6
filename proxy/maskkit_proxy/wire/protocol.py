"""uvicorn's HTTP/1.1 protocol behind our own reading of the wire, with deadlines from the first byte on."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from maskkit_proxy.answers import refusal, wire_bytes
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.wire.framing import Framing

if TYPE_CHECKING:
    from maskkit_proxy.config.model import Limits

#: Where the head that was read here waits for the application, which serves nothing without one.
HEAD: str = "maskkit_proxy.head"

Notice = Callable[[RefusedError], str]


class GuardedProtocol(HttpToolsProtocol):
    """Feeds the parser what `Framing` lets through. `noticed` counts and logs a refusal and returns its request id."""

    limits: Limits
    noticed: Notice

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._framing = Framing(self.limits.request_body)
        self._deadline: asyncio.TimerHandle | None = None

    @classmethod
    def bound(cls, limits: Limits, noticed: Notice) -> type[GuardedProtocol]:
        """Return this protocol with its limits; uvicorn makes one object a connection."""
        return type("BoundProtocol", (cls,), {"limits": limits, "noticed": staticmethod(noticed)})

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Start the first deadline: a connection that says nothing is closed like an idle one."""
        super().connection_made(transport)
        self._arm(self.limits.idle_seconds, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Check what arrived and pass it on."""
        framing = self._framing
        had_begun = framing.begun
        try:
            if framing.complete and self.cycle is not None and self.cycle.response_complete:
                framing.answered()
            for piece in framing.feed(data):
                head = framing.head
                super().data_received(piece)
                if self.transport.is_closing():
                    return
                if head is not None and self.scope is not None:
                    self.scope["state"][HEAD] = head
        except RefusedError as refused:
            self._refuse(refused)
            return
        if framing.complete:
            self._disarm()
            if framing.surplus and self.cycle is not None:
                self.cycle.keep_alive = False
                if self.cycle.response_complete:
                    self.transport.close()
        elif not had_begun:
            self._arm(self.limits.head_seconds, functools.partial(self._refuse, RefusedError(408, "slow_request")))

    def on_headers_complete(self) -> None:
        """Give the head its longer deadline for the body."""
        super().on_headers_complete()
        if self._framing.head is not None and self._framing.head.length != 0:
            self._arm(self.limits.body_seconds, functools.partial(self._refuse, RefusedError(408, "slow_request")))

    def on_response_complete(self) -> None:
        """Close where the request was answered before all of it was here."""
        if not self._framing.complete:
            self.transport.close()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse in our own words what only the parser minds."""
        self._refuse(RefusedError(400, "malformed_request"))

    def _refuse(self, refused: RefusedError) -> None:
        """Answer on the wire and close; an application that waits for the rest of the request learns of it."""
        self._disarm()
        if self.transport.is_closing():
            return
        cycle = self.cycle
        pending = cycle is not None and not cycle.response_complete
        if not (pending and cycle.response_started):
            self.transport.write(wire_bytes(*refusal(refused, type(self).noticed(refused))))
        if pending:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

    def _arm(self, seconds: float, act: Callable[[], None]) -> None:
        self._disarm()
        self._deadline = self.loop.call_later(seconds, act)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
