"""What seals a keyset file: a passphrase, or the data key of a KMS. Either gives the 32 bytes for AES-256-GCM.

Argon2id (RFC 9106, section 4, the second recommended option: t=3, 64 MiB, p=4) makes a key of a passphrase; where
OpenSSL has none (before 3.2), scrypt (RFC 7914, with OWASP's N=2^17, r=8, p=1).
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from collections.abc import Callable
from typing import Any, Final, NoReturn, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from maskkit.errors import KeysetError, PassphraseError, UsageError
from maskkit.keys.kms import Kms, find

KEY_BYTES: Final = 32

Passphrase = str | Callable[[], str]

#: What is written, and what a file may ask for: little more, so that opening one takes neither minutes nor memory.
_ARGON2ID: Final = {"iterations": 3, "memory_kib": 64 * 1024, "lanes": 4}
_SCRYPT: Final = {"n": 1 << 17, "r": 8, "p": 1}
_BOUNDS: Final = {
    "argon2id": {"iterations": (1, 4), "memory_kib": (8 * 1024, 128 * 1024), "lanes": (1, 8)},
    "scrypt": {"n": (1 << 13, 1 << 18), "r": (8, 8), "p": (1, 2)},
}
_SALT_BYTES: Final = 16
_MAX_WRAPPED: Final = 1 << 14


class DamagedError(ValueError):
    """What a file says of its seal makes no sense."""


class Seal(Protocol):
    """Gives the key that a file is sealed with: a new one for each writing."""

    def lock(self) -> tuple[bytes, dict[str, Any]]:
        """Return 32 bytes of a new key, and what the file has to say so that the key can be had again."""

    def unlock(self, sealing: dict[str, Any]) -> bytes:
        """Return the key of a file that says `sealing`.

        Raises DamagedError where that makes no sense, KeysetError where it asks for too much or the key is not given.
        """


class PassphraseSeal:
    """A passphrase and a new salt for each writing."""

    def __init__(self, passphrase: str) -> None:
        if not passphrase:
            raise PassphraseError("an empty passphrase protects nothing", hint="--no-passphrase says so openly")
        self._passphrase = passphrase

    def lock(self) -> tuple[bytes, dict[str, Any]]:
        """Return a key stretched from the passphrase, and how."""
        salt = base64.b64encode(secrets.token_bytes(_SALT_BYTES)).decode("ascii")
        try:
            sealing = {"kdf": "argon2id", "salt": salt, **_ARGON2ID}
            return _stretch(self._passphrase, sealing), sealing
        except UnsupportedAlgorithm:
            sealing = {"kdf": "scrypt", "salt": salt, **_SCRYPT}
            return _stretch(self._passphrase, sealing), sealing

    def unlock(self, sealing: dict[str, Any]) -> bytes:
        """Return the key stretched from the passphrase as the file says."""
        _check(sealing)
        try:
            return _stretch(self._passphrase, sealing)
        except UnsupportedAlgorithm:
            raise KeysetError(f"this build of OpenSSL has no {sealing['kdf']}") from None

    def __repr__(self) -> str:
        return "PassphraseSeal()"

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a passphrase cannot be pickled or copied")


class KmsSeal:
    """A new data key for each writing, wrapped by a KMS."""

    def __init__(self, kms: Kms) -> None:
        self._kms = kms

    def lock(self) -> tuple[bytes, dict[str, Any]]:
        """Return a data key, and how the KMS wrapped it."""
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = self._kms.wrap(key)
        return key, {"kms": self._kms.name, "wrapped": base64.b64encode(wrapped).decode("ascii")}

    def unlock(self, sealing: dict[str, Any]) -> bytes:
        """Return the data key as the KMS unwraps it."""
        wrapped = sealing.get("wrapped")
        if not isinstance(wrapped, str) or len(wrapped) > _MAX_WRAPPED:
            raise DamagedError
        if sealing.get("kms") != self._kms.name:
            raise KeysetError(f"it is sealed by another KMS than {self._kms.name}")
        key = self._kms.unwrap(base64.b64decode(wrapped, validate=True))
        if len(key) != KEY_BYTES:
            raise KeysetError(f"{self._kms.name} gives back no key of {KEY_BYTES} bytes")
        return key

    def __repr__(self) -> str:
        return f"KmsSeal({self._kms.name!r})"

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a KMS with its credentials cannot be pickled or copied")


def choose(passphrase: str | None, kms: Kms | None) -> Seal | None:
    """Return the seal of a passphrase or a KMS; None, unsealed, without either."""
    if passphrase is not None and kms is not None:
        raise UsageError("a keyset is sealed by a passphrase or by a KMS, not by both")
    if kms is not None:
        return KmsSeal(kms)
    return None if passphrase is None else PassphraseSeal(passphrase)


def seal_of(sealing: dict[str, Any], passphrase: Passphrase | None, kms: Kms | None) -> Seal:
    """Return the seal of a file: of its passphrase, or of `kms`, or of the KMS that the file names.

    Raises DamagedError for a file that makes no sense, PassphraseError where a passphrase is needed and there is none.
    """
    if not is_by_passphrase(sealing):
        name = sealing["kms"]
        if not isinstance(name, str):
            raise DamagedError
        return KmsSeal(kms or find(name))
    _check(sealing)  # before anybody is asked
    given = passphrase() if callable(passphrase) else passphrase
    if not given:
        raise PassphraseError("it is sealed and needs its passphrase", hint="set MASKKIT_PASSPHRASE")
    return PassphraseSeal(given)


def is_by_passphrase(sealing: dict[str, Any]) -> bool:
    """Tell whether a file is sealed by a passphrase, and not by a KMS."""
    return "kms" not in sealing


def _check(sealing: dict[str, Any]) -> None:
    bounds = _BOUNDS.get(str(sealing.get("kdf")))
    if bounds is None:
        raise DamagedError
    for name, (low, high) in bounds.items():
        if type(sealing.get(name)) is not int:
            raise DamagedError
        if not low <= sealing[name] <= high:
            raise KeysetError(f"it asks for {name} outside {low} to {high}")


def _stretch(passphrase: str, sealing: dict[str, Any]) -> bytes:
    salt = base64.b64decode(sealing["salt"], validate=True)
    # NFC: the same passphrase typed on another system may come in another composition.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    if sealing["kdf"] == "scrypt":
        return Scrypt(salt, KEY_BYTES, sealing["n"], sealing["r"], sealing["p"]).derive(secret)
    return Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=sealing["iterations"],
        lanes=sealing["lanes"],
        memory_cost=sealing["memory_kib"],
    ).derive(secret)
