"""Raw requests that two parsers could read in two ways, clause by clause of RFC 9112 and RFC 9110, on real sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from maskkit_proxy.config.model import Limits
from proxied import API_KEY, Echo, RunningProxy, quick

from maskkit import Keyset

KEY = b"Authorization: Bearer " + API_KEY.encode() + b"\r\n"
HOST = b"Host: proxy.example\r\n"
GET = b"GET /x HTTP/1.1\r\n" + HOST + KEY
POST = b"POST /search HTTP/1.1\r\n" + HOST + KEY + b"Content-Type: application/json\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\n" + HOST + KEY + b"\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

#: name -> (raw request, the statuses that are right)
ATTACKS: dict[str, tuple[bytes, set[int]]] = {}


def case(name: str, raw: bytes, *statuses: int) -> None:
    """Add a case; without statuses it is 400."""
    ATTACKS[name] = (raw, set(statuses or (400,)))


# RFC 9112 2.2: message parsing
case("2.2 bare LF ends lines", GET.replace(b"\r\n", b"\n") + b"\n")
case("2.2 bare LF ends the request line", GET.replace(b"\r\n", b"\n", 1) + b"\r\n")
case("2.2 bare LF ends a field", GET + b"A: b\nC: d\r\n\r\n")
case("2.2 bare LF ends the head", GET + b"\n")
case("2.2 bare CR in a field", GET + b"A: b\rC: d\r\n\r\n")
case("2.2 bare CR in the request line", b"GET /x\r HTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("2.2 CR CR LF", GET + b"A: b\r\r\n\r\n")
case("2.2 blank before the first field", b"GET /x HTTP/1.1\r\n " + HOST + KEY + b"\r\n")
case("2.2 tab before the first field", b"GET /x HTTP/1.1\r\n\t" + HOST + KEY + b"\r\n")
case("2.2 blank before the request line", b" " + GET + b"\r\n")
case("2.2 NUL before the request line", b"\0" + GET + b"\r\n")
case("2.2 garbage before the request line", b"\x16\x03\x01\r\n" + GET + b"\r\n")
case("2.2 two empty lines first", b"\r\n\r\n" + GET + b"\r\n")
case("2.2 one empty line first is let pass", b"\r\n" + GET + b"\r\n", 200)
case("2.2 UTF-8 BOM first", b"\xef\xbb\xbf" + GET + b"\r\n")

# 2.3, 3: version and request line
for version in (b"HTTP/1.2", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/3.0", b"HTTP/9.9"):
    case(f"2.3 {version.decode()}", b"GET /x " + version + b"\r\n" + HOST + KEY + b"\r\n", 505)
for version in (
    b"HTTP/1",
    b"HTTP/1.",
    b"HTTP/.1",
    b"HTTP/1.10",
    b"HTTP/01.1",
    b"http/1.1",
    b"HTTP 1.1",
    b"HTTP/1.1 ",
    b"HTTP/1,1",
    b"HTTPS/1.1",
    b"HTTP/+1.1",
    b"HTTP/1.1\t",
    b"",
    b"HTTP/1.1 HTTP/1.1",
):
    case(f"2.3 version {version!r}", b"GET /x " + version + b"\r\n" + HOST + KEY + b"\r\n")
case("3 HTTP/0.9 request", b"GET /x\r\n\r\n")
case("3 two blanks before the target", b"GET  /x HTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("3 two blanks before the version", b"GET /x  HTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("3 tabs for blanks", b"GET\t/x\tHTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("3 vertical tab", b"GET\x0b/x HTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("3 form feed", b"GET /x\x0cHTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("3.1 no method", b"/x HTTP/1.1\r\n" + HOST + KEY + b"\r\n")
for method in (b"get", b"GeT", b"G\0ET", b"GET:", b"G T", b"GET\xa0", b"GET\x7f", b"M" * 40, b"GET,POST", b"(GET)"):
    case(f"3.1 method {method!r}", method + b" /x HTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("3.1 unknown method", b"FOO /x HTTP/1.1\r\n" + HOST + KEY + b"\r\n", 400, 405)
case("3.1 TRACE", b"TRACE /x HTTP/1.1\r\n" + HOST + KEY + b"\r\n", 405)
case("3.1 HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)

# 3.2: request target
for target in (
    b"http://proxy.example/x",
    b"http://127.0.0.1/x",
    b"HTTP://x/",
    b"https://x/",
    b"//x/y@z",
    b"*",
    b"proxy.example:80",
    b"x",
    b"",
    b"/x#f",
    b"/x?a#f",
    b"/a\\b",
    b"/a\\..\\b",
    b"/a/../b",
    b"/a/./b",
    b"/..",
    b"/.",
    b"/a/..",
    b"/%2e%2e/",
    b"/%2E/",
    b"/a%2fb",
    b"/a%2Fb",
    b"/a%5cb",
    b"/a%5Cb",
    b"/a%00b",
    b"/a%0ab",
    b"/a%0d%0aX:1",
    b"/%",
    b"/%4",
    b"/%zz",
    b"/%u0041",
    b"/a%25%32%65",
    b"/a%252e",
    b"/%c0%ae%c0%ae/",
    b"/%ff",
    b"/a;x=1",
    b"/a;/../b",
    b"/\xe4\xb8\xad",
    b"/a\x7f",
    b"/a\x01",
    b'/a"b',
    b"/a<b>",
    b"/a|b",
    b"/a^b",
    b"/a`b",
    b"/a{b}",
    b"/a[b]",
    b"//a",
    b"/a//b",
    b"/x?a=\xff",
    b"/x?a=%00",
    b"/x?a=%0d%0ab",
    b"/x?a=%",
    b"/x?a={b}",
    b"/x?a=[b]",
    b"/x?%ff",
    b"?a=1",
    b'/x?a="b"',
    b"/x?a=b\\c",
):
    case(f"3.2 target {target!r}", b"GET " + target + b" HTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("3.2 target too long", b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + HOST + KEY + b"\r\n", 414)
case("3.2.3 CONNECT", b"CONNECT proxy.example:80 HTTP/1.1\r\n" + HOST + KEY + b"\r\n")
case("3.2.4 OPTIONS *", b"OPTIONS * HTTP/1.1\r\n" + HOST + KEY + b"\r\n")

# RFC 9112 3.2, RFC 9110 7.2: Host
case("3.2 no Host", b"GET /x HTTP/1.1\r\n" + KEY + b"\r\n")
case("3.2 no Host in 1.0", b"GET /x HTTP/1.0\r\n" + KEY + b"\r\n")
case("3.2 two Hosts", GET + b"Host: other\r\n\r\n")
case("3.2 the same Host twice", GET + HOST + b"\r\n")
for host in (
    b"",
    b"a b",
    b"a,b",
    b"a/b",
    b"a@b",
    b"a:b",
    b"a:",
    b"a:999999",
    b"http://a",
    b"[::1",
    b"a\tb",
    b"a;b",
    b"a#b",
    b"-a",
    b"a_b",
    b"\xff",
    b"a?b",
):
    case(f"3.2 Host {host!r}", b"GET /x HTTP/1.1\r\nHost: " + host + b"\r\n" + KEY + b"\r\n")

# 5: field syntax
case("5.1 blank before the colon", GET + b"A : b\r\n\r\n")
case("5.1 tab before the colon", GET + b"Content-Length\t: 5\r\n\r\nhello")
case("5.1 no colon", GET + b"Abc\r\n\r\n")
case("5.1 no name", GET + b": b\r\n\r\n")
case("5.2 folded line", GET + b"A: b\r\n c\r\n\r\n")
case("5.2 folded line with a tab", GET + b"A: b\r\n\tc\r\n\r\n")
case("5.2 folded Transfer-Encoding", POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n")
for name in (
    b"Content_Length",
    b"Transfer_Encoding",
    b"X_Forwarded_For",
    b"A B",
    b"A\0",
    b"A\x01",
    b"A(",
    b"A/b",
    b"A@",
    b"A[",
    b"\xff",
    b"A\x7f",
    b'"A"',
    b"A=",
    b"A{",
    b"A,B",
    b"Content-Length\x0b",
):
    case(f"5 name {name!r}", GET + name + b": 5\r\n\r\n")
for value in (b"a\0b", b"a\x01b", b"a\x7fb", b"a\x0bb", b"a\x0cb", b"a\x1fb", b"a\x08b"):
    case(f"5.5 value {value!r}", GET + b"A: " + value + b"\r\n\r\n")
case("5.4 too many fields", GET + b"A: b\r\n" * 150 + b"\r\n", 431)
case("5.4 a field too long", GET + b"A: " + b"b" * 40_000 + b"\r\n\r\n", 431)
case("5.4 a head without end", GET + b"A: " + b"b" * 40_000, 431)
case("two Authorizations", GET + KEY + b"\r\n")
case("two different Authorizations", GET + b"Authorization: Bearer other\r\n\r\n")
case("two Content-Types", POST + b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}")
case("two Cookies", GET + b"Cookie: a=b\r\nCookie: c=d\r\n\r\n")

# 6: body framing
case("6.1 CL with TE", CHUNKED.replace(b"Transfer", b"Content-Length: 5\r\nTransfer") + b"0\r\n\r\n" + HIDDEN)
case("6.1 TE with CL", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + HIDDEN)
for coding in (
    b"identity",
    b"gzip",
    b"gzip, chunked",
    b"chunked, chunked",
    b"chunked, gzip",
    b"xchunked",
    b"chunked;q=1",
    b'"chunked"',
    b"",
    b"chunke",
    b"x",
    b"\x0bchunked",
    b"chunked\x00",
    b", chunked",
    b"chunked,",
    b"cow",
    b"chunked identity",
):
    case(f"6.1 TE {coding!r}", POST + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n" + HIDDEN, 400, 501)
case("6.1 two TEs", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN)
case(
    "6.1 two different TEs",
    POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HIDDEN,
)
case("6.1 TE in 1.0", CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + b"0\r\n\r\n" + HIDDEN, 400, 501)
case("6.1 TE in mixed case is chunked", POST + b"Transfer-Encoding: ChUnKeD\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 200)
for length in (
    b"-1",
    b"+2",
    b"0x2",
    b"2,2",
    b"2, 2",
    b"2 2",
    b"",
    b"2.0",
    b"2e0",
    b" ",
    b"2;",
    b"abc",
    b"\x0b2",
    b"9" * 30,
    b"2\x00",
    b"\xb2",
):
    case(f"6.2 CL {length!r}", POST + b"Content-Length: " + length + b"\r\n\r\n{}" + HIDDEN)
case("6.2 two CLs", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} " + HIDDEN)
case("6.2 the same CL twice", POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + HIDDEN)
case("6.2 CL too large", POST + b"Content-Length: 99999999\r\n\r\n", 413)
case("6.2 CL larger than what comes", POST + b"Content-Length: 50\r\n\r\n{}", 408)
case("6.3 a body on GET", GET + b"Content-Length: 2\r\n\r\n{}")
case("6.3 chunks on GET", GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
case("6.3 CL 0 with a hidden request", GET + b"Content-Length: 0\r\n\r\n" + HIDDEN, 200)
case("6.3 no CL with a hidden request", GET + b"\r\n" + HIDDEN, 200)
case("6.3 body with a hidden request", POST + b"Content-Length: 2\r\n\r\n{}" + HIDDEN, 200)
case("6.3 a hidden request as body", POST + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN)
case("9.3.2 pipelined", (GET + b"\r\n") * 3, 200)

# 7.1: chunks
for chunk in (
    b"2;a=b\r\n{}\r\n",
    b"2 \r\n{}\r\n",
    b" 2\r\n{}\r\n",
    b"0x2\r\n{}\r\n",
    b"+2\r\n{}\r\n",
    b"-2\r\n{}\r\n",
    b"2\n{}\r\n",
    b"2\r\n{}\n",
    b"2\r{}\r\n",
    b"2\r\n{}x\r\n",
    b"2\r\n{}0\r\n",
    b"3\r\n{}\r\n",
    b"G\r\n{}\r\n",
    b"\r\n",
    b"00000000000000002\r\n{}\r\n",
    b"FFFFFFFF\r\n{}\r\n",
    b"2_0\r\n{}\r\n",
    b"2;\n{}\r\n",
    b"2\0\r\n{}\r\n",
    b"\xb2\r\n{}\r\n",
    b"2\t\r\n{}\r\n",
    b"2.0\r\n{}\r\n",
):
    case(f"7.1 chunk {chunk!r}", CHUNKED + chunk + b"0\r\n\r\n" + HIDDEN, 400, 413)
case("7.1 a chunk too large", CHUNKED + b"FFFFFFF\r\n", 413)
case("7.1 chunks together too large", CHUNKED + (b"80000\r\n" + b" " * 0x80000 + b"\r\n") * 3, 413)
case("7.1.2 trailer", CHUNKED + b"2\r\n{}\r\n0\r\nA: b\r\n\r\n" + HIDDEN)
case("7.1.2 trailer with Content-Length", CHUNKED + b"2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n" + HIDDEN)
case("7.1 last chunk without its end", CHUNKED + b"2\r\n{}\r\n0\r\n", 408)
case("7.1 last chunk ends with LF", CHUNKED + b"2\r\n{}\r\n0\r\n\n")
case("7.1 many zeros", CHUNKED + b"2\r\n{}\r\n000\r\n\r\n" + HIDDEN, 200)
case("7.1 chunks are read", CHUNKED + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200)

# RFC 9110 7.8, 10.1.1, RFC 7540 3.2
case(
    "7.8 WebSocket",
    GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
)
case("7.8 h2c", GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")
case("7.8 h2c without Connection", GET + b"Upgrade: h2c\r\n\r\n" + HIDDEN)
case("10.1.1 unknown expectation", GET + b"Expect: 200-ok\r\n\r\n", 417)
case("7.6.1 Connection names Authorization", GET + b"Connection: authorization\r\n\r\n", 200)
case("7.6.1 Connection names Host", GET + b"Connection: host, close\r\n\r\n", 200)

# slow heads
case("9.5 half a request line", b"GET /x HT", 408)
case("9.5 half a head", GET, 408)
case("9.5 half a field", GET + b"A: ", 408)

# fields that would change who asks or where
case("X-Forwarded-Host", GET + b"X-Forwarded-Host: other\r\nX-Forwarded-For: 1.2.3.4\r\nForwarded: for=x\r\n\r\n", 200)
case("X-Original-URL", GET + b"X-Original-URL: /hidden\r\nX-Rewrite-URL: /hidden\r\n\r\n", 200)
case("X-HTTP-Method-Override", GET + b"X-HTTP-Method-Override: DELETE\r\n\r\n", 200)


@pytest.fixture(scope="module")
def guarded(upstream: Echo) -> Iterator[RunningProxy]:
    """A proxy that waits only a moment for the rest of a request."""
    config = quick(upstream.url, allow=["POST /search"])
    with RunningProxy(replace(config, limits=Limits(head_seconds=0.3, body_seconds=0.3)), Keyset.create()) as running:
        yield running


def talk(port: int, pieces: list[bytes]) -> bytes:
    """Send pieces on one connection and return what comes back: one whole answer, or all until the end."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:  # refused before all of it was sent
            pass
        received = b""
        while True:
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                return received
            received += more
            head, end, body = received.partition(b"\r\n\r\n")
            if not more or (end and len(body) >= int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])):
                return received


