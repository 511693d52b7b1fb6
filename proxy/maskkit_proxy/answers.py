"""What the proxy says itself: small JSON documents, never a byte of the upstream's."""

from __future__ import annotations

import http
import secrets
from typing import Final

import orjson

from maskkit_proxy.errors import RefusedError

Fields = list[tuple[bytes, bytes]]
Answer = tuple[int, Fields, bytes]

#: On every answer, ours or the upstream's.
ALWAYS: Final[Fields] = [
    (b"server", b"maskkit"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]


def new_request_id() -> str:
    """Return an id that names one request in answer, log and audit."""
    return secrets.token_hex(8)


def refusal(refused: RefusedError, request_id: str) -> Answer:
    """Return the answer for a refused request."""
    error = {"reason": refused.reason, "request_id": request_id}
    if refused.detail:
        error["detail"] = refused.detail
    body = orjson.dumps({"error": error})
    fields: Fields = [
        *ALWAYS,
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", request_id.encode()),
    ]
    if refused.status == 401:
        fields.append((b"www-authenticate", b'Bearer realm="maskkit"'))
    if refused.status == 405:
        fields.append((b"allow", refused.detail.encode()))
    if refused.retry_after is not None:
        fields.append((b"retry-after", b"%d" % refused.retry_after))
    return refused.status, fields, body


def wire_bytes(status: int, fields: Fields, body: bytes) -> bytes:
    """Return an answer as it stands on a connection that is closed after it."""
    lines = [f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\n".encode()]
    lines += [b"%b: %b\r\n" % field for field in (*fields, (b"connection", b"close"))]
    return b"".join((*lines, b"\r\n", body))
