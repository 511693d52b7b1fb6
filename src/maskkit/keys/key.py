"""One version of the key: its id, suite and status, and the secret that never leaves this package but by derivation."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple, NoReturn, Self

from maskkit.errors import KeysetError

Status = Literal["enabled", "disabled", "destroyed"]
#: Ciphers and hash of a key: AES and SHA-256, or SM4 (GB/T 32907) and SM3 (GB/T 32905).
Suite = Literal["aes", "sm"]

STATUSES: Final = ("enabled", "disabled", "destroyed")
SUITES: Final = ("aes", "sm")
SECRET_BYTES: Final = 32

_LETTERS: Final = string.ascii_lowercase
_DIGITS: Final = "234567"


class KeyInfo(NamedTuple):
    """What may be told of a key: its id, its status, the day it was made, its suite."""

    id: str
    status: Status
    created: str
    suite: Suite


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One version of the key. A destroyed key has no secret."""

    id: str
    secret: bytes = field(repr=False)
    status: Status = "enabled"
    created: str = ""
    suite: Suite = "aes"

    def __post_init__(self) -> None:
        if len(self.id) != 2 or set(self.id) - set(_LETTERS + _DIGITS):
            raise KeysetError("a key id is two characters of a-z, 2-7")
        if self.status not in STATUSES:
            raise KeysetError(f"key {self.id} has an unknown status")
        if self.suite not in SUITES:
            raise KeysetError(f"key {self.id} has an unknown suite")
        if len(self.secret) != (0 if self.status == "destroyed" else SECRET_BYTES):
            raise KeysetError(f"key {self.id} has a secret of the wrong length")

    @classmethod
    def create(cls, taken: Iterable[str] = (), suite: Suite = "aes") -> Self:
        """Make a new enabled key whose id is none of those `taken`."""
        return cls(_new_id(frozenset(taken)), secrets.token_bytes(SECRET_BYTES), "enabled", today(), suite)

    @property
    def info(self) -> KeyInfo:
        """What may be told of it."""
        return KeyInfo(self.id, self.status, self.created, self.suite)

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a key cannot be pickled or copied")


def today() -> str:
    """Return the date, UTC."""
    return datetime.now(UTC).date().isoformat()


def _new_id(taken: frozenset[str]) -> str:
    """Return a letter and a digit in either order: no word, no number and no entity prefix reads like that."""
    free = [a + b for a in _LETTERS for b in _DIGITS] + [b + a for a in _LETTERS for b in _DIGITS]
    free = [key_id for key_id in free if key_id not in taken]
    if not free:
        raise KeysetError("the keyset has no key id left")
    return secrets.choice(free)
