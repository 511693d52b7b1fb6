"""The last look at outgoing bytes: no value that was masked just now may stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from maskkit.masker.known import occurrences
from maskkit.masks import find_masks
from maskkit.tokens import find_spans
from maskkit_proxy.bodies.spread import spread_places
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.tenants import ASCII, NO_DIGITS, Known


def check_outgoing(body: bytes, known: Iterable[Known]) -> None:
    """Raise RefusedError (502 leak_prevented) where a known value stands outside our tokens and display masks.

    First the digits alone, or all but the ASCII, are searched, so that no gap between them helps. What seems to stand
    there is looked at again in the decoded values, by the rule that search and check share: digits not inside longer
    digits, Latin only as whole words.
    """
    digits = body.translate(None, NO_DIGITS)
    beyond_ascii = body.translate(None, ASCII)
    suspects = [
        one.value
        for one in known
        if (
            one.digits in digits
            if one.digits is not None
            else one.beyond_ascii in beyond_ascii
            if one.beyond_ascii is not None
            else one.raw in body
        )
    ]
    if suspects and any(_stands_in(text, suspects) for text in _values(orjson.loads(body))):
        raise RefusedError(502, "leak_prevented")


def _stands_in(text: str, suspects: list[str]) -> bool:
    hidden = [*find_spans(text), *find_masks(text)]
    for start, end in hidden:
        text = text[:start] + "*" * (end - start) + text[end:]
    return any(any(occurrences(value, text)) for value in suspects) or bool(
        spread_places(text, [("", value) for value in suspects])
    )


def _values(value: Any) -> Iterator[str]:
    """Yield every string and number of a document, and the keys that are no words of a schema."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not key.isascii():
                yield key
            yield from _values(item)
    elif isinstance(value, list):
        for item in value:
            yield from _values(item)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield repr(value)
