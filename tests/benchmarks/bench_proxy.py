"""Requests through the proxy as a share of plain ASGI with the same client passing the same bytes, interleaved.

Ten cases a body, seven fields of personal data each; every body new, or all values seen before; with and without a
remark in each case. CPU time of the serving process a request is the figure, since the other ends share the machine.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import socket
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any, Final

import uvicorn
from maskkit_proxy.quick import quick_config
from maskkit_proxy.serve import bind, run
from pyreqwest.client import Client, ClientBuilder

from maskkit import Keyset
from maskkit.policy import load_policy

KEY: Final = "bench-key-bench-key-bench"
CONNECTIONS: Final = 32
REQUESTS: Final = 800
ROUNDS: Final = 3
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文丹萍鹏辉婷雪梅晨宇"


def body(seed: int, *, remarks: bool) -> bytes:
    """Return a page of ten cases."""
    rng = random.Random(seed)
    cases = []
    for n in range(10):
        name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2))
        phone = f"13{rng.randrange(10**9):09d}"
        case = {
            "id": n,
            "name": name,
            "phone": phone,
            "id_card": f"1101051990{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}{rng.randrange(10**4):04d}",
            "bank_card": f"622202{rng.randrange(10**13):013d}",
            "address": f"北京市朝阳区建国路{rng.randrange(1, 999)}号{rng.randrange(101, 2999)}室",
            "email": f"user{rng.randrange(10**8)}@example.com",
            "contact_phone": f"15{rng.randrange(10**9):09d}",
            "amount": rng.randrange(10**6) / 100,
            "status": "overdue",
        }
        if remarks:
            case["remark"] = (
                f"致电{phone}，{name}称下周五还{rng.randrange(1000, 9000)}元，其妻{rng.choice(SURNAMES)}秀英不知情"
            )
        cases.append(case)
    return json.dumps({"rows": cases, "total": 10}, ensure_ascii=False).encode()


class Upstream:
    """Answers with bodies made beforehand, a new one each time, or always the same few."""

    def __init__(self) -> None:
        self._bodies = {remarks: [body(n, remarks=remarks) for n in range(6_000)] for remarks in (False, True)}
        self._next = {remarks: count() for remarks in (False, True)}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer /new, /seen, /new/remarks, /seen/remarks."""
        remarks = "remarks" in scope["path"]
        bodies = self._bodies[remarks]
        page = bodies[next(self._next[remarks]) % len(bodies)] if "new" in scope["path"] else bodies[0]
        await answer(send, page)


async def answer(send: Callable[[Any], Awaitable[None]], page: bytes) -> None:
    """Send a JSON page."""
    fields = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(page))]
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    await send({"type": "http.response.body", "body": page})


class Passing:
    """Plain ASGI that passes the upstream's bytes on."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._client: Client | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on and the answer back."""
        if self._client is None:
            self._client = ClientBuilder().no_proxy().follow_redirects(False).build()
        response = await self._client.get(self._upstream + scope["path"]).build().send()
        await answer(send, bytes(await response.bytes()))


def serve(app: Callable[[], Any], listener: socket.socket) -> None:
    """Serve an application in this process."""
    config = uvicorn.Config(app(), log_level="critical", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


def proxy(upstream: str, listener_port: int) -> None:
    """Serve the masking proxy in this process."""
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # for as long as the process lives
    config = quick_config(
        upstream, load_policy("agency"), api_key=KEY, tenant="bench", listen=("127.0.0.1", listener_port)
    )
    run(config, Keyset.create())


def cpu(pid: int) -> float:
    """Return the seconds of CPU that a process took (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def load(port: int, path: str, connections: int, requests: int) -> list[float]:
    """Ask over kept connections; return the time that each request took."""
    times: list[float] = []
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(requests // connections):
            started = time.perf_counter()
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if b" 200 " not in head:
                raise RuntimeError(head.decode())
            await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
            times.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return times


def main() -> None:
    """Print CPU time a request, the share of plain passing, and the slowest of a hundred."""
    if not Path("/proc/self/stat").exists():
        print("only Linux tells the CPU time of another process")
        return
    context = multiprocessing.get_context("fork")
    sockets = [bind(("127.0.0.1", 0)) for _ in range(3)]
    ports = [bound.getsockname()[1] for bound in sockets]
    sockets[2].close()
    upstream = f"http://127.0.0.1:{ports[0]}"
    started = [
        context.Process(target=serve, args=(Upstream, sockets[0]), daemon=True),
        context.Process(target=serve, args=(lambda: Passing(upstream), sockets[1]), daemon=True),
        context.Process(target=proxy, args=(upstream, ports[2]), daemon=True),
    ]
    for process in started:
        process.start()
    try:
        time.sleep(6)
        for port in ports[1:]:
            asyncio.run(load(port, "/seen", 4, 40))
            asyncio.run(load(port, "/seen/remarks", 4, 40))
        print(f"{'':22}{'passed':>10}{'masked':>10}{'share':>8}{'p99 at 32':>12}{'p99 at 1':>11}")
        for path, said in (
            ("/new", "every value new"),
            ("/seen", "all seen before"),
            ("/new/remarks", "new, with remarks"),
            ("/seen/remarks", "seen, with remarks"),
        ):
            passed: list[float] = []
            masked: list[float] = []
            slow: list[float] = []
            for _ in range(ROUNDS):
                for port, process, figures in zip(ports[1:], started[1:], (passed, masked), strict=True):
                    assert process.pid is not None
                    before = cpu(process.pid)
                    times = asyncio.run(load(port, path, CONNECTIONS, REQUESTS))
                    figures.append((cpu(process.pid) - before) / len(times))
                    if figures is masked:
                        slow += times
            alone = asyncio.run(load(ports[2], path, 1, 200))
            plain, own = statistics.median(passed), statistics.median(masked)
            p99, p99_alone = (sorted(times)[len(times) * 99 // 100] for times in (slow, alone))
            shares = f"{said:22}{plain * 1e6:7.0f} µs{own * 1e6:7.0f} µs{plain / own:8.2f}"
            print(f"{shares}{p99 * 1e3:9.1f} ms{p99_alone * 1e3:8.1f} ms", flush=True)
    finally:
        for process in started:
            process.terminate()


if __name__ == "__main__":
    main()
