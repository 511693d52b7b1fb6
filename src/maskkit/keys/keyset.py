"""A keyset: versioned keys of which one is primary, the tenants that were added, and the key that signs the audit.

The shape is Tink's: the primary key makes tokens, every enabled one opens them, and each token names its key. A keyset
does not change: `maskkit.keys.lifecycle` makes another one of it. It is neither printed, pickled nor compared by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, Self

from maskkit.errors import KeysetError, as_said
from maskkit.keys.key import SECRET_BYTES, STATUSES, SUITES, Key, KeyInfo, Status, Suite
from maskkit.keys.tenant import Tenant, TenantKeys, derive

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from maskkit.keys.kms import Kms

__all__ = ["STATUSES", "SUITES", "Key", "KeyInfo", "Keyset", "Status", "Suite", "Tenant", "TenantKeys"]

_SIGNING_USE: Final = "audit signing"


class Keyset:
    """Keys with unique ids, exactly one of them primary and enabled; tenants with unique names.

    `signing` is the seed of the Ed25519 key that signs the audit. Keysets of before there was one derive it from their
    oldest key that has a secret, until they are next written.
    """

    __slots__ = ("_keys", "_primary", "_signing", "_tenants")

    def __init__(
        self, keys: Iterable[Key], primary: str, *, tenants: Iterable[Tenant] = (), signing: bytes = b""
    ) -> None:
        listed, known = list(keys), list(tenants)
        self._keys = {key.id: key for key in listed}
        self._tenants = {tenant.name: tenant for tenant in known}
        if len(self._keys) != len(listed):
            raise KeysetError("two keys of the keyset have one id")
        if len(self._tenants) != len(known):
            raise KeysetError("two tenants of the keyset have one name")
        if primary not in self._keys or self._keys[primary].status != "enabled":
            raise KeysetError("the keyset has no enabled primary key")
        self._primary = primary
        self._signing = signing or self._derived_signing()
        if len(self._signing) != SECRET_BYTES:
            raise KeysetError("the keyset has a signing key of the wrong length")

    @classmethod
    def create(cls, suite: Suite = "aes") -> Self:
        """Make a keyset with one new key; KeysetError where OpenSSL has not what its suite needs."""
        import secrets

        key = Key.create(suite=suite)
        made = cls([key], key.id, signing=secrets.token_bytes(SECRET_BYTES))
        made.for_tenant("default").tag(key.id)
        return made

    @classmethod
    def open(
        cls, path: str | Path, passphrase: str | Callable[[], str] | None = None, *, kms: Kms | None = None
    ) -> Keyset:
        """Open a keyset file; a callable is asked for the passphrase only where the file is sealed by one.

        A file sealed by a KMS is opened by `kms`, or by one that is found by the name in the file. Raises KeysetError
        for a missing, damaged, newer or foreign file or a KMS that refuses, PassphraseError for a wrong passphrase.
        """
        from maskkit.keys import store

        return store.open_file(Path(path), passphrase, kms).keyset

    def save(self, path: str | Path, passphrase: str | None = None, *, kms: Kms | None = None) -> None:
        """Write a new keyset file, sealed by `passphrase` or `kms`, or openly unsealed without either.

        Raises KeysetError if there is a file already.
        """
        from maskkit.keys import seals, store

        store.write_file(Path(path), self, seals.choose(passphrase, kms))

    @property
    def primary(self) -> KeyInfo:
        """The key that makes tokens."""
        return self._keys[self._primary].info

    @property
    def key_ids(self) -> frozenset[str]:
        """The ids of all keys, whatever their status: a token that names one of them is this keyset's."""
        return frozenset(self._keys)

    def info(self) -> list[KeyInfo]:
        """Return what may be told of all keys, in the order in which they were added."""
        return [key.info for key in self._keys.values()]

    def is_enabled(self, key_id: str) -> bool:
        """Tell whether there is that key, enabled."""
        key = self._keys.get(key_id)
        return key is not None and key.status == "enabled"

    def for_tenant(self, tenant: str) -> TenantKeys:
        """Return what the keys are for one tenant, whether it was added or not."""
        return TenantKeys(self, tenant, self._tenants.get(tenant))

    def has_tenant(self, tenant: str) -> bool:
        """Tell whether the tenant was added, so that it can be retired; also true once it is."""
        return tenant in self._tenants

    def signing_key(self) -> Ed25519PrivateKey:
        """Return the key that signs the audit (RFC 8032). It outlives every rotation."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._signing)

    def enabled(self, key_id: str) -> Key:
        """Return an enabled key, for derivation in this package alone."""
        key = self._keys.get(key_id)
        if key is None:
            raise KeysetError(f"the keyset has no key {as_said(key_id)}", hint="maskkit keys list")
        if key.status != "enabled":
            oldest = key is next(iter(self._keys.values()))
            raise KeysetError(
                f"key {key.id}{', which makes the surrogates,' if oldest else ''} is {key.status}",
                hint=f"maskkit keys enable {key.id}" if key.status == "disabled" else "restore a copy of the keyset",
            )
        return key

    def versions(self) -> tuple[Key, ...]:
        """Return the keys themselves, for sealing in this package alone."""
        return tuple(self._keys.values())

    def tenants(self) -> tuple[Tenant, ...]:
        """Return the tenants that were added, for derivation and sealing in this package alone."""
        return tuple(self._tenants.values())

    def signing_seed(self) -> bytes:
        """Return the secret of the signing key, for sealing in this package alone."""
        return self._signing

    def _derived_signing(self) -> bytes:
        oldest = next(key for key in self._keys.values() if key.secret)
        return derive(oldest, b"", "", "", _SIGNING_USE, SECRET_BYTES)

    def __repr__(self) -> str:
        return f"Keyset(primary={self._primary!r}, keys={len(self._keys)})"

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a keyset cannot be pickled or copied", hint="open its file where it is needed")
