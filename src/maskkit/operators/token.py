"""The token operator: values to tokens and back, a column at a time. docs/reference/tokens.md is the specification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from maskkit import tokens
from maskkit.errors import InputError
from maskkit.operators.making import make
from maskkit.operators.opening import Container, Failure, Restored, open_plain, open_whole
from maskkit.operators.sealing import Sealing
from maskkit.tokens import HEAD_LENGTH, KEY_WRAP, PLAIN_LENGTH, SIV, VAULTED, Token

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

__all__ = ["Container", "Failure", "Restored", "TokenOperator"]

#: Rows that are worked on at a time: their arrays stay in the processor's cache.
_CHUNK: Final = 1 << 14


class TokenOperator:
    """Replaces values by tokens of one tenant, made with the primary key; opens those of every enabled key."""

    name = "token"
    reversible = True

    def __init__(self, keys: TenantKeys) -> None:
        self._keys = keys
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
    ) -> list[str]:
        """Return a token for each of `values`; an empty value has nothing to hide and stays empty.

        In JSON, `raws` are the literals that stood there: strings with their quotes, numbers without; None for a string
        in its usual form. Raises InputError for half a surrogate pair, which no encoding can write.
        """
        primary = self._keys.primary
        sealing = self._sealing(primary, self._keys.tag(primary), entity)
        literals = raws if container is Container.JSON else None
        done: list[str] = []
        try:
            for start in range(0, len(values), _CHUNK):
                rows = slice(start, start + _CHUNK)
                done += make(sealing, entity, values[rows], literals[rows] if literals is not None else None)
        except UnicodeEncodeError:
            raise InputError("a value holds half a surrogate pair, which no encoding can write") from None
        return done

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
            opened = open_whole(sealing, entity, head[-1], [found[i].text for i in rows], container)
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

    def _reverse(self, values: Sequence[str]) -> list[str | None]:
        first = next((token for value in values if (token := tokens.whole(value))), None)
        if first is None:
            return [None] * len(values)
        back: list[str | None] = [None] * len(values)
        rest: Sequence[int] = range(len(values))
        head = first.text[:HEAD_LENGTH]
        if head[-1] == KEY_WRAP and self._refusal(head) is None:
            same = [value.startswith(head) and len(value) == PLAIN_LENGTH for value in values]
            sealing = self._sealing(first.key_id, first.tenant_tag, first.entity)
            if all(same):
                return open_plain(sealing, first.entity, values)
            plain = [i for i in rest if same[i]]
            rest = [i for i in rest if not same[i]]
            for i, value in zip(
                plain, open_plain(sealing, first.entity, [values[i] for i in plain]) if plain else [], strict=True
            ):
                back[i] = value
        found = [(i, token) for i in rest if (token := tokens.whole(values[i]))]
        for (i, _), result in zip(found, self.restore([token for _, token in found]), strict=True):
            if isinstance(result, Restored):
                back[i] = result.value
        return back

    def _refusal(self, head: str) -> Failure | None:
        """Return why no token of that head can be opened, None if they can."""
        key_id, kind = head[3:5], head[-1]
        if not self._keys.opens(key_id) or kind not in (KEY_WRAP, SIV):
            return Failure.UNKNOWN_KEY
        if self._keys.by_tag(key_id, head[5:8]) is not None:
            return None
        return Failure.RETIRED if self._keys.was_retired(key_id, head[5:8]) else Failure.OTHER_TENANT

    def _sealing(self, key_id: str, tag: str, entity: str) -> Sealing:
        known = self._sealings.get((key_id, tag, entity))
        if known is None:
            keys = self._keys.by_tag(key_id, tag) or self._keys
            known = self._sealings[key_id, tag, entity] = Sealing(keys, key_id, entity)
        return known
