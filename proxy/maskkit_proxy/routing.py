"""Which route a request takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from maskkit_proxy.config.model import Route
from maskkit_proxy.errors import RefusedError


def find_route(routes: Sequence[Route], method: str, path: str) -> Route:
    """Return the first route for a method and a decoded path; RefusedError: 404 for no path, 405 for no such method."""
    allowed: set[str] = set()
    for route in routes:
        if compiled(route.pattern).fullmatch(path):
            if method in route.methods:
                return route
            allowed |= route.methods
    if allowed:
        raise RefusedError(405, "method_not_allowed", ", ".join(sorted(allowed)))
    raise RefusedError(404, "no_route")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern: ``*`` and ``{name}`` stand for characters within a segment, a last ``/**`` for any rest."""
    anywhere = pattern.endswith("/**")
    pieces = re.split(r"(\*|\{[^{}/]*\})", pattern.removesuffix("/**"))
    parts = {"*": "[^/]*"}
    inside = "".join(parts.get(piece, "[^/]+") if n % 2 else re.escape(piece) for n, piece in enumerate(pieces))
    return re.compile(inside + ("(?:/.*)?" if anywhere else ""), re.DOTALL)
