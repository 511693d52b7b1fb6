"""Vaulted tokens: random ones, whose value lies sealed in a vault and nowhere else.

The body of a token is the number of a row and that row's random salt, eight bytes each, as one block of AES-256: 16
bytes in which nothing of the value is, and no order. The row has the value's blind index, the first half of its
HMAC-SHA256 (RFC 2104), and the value sealed by AES-256-GCM (SP 800-38D): the nonce is the salt and four bytes of the
blind index, the associated data that index. Under a key of suite ``sm`` it is SM4, SM3 and SIV over SM4. Each has a
key of its own, derived for key, tenant and entity, so a stolen vault tells nothing without the keyset, nor do tokens
without the vault.
"""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np

from maskkit import tokens
from maskkit.errors import InputError, VaultError
from maskkit.operators.vault_sealing import MOST, SALT_BYTES, VaultSealing
from maskkit.tokens import HEAD_LENGTH, NO_SURFACE, PLAIN_LENGTH, VAULTED
from maskkit.vault.base import BATCH, Store

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

_ENTITIES: Final = {prefix: entity for entity, prefix in tokens.PREFIXES.items()}
#: Values that tell whether a batch is new to the vault.
_SAMPLE: Final = 32


class Missing(Enum):
    """Why a token has no value."""

    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    OTHER_TENANT = "other tenant"
    RETIRED = "retired tenant"
    ERASED = "erased"
    EXPIRED = "expired"


_SAID: Final = {
    Missing.UNKNOWN: "not of this vault and keyset",
    Missing.DAMAGED: "damaged, or no token",
    Missing.OTHER_TENANT: "another tenant's",
    Missing.RETIRED: "a retired tenant's",
}


