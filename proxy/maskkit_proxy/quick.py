"""The form without a file: one upstream, one key, one route for reading, for a try."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from maskkit.errors import UsageError
from maskkit.policy import Policy
from maskkit_proxy.clients import SHORTEST_KEY, key_sha256
from maskkit_proxy.config.model import Client, Config, Limits, Route, Upstream

_NAME: Final = "upstream"
_ALLOW: Final = re.compile(r"(POST) (/[^\s?#]*)")
_DATABASES: Final = ("sqlite", "postgresql", "mysql")
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def quick_config(
    upstream: str,
    policy: Policy,
    *,
    api_key: str,
    tenant: str,
    allow: Sequence[str] = (),
    listen: tuple[str, int],
    probe: tuple[str, int] | None = None,
) -> Config:
    """Return the configuration of the built-in route; UsageError for what cannot be one."""
    parts = urlsplit(upstream)
    is_service = parts.scheme in ("http", "https")
    wrong = not parts.hostname or parts.query or parts.fragment or parts.username
    if (is_service and wrong) or (not is_service and not parts.scheme.startswith(_DATABASES)):
        raise UsageError(
            "--upstream is the URL of a service or a database", hint="as in http://127.0.0.1:8001 or sqlite:///cases.db"
        )
    if len(api_key) < SHORTEST_KEY:
        raise UsageError(f"an API key has at least {SHORTEST_KEY} characters", hint="leave it out, and one is made")
    routes = []
    for line in allow:
        found = _ALLOW.fullmatch(line)
        if found is None:
            raise UsageError("--allow takes POST and a path", hint="as in --allow 'POST /cases/search'")
        routes.append(Route(frozenset({found[1]}), found[2], _NAME, policy))
    routes.append(Route(_READS, "/**", _NAME, policy))
    return Config(
        upstreams={_NAME: Upstream(_NAME, upstream)},
        clients=(Client("quick", tenant, (key_sha256(api_key),)),),
        routes=tuple(routes),
        listen=listen,
        limits=Limits(requests_per_second=0),  # off in this form
        probe=probe,
    )
