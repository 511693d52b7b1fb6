"""What is between a value and the row of a vault: blind index, seal, and the body of the token that names the row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import new, sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maskkit import tokens
from maskkit.crypto.blocks import BlockCipher
from maskkit.crypto.siv import Siv
from maskkit.errors import KeysetError
from maskkit.operators import base32
from maskkit.tokens import BLOCK_LENGTH, HEAD_LENGTH, NO_SURFACE, VAULTED

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys
    from maskkit.vault.base import Place

#: Numbers of rows and salts are positive in 64 bits with a sign.
MOST: Final = np.uint64((1 << 63) - 1)
SALT_BYTES: Final = 8

_BLIND_BYTES: Final = 16
#: What a salt lacks of a nonce of 12 bytes.
_REST: Final = 4
_HASH_BLOCK: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))
_BODY: Final = slice(HEAD_LENGTH, HEAD_LENGTH + BLOCK_LENGTH)


class VaultSealing:
    """The ciphers of one key, tenant and entity, over columns."""

    def __init__(self, keys: TenantKeys, key_id: str, entity: str) -> None:
        derive = partial(keys.derive, key_id, entity)
        self._aead: _Aead
        if keys.suite(key_id) == "sm":
            self._aead, self._hash = _SmSiv(derive("vault value", 32)), _sm3()
            self._block = BlockCipher(derive("vault body", 16), "sm4")
        else:
            self._aead, self._hash = AESGCM(derive("vault value", 32)), sha256
            self._block = BlockCipher(derive("vault body", 32))
        key = derive("vault index", 32).ljust(_HASH_BLOCK, b"\0")
        self._inner, self._outer = key.translate(_INNER), key.translate(_OUTER)
        #: What its tokens begin with.
        self.head = tokens.head(entity, key_id, keys.tag(key_id), VAULTED)

    def blinds(self, raws: Sequence[bytes]) -> list[bytes]:
        """Return the blind index of each value."""
        # HMAC as RFC 2104 defines it: two calls of a hash cost half of one of the module that wraps them.
        inner, outer, digest = self._inner, self._outer, self._hash
        return [digest(outer + digest(inner + raw).digest()).digest()[:_BLIND_BYTES] for raw in raws]

    def seal(self, raws: Sequence[bytes], blinds: Sequence[bytes], salts: Sequence[int]) -> list[bytes]:
        """Seal each value, bound to its blind index and salt."""
        encrypt = self._aead.encrypt
        # Were a salt ever drawn twice, for two values, the blind index would still tell their nonces apart.
        return [
            encrypt(salt.to_bytes(SALT_BYTES, "big") + blind[:_REST], raw, blind)
            for raw, blind, salt in zip(raws, blinds, salts, strict=True)
        ]

    def open(self, sealed: bytes, blind: bytes, salt: int) -> str | None:
        """Return the value of a row, None where someone has changed it."""
        try:
            return self._aead.decrypt(salt.to_bytes(SALT_BYTES, "big") + blind[:_REST], sealed, blind).decode()
        except InvalidTag:
            return None

    def tokens(self, places: Sequence[Place]) -> list[str]:
        """Return the token that names each place, without surface."""
        _, ids, salts = zip(*places, strict=True)
        blocks = self._block.encrypt(np.array((ids, salts), np.uint64).T)
        return [f"{self.head}{body}{NO_SURFACE}" for body in base32.encode_blocks(blocks)]

    def places(self, found: Sequence[str]) -> tuple[list[int], list[int], list[bool]]:
        """Return the row and the salt that each token names, and whether there can be such."""
        codes = "".join([token[_BODY] for token in found]).encode("ascii", "replace")
        blocks, good = base32.decode(np.frombuffer(codes, np.uint8).reshape(-1, BLOCK_LENGTH))
        plain = self._block.decrypt(blocks)
        good &= (plain <= MOST).all(axis=1)
        return plain[:, 0].tolist(), plain[:, 1].tolist(), good.tolist()


class _Aead(Protocol):
    """Authenticated encryption with associated data, as pyca/cryptography calls it."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Seal `data`."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Undo `encrypt`; InvalidTag for what was not made like this."""


class _SmSiv:
    """SIV over SM4 in the same form, since builds of OpenSSL with SM4 need not have GCM over it."""

    def __init__(self, key: bytes) -> None:
        self._siv = Siv(key, "sm4")

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        return self._siv.seal_bound(data, nonce + associated_data)

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        opened = self._siv.open_bound(data, nonce + associated_data)
        if opened is None:
            raise InvalidTag
        return opened


def _sm3() -> Callable[[bytes], Any]:
    try:
        new("sm3")
    except ValueError:
        raise KeysetError("this build of OpenSSL has no SM3, which keys of suite sm need") from None
    return partial(new, "sm3")
