"""The process: both planes on one event loop, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any, Final

import uvicorn

from maskkit.errors import InputError
from maskkit.keys.keyset import Keyset
from maskkit_proxy.config.model import Config
from maskkit_proxy.control import control_app
from maskkit_proxy.events import event, start_logging
from maskkit_proxy.planes import DataPlane
from maskkit_proxy.wire.protocol import GuardedProtocol

#: Connections that wait to be taken.
_BACKLOG: Final = 2048


class _Server(uvicorn.Server):
    """A server that leaves signals to the process, which has two."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def run(config: Config, keyset: Keyset, reread: Callable[[], Config] | None = None) -> None:
    """Serve until told to end; InputError where an address cannot be had. On SIGHUP the configuration is `reread`."""
    start_logging()
    # What a request makes goes with it; looking through dictionaries and caches for cycles only costs.
    gc.set_threshold(100_000, 20, 100)
    gc.freeze()
    listener = bind(config.listen)
    probe = bind(config.probe) if config.probe is not None else None
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_until_signalled(config, keyset, listener, probe, reread))


def bind(address: tuple[str, int]) -> socket.socket:
    """Return a socket that listens on an address; InputError where that fails."""
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_REUSEADDR") and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or "no such address"
        raise InputError(
            f"cannot listen on {host}:{port}: {reason.lower()}", hint="--host and --port choose another"
        ) from None
    return bound


async def serve(
    config: Config,
    keyset: Keyset,
    listener: socket.socket,
    probe: socket.socket | None,
    stop: asyncio.Event,
    *,
    reread: Callable[[], Config] | None = None,
    hup: asyncio.Event | None = None,
) -> None:
    """Serve on bound sockets until `stop` is set, then let requests that have begun end within their time.

    Whenever `hup` is set, the configuration is `reread`.
    """
    plane = DataPlane(config, keyset, reread)
    limits = config.limits
    common: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "date_header": True,
        "lifespan": "off",
        "ws": "none",
    }
    data = _Server(
        uvicorn.Config(
            plane,
            http=GuardedProtocol.bound(limits, plane.noticed),
            timeout_keep_alive=int(limits.idle_seconds),
            timeout_graceful_shutdown=int(limits.drain_seconds),
            **common,
        )
    )
    control = _Server(uvicorn.Config(control_app(plane), http="h11", **common))
    host, port = listener.getsockname()[:2]
    event("started", host=host, port=port)
    serving = asyncio.create_task(data.serve(sockets=[listener]))
    probing = asyncio.create_task(control.serve(sockets=[probe])) if probe is not None else None
    stopping = asyncio.create_task(stop.wait())
    reloading = asyncio.create_task(_reload_on(plane, hup or asyncio.Event()))
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    plane.ready = False
    data.should_exit = control.should_exit = True
    await serving
    if probing is not None:
        await probing
    for task in (stopping, reloading):
        task.cancel()
    await plane.close()
    event("stopped")


async def _reload_on(plane: DataPlane, hup: asyncio.Event) -> None:
    while True:
        await hup.wait()
        hup.clear()
        plane.reload()


async def _until_signalled(
    config: Config,
    keyset: Keyset,
    listener: socket.socket,
    probe: socket.socket | None,
    reread: Callable[[], Config] | None,
) -> None:
    stop, hup = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    if hasattr(signal, "SIGHUP"):
        loop.add_signal_handler(signal.SIGHUP, hup.set)
    await serve(config, keyset, listener, probe, stop, reread=reread, hup=hup)


def _loop_factory() -> Any:
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return None
    return uvloop.new_event_loop
