"""The ciphers of one key, tenant and entity: a key of its own for each use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from maskkit import tokens
from maskkit.crypto.blocks import CipherName
from maskkit.crypto.keywrap import KeyWrap
from maskkit.crypto.siv import Siv

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

#: The cipher of a suite, and how long the keys of RFC 5649 and of RFC 5297 are: AES-256, SM4 (GB/T 32907-2016).
CIPHERS: Final[dict[str, tuple[CipherName, int, int]]] = {"aes": ("aes", 32, 64), "sm": ("sm4", 16, 32)}


class Sealing:
    """What seals bodies and surfaces; each cipher is made when it is first needed."""

    def __init__(self, keys: TenantKeys, key_id: str, entity: str) -> None:
        self._keys = keys
        self._key_id = key_id
        self._entity = entity
        self._cipher, self._wrap_bytes, self._siv_bytes = CIPHERS[keys.suite(key_id)]

    def head(self, kind: str) -> str:
        """Return the first nine characters of its tokens."""
        return tokens.head(self._entity, self._key_id, self._keys.tag(self._key_id), kind)

    @cached_property
    def body_wrap(self) -> KeyWrap:
        """For values that pack into eight bytes."""
        return self._wrap("body kw")

    @cached_property
    def body_siv(self) -> Siv:
        """For longer values."""
        return self._siv("body siv")

    @cached_property
    def surface_wrap(self) -> KeyWrap:
        """For surfaces that four bytes can tell."""
        return self._wrap("surface kw")

    @cached_property
    def surface_siv(self) -> Siv:
        """For all other surfaces."""
        return self._siv("surface siv")

    def _wrap(self, use: str) -> KeyWrap:
        return KeyWrap(self._derive(use, self._wrap_bytes), self._cipher)

    def _siv(self, use: str) -> Siv:
        return Siv(self._derive(use, self._siv_bytes), self._cipher)

    def _derive(self, use: str, length: int) -> bytes:
        return self._keys.derive(self._key_id, self._entity, use, length)
