"""AES-SIV (RFC 5297): deterministic authenticated encryption of texts of any length, the empty one included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class Siv:
    """AES-SIV under one key: AES-256-SIV for 64 bytes."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def seal(self, texts: Iterable[bytes]) -> list[bytes]:
        """Seal each text; the result is 16 bytes longer."""
        encrypt = self._cipher.encrypt
        return [encrypt(text, None) for text in texts]

    def open(self, sealed: Iterable[bytes]) -> list[bytes | None]:
        """Undo `seal`; None for what was not made with this key."""
        return [self._open(one, None) for one in sealed]

    def seal_bound(self, text: bytes, associated: bytes) -> bytes:
        """Seal one text bound to `associated`: it opens only beside the same bytes."""
        return self._cipher.encrypt(text, [associated])

    def open_bound(self, sealed: bytes, associated: bytes) -> bytes | None:
        """Undo `seal_bound`; None for what was not made with this key and these bytes."""
        return self._open(sealed, [associated])

    def _open(self, sealed: bytes, associated: Sequence[bytes] | None) -> bytes | None:
        try:
            return self._cipher.decrypt(sealed, None if associated is None else list(associated))
        except InvalidTag:
            return None
