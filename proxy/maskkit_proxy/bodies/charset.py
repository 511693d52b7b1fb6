"""Bytes to text: the charsets that are read, and those that only pass for pure ASCII."""

from __future__ import annotations

import codecs
from typing import Final

from maskkit_proxy.errors import RefusedError

_READ: Final = {
    "utf-8": "utf-8-sig",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
}
#: Any bytes are text in these, GBK too: a name would pass unseen.
_SINGLE: Final = ("iso8859", "ascii", "cp125", "latin")


def decode_text(body: bytes, declared: str | None) -> str:
    """Return the text of a body; RefusedError (502) for what is no text in its charset, or in one that is not read."""
    name = _name(declared) if declared else "utf-8"
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif body.startswith(codecs.BOM_UTF8):
        name = "utf-8"
    if name.startswith(_SINGLE):
        if not body.isascii():
            raise _refused("bytes beyond ASCII in a single-byte charset")
        return body.decode("ascii")
    encoding = _READ.get(name)
    if encoding is None:
        raise _refused("a charset that is not read")
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise _refused("bytes that are no text in the declared charset") from None


def _name(declared: str) -> str:
    try:
        return codecs.lookup(declared).name
    except LookupError:
        raise _refused("a charset that is not known") from None


def _refused(what: str) -> RefusedError:
    return RefusedError(502, "charset", what)
