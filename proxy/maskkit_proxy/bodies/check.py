"""The last look at outgoing bytes: no value that was masked just now may stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from maskkit.masker.known import occurrences
from maskkit.masks import find_masks
from maskkit.tokens import find_spans
from maskkit_proxy.errors import RefusedError


def check_outgoing(body: bytes, known: Iterable[tuple[str, str]]) -> None:
    """Raise RefusedError (502 leak_prevented) where a known value stands outside our tokens and display masks.

    Searches the bytes as they are; what seems to stand there is looked at again in the decoded values, by the rule
    that search and check share: digits not inside longer digits, Latin only as whole words.
    """
    suspects = [value for _, value in known if value.encode() in body]
    if suspects and any(_stands_in(text, suspects) for text in _values(orjson.loads(body))):
        raise RefusedError(502, "leak_prevented")


def _stands_in(text: str, suspects: list[str]) -> bool:
    hidden = [*find_spans(text), *find_masks(text)]
    return any(
        not any(a < end and start < b for a, b in hidden)
        for value in suspects
        for start, end in occurrences(value, text)
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
