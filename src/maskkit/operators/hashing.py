"""Keyed hash: equal values of one tenant and entity look equal, and nothing leads back.

``hash_``, the two characters of the key id, then 26 base32 characters: 128 bits of BLAKE2b (RFC 7693) under a key of
the tenant's, the entity's and this use's own. Lower-case base32 without 0, 1, 8 and 9, so no number can hide in it.
Values are hashed in their canonical form, so 138-0013-8000 and 13800138000 join. After the keyset has a new primary
key the same value hashes anew, which the key id shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from maskkit.crypto.blocks import from_bytes
from maskkit.normalize import canonical
from maskkit.operators import base32
from maskkit.tokens import BLOCK_LENGTH

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

PREFIX: Final = "hash_"
_KEY_BYTES: Final = 32
_DIGEST_BYTES: Final = 16


class Hash:
    """Replaces each value by its keyed hash."""

    name = "hash"
    reversible = False

    def __init__(self, keys: TenantKeys) -> None:
        self._keys = keys

    def __repr__(self) -> str:
        return "Hash()"

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return the hash of each of `values`' canonical form."""
        key_id = self._keys.primary
        hasher = blake2b(key=self._keys.derive(key_id, entity, "hash", _KEY_BYTES), digest_size=_DIGEST_BYTES)
        digests = []
        for value in values:
            one = hasher.copy()
            one.update(canonical(entity, value).encode("utf-8", "surrogatepass"))
            digests.append(one.digest())
        mark = PREFIX + key_id
        text = base32.encode(from_bytes(b"".join(digests))).tobytes().decode("ascii")
        return [mark + text[at : at + BLOCK_LENGTH] for at in range(0, len(text), BLOCK_LENGTH)]
