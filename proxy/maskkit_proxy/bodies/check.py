"""The last look at outgoing bytes: no value that was masked just now may stand in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from maskkit.masker.known import occurrences
from maskkit.masks import find_masks
from maskkit.tokens import find_spans
from maskkit_proxy.bodies.finder import Finder
from maskkit_proxy.bodies.spread import may_be_spread, spread_places
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.tenants import ASCII, NO_DIGITS, Known

#: So many values are looked for in the texts at once instead of one by one in all bytes.
_MANY: Final = 300


def check_outgoing(body: bytes, known: Collection[Known], texts: Callable[[bytes], Iterable[str]]) -> None:
    """Raise RefusedError (502 leak_prevented) where a known value stands outside our tokens and display masks.

    Where they are few, the digits alone, or all but the ASCII, are searched first, so that no gap between them helps.
    What seems to stand there is looked at again in the decoded `texts` of the body, by the rule that search and check
    share: digits not inside longer digits, Latin only as whole words.
    """
    suspects = [one.value for one in (known if len(known) > _MANY else _suspects(body, known))]
    if suspects:
        finder = Finder(("", value) for value in suspects)
        if any(_stands_in(text, finder) for text in texts(body)):
            raise RefusedError(502, "leak_prevented")


def _suspects(body: bytes, known: Iterable[Known]) -> Iterator[Known]:
    """Yield the values of which something telling stands in the body."""
    digits = body.translate(None, NO_DIGITS)
    beyond_ascii = body.translate(None, ASCII)
    for one in known:
        if one.digits is not None:
            stands = one.digits in digits
        elif one.beyond_ascii is not None:
            stands = one.beyond_ascii in beyond_ascii
        else:
            stands = one.raw in body
        if stands:
            yield one


def _stands_in(text: str, known: Finder) -> bool:
    apart = may_be_spread(text)
    if not apart and not known.within(text):
        return False
    for start, end in [*find_spans(text), *find_masks(text)]:
        text = text[:start] + "*" * (end - start) + text[end:]
    if any(any(occurrences(value, text)) for _, value in known.within(text)):
        return True
    return apart and bool(spread_places(text, known))
