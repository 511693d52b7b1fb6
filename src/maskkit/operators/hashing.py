"""Keyed hash: equal values of one tenant and entity look equal, and nothing leads back.

``hash_``, the two characters of the key id, then 24 base32 characters: 120 bits of BLAKE2b (RFC 7693) under a key of
the tenant's, the entity's and this use's own. Lower-case base32 without 0, 1, 8 and 9, so no number can hide in it.
Values are hashed in their canonical form, so 138-0013-8000 and 13800138000 join. After the keyset has a new primary
key the same value hashes anew, which the key id shows.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from maskkit.normalize import canonical

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

PREFIX: Final = "hash_"
_KEY_BYTES: Final = 32
_DIGEST_BYTES: Final = 15


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
        mark = PREFIX + key_id
        shown = []
        for value in values:
            one = hasher.copy()
            one.update(canonical(entity, value).encode("utf-8", "surrogatepass"))
            shown.append(mark + base64.b32encode(one.digest()).decode("ascii").lower())
        return shown
