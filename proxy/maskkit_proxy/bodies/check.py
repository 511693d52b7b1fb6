"""The last look at outgoing bytes: no value that was masked just now may stand in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from maskkit.masker.known import occurrences
from maskkit.masks import find_masks
from maskkit.tokens import find_spans
from maskkit_proxy.bodies.spread import spread_places
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.tenants import ASCII, NO_DIGITS, Known


def check_outgoing(body: bytes, known: Iterable[Known], texts: Callable[[bytes], Iterable[str]]) -> None:
    """Raise RefusedError (502 leak_prevented) where a known value stands outside our tokens and display masks.

    First the digits alone, or all but the ASCII, are searched, so that no gap between them helps. What seems to stand
    there is looked at again in the decoded `texts` of the body, by the rule that search and check share: digits not
    inside longer digits, Latin only as whole words.
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
    if suspects and any(_stands_in(text, suspects) for text in texts(body)):
        raise RefusedError(502, "leak_prevented")


def _stands_in(text: str, suspects: list[str]) -> bool:
    hidden = [*find_spans(text), *find_masks(text)]
    for start, end in hidden:
        text = text[:start] + "*" * (end - start) + text[end:]
    return any(any(occurrences(value, text)) for value in suspects) or bool(
        spread_places(text, [("", value) for value in suspects])
    )
