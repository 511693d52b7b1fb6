"""Who asks: an API key, known by its hash only."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Final

from maskkit_proxy.config.model import Client
from maskkit_proxy.errors import RefusedError

_SCHEME: Final = b"bearer "
#: A random key of 128 bits and more needs no slow hash; a shorter one could be guessed and is not taken.
SHORTEST_KEY: Final = 22


def new_api_key() -> str:
    """Return a new API key: 160 random bits."""
    return "mk_" + secrets.token_urlsafe(20)


def key_sha256(key: str) -> str:
    """Return the hash of an API key as the configuration holds it."""
    return hashlib.sha256(key.encode()).hexdigest()


class Clients:
    """Finds a client by its key: by the hash alone, so that the time taken tells nothing about a key."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._by_hash = {digest: client for client in clients for digest in client.key_sha256}

    def who(self, authorization: bytes | None) -> Client:
        """Return the client of an Authorization field; RefusedError (401) for nobody."""
        if authorization is None or authorization[: len(_SCHEME)].lower() != _SCHEME:
            raise RefusedError(401, "no_api_key")
        key = authorization[len(_SCHEME) :].strip()
        client = self._by_hash.get(hashlib.sha256(key).hexdigest()) if len(key) >= SHORTEST_KEY else None
        if client is None:
            raise RefusedError(401, "unknown_api_key")
        return client


class Rates:
    """Requests of each client: a bucket that holds those of two seconds. 0 a second: no bound."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, client: Client) -> None:
        """Count a request; RefusedError (429) where there are too many."""
        if not self._per_second:
            return
        now = self._clock()
        most = 2.0 * self._per_second
        left, then = self._buckets.get(client.name, (most, now))
        left = min(most, left + (now - then) * self._per_second)
        self._buckets[client.name] = (max(left - 1, 0.0), now)
        if left < 1:
            raise RefusedError(429, "rate_limit", retry_after=1)
