"""Tenants: what a keyset derives for one of them, and the salt whose end is the end of that tenant's tokens.

A tenant that was never added derives from its name with an empty salt. One that was added has a random salt in the
keyset: without it nothing that was derived comes back, so destroying the salt retires the tenant and no one else. What
was made before it was added carries the tag of the empty salt and keeps opening.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maskkit.errors import KeysetError, UsageError
from maskkit.keys.key import Key, Suite, today

if TYPE_CHECKING:
    from maskkit.keys.keyset import Keyset

SALT_BYTES: Final = 32

_LABEL: Final = b"maskkit 1"
_TAG_USE: Final = "tenant tag"
_MAX_NAME: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Tenant:
    """A tenant that was added: its salt, none once it is retired.

    `added` and `retired` are dates, `retired` empty while it is not. `tags` are those of its tokens by key id, kept
    once it is retired: a tag stands open in every token, and without the salt it could not be told again.
    """

    name: str
    salt: bytes = field(repr=False)
    added: str = ""
    retired: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name:
            raise KeysetError("a tenant has no name")
        if len(self.salt) != (0 if self.retired else SALT_BYTES):
            raise KeysetError("a tenant has a salt of the wrong length")

    @classmethod
    def create(cls, name: str) -> Self:
        """Make a tenant with a new salt; UsageError for what can be no name."""
        if not 0 < len(name) <= _MAX_NAME or not name.isprintable() or name.strip() != name:
            raise UsageError(f"a tenant's name is 1 to {_MAX_NAME} printable characters without blanks around it")
        return cls(name, secrets.token_bytes(SALT_BYTES), today())

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a tenant cannot be pickled or copied")


class TenantKeys:
    """What a keyset derives for one tenant: two tenants share no derived key, so their tokens cannot be joined."""

    __slots__ = ("_keyset", "_salt", "_tags", "former", "tenant")

    def __init__(self, keyset: Keyset, tenant: str, record: Tenant | None = None) -> None:
        if not tenant:
            raise UsageError("a tenant needs a name")
        self._keyset = keyset
        self._tags: dict[str, str] = {}
        #: None for a retired tenant, whose salt is gone.
        self._salt = b"" if record is None else record.salt or None
        self.tenant = tenant
        #: What the tenant had before it was added; None where it never was.
        self.former = None if record is None else TenantKeys(keyset, tenant)

    @property
    def primary(self) -> str:
        """The id of the key that makes tokens."""
        return self._keyset.primary.id

    @property
    def oldest(self) -> str:
        """The id of the first key that the keyset had, whatever its status now: the one that makes surrogates."""
        return self._keyset.info()[0].id

    @property
    def key_ids(self) -> frozenset[str]:
        """The ids of all keys of the keyset."""
        return self._keyset.key_ids

    @property
    def disabled(self) -> list[str]:
        """The ids of the keys that open nothing now, and would if they were enabled again."""
        return [key.id for key in self._keyset.info() if key.status == "disabled"]

    @property
    def retired(self) -> bool:
        """Whether the salt is gone: nothing can be made, and only what was made before the tenant was added opens."""
        return self._salt is None

    def opens(self, key_id: str) -> bool:
        """Tell whether the keyset has that key, enabled."""
        return self._keyset.is_enabled(key_id)

    def suite(self, key_id: str) -> Suite:
        """Return which ciphers an enabled key is for: ``aes`` or ``sm``."""
        return self._keyset.enabled(key_id).suite

    def derive(self, key_id: str, entity: str, use: str, length: int) -> bytes:
        """Return `length` bytes for one entity and use; KeysetError if the key is not enabled or the tenant is retired.

        HKDF (RFC 5869) with SHA-256, or with SM3 for a key of suite ``sm``.
        """
        if self._salt is None:
            raise KeysetError(
                f"tenant {self.tenant} is retired, and nothing is made for it any more",
                hint="maskkit tenants add T, with a name that was not used before",
            )
        return derive(self._keyset.enabled(key_id), self._salt, self.tenant, entity, use, length)

    def tag(self, key_id: str) -> str:
        """Return the three characters (15 bits) by which a token made with that key names this tenant."""
        if key_id not in self._tags:
            self._tags[key_id] = tag_of(self.derive(key_id, "", _TAG_USE, 2))
        return self._tags[key_id]

    def by_tag(self, key_id: str, tag: str) -> TenantKeys | None:
        """Return what opens the tokens of an enabled key under that tag: this, what was before it, or nothing."""
        return next((keys for keys in self._living() if keys.tag(key_id) == tag), None)

    def was_retired(self, key_id: str, tag: str) -> bool:
        """Tell whether such a tag was that of a tenant which is retired."""
        return any(tenant.tags.get(key_id) == tag for tenant in self._keyset.tenants() if tenant.retired)

    def needs_rewrap(self, key_id: str, tag: str) -> bool:
        """Tell whether a token of that key and tag is not one that would be made today."""
        return key_id != self.primary or tag != self.tag(key_id)

    def _living(self) -> Iterator[TenantKeys]:
        if self._salt is not None:
            yield self
        if self.former is not None:
            yield self.former

    def __repr__(self) -> str:
        return f"TenantKeys({self.tenant!r})"

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a tenant's keys cannot be pickled or copied")


def derive(key: Key, salt: bytes, tenant: str, entity: str, use: str, length: int) -> bytes:
    """Return `length` bytes of a key's secret by HKDF, whatever the key's status.

    The info names every part with its length before it, so that no two sets of parts read the same.
    """
    parts = (_LABEL, use.encode(), tenant.encode("utf-8", "surrogatepass"), entity.encode())
    info = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    try:
        return HKDF(SM3() if key.suite == "sm" else SHA256(), length, salt, info).derive(key.secret)
    except UnsupportedAlgorithm:
        raise KeysetError(f"key {key.id} is of suite {key.suite}, and this build of OpenSSL has no SM3") from None


def tags(name: str, salt: bytes, keys: tuple[Key, ...]) -> dict[str, str]:
    """Return the tags of a tenant under a salt, for all keys that still have a secret."""
    return {key.id: tag_of(derive(key, salt, name, "", _TAG_USE, 2)) for key in keys if key.secret}


def tag_of(raw: bytes) -> str:
    """Return the first 15 bits of two bytes as three characters."""
    return base64.b32encode(raw).decode("ascii").lower()[:3]
