"""Links: values in paths, queries and fragments, percent- or tilde-encoded, become tokens there and nothing else."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from maskkit_proxy.bodies.batch import Batch
from maskkit_proxy.bodies.fields import Field, Fields
from maskkit_proxy.bodies.own import Own
from maskkit_proxy.tenants import View

_FORM: Final = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]{1,15}:)?(?://)?[^\s<>\"{}|\\^`]{1,8000}")
_SPLIT: Final = re.compile(r"([/?&=#;,:@()])")
_TILDE: Final = re.compile(r"~([0-9A-F]{2})")


def is_link(text: str) -> bool:
    """Tell whether a text is one link, or the query of one, and no sentence."""
    return _FORM.fullmatch(text) is not None and (
        "://" in text
        or text[0] in "/?&"
        or ("=" in text and "&" in text)
        or "%" in text
        or _TILDE.search(text) is not None
    )


class Link:
    """A link cut at its delimiters; each piece is decoded, searched, and encoded anew only where it changes."""

    def __init__(self, text: str, view: View, own: Own | None = None) -> None:
        """Take a link; the proxy's own address at its beginning is no value."""
        self._start = own.proxy_origin if own is not None and text.startswith(own.proxy_origin) else ""
        self._raw = _SPLIT.split(text.removeprefix(self._start))
        self._pieces = [_decoded(piece) for piece in self._raw]
        self._before = list(self._pieces)
        self._view = view

    def gather(self, batch: Batch) -> None:
        """Put the pieces into the batch; a parameter that has a rule is a value of that field."""
        fields = Fields(self._view, tokens_only=True)
        name: Field | None = None
        for n, piece in enumerate(self._pieces):
            if n % 2:
                if piece == "=":
                    name = fields.child(fields.root, _plain_name(self._pieces[n - 1]))
                elif piece != ",":
                    name = None
                continue
            if not piece:
                continue
            if name is not None and name.column is not None:
                batch.value(name, self._pieces, n, None, piece, None)
            elif len(piece) > 1 and not (piece.isascii() and piece.isalpha()):
                batch.text(self._pieces, n, piece, alone=True)

    def __str__(self) -> str:
        return self._start + "".join(
            raw if new == old else quote(new, safe="")
            for raw, old, new in zip(self._raw, self._before, self._pieces, strict=True)
        )


def _plain_name(name: str) -> str:
    """Return a parameter's name without the operator that frameworks hang on it: phone__exact, filter[phone]."""
    return name.partition("__")[0].rpartition("[")[2].rstrip("]")


def _decoded(piece: str) -> str:
    if "%" not in piece and "~" not in piece and "+" not in piece:
        return piece
    try:
        return unquote(_TILDE.sub(r"%\1", piece.replace("+", " ")), errors="strict")
    except UnicodeDecodeError:
        return piece
