"""What is known of one request while it is worked on: for figures, logs, the audit and the count of persons."""

from __future__ import annotations

from dataclasses import dataclass, field

from maskkit_proxy.answers import new_request_id
from maskkit_proxy.config.model import Client


@dataclass(slots=True)
class Exchange:
    """`masked` counts values by entity; `persons` are keyed indexes of those whom the answer is about."""

    request_id: str = field(default_factory=new_request_id)
    client: Client | None = None
    route: str = ""
    error: str = ""
    upstream_seconds: float = 0.0
    masked: dict[str, int] = field(default_factory=dict)
    persons: set[bytes] = field(default_factory=set, repr=False)
