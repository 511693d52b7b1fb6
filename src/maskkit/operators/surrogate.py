"""The surrogate operator: numbers that old systems take for the original, that are nobody's, and that come back.

A surrogate is as long as its value, keeps its separators and passes the same checks; its mark (`maskkit.surrogates`)
says that it is none. It names no key and is not authenticated: whatever has the form is turned into some value. So one
key makes and opens all of them, by default the oldest of the keyset, whatever key is primary. What each format holds,
and what an attacker learns, stands in docs/reference/surrogates.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from maskkit import tokens
from maskkit.crypto.flat import SEPARATOR, flatten, strings
from maskkit.crypto.permutation import Permutation
from maskkit.errors import UsageError
from maskkit.operators.formats import Format, format_of
from maskkit.operators.sealing import CIPHERS
from maskkit.operators.token import TokenOperator
from maskkit.surrogates import FORMS, SEPARATORS, bare

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

_USE: Final = "surrogate"


class SurrogateOperator:
    """Replaces phones, resident IDs and bank cards by surrogates of one tenant; what no format holds, by tokens.

    `key_id` is the key to use, by default the oldest of the keyset; KeysetError if it is not enabled. `part` is refused
    (UsageError): a surrogate is made of the whole value.
    """

    name = "surrogate"
    reversible = True

    def __init__(self, keys: TenantKeys, key_id: str | None = None, *, part: str | None = None) -> None:
        if part is not None:
            raise UsageError(
                "surrogate encrypts the whole value, never a part of it",
                hint="the four digits in the middle of a phone are 10,000 values: who knows one in ten of them, or can "
                "have some encrypted, soon knows all",
            )
        self._keys = keys
        self._key_id = key_id or keys.oldest
        self._tokens = TokenOperator(keys)
        self._permutations: dict[tuple[str, int], Permutation] = {}
        #: How many values became tokens, by entity, since no format holds them.
        self.fallen_back: Counter[str] = Counter()

    def __repr__(self) -> str:
        return "SurrogateOperator()"

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return a surrogate for each of `values`, or a token, which is counted; an empty value stays empty.

        Raises UsageError for an entity that has no surrogates.
        """
        check(entity)
        made = self._turned(values, entity, back=False)
        rest = [i for i, new in enumerate(made) if new is None and values[i]]
        if rest:
            self.fallen_back[entity] += len(rest)
        done = [new or "" for new in made]
        for i, token in zip(rest, self._tokens.apply([values[i] for i in rest], entity), strict=True):
            done[i] = token
        return done

    def reverse(self, values: Sequence[str], entity: str) -> list[str | None]:
        """Return the value of each cell that has the form of a surrogate of `entity`, None for all others.

        Nothing tells whether this keyset made it. Tokens are for the token operator.
        """
        check(entity)
        return self._turned(values, entity, back=True)

    def head(self, entity: str) -> str:
        """Return what a token of the same entity, key and tenant begins with, by which the audit counts."""
        check(entity)
        return tokens.head(entity, self._key_id, self._keys.tag(self._key_id), tokens.KEY_WRAP)

    def _turned(self, values: Sequence[str], entity: str, *, back: bool) -> list[str | None]:
        """Turn values into surrogates, or back; None for what is not in a format."""
        spaced = any(char in "".join(values) for char in SEPARATORS)
        plain = [bare(value) for value in values] if spaced else values
        flat = flatten(plain) or flatten([text if SEPARATOR not in text else "" for text in plain])
        turned = np.full(len(values), None, object)
        if flat is None:
            return []
        for length in np.unique(flat.lengths).tolist():
            form = format_of(entity, length)
            if form is None:
                continue
            rows = np.flatnonzero(flat.lengths == length)
            numbers, good = form.read(flat.rows(length, rows if len(rows) < len(values) else None), surrogates=back)
            permutation = self._permutation(entity, length, form)
            numbers = permutation.decrypt(numbers[good]) if back else permutation.encrypt(numbers[good])
            rows = rows[good]
            if back:
                held = form.holds(numbers)
                rows, numbers = rows[held], numbers[held]
            if len(rows):
                turned[rows] = strings(form.write(numbers, surrogates=not back))
        made: list[str | None] = turned.tolist()
        if not spaced:
            return made
        return [new and _spaced(new, value) for new, value in zip(made, values, strict=True)]

    def _permutation(self, entity: str, length: int, form: Format) -> Permutation:
        known = self._permutations.get((entity, length))
        if known is None:
            cipher, key_bytes = CIPHERS[self._keys.suite(self._key_id)][:2]
            key = self._keys.derive(self._key_id, entity, _USE, key_bytes)
            known = self._permutations[entity, length] = Permutation(key, form.size, cipher)
        return known


def check(entity: str) -> None:
    """Raise UsageError for an entity that has no surrogates."""
    if entity not in FORMS:
        raise UsageError(f"there are no surrogates of {entity}", hint=f"only of {', '.join(FORMS)}; use token")


def _spaced(new: str, like: str) -> str:
    """Return `new` with the separators of `like` where they stand there."""
    if len(new) == len(like):
        return new
    chars = iter(new)
    return "".join(next(chars) if bare(char) else char for char in like)
