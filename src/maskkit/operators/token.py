"""The token operator: values to tokens and back, a column at a time. docs/reference/tokens.md is the specification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from maskkit import tokens
from maskkit.errors import InputError, UsageError
from maskkit.operators.arrow import by_lists, rewrite
from maskkit.operators.making import make, make_strings, make_vaulted
from maskkit.operators.opening import Container, Failure, Restored, as_written, open_whole
from maskkit.operators.opening_columns import open_column, open_strings
from maskkit.operators.sealing import Sealing
from maskkit.tokens import HEAD_LENGTH, KEY_WRAP, SIV, VAULTED, Token

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys
    from maskkit.operators.vault_place import VaultPlace
    from maskkit.operators.vaulted import Vaulted

__all__ = ["Container", "Failure", "Restored", "TokenOperator"]

ArrowT = TypeVar("ArrowT")

#: Why a vault has no value for a token, in the words of all tokens.
_MISSING: Final = {
    "unknown": Failure.OTHER_VAULT,
    "erased": Failure.ERASED,
    "expired": Failure.EXPIRED,
}
#: Rows that are worked on at a time: their arrays stay in the processor's cache.
_CHUNK: Final = 1 << 12


class TokenOperator:
    """Replaces values by tokens of one tenant, made with the primary key; opens those of every enabled key.

    `place` is the vault for vaulted ones; without it none are made or opened.
    """

    name = "token"
    reversible = True

    def __init__(self, keys: TenantKeys, place: VaultPlace | None = None) -> None:
        self._keys = keys
        self._place = place
        self._sealings: dict[tuple[str, str, str], Sealing] = {}

    def __repr__(self) -> str:
        return "TokenOperator()"

    def apply(
        self,
        values: Sequence[str],
        entity: str,
        *,
        container: Container = Container.PLAIN,
        raws: Sequence[str | None] | None = None,
        vault: bool = False,
    ) -> list[str]:
        """Return a token for each of `values`; an empty value has nothing to hide and stays empty.

        In JSON, `raws` are the literals that stood there: strings with their quotes, numbers without; None for a string
        in its usual form. With `vault` the values go into the vault and the tokens are random; they are on the disk
        when this returns. Raises InputError for half a surrogate pair, which no encoding can write, VaultError where
        the vault fails.
        """
        sealing = self._primary_sealing(entity)
        literals = raws if container is Container.JSON else None
        done: list[str] = []
        try:
            if vault:
                return make_vaulted(sealing, entity, values, literals, self._vaulted().tokens_for)
            for start in range(0, len(values), _CHUNK):
                rows = slice(start, start + _CHUNK)
                done += make(sealing, entity, values[rows], literals[rows] if literals is not None else None)
        except UnicodeEncodeError:
            raise InputError("a value holds half a surrogate pair, which no encoding can write") from None
        return done

    def apply_arrow(self, column: ArrowT, entity: str) -> ArrowT:
        """Return the tokens of an Arrow column of strings as one; a null, and the empty string, stay."""
        sealing = self._primary_sealing(entity)
        made: ArrowT | None = rewrite(column, lambda flat: make_strings(sealing, entity, flat), _CHUNK)
        return by_lists(column, lambda values: self.apply(values, entity)) if made is None else made

    def find(self, text: str) -> list[Token]:
        """Return the tokens in `text`, and what was one of this keyset's before it was damaged."""
        return tokens.find(text, self._keys.key_ids) if "_" in text else []

    def needs_rewrap(self, token: Token) -> bool:
        """Tell whether a token would be made anew today: by the primary key, or since its tenant was added."""
        return token.kind != VAULTED and self._keys.needs_rewrap(token.key_id, token.tenant_tag)

    def restore(self, found: Sequence[Token], *, container: Container = Container.PLAIN) -> list[Restored | Failure]:
        """Return for each token its value, or why it does not come back. Never raises, whatever was found."""
        results: list[Restored | Failure] = [Failure.DAMAGED] * len(found)
        groups: dict[str, list[int]] = defaultdict(list)
        for i, token in enumerate(found):
            if token.whole:
                groups[token.text[:HEAD_LENGTH]].append(i)
        for head, rows in groups.items():
            failure = self._refusal(head)
            if failure is not None:
                for i in rows:
                    results[i] = failure
                continue
            entity = found[rows[0]].entity
            sealing = self._sealing(head[3:5], head[5:8], entity)
            texts = [found[i].text for i in rows]
            if head[-1] == VAULTED:
                opened = self._from_vault(sealing, entity, texts, container)
            else:
                opened = open_whole(sealing, entity, head[-1], texts, container)
            for i, result in zip(rows, opened, strict=True):
                results[i] = result
        return results

    def reverse(self, values: Sequence[str]) -> list[str | None]:
        """Return the value of each cell that is one token that opens and nothing else, None for all other cells.

        The fast way back for a column; what gives None is for `find` and `restore`.
        """
        done: list[str | None] = []
        for start in range(0, len(values), _CHUNK):
            done += self._reverse(values[start : start + _CHUNK])
        return done

    def reverse_arrow(self, column: ArrowT) -> ArrowT:
        """Return an Arrow column with `reverse`'s values, and the cells themselves where it has none."""
        made: ArrowT | None = rewrite(column, lambda flat: open_strings(flat, self._opener), _CHUNK)
        return by_lists(column, self.reverse) if made is None else made

    def _reverse(self, values: Sequence[str]) -> list[str | None]:
        back, left = open_column(values, self._opener)
        found = [(i, token) for i in left if (token := tokens.whole(values[i]))]
        for (i, _), result in zip(found, self.restore([token for _, token in found]), strict=True):
            if isinstance(result, Restored):
                back[i] = result.value
        return back

    def _from_vault(
        self, sealing: Sealing, entity: str, texts: Sequence[str], container: Container
    ) -> list[Restored | Failure]:
        """Open vaulted tokens of one head whose key and tenant are known to be right."""
        vaulted = self._place.opening() if self._place is not None else None
        if vaulted is None:
            return [Failure.NO_VAULT] * len(texts)
        values = vaulted.values_of(texts)
        parts = [tokens.parse(text) for text in texts]
        canonicals = [value if isinstance(value, str) else None for value in values]
        opened = as_written(sealing, entity, parts, canonicals, container)
        return [
            result if isinstance(value, str) else _MISSING.get(value.value, Failure.DAMAGED)
            for result, value in zip(opened, values, strict=True)
        ]

    def _vaulted(self) -> Vaulted:
        if self._place is None:
            raise UsageError("a vaulted token needs a vault", hint="TokenOperator(keys, VaultPlace(keys, where))")
        return self._place.making()

    def _opener(self, head: str) -> tuple[Sealing, str] | None:
        """Return the ciphers and the entity of the tokens that begin like this, None where they are none that open."""
        entity = tokens.entity_of(head)
        if entity is None or head[-1] == VAULTED or self._refusal(head) is not None:
            return None
        return self._sealing(head[3:5], head[5:8], entity), entity

    def _refusal(self, head: str) -> Failure | None:
        """Return why no token of that head can be opened, None if they can."""
        key_id, kind = head[3:5], head[-1]
        if not self._keys.opens(key_id) or kind not in (KEY_WRAP, SIV, VAULTED):
            return Failure.UNKNOWN_KEY
        if self._keys.by_tag(key_id, head[5:8]) is not None:
            return None
        return Failure.RETIRED if self._keys.was_retired(key_id, head[5:8]) else Failure.OTHER_TENANT

    def _primary_sealing(self, entity: str) -> Sealing:
        primary = self._keys.primary
        return self._sealing(primary, self._keys.tag(primary), entity)

    def _sealing(self, key_id: str, tag: str, entity: str) -> Sealing:
        known = self._sealings.get((key_id, tag, entity))
        if known is None:
            keys = self._keys.by_tag(key_id, tag) or self._keys
            known = self._sealings[key_id, tag, entity] = Sealing(keys, key_id, entity)
        return known
