"""Text in base64: looked at as the text that it is, and encoded again where it changes."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

_FORM: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


def decoded(text: str) -> str | None:
    """Return the text that a string holds in base64 (RFC 4648; either alphabet, padded or not), else None."""
    if not _FORM.fullmatch(text) or len(text.rstrip("=")) % 4 == 1:
        return None
    standard = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        read = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return read if all(char.isprintable() or char in "\t\r\n" for char in read) else None


def encoded(text: str, like: str) -> str:
    """Return a text in base64, with the alphabet and padding of another string."""
    raw = base64.b64encode(text.encode()).decode()
    if "-" in like or "_" in like:
        raw = raw.replace("+", "-").replace("/", "_")
    return raw if like.endswith("=") or len(like) % 4 == 0 else raw.rstrip("=")
