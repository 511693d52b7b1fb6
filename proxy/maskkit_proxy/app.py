"""The data plane: a plain ASGI callable. A request is checked whole, sent on, and its answer masked whole."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from maskkit.errors import MaskkitError
from maskkit.keys.keyset import Keyset
from maskkit_proxy.answers import Answer, refusal
from maskkit_proxy.auditing import REASONS, Audit
from maskkit_proxy.bodies.fields import Fields
from maskkit_proxy.bodies.media import read_media
from maskkit_proxy.bodies.own import Own
from maskkit_proxy.clients import Clients, Rates
from maskkit_proxy.config.model import Client, Config, Route, Upstream
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.events import event
from maskkit_proxy.exchange import Exchange
from maskkit_proxy.inward.documents import document_inward
from maskkit_proxy.inward.names import Ruled
from maskkit_proxy.inward.parameters import parameters_inward, path_inward
from maskkit_proxy.metrics import Metrics
from maskkit_proxy.outward import Outward
from maskkit_proxy.persons import Persons
from maskkit_proxy.routing import find_route
from maskkit_proxy.tenants import View
from maskkit_proxy.upstream import Service
from maskkit_proxy.wire.head import Head
from maskkit_proxy.wire.protocol import HEAD
from maskkit_proxy.wire.target import read_path, read_query

if TYPE_CHECKING:
    from maskkit_proxy.sql.service import DatabaseService

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: Larger answers are masked beside the loop, so that others are served meanwhile.
_LARGE: Final = 1 << 18
_FORM: Final = "application/x-www-form-urlencoded"
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
#: Fields of a request that go on; everything else stays here.
_GOES_ON: Final = (b"accept", b"accept-language")


class Proxy:
    """Serves what the configuration lists."""

    def __init__(self, config: Config, keyset: Keyset, metrics: Metrics) -> None:
        self.config = config
        self._keyset = keyset
        self._metrics = metrics
        self._audit = Audit(config, keyset)
        self._clients = Clients(config.clients)
        self._rates = Rates(config.limits.requests_per_second)
        self._persons = Persons(config.limits, config.state)
        self._services: dict[str, Service | DatabaseService] = {
            name: self._database(upstream) for name, upstream in config.upstreams.items() if upstream.is_database
        }
        self._rooms: dict[tuple[int, str, str | None, bool], tuple[View, Outward]] = {}
        self._ruled = {id(route): Ruled(route.policy) for route in config.routes}
        self._active = 0
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="maskkit-large")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        exchange = Exchange()
        self._active += 1
        try:
            status, fields, body = await self._answer(scope, receive, exchange)
            fields.append((b"x-request-id", exchange.request_id.encode()))
        except RefusedError as refused:
            status, fields, body = await self._refuse(refused, exchange)
        except MaskkitError as error:
            exchange.error = type(error).__name__
            status, fields, body = await self._refuse(RefusedError(502, "masker_error"), exchange)
        except Exception as error:
            # What an unforeseen error says may hold a value: its kind and place are all that is told.
            place = traceback.extract_tb(error.__traceback__)[-1]
            exchange.error = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
            status, fields, body = await self._refuse(RefusedError(502, "internal_error"), exchange)
        finally:
            self._active -= 1
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})
        self._metrics.answered(str(scope["method"]), status, time.perf_counter() - started, exchange)

    async def close(self) -> None:
        """Close what is kept open."""
        self._beside.shutdown(wait=False, cancel_futures=True)
        for service in self._services.values():
            await service.close()
        self._persons.close()
        self._audit.close()

    async def _answer(self, scope: Scope, receive: Receive, exchange: Exchange) -> Answer:
        head: Head = scope["state"][HEAD]
        if self._active > self.config.limits.concurrency:
            raise RefusedError(503, "busy", retry_after=1)
        client = exchange.client = self._clients.who(head.fields.get(b"authorization"))
        self._rates.take(client)
        segments = read_path(head.path)
        route = find_route(self.config.routes, head.method, "/" + "/".join(text for _, text in segments))
        exchange.route = route.pattern
        view, outward = self._room(route, client, large=False)
        ruled = self._ruled[id(route)]
        target = path_inward(view, segments)
        if head.query:
            target += "?" + parameters_inward(view, ruled, route, read_query(head.query))
        fields = [(name.decode(), value.decode("latin-1")) for name in _GOES_ON if (value := head.fields.get(name))]
        body = b""
        if head.length != 0:
            written: list[str] = []
            body = await self._body(head, receive)
            kind, body = self._body_inward(view, ruled, route, head, body, written)
            fields.append(("content-type", kind))
            if written:
                await self._audit.wrote_plain(len(written), client, route.pattern, exchange.request_id)
        elif head.method in _WITH_BODY:
            fields.append(("content-length", "0"))
        service = self._service(route.upstream)
        asked = time.perf_counter()
        try:
            page = await service.ask(head.method, target, fields, body, tenant=client.tenant, client=client.name)
        finally:
            exchange.upstream_seconds = time.perf_counter() - asked
        host = head.fields[b"host"].decode()
        own = Own(service.origin, service.host, f"{scope['scheme']}://{host}", host)
        if len(page.body) <= _LARGE:
            answer = outward.answer(page, head.method, own, exchange)
        else:
            _, outward = self._room(route, client, large=True)
            answer = await asyncio.get_running_loop().run_in_executor(
                self._beside, outward.answer, page, head.method, own, exchange
            )
        if exchange.persons:
            await self._persons.read(client, exchange.persons)
        return answer

    async def _body(self, head: Head, receive: Receive) -> bytes:
        """Read the body of a request whose length the wire has bounded."""
        if head.method not in _WITH_BODY:
            raise RefusedError(400, "malformed_request", "a body where none belongs")
        parts = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RefusedError(400, "client_gone")
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts)

    def _body_inward(
        self, view: View, ruled: Ruled, route: Route, head: Head, body: bytes, written: list[str]
    ) -> tuple[str, bytes]:
        if b"content-encoding" in head.fields:
            raise RefusedError(415, "content_encoding")
        declared = head.fields.get(b"content-type", b"").decode("latin-1")
        try:
            media = read_media([declared]) if declared else None
        except RefusedError:
            media = None
        if media is None or (media.charset or "utf-8").lower() not in ("utf-8", "utf8"):
            raise RefusedError(415, "unsupported_type")
        if media.type == "application/json":
            return media.type, document_inward(view, ruled, route, body, written)
        if media.type == _FORM:
            if not body.isascii() or any(byte <= 32 or byte == 127 for byte in body):
                raise RefusedError(400, "malformed_request", "form")
            route = route if route.body is None else replace(route, params=route.body)
            return _FORM, parameters_inward(view, ruled, route, read_query(body), written).encode()
        raise RefusedError(415, "unsupported_type")

    def _database(self, upstream: Upstream) -> DatabaseService:
        """Return a database as a service; a column that has a rule on any route has it on all."""
        from maskkit_proxy.sql.service import DatabaseService

        rules = [Ruled(route.policy) for route in self.config.routes if route.upstream == upstream.name]
        return DatabaseService(
            upstream.url,
            upstream.tables,
            self.config.limits,
            lambda name: any(ruled.mentions(name) or ruled.is_text(name) for ruled in rules),
        )

    def _service(self, name: str) -> Service | DatabaseService:
        service = self._services.get(name)
        if service is None:  # made where the loop runs
            service = self._services[name] = Service(self.config.upstreams[name], self.config.limits)
        return service

    def _room(self, route: Route, client: Client, *, large: bool) -> tuple[View, Outward]:
        key = (id(route), client.tenant, client.audience, large)
        room = self._rooms.get(key)
        if room is None:
            view = View(route.policy, self._keyset, client.tenant, client.audience)
            outward = Outward(
                view,
                Fields(view, route.others, tokens_only=route.tokens_only, subject=route.subject),
                tokens_only=route.tokens_only,
                limit=self.config.limits.response_body,
                passes=route.passes,
            )
            room = self._rooms[key] = (view, outward)
        return room

    async def _refuse(self, refused: RefusedError, exchange: Exchange) -> Answer:
        self._metrics.refused(refused.reason)
        client = exchange.client
        if client is not None and refused.reason in REASONS:
            await self._audit.refused(refused.reason, client, exchange.route, exchange.request_id)
        event(
            "refused",
            request_id=exchange.request_id,
            status=refused.status,
            reason=refused.reason,
            detail=refused.detail,
            client=client.name if client is not None else None,
            tenant=client.tenant if client is not None else None,
            route=exchange.route or None,
            error=exchange.error or None,
        )
        return refusal(refused, exchange.request_id)
