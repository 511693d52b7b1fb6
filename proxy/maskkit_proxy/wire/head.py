"""The head of a request, read strictly (RFC 9112, RFC 9110): what two parsers could read in two ways is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from maskkit_proxy.errors import RefusedError

#: Bytes of a whole head, and of the request target alone.
HEAD_LIMIT: Final = 32_768
TARGET_LIMIT: Final = 8_192
_FIELDS: Final = 100

#: RFC 9110 5.6.2 but for the underscore: upstreams that speak CGI read Content_Length as Content-Length.
_NAME: Final = rb"[!#$%&'*+.^`|~0-9A-Za-z-]+"
#: RFC 9110 5.5: no control character but the tab. RFC 9112 5.1: no blank before the colon; 5.2: no folded lines.
_FIELD: Final = re.compile(rb"(" + _NAME + rb"):[ \t]*([\t -~\x80-\xff]*?)[ \t]*\r\n")
_LINE: Final = re.compile(rb"([A-Z]{1,20}) ([!-~]+) HTTP/([0-9])\.([0-9])\r\n")
#: RFC 3986 3.3 and 3.4, and nothing that URL parsers repair: backslash, quotes, brackets, a fragment.
_TARGET: Final = re.compile(
    rb"(/(?:[A-Za-z0-9._~!$&'()*+,=:@/-]|%[0-9A-Fa-f]{2})*)(?:\?((?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*))?"
)
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_LENGTH: Final = re.compile(rb"[0-9]{1,15}")

#: Fields that come once or not at all.
_SINGLE: Final = frozenset(
    b"host content-length transfer-encoding authorization content-type content-encoding expect cookie "
    b"proxy-authorization range if-range".split()
)


@dataclass(frozen=True, slots=True)
class Head:
    """A request head; `length` is that of the body, None where it comes in chunks. Names are in lower case."""

    method: str
    path: bytes = field(repr=False)
    query: bytes = field(repr=False)
    version: bytes
    fields: dict[bytes, bytes] = field(repr=False)
    length: int | None
    keeps_alive: bool


def read_head(data: bytes) -> Head:
    """Read a whole head, the empty line at its end included; RefusedError for what is not to the letter."""
    line = _LINE.match(data)
    if line is None:
        raise _malformed(_wrong_line(data))
    method, target, major, minor = line.groups()
    if (major, minor) not in ((b"1", b"1"), (b"1", b"0")):
        raise RefusedError(505, "http_version")
    if len(target) > TARGET_LIMIT:
        raise RefusedError(414, "target_too_long")
    read = _TARGET.fullmatch(target)
    if read is None:
        raise _malformed("request target")
    fields: dict[bytes, bytes] = {}
    at, last, match = line.end(), len(data) - 2, _FIELD.match
    count = 0
    while at < last:
        found = match(data, at)
        if found is None:
            raise _malformed(_wrong_field(data, at))
        name = found[1].lower()
        if name in fields:
            if name in _SINGLE:
                raise _malformed(f"{name.decode()} more than once")
            fields[name] += b", " + found[2]
        else:
            fields[name] = found[2]
        at = found.end()
        count += 1
    if at != last or count > _FIELDS:
        raise _malformed("header fields") if at != last else RefusedError(431, "too_many_fields")
    version = minor
    _check_host(fields)
    length = _length(fields, version)
    if b"upgrade" in fields or b"http2-settings" in fields:
        raise RefusedError(400, "upgrade", "no protocol but HTTP/1.1 is spoken here")
    if fields.get(b"expect", b"100-continue").lower() != b"100-continue":
        raise RefusedError(417, "expectation")
    closes = version == b"0" or b"close" in fields.get(b"connection", b"").lower()
    return Head(method.decode(), read[1], read[2] or b"", version, fields, length, not closes)


def _check_host(fields: dict[bytes, bytes]) -> None:
    host = fields.get(b"host")
    if host is None or not _HOST.fullmatch(host):
        raise _malformed("no Host" if host is None else "Host")  # RFC 9112 3.2


def _length(fields: dict[bytes, bytes], version: bytes) -> int | None:
    """Return the length of the body (RFC 9112 6.3), None for chunks."""
    coding, length = fields.get(b"transfer-encoding"), fields.get(b"content-length")
    if coding is not None:
        if length is not None:
            raise _malformed("Content-Length with Transfer-Encoding")
        if coding.lower() != b"chunked" or version == b"0":
            raise RefusedError(501, "transfer_encoding")
        return None
    if length is None:
        return 0
    if not _LENGTH.fullmatch(length):
        raise _malformed("Content-Length")
    return int(length)


def _wrong_line(data: bytes) -> str:
    line = data.partition(b"\n")[0]
    if not line.endswith(b"\r"):
        return "a line without CR LF"
    return "a control character" if re.search(rb"[\x00-\x1f\x7f]", line[:-1]) else "request line"


def _wrong_field(data: bytes, at: int) -> str:
    line = data[at:].partition(b"\n")[0]
    if data[at : at + 1] in (b" ", b"\t"):
        return "a folded line"
    if not line.endswith(b"\r"):
        return "a line without CR LF"
    name = line.partition(b":")[0]
    if b"_" in name:
        return "an underscore in the name of a header field"
    return "a header field"


def _malformed(what: str) -> RefusedError:
    return RefusedError(400, "malformed_request", what)
