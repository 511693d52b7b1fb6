"""A keyset: versioned keys of which one is primary, and what is derived from them for a tenant.

The shape is Tink's: the primary key makes tokens, every enabled one opens them, and each token names its key. Key
material never leaves this package but by derivation, and a keyset is neither printed, pickled nor compared by value.
"""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple, NoReturn, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maskkit.errors import KeysetError, UsageError

Status = Literal["enabled", "disabled", "destroyed"]

STATUSES: Final = ("enabled", "disabled", "destroyed")
SECRET_BYTES: Final = 32

_LETTERS: Final = string.ascii_lowercase
_DIGITS: Final = "234567"
_LABEL: Final = b"maskkit 1"
_TAG_USE: Final = "tenant tag"


class KeyInfo(NamedTuple):
    """What may be told of a key: its id, its status, the day it was made."""

    id: str
    status: Status
    created: str


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One version of the key. A destroyed key has no secret."""

    id: str
    secret: bytes = field(repr=False)
    status: Status = "enabled"
    created: str = ""

    def __post_init__(self) -> None:
        if len(self.id) != 2 or set(self.id) - set(_LETTERS + _DIGITS):
            raise KeysetError("a key id is two characters of a-z, 2-7")
        if self.status not in STATUSES:
            raise KeysetError(f"key {self.id} has an unknown status")
        if len(self.secret) != (0 if self.status == "destroyed" else SECRET_BYTES):
            raise KeysetError(f"key {self.id} has a secret of the wrong length")

    @classmethod
    def create(cls, taken: Iterable[str] = ()) -> Self:
        """Make a new enabled key whose id is none of those `taken`."""
        return cls(_new_id(frozenset(taken)), secrets.token_bytes(SECRET_BYTES), "enabled", _today())

    @property
    def info(self) -> KeyInfo:
        """What may be told of it."""
        return KeyInfo(self.id, self.status, self.created)

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a key cannot be pickled or copied")


class Keyset:
    """Keys with unique ids, exactly one of them primary and enabled."""

    __slots__ = ("_keys", "_primary")

    def __init__(self, keys: Iterable[Key], primary: str) -> None:
        listed = list(keys)
        self._keys = {key.id: key for key in listed}
        if len(self._keys) != len(listed):
            raise KeysetError("two keys of the keyset have one id")
        if primary not in self._keys or self._keys[primary].status != "enabled":
            raise KeysetError("the keyset has no enabled primary key")
        self._primary = primary

    @classmethod
    def create(cls) -> Self:
        """Make a keyset with one new key."""
        key = Key.create()
        return cls([key], key.id)

    @classmethod
    def open(cls, path: str | Path, passphrase: str | Callable[[], str] | None = None) -> Keyset:
        """Open a keyset file; a callable is asked for the passphrase only where the file is sealed.

        Raises KeysetError for a missing, damaged, newer or foreign file, PassphraseError for a wrong passphrase.
        """
        from maskkit.keys import store

        return store.open_file(Path(path), passphrase)

    def save(self, path: str | Path, passphrase: str | None = None) -> None:
        """Write a new keyset file, sealed by `passphrase` or openly unsealed without one; KeysetError if it exists."""
        from maskkit.keys import store

        store.write_file(Path(path), self, passphrase)

    @property
    def primary(self) -> KeyInfo:
        """The key that makes tokens."""
        return self._keys[self._primary].info

    @property
    def key_ids(self) -> frozenset[str]:
        """The ids of all keys, whatever their status: a token that names one of them is this keyset's."""
        return frozenset(self._keys)

    def info(self) -> list[KeyInfo]:
        """Return ids, states and days of all keys, in the order in which they were added."""
        return [key.info for key in self._keys.values()]

    def for_tenant(self, tenant: str) -> TenantKeys:
        """Return what the keys are for one tenant."""
        return TenantKeys(self, tenant)

    def secret(self, key_id: str) -> bytes:
        """Return the secret of an enabled key, for derivation and sealing in this package alone."""
        key = self._keys.get(key_id)
        if key is None or key.status != "enabled":
            raise KeysetError(f"the keyset has no enabled key {key_id}")
        return key.secret

    def versions(self) -> tuple[Key, ...]:
        """Return the keys themselves, for sealing in this package alone."""
        return tuple(self._keys.values())

    def __repr__(self) -> str:
        return f"Keyset(primary={self._primary!r}, keys={len(self._keys)})"

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a keyset cannot be pickled or copied", hint="open its file where it is needed")


class TenantKeys:
    """What a keyset derives for one tenant: two tenants share no derived key, so their tokens cannot be joined."""

    __slots__ = ("_keyset", "_tags", "tenant")

    def __init__(self, keyset: Keyset, tenant: str) -> None:
        if not tenant:
            raise UsageError("a tenant needs a name")
        self._keyset = keyset
        self._tags: dict[str, str] = {}
        self.tenant = tenant

    @property
    def primary(self) -> str:
        """The id of the key that makes tokens."""
        return self._keyset.primary.id

    @property
    def key_ids(self) -> frozenset[str]:
        """The ids of all keys of the keyset."""
        return self._keyset.key_ids

    def opens(self, key_id: str) -> bool:
        """Tell whether the keyset has that key, enabled."""
        return any(key.id == key_id and key.status == "enabled" for key in self._keyset.info())

    def derive(self, key_id: str, entity: str, use: str, length: int) -> bytes:
        """Return `length` bytes for one entity and use: HKDF-SHA256 (RFC 5869); KeysetError if the key is not enabled.

        The info names every part with its length before it, so that no two sets of parts read the same.
        """
        parts = (_LABEL, use.encode(), self.tenant.encode("utf-8", "surrogatepass"), entity.encode())
        info = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return HKDF(SHA256(), length, self._salt(), info).derive(self._keyset.secret(key_id))

    def tag(self, key_id: str) -> str:
        """Return the three characters (15 bits) by which a token made with that key names this tenant."""
        if key_id not in self._tags:
            self._tags[key_id] = base64.b32encode(self.derive(key_id, "", _TAG_USE, 2)).decode("ascii").lower()[:3]
        return self._tags[key_id]

    @staticmethod
    def _salt() -> bytes:
        return b""

    def __repr__(self) -> str:
        return f"TenantKeys({self.tenant!r})"

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a tenant's keys cannot be pickled or copied")


def _new_id(taken: frozenset[str]) -> str:
    """Return a letter and a digit in either order: no word, no number and no entity prefix reads like that."""
    free = [a + b for a in _LETTERS for b in _DIGITS] + [b + a for a in _LETTERS for b in _DIGITS]
    free = [key_id for key_id in free if key_id not in taken]
    if not free:
        raise KeysetError("the keyset has no key id left")
    return secrets.choice(free)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
