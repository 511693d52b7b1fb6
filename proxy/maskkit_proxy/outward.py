"""An answer on its way out: understood whole and masked, or refused."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from maskkit_proxy.answers import ALWAYS, Answer
from maskkit_proxy.answers import Fields as HeaderFields
from maskkit_proxy.bodies.batch import Batch
from maskkit_proxy.bodies.check import check_outgoing
from maskkit_proxy.bodies.coding import decode
from maskkit_proxy.bodies.fields import Fields
from maskkit_proxy.bodies.kinds import check_type, read_body
from maskkit_proxy.bodies.links import Link
from maskkit_proxy.bodies.media import Media, read_media
from maskkit_proxy.bodies.own import Own
from maskkit_proxy.bodies.tree import Walk
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.exchange import Exchange
from maskkit_proxy.tenants import View
from maskkit_proxy.upstream import Page

_DIGITS: Final = re.compile(r"\d{1,6}")
_METHODS: Final = re.compile(r"[A-Z]{1,20}(?:, ?[A-Z]{1,20})*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2,8})?")
_LINK_TARGET: Final = re.compile(r"<([^<>]*)>")
_LINK_PARAMETER: Final = re.compile(r'; ?(rel)="?([a-z]{2,20})"?')
_BODYLESS: Final = (204, 205)


class Outward:
    """Masks the answers of one route for one view."""

    def __init__(self, view: View, fields: Fields, *, tokens_only: bool, limit: int, passes: frozenset[str]) -> None:
        self._view = view
        self._fields = fields
        self._tokens_only = tokens_only
        self._limit = limit
        self._passes = passes

    def answer(self, page: Page, method: str, own: Own, exchange: Exchange) -> Answer:
        """Return what the client gets; RefusedError (502) for whatever is not understood."""
        if page.status < 200 or page.status == 304:  # nothing conditional was asked
            raise RefusedError(502, "unexpected_status")
        batch = Batch(self._view, tokens_only=self._tokens_only)
        media = read_media(page.all("content-type"))
        fields: HeaderFields = list(ALWAYS)
        body = b""
        if page.body and method != "HEAD" and page.status not in _BODYLESS:
            raw = decode(page.body, page.all("content-encoding"), self._limit)
            if media is not None and media.type in self._passes:
                body, kind = raw, media.type.encode()
            else:
                body, kind, batch = self._body(raw, media, own)
            fields.append((b"content-type", kind))
        else:
            if media is not None and media.type not in self._passes:
                check_type(media)
        fields += self._headers(page, own, batch)
        if method != "HEAD" and page.status not in _BODYLESS:
            fields.append((b"content-length", b"%d" % len(body)))
        exchange.masked = batch.counts
        exchange.persons = {self._view.index(entity, value) for entity, value in batch.persons}
        return page.status, fields, body

    def _body(self, raw: bytes, media: Media | None, own: Own) -> tuple[bytes, bytes, Batch]:
        """Return the masked body, its type, and the batch that knows what was masked."""
        body = read_body(media, raw)
        batch = Batch(self._view, tokens_only=self._tokens_only)
        body.walk(Walk(self._fields, batch, own), batch)
        batch.finish()
        written = body.write()
        check_outgoing(written, batch.known, body.texts)
        own.check(written)
        return written, body.content_type, batch

    def _headers(self, page: Page, own: Own, batch: Batch) -> HeaderFields:
        """Return the few fields of the answer that go on, with what they hold masked by the same rules as the body."""
        kept: HeaderFields = []
        for name, value in page.fields:
            new: str | None = None
            if name == "location":
                new = self._link(value, own, batch)
            elif name == "link":
                links = [f'<{self._link(target, own, batch)}>; rel="{rel}"' for target, rel in _links(value)]
                new = ", ".join(links) or None
            elif (
                (name == "retry-after" and _DIGITS.fullmatch(value))
                or (name == "allow" and _METHODS.fullmatch(value))
                or (name == "content-language" and _LANGUAGE.fullmatch(value))
            ):
                new = value
            if new is not None and new.isascii() and new.isprintable():
                kept.append((name.encode(), new.encode()))
        return kept

    def _link(self, target: str, own: Own, batch: Batch) -> str:
        if any(ord(char) <= 32 or ord(char) > 126 for char in target):
            raise RefusedError(502, "header", "a link with characters that no link has")
        inner = Batch(self._view, tokens_only=True)
        inner.note(batch.known)
        link = Link(own.rewritten(target), self._view, own)
        link.gather(inner)
        inner.finish()
        made = str(link)
        check_outgoing(made.encode(), inner.known, lambda link: [unquote(link.decode())])
        return made


def _links(value: str) -> list[tuple[str, str]]:
    """Return the targets and relations of a Link field (RFC 8288)."""
    found = []
    for match in _LINK_TARGET.finditer(value):
        relation = _LINK_PARAMETER.match(value, match.end())
        if relation is not None:
            found.append((match[1], relation[2]))
    return found
