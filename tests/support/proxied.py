"""A proxy and upstreams on real sockets, each in a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn
from maskkit_proxy.config.model import Config
from maskkit_proxy.quick import quick_config
from maskkit_proxy.serve import bind, serve

from maskkit import Keyset
from maskkit.policy import load_policy

API_KEY = "test-key-test-key-test-key"
TENANT = "agency-a"

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]


class Running:
    """An event loop in a thread that serves until the block ends."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._thread: threading.Thread | None = None
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()

    async def _serve(self, stop: asyncio.Event) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            except OSError:
                threading.Event().wait(0.02)
            else:
                return self
        raise AssertionError("it does not answer")

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it and wait."""
        if self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve(self._stop))
        finally:
            self._loop.close()


class RunningUpstream(Running):
    """An ASGI application as the service behind the proxy."""

    def __init__(self, app: Any) -> None:
        self._socket = bind(("127.0.0.1", 0))
        super().__init__(self._socket.getsockname()[1])
        self._app = app

    async def _serve(self, stop: asyncio.Event) -> None:
        server = uvicorn.Server(uvicorn.Config(self._app, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server._serve(sockets=[self._socket]))
        await stop.wait()
        server.should_exit = True
        server.force_exit = True
        await serving


class RunningProxy(Running):
    """The proxy itself."""

    def __init__(self, config: Config, keyset: Keyset, *, probe: bool = False) -> None:
        self._socket = bind(("127.0.0.1", 0))
        self._probe = bind(("127.0.0.1", 0)) if probe else None
        self.probe_url = f"http://127.0.0.1:{self._probe.getsockname()[1]}" if self._probe else ""
        super().__init__(self._socket.getsockname()[1])
        self._config = config
        self._keyset = keyset

    async def _serve(self, stop: asyncio.Event) -> None:
        await serve(self._config, self._keyset, self._socket, self._probe, stop)

    def client(self, **options: Any) -> httpx.Client:
        """Return a client that has the key and follows nothing."""
        headers = {"authorization": f"Bearer {API_KEY}", **options.pop("headers", {})}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=20, **options)


def quick(upstream: str, policy: str = "agency", **options: Any) -> Config:
    """Return the configuration of the form without a file, for this key and tenant."""
    return quick_config(
        upstream, load_policy(policy), api_key=API_KEY, tenant=TENANT, listen=("127.0.0.1", 0), **options
    )


@dataclass
class Echo:
    """An upstream that answers what it is told to and remembers what it was asked."""

    status: int = 200
    fields: list[tuple[bytes, bytes]] = field(default_factory=lambda: [(b"content-type", b"application/json")])
    body: bytes | list[bytes] = b"{}"
    url: str = ""
    asked: list[tuple[str, str, dict[bytes, bytes], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        parts = []
        while True:
            message = await receive()
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        target = scope["raw_path"].decode() + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        self.asked.append((scope["method"], target, dict(scope["headers"]), b"".join(parts)))
        pieces = [self.body] if isinstance(self.body, bytes) else self.body
        await send({"type": "http.response.start", "status": self.status, "headers": self.fields})
        for n, piece in enumerate(pieces):
            await send({"type": "http.response.body", "body": piece, "more_body": n + 1 < len(pieces)})

    def says(self, body: Any, kind: str = "application/json", status: int = 200, **fields: str) -> None:
        """Answer with this from now on."""
        self.body = body if isinstance(body, (bytes, list)) else str(body).encode()
        self.status = status
        self.fields = [(b"content-type", kind.encode())] if kind else []
        self.fields += [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in fields.items()]