class Vaulted:
    """Makes and opens the vaulted tokens of one tenant.

    Args:
        store: where the sealed values are.
        keys: the tenant's; the primary key makes tokens, every enabled one opens.
        ttl: how long a token opens from when it was made; None for ever.
        clock: seconds of the epoch.
    """

    def __init__(
        self,
        store: Store,
        keys: TenantKeys,
        *,
        ttl: timedelta | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._keys = keys
        self._ttl = None if ttl is None else max(1, round(ttl.total_seconds()))
        self._clock = clock
        self._sealings: dict[tuple[str, str, str], VaultSealing] = {}

    def __repr__(self) -> str:
        return "Vaulted()"

    def tokens_for(self, entity: str, values: Sequence[str]) -> list[str]:
        """Return the token of each value, a new one where it has none; an empty value stays empty.

        Values are taken as they are: who wants one token for every way of writing passes canonical values. The tokens
        have no surface; what stands before their last character is the token key. What is returned is on the disk.

        Raises InputError for half a surrogate pair, VaultError where the store fails.
        """
        new = [value for value in dict.fromkeys(values) if value]
        made: list[str] = []
        for start in range(0, len(new), BATCH):
            made += self._made(entity, new[start : start + BATCH])
        if len(new) == len(values):
            return made
        tokens_of = dict(zip(new, made, strict=True)) | {"": ""}
        return [tokens_of[value] for value in values]

    def values_of(self, found: Sequence[str]) -> list[str | Missing]:
        """Return for each token, in any case, its value or why it has none. The surface is not read."""
        results: list[str | Missing] = [Missing.DAMAGED] * len(found)
        texts = list(found)
        groups: dict[str, list[int]] = defaultdict(list)
        for i, token in enumerate(found):
            # Its body is told from text soon enough, and its head by whoever looks at the group.
            if not (len(token) == PLAIN_LENGTH and token[-1] == NO_SURFACE and token.islower()):
                whole = tokens.whole(token)
                if whole is None:
                    continue
                texts[i] = token = whole.text
            groups[token[:HEAD_LENGTH]].append(i)
        for head, rows in groups.items():
            refusal = self._refusal(head)
            for start in range(0, len(rows), BATCH):
                some = rows[start : start + BATCH]
                opened = [refusal] * len(some) if refusal else self._opened(head, [texts[i] for i in some])
                for i, result in zip(some, opened, strict=True):
                    results[i] = result
        return results

    def erase(self, token: str) -> int:
        """Erase the value of `token`, under whatever key this tenant has a token for it; return how many rows went.

        Nobody can reveal it afterwards, and the same value gets a new token. 0 where it was erased before or expired.

        Raises VaultError for a token that is none of this vault, tenant and keyset, and while a key is disabled.
        """
        self._all_enabled()
        value = self.values_of([token])[0]
        if value in (Missing.ERASED, Missing.EXPIRED):
            return 0
        if isinstance(value, Missing):
            raise VaultError(f"the token cannot be erased: it is {_SAID[value]}")
        return self.erase_value(_ENTITIES[token[:2].lower()], value)

    def erase_value(self, entity: str, value: str) -> int:
        """Erase `value`, under whatever key this tenant has a token for it; return how many rows went.

        Raises VaultError while a key is disabled.
        """
        self._all_enabled()
        raw, now = value.encode(), self._now()
        blinds = [
            self._sealing(key_id, keys.tag(key_id), entity).blinds([raw])[0]
            for keys in (self._keys, self._keys.former)
            if keys is not None and not keys.retired
            for key_id in sorted(keys.key_ids)
            if keys.opens(key_id)
        ]
        return self._store.erase([number for _, number, _ in self._store.find(blinds, now).values()], now)

    def _all_enabled(self) -> None:
        """Refuse to erase what would come back once a key is enabled again."""
        if disabled := self._keys.disabled:
            raise VaultError(
                f"nothing can be erased while key {disabled[0]} is disabled: what it sealed would be left",
                hint=f"maskkit keys enable {disabled[0]}",
            )

    def _made(self, entity: str, values: Sequence[str]) -> list[str]:
        key_id = self._keys.primary
        sealing = self._sealing(key_id, self._keys.tag(key_id), entity)
        try:
            raws = [value.encode() for value in values]
        except UnicodeEncodeError:
            raise InputError("a value holds half a surrogate pair, which no encoding can write") from None
        blinds, now = sealing.blinds(raws), self._now()
        # A batch is new as a rule, or known: a sample tells, and what it tells wrong the store puts right.
        places = self._store.find(blinds[:_SAMPLE], now)
        if places:
            places |= self._store.find(blinds[_SAMPLE:], now)
        # Once, unless someone erases a value at the moment at which it is looked for.
        while len(places) < len(blinds):
            rest = [i for i, blind in enumerate(blinds) if blind not in places]
            salts = (np.frombuffer(secrets.token_bytes(SALT_BYTES * len(rest)), np.uint64) & MOST).tolist()
            new = [blinds[i] for i in rest]
            sealed = sealing.seal([raws[i] for i in rest], new, salts)
            expires = None if self._ttl is None else now + self._ttl
            places |= self._store.add(sealing.head, new, salts, sealed, now=now, expires=expires)
        return sealing.tokens([places[blind] for blind in blinds])

    def _opened(self, head: str, found: Sequence[str]) -> list[str | Missing]:
        sealing = self._sealing(head[3:5], head[5:8], _ENTITIES[head[:2]])
        ids, salts, good = sealing.places(found)
        held = self._store.read([number for number, fine in zip(ids, good, strict=True) if fine], self._now())
        rows = [held.get(number) for number in ids]
        opened: list[str | Missing] = []
        for row, salt, fine in zip(rows, salts, good, strict=True):
            if not fine:
                opened.append(Missing.DAMAGED)
            elif row is None or row[1] != salt:
                opened.append(Missing.UNKNOWN)
            elif row[2] is None or row[3] is None:
                opened.append(Missing.EXPIRED if row[5] else Missing.ERASED)
            else:
                value = sealing.open(row[3], row[2], salt)
                opened.append(Missing.DAMAGED if value is None else value)
        return opened

    def _refusal(self, head: str) -> Missing | None:
        key_id, kind = head[3:5], head[-1]
        if tokens.entity_of(head) is None:
            return Missing.DAMAGED
        if kind != VAULTED or not self._keys.opens(key_id):
            return Missing.UNKNOWN
        if self._keys.by_tag(key_id, head[5:8]) is not None:
            return None
        return Missing.RETIRED if self._keys.was_retired(key_id, head[5:8]) else Missing.OTHER_TENANT

    def _sealing(self, key_id: str, tag: str, entity: str) -> VaultSealing:
        known = self._sealings.get((key_id, tag, entity))
        if known is None:
            keys = self._keys.by_tag(key_id, tag) or self._keys
            known = self._sealings[key_id, tag, entity] = VaultSealing(keys, key_id, entity)
        return known

    def _now(self) -> int:
        return int(self._clock())
