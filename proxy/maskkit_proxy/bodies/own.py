"""The upstream's own address: it appears in no byte, the proxy's stands in its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from maskkit_proxy.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Own:
    """What the upstream calls itself, and what the client knows instead: both without a path."""

    origin: str
    host: str
    proxy_origin: str
    proxy_host: str
    _host: bytes = field(default=b"", init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_host", self.host.encode())

    def stands_in(self, text: str) -> bool:
        """Tell whether a text names the upstream."""
        return bool(self.host) and self.host in text

    def rewritten(self, text: str) -> str:
        """Return a text with the proxy's address for the upstream's."""
        if not self.stands_in(text):
            return text
        return text.replace(self.origin, self.proxy_origin).replace(self.host, self.proxy_host)

    def check(self, body: bytes) -> None:
        """Raise RefusedError (502) where outgoing bytes still name the upstream."""
        if self.host not in ("", self.proxy_host) and self._host in body:
            raise RefusedError(502, "names_the_upstream")
