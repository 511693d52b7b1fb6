"""A proxy before an upstream that does as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from proxied import TENANT, Echo, RunningProxy, RunningUpstream, quick

from maskkit import Keyset, Masker


@pytest.fixture(scope="session")
def proxy_keyset() -> Keyset:
    """The keyset of the proxies of these tests."""
    return Keyset.create()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Echo]:
    """What the proxy stands before."""
    echo = Echo()
    with RunningUpstream(echo) as running:
        echo.url = running.url
        yield echo


@pytest.fixture(scope="module")
def proxy(upstream: Echo, proxy_keyset: Keyset) -> Iterator[RunningProxy]:
    """The form without a file, with two routes that take POST."""
    config = quick(upstream.url, allow=["POST /cases/search", "POST /cases/*/remarks"])
    with RunningProxy(config, proxy_keyset, probe=True) as running:
        yield running


@pytest.fixture
def client(proxy: RunningProxy, upstream: Echo) -> Iterator[httpx.Client]:
    """A client with the key; the upstream has heard nothing yet."""
    upstream.asked.clear()
    upstream.says("{}")
    with proxy.client() as made:
        yield made


@pytest.fixture(scope="session")
def tokens(proxy_keyset: Keyset) -> Masker:
    """What makes the tokens of this tenant."""
    return Masker("tokens", keyset=proxy_keyset, tenant=TENANT)
