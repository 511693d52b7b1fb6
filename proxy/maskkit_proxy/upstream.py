"""The service behind the proxy, asked over kept connections by a Rust client that repairs and follows nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from pyreqwest.client import Client as HttpClient
from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import PyreqwestError
from pyreqwest.response import Response

from maskkit_proxy.config.model import Limits, Upstream
from maskkit_proxy.errors import RefusedError

_CHUNK: Final = 1 << 18
_LOOKED_AT: Final = (
    "content-type",
    "content-encoding",
    "content-language",
    "location",
    "link",
    "allow",
    "retry-after",
)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as it came: nothing of it may leave unread. Names of fields are in lower case."""

    status: int
    fields: list[tuple[str, str]] = field(repr=False)
    body: bytes = field(repr=False)

    def all(self, name: str) -> list[str]:
        """Return the values of a field."""
        return [value for key, value in self.fields if key == name]


def _fields(response: Response) -> list[tuple[str, str]]:
    """Return the fields of an answer that anyone looks at; RefusedError (502) where one holds more than ASCII."""
    try:
        return [(name, value) for name in _LOOKED_AT for value in response.get_header_all(name)]
    except ValueError:
        raise RefusedError(502, "header", "bytes beyond ASCII") from None


class Service:
    """One upstream. `own` are the ways in which it may name itself, longest first."""

    def __init__(self, upstream: Upstream, limits: Limits) -> None:
        self.name = upstream.name
        self._tells = tuple(upstream.tells.items())
        self._fields = tuple(upstream.fields.items())
        self._base = upstream.url.rstrip("/")
        self._limit = limits.response_body
        parts = urlsplit(upstream.url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.host = parts.netloc
        self.hostname = parts.hostname or ""
        seconds = {
            name: timedelta(seconds=value)
            for name, value in (
                ("connect", limits.connect_seconds),
                ("read", limits.read_seconds),
                ("total", limits.total_seconds),
            )
        }
        builder = (
            ClientBuilder()
            .http1_only()
            .no_proxy()
            .follow_redirects(False)
            .referer(False)
            .gzip(False)
            .brotli(False)
            .zstd(False)
            .deflate(False)
            .user_agent("maskkit-proxy")
            .connect_timeout(seconds["connect"])
            .read_timeout(seconds["read"])
            .timeout(seconds["total"])
        )
        if upstream.ca is not None:
            builder = builder.add_root_certificate_pem(upstream.ca)
        if upstream.identity is not None:
            builder = builder.identity_pem(upstream.identity)
        self._client: HttpClient = builder.build()

    async def ask(
        self, method: str, target: str, fields: list[tuple[str, str]], body: bytes, *, tenant: str, client: str
    ) -> Page:
        """Send a request and read the whole answer; RefusedError (502) for what does not come well and in time."""
        request = self._client.request(method, self._base + target)
        request = request.headers(
            [*fields, *self._fields, *((name, form.format(tenant=tenant, client=client)) for name, form in self._tells)]
        )
        if body:
            request = request.body_bytes(body)
        try:
            async with request.build_streamed() as response:
                chunks = []
                size = 0
                reader = response.body_reader
                while (chunk := await reader.read(_CHUNK)) is not None:
                    size += len(chunk)
                    if size > self._limit:
                        raise RefusedError(502, "body_too_large")
                    chunks.append(bytes(chunk))
                return Page(response.status, _fields(response), b"".join(chunks))
        except TimeoutError:
            raise RefusedError(502, "upstream_timeout") from None
        except PyreqwestError:
            raise RefusedError(502, "upstream_unavailable") from None

    async def close(self) -> None:
        """Close the kept connections."""
        await self._client.close()