def test_there_are_enough() -> None:
    """The table has what it should."""
    assert len(ATTACKS) >= 150


@pytest.mark.parametrize("name", ATTACKS)
def test_the_upstream_sees_at_most_one_request(guarded: RunningProxy, upstream: Echo, name: str) -> None:
    """Each gets the answer that is right for it, in JSON, and what it hides reaches nobody."""
    raw, statuses = ATTACKS[name]
    upstream.asked.clear()
    upstream.says("{}")
    answer = talk(guarded.port, [raw])
    status = int(answer.split(b" ")[1])
    assert status in statuses
    assert answer.count(b"\nserver: maskkit") == 1
    assert (status == 200) == (len(upstream.asked) == 1)
    assert all("hidden" not in target for _, target, _, _ in upstream.asked)
    assert b'"reason"' in answer or status == 200


def test_a_request_in_single_bytes_is_read_the_same(guarded: RunningProxy, upstream: Echo) -> None:
    """Where a request is cut on its way changes nothing."""
    upstream.asked.clear()
    upstream.says("{}")
    raw = CHUNKED + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    for pieces in ([raw[i : i + 1] for i in range(len(raw))], [raw[:50], raw[50:]], [raw[:-1], raw[-1:]]):
        assert talk(guarded.port, pieces).startswith(b"HTTP/1.1 200 ")
    assert [asked[3] for asked in upstream.asked] == [b"{}"] * 3


def test_a_connection_is_used_again(guarded: RunningProxy, upstream: Echo) -> None:
    """Requests one after another on one connection are all answered."""
    with socket.create_connection(("127.0.0.1", guarded.port), 10) as connection:
        for _ in range(3):
            connection.sendall(GET + b"\r\n")
            received = connection.recv(65536)
            while not received.endswith(b"{}"):
                received += connection.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 ")
