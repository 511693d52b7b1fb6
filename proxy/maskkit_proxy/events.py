"""Logs as lines of JSON: who, which route, what was refused and why; never a value, path or body."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Final

import orjson

LOG: Final = logging.getLogger("maskkit_proxy")


def event(kind: str, **facts: str | int | float | None) -> None:
    """Write one line."""
    if LOG.isEnabledFor(logging.INFO):
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        said = {name: fact for name, fact in facts.items() if fact is not None}
        LOG.info(orjson.dumps({"time": now, "event": kind, **said}).decode())


def start_logging() -> None:
    """Write events to stderr as they are, and let no library log for itself: what they would say may hold a value."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.handlers = [handler]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio", "pyreqwest"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
