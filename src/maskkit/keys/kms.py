"""Key management services: whoever wraps and unwraps 32 bytes can hold the key to a keyset."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from maskkit.errors import KeysetError, UsageError, as_said

#: Packages that bring a KMS of their own name a callable here: scheme = "package.module:from_name".
GROUP: Final = "maskkit.kms"
VAULT: Final = "vault-transit"


@runtime_checkable
class Kms(Protocol):
    """A key management service or HSM, holding a key that never leaves it.

    A keyset file is sealed by a random data key, which stands in the file as `wrap` returned it. What goes wrong is
    raised as KeysetError, with neither key nor credentials in the message.
    """

    @property
    def name(self) -> str:
        """``scheme:key``: stands in the file, and says how to find the service again. No address, no credentials."""

    def wrap(self, key: bytes) -> bytes:
        """Return `key`, encrypted and authenticated."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the key that `wrap` was given; KeysetError for what this service did not wrap."""


def find(name: str) -> Kms:
    """Return the KMS of that name: Vault Transit, or that of an installed package (entry point group maskkit.kms).

    Raises UsageError for a name that none has.
    """
    scheme, _, key = name.partition(":")
    if scheme == VAULT:
        from maskkit.keys.transit import Transit

        return Transit.from_environment(key)
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP, name=scheme):
        found = point.load()(key)
        if not isinstance(found, Kms) or found.name != name:
            raise KeysetError(f"the package for {as_said(scheme)} gives no KMS of that name")
        return found
    raise UsageError(
        f"there is no KMS {as_said(scheme)}",
        hint=f"{VAULT}:KEY, or install the package that brings it (entry point group {GROUP})",
    )
