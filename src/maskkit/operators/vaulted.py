"""Vaulted tokens: random ones, whose value lies sealed in a vault and nowhere else.

The body of a token is the number of a row and that row's random salt, eight bytes each, as one block of AES-256: 16
bytes in which nothing of the value is, and no order. The row has the value's blind index, the first half of its
HMAC-SHA256 (RFC 2104), and the value sealed by AES-256-GCM (SP 800-38D): the nonce is the salt and four bytes of the
blind index, the associated data that index. Each has a key of its own, derived for key, tenant and entity, so a stolen
vault tells nothing without the keyset, nor do tokens without the vault.
"""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maskkit import tokens
from maskkit.crypto.blocks import BlockCipher
from maskkit.errors import InputError, VaultError
from maskkit.operators import base32
from maskkit.tokens import BLOCK_LENGTH, HEAD_LENGTH, NO_SURFACE, PLAIN_LENGTH, VAULTED
from maskkit.vault.base import BATCH, Place, Store

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

_BLIND_BYTES: Final = 16
_SALT_BYTES: Final = 8
#: What a salt lacks of a nonce of 12 bytes.
_REST: Final = 4
#: Numbers of rows and salts are positive in 64 bits with a sign.
_MOST: Final = np.uint64((1 << 63) - 1)
_HASH_BLOCK: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))
_BODY: Final = slice(HEAD_LENGTH, HEAD_LENGTH + BLOCK_LENGTH)
_ENTITIES: Final = {prefix: entity for entity, prefix in tokens.PREFIXES.items()}
#: Indexes that tell whether a batch is new to the vault.
_SAMPLE: Final = 32


class Missing(Enum):
    """Why a token has no value."""

    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    OTHER_TENANT = "other tenant"
    ERASED = "erased"
    EXPIRED = "expired"


