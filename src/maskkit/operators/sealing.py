"""The ciphers of one key, tenant and entity: a key of its own for each use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from maskkit import tokens
from maskkit.crypto.keywrap import KeyWrap
from maskkit.crypto.siv import Siv

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys

_WRAP_KEY_BYTES: Final = 32
_SIV_KEY_BYTES: Final = 64


class Sealing:
    """What seals bodies and surfaces; each cipher is made when it is first needed."""

    def __init__(self, keys: TenantKeys, key_id: str, entity: str) -> None:
        self._keys = keys
        self._key_id = key_id
        self._entity = entity

    def head(self, kind: str) -> str:
        """Return the first nine characters of its tokens."""
        return tokens.head(self._entity, self._key_id, self._keys.tag(self._key_id), kind)

    @cached_property
    def body_wrap(self) -> KeyWrap:
        """For values that pack into eight bytes."""
        return KeyWrap(self._derive("body kw", _WRAP_KEY_BYTES))

    @cached_property
    def body_siv(self) -> Siv:
        """For longer values."""
        return Siv(self._derive("body siv", _SIV_KEY_BYTES))

    @cached_property
    def surface_wrap(self) -> KeyWrap:
        """For surfaces that four bytes can tell."""
        return KeyWrap(self._derive("surface kw", _WRAP_KEY_BYTES))

    @cached_property
    def surface_siv(self) -> Siv:
        """For all other surfaces."""
        return Siv(self._derive("surface siv", _SIV_KEY_BYTES))

    def _derive(self, use: str, length: int) -> bytes:
        return self._keys.derive(self._key_id, self._entity, use, length)
