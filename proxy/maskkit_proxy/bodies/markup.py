"""Markup inside a string: tags and character references that stand in the middle of a value."""

from __future__ import annotations

import html
import re
from typing import Final

_MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]{0,300}>|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,300}>")


def without_markup(text: str) -> str | None:
    """Return a text as it is read, None where it has no markup."""
    return html.unescape(_TAG.sub("", text)) if _MARKUP.search(text) else None
