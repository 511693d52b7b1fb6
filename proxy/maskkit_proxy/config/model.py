"""The configuration as the proxy sees it: checked, complete, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from maskkit.policy import Policy
from maskkit_proxy.bodies.fields import Others


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in bytes, seconds, requests at a time, and what one client may have; 0: no bound."""

    request_body: int = 1 << 20
    response_body: int = 16 << 20
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: float = 60.0
    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    concurrency: int = 256
    requests_per_second: int = 100
    persons_per_hour: int = 0
    persons_per_day: int = 0
    drain_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A table that agencies may use. `rows` is ``column = {tenant}``, or ``all``; None lists every column."""

    rows: str
    columns: tuple[str, ...] | None = None
    filters: tuple[str, ...] | None = None
    append: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upstream:
    """A service behind the proxy, or a database with the tables that are served; None lists all, to be read only.

    `fields` go with each request; in `tells`, {tenant} and {client} say who asks.
    """

    name: str
    url: str = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    tells: Mapping[str, str] = field(default_factory=dict)
    ca: bytes | None = field(default=None, repr=False)
    identity: bytes | None = field(default=None, repr=False)
    tables: Mapping[str, Listed] | None = None

    @property
    def is_database(self) -> bool:
        """Tell whether it has no API of its own."""
        return not self.url.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Client:
    """Who may ask: known by the SHA-256 of an API key."""

    name: str
    tenant: str
    key_sha256: tuple[str, ...] = field(repr=False)
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Methods and paths that lead to an upstream, and what may go in and come out there.

    `params` None: any parameter passes that neither is nor names a ruled field (the form without a configuration).
    """

    methods: frozenset[str]
    pattern: str
    upstream: str
    policy: Policy = field(repr=False)
    params: frozenset[str] | None = None
    body: frozenset[str] | None = None
    plain: frozenset[str] = frozenset()
    others: Others = "scan"
    tokens_only: bool = False
    passes: frozenset[str] = frozenset()
    #: Fields that say whom an answer is about: an ID number, else a phone.
    subject: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Config:
    """All of it. `keyset` None: an ephemeral one, which only the form without a file has."""

    upstreams: Mapping[str, Upstream]
    clients: tuple[Client, ...]
    routes: tuple[Route, ...]
    keyset: Path | None = None
    listen: tuple[str, int] = ("127.0.0.1", 8080)
    probe: tuple[str, int] | None = None
    limits: Limits = Limits()
    #: A file or a postgresql:// address, and the name under which this process has its chain there.
    audit: str | None = None
    writer: str = "proxy"
    #: An SQLite file for what the processes of one machine count together.
    state: Path | None = None