_SAID: Final = {
    Missing.UNKNOWN: "not of this vault and keyset",
    Missing.DAMAGED: "damaged, or no token",
    Missing.OTHER_TENANT: "another tenant's",
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
        self._ciphers: dict[tuple[str, str], _Ciphers] = {}

    def __repr__(self) -> str:
        return "Vaulted()"

    def tokens_for(self, entity: str, values: Sequence[str]) -> list[str]:
        """Return the token of each value, a new one where it has none; an empty value stays empty.

        Values are taken as they are: who wants one token for every way of writing passes canonical values. The tokens
        have no surface; what stands before their last character is the token key. What is returned is on the disk.

        Raises InputError for half a surrogate pair, VaultError where the store fails.
        """
        made: dict[str, str] = {"": ""}
        new = [value for value in dict.fromkeys(values) if value]
        for start in range(0, len(new), BATCH):
            some = new[start : start + BATCH]
            made.update(zip(some, self._made(entity, some), strict=True))
        return [made[value] for value in values]

    def values_of(self, found: Sequence[str]) -> list[str | Missing]:
        """Return for each token, with any surface or none, its value or why it has none. The surface is not read."""
        results: list[str | Missing] = [Missing.DAMAGED] * len(found)
        groups: dict[str, list[int]] = defaultdict(list)
        for i, token in enumerate(found):
            # A token that no row knows is told from text soon enough.
            if (len(token) == PLAIN_LENGTH and token[-1] == NO_SURFACE) or tokens.whole(token):
                groups[token[:HEAD_LENGTH]].append(i)
        for head, rows in groups.items():
            refusal = self._refusal(head)
            for start in range(0, len(rows), BATCH):
                some = rows[start : start + BATCH]
                opened = [refusal] * len(some) if refusal else self._opened(head, [found[i] for i in some])
                for i, result in zip(some, opened, strict=True):
                    results[i] = result
        return results

    def erase(self, token: str) -> int:
        """Erase the value of `token`, under whatever key this tenant has a token for it; return how many rows went.

        Nobody can reveal it afterwards, and the same value gets a new token. 0 where it was erased before or expired.

        Raises VaultError for a token that is none of this vault, tenant and keyset.
        """
        value = self.values_of([token])[0]
        if value in (Missing.ERASED, Missing.EXPIRED):
            return 0
        if isinstance(value, Missing):
            raise VaultError(f"the token cannot be erased: it is {_SAID[value]}")
        entity, raw, now = _ENTITIES[token[:2]], value.encode(), self._now()
        blinds = [
            self._cipher(key_id, entity).blinds([raw])[0]
            for key_id in sorted(self._keys.key_ids)
            if self._keys.opens(key_id)
        ]
        return self._store.erase([number for _, number, _ in self._store.find(blinds, now).values()], now)

    def _made(self, entity: str, values: Sequence[str]) -> list[str]:
        key_id = self._keys.primary
        cipher = self._cipher(key_id, entity)
        try:
            raws = [value.encode() for value in values]
        except UnicodeEncodeError:
            raise InputError("a value holds half a surrogate pair, which no encoding can write") from None
        blinds, now = cipher.blinds(raws), self._now()
        # A batch is new as a rule, or known: a sample tells, and what it tells wrong the store puts right.
        places = self._store.find(blinds[:_SAMPLE], now)
        if places:
            places |= self._store.find(blinds[_SAMPLE:], now)
        # Once, unless someone erases a value at the moment at which it is looked for.
        while rest := [i for i, blind in enumerate(blinds) if blind not in places]:
            head = tokens.head(entity, key_id, self._keys.tag(key_id), VAULTED)
            salts = (np.frombuffer(secrets.token_bytes(_SALT_BYTES * len(rest)), np.uint64) & _MOST).tolist()
            new = [blinds[i] for i in rest]
            sealed = cipher.seal([raws[i] for i in rest], new, salts)
            expires = None if self._ttl is None else now + self._ttl
            places |= self._store.add(head, new, salts, sealed, now=now, expires=expires)
        return cipher.tokens([places[blind] for blind in blinds])

    def _opened(self, head: str, found: Sequence[str]) -> list[str | Missing]:
        cipher = self._cipher(head[3:5], _ENTITIES[head[:2]])
        ids, salts, good = cipher.places(found)
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
                opened.append(cipher.open(row[3], row[2], salt))
        return opened

    def _refusal(self, head: str) -> Missing | None:
        key_id, kind = head[3:5], head[-1]
        if head[:2] not in _ENTITIES or kind != VAULTED or not self._keys.opens(key_id):
            return Missing.UNKNOWN
        return None if head[5:8] == self._keys.tag(key_id) else Missing.OTHER_TENANT

    def _cipher(self, key_id: str, entity: str) -> _Ciphers:
        if (key_id, entity) not in self._ciphers:
            self._ciphers[key_id, entity] = _Ciphers(self._keys, key_id, entity)
        return self._ciphers[key_id, entity]

    def _now(self) -> int:
        return int(self._clock())


class _Ciphers:
    """The ciphers of one key, tenant and entity, over columns."""

    def __init__(self, keys: TenantKeys, key_id: str, entity: str) -> None:
        self._head = tokens.head(entity, key_id, keys.tag(key_id), VAULTED)
        self._gcm = AESGCM(keys.derive(key_id, entity, "vault value", 32))
        self._block = BlockCipher(keys.derive(key_id, entity, "vault body", 32))
        key = keys.derive(key_id, entity, "vault index", 32).ljust(_HASH_BLOCK, b"\0")
        self._inner, self._outer = key.translate(_INNER), key.translate(_OUTER)

    def blinds(self, raws: Sequence[bytes]) -> list[bytes]:
        """Return the blind index of each value."""
        # HMAC as RFC 2104 defines it: two calls of a hash cost half of one of the module that wraps them.
        inner, outer, digest = self._inner, self._outer, sha256
        return [digest(outer + digest(inner + raw).digest()).digest()[:_BLIND_BYTES] for raw in raws]

    def seal(self, raws: Sequence[bytes], blinds: Sequence[bytes], salts: Sequence[int]) -> list[bytes]:
        """Seal each value, bound to its blind index and salt."""
        encrypt = self._gcm.encrypt
        # Were a salt ever drawn twice, for two values, the blind index would still tell their nonces apart.
        return [
            encrypt(salt.to_bytes(_SALT_BYTES, "big") + blind[:_REST], raw, blind)
            for raw, blind, salt in zip(raws, blinds, salts, strict=True)
        ]

    def open(self, sealed: bytes, blind: bytes, salt: int) -> str | Missing:
        """Return the value of a row, DAMAGED where someone has changed it."""
        try:
            return self._gcm.decrypt(salt.to_bytes(_SALT_BYTES, "big") + blind[:_REST], sealed, blind).decode()
        except InvalidTag:
            return Missing.DAMAGED

    def tokens(self, places: Sequence[Place]) -> list[str]:
        """Return the token that names each place, without surface."""
        _, ids, salts = zip(*places, strict=True)
        blocks = self._block.encrypt(np.array((ids, salts), np.uint64).T)
        return [f"{self._head}{body}{NO_SURFACE}" for body in base32.encode_blocks(blocks)]

    def places(self, found: Sequence[str]) -> tuple[list[int], list[int], list[bool]]:
        """Return the row and the salt that each token names, and whether there can be such."""
        codes = "".join([token[_BODY] for token in found]).encode("ascii", "replace")
        blocks, good = base32.decode(np.frombuffer(codes, np.uint8).reshape(-1, BLOCK_LENGTH))
        plain = self._block.decrypt(blocks)
        good &= (plain <= _MOST).all(axis=1)
        return plain[:, 0].tolist(), plain[:, 1].tolist(), good.tolist()
