"""Upstreams that break off, lie about lengths, say nothing or garbage: nothing undecided leaves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from maskkit_proxy.config.model import Limits
from maskkit_proxy.serve import bind
from proxied import RunningProxy, quick

from maskkit import Keyset

CASE = b'{"phone": "13812345678", "name": "\xe7\x8e\x8b\xe5\xbb\xba\xe5\x9b\xbd"}'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SIZED = OK + b"Content-Length: %d\r\n\r\n" % len(CASE)


class RawUpstream:
    """Answers each connection with bytes, in pieces, and closes or goes silent."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.silent = False
        self._listener = bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._held: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Close every socket."""
        for one in (self._listener, *self._held):
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.recv(65536)
            try:
                for piece in self.pieces:
                    connection.sendall(piece)
            except OSError:
                pass
            if self.silent:
                self._held.append(connection)
            else:
                connection.close()


@pytest.fixture(scope="module")
def raw() -> Iterator[RawUpstream]:
    """An upstream of raw bytes."""
    upstream = RawUpstream()
    yield upstream
    upstream.close()


@pytest.fixture(scope="module")
def impatient(raw: RawUpstream) -> Iterator[httpx.Client]:
    """A client of a proxy that waits half a second."""
    config = replace(quick(raw.url), limits=Limits(read_seconds=0.5, total_seconds=2, requests_per_second=0))
    with RunningProxy(config, Keyset.create()) as running, running.client() as client:
        yield client


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n" + CASE,
        CASE,
        SIZED + CASE[:20],
        SIZED[:40],
        OK + b"Content-Length: 5000\r\n\r\n" + CASE,
        OK + b"Content-Length: -1\r\n\r\n" + CASE,
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + CASE,
        OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(CASE) + CASE,
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + CASE,
        OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(CASE) + CASE + b"\r\n",
        OK + b"Bad Name: x\r\n\r\n" + CASE,
        OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(CASE) + CASE,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + CASE,
        b"HTTP/1.1 304 Not Modified\r\nContent-Type: application/json\r\n\r\n" + CASE,
        b"HTTP/2.0 200 OK\r\n\r\n" + CASE,
        b"HTTP/1.1 99 No\r\nContent-Type: application/json\r\n\r\n" + CASE,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n" + CASE,
    ],
)
def test_a_broken_answer_is_502_and_shows_nothing(raw: RawUpstream, impatient: httpx.Client, answer: bytes) -> None:
    """Whatever is not a whole answer that can be read is refused."""
    raw.pieces, raw.silent = [answer], False
    got = impatient.get("/x")
    assert got.status_code == 502
    assert b"1381234" not in got.content
    assert got.json()["error"]["reason"]


@pytest.mark.parametrize("pieces", [[], [SIZED[:30]], [SIZED], [SIZED, CASE[:20]]])
def test_silence_ends_in_time(raw: RawUpstream, impatient: httpx.Client, pieces: list[bytes]) -> None:
    """An upstream that stops talking anywhere is a timeout, and nothing of what it said goes on."""
    raw.pieces, raw.silent = pieces, True
    got = impatient.get("/x")
    assert (got.status_code, got.json()["error"]["reason"]) == (502, "upstream_timeout")


@pytest.mark.parametrize(
    "answer",
    [
        SIZED + CASE,
        OK + b"Connection: close\r\n\r\n" + CASE,
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"1\r\n%c\r\n" % byte for byte in CASE) + b"0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(CASE) + CASE + b"\r\n0\r\nX-Phone: 13812345678\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </13812345678>\r\n\r\n" + SIZED + CASE,
        b"HTTP/1.1 299 13812345678\r\n" + SIZED.partition(b"\r\n")[2] + CASE,
    ],
)
def test_a_whole_answer_is_masked_however_it_comes(raw: RawUpstream, impatient: httpx.Client, answer: bytes) -> None:
    """Interim answers, reason phrases and trailers go nowhere."""
    raw.pieces, raw.silent = [answer[n : n + 7] for n in range(0, len(answer), 7)], False
    got = impatient.get("/x")
    assert got.json()["phone"] == "138****5678"
    assert "13812345678" not in got.reason_phrase + str(got.headers) + got.text
