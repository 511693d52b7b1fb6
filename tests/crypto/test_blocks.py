"""Block ciphers over columns."""

from __future__ import annotations

import numpy as np

from maskkit.crypto.blocks import BlockCipher, from_bytes, to_bytes


def test_aes_of_the_standard() -> None:
    """FIPS 197, appendix C.3, twice in one column."""
    cipher = BlockCipher(bytes(range(32)))
    plain = from_bytes(bytes.fromhex("00112233445566778899aabbccddeeff") * 2)
    sealed = cipher.encrypt(plain)
    assert to_bytes(sealed).hex() == "8ea2b7ca516745bfeafc49904b496089" * 2
    assert (cipher.decrypt(sealed) == plain).all()


def test_words_are_big_endian_bytes() -> None:
    """Bytes and words go there and back on any machine."""
    assert from_bytes(bytes(range(16))).tolist() == [[0x0001020304050607, 0x08090A0B0C0D0E0F]]
    assert to_bytes(np.array([[1, 2]], np.uint64)) == bytes(7) + b"\1" + bytes(7) + b"\2"
