"""SIV of RFC 5297 one text at a time, step by step as the standard has it, over any block cipher of 16 bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.constant_time import bytes_eq

from maskkit.crypto.blocks import BLOCK_BYTES, BlockCipher, from_bytes, to_bytes

#: Two bits of the counter's start are cleared (section 2.5), so that counting never carries past 32 bits.
COUNTER_MASK: Final = np.uint64(0x7FFFFFFF_7FFFFFFF)


class ScalarSiv:
    """Encrypts and decrypts like pyca/cryptography's AESSIV, over any cipher."""

    __slots__ = ("_cmac", "_ctr")

    def __init__(self, mac: BlockCipher, ctr: BlockCipher) -> None:
        self._cmac = Cmac(mac)
        self._ctr = ctr

    def encrypt(self, data: bytes, associated_data: Sequence[bytes] | None) -> bytes:
        """Return V || C: section 2.6."""
        v = self.s2v([*(associated_data or ()), data])
        return v + self._counted(v, data)

    def decrypt(self, data: bytes, associated_data: Sequence[bytes] | None) -> bytes:
        """Return the text: section 2.7. InvalidTag for what was not made with this key and these data."""
        if len(data) < BLOCK_BYTES:
            raise InvalidTag
        v, sealed = data[:BLOCK_BYTES], data[BLOCK_BYTES:]
        text = self._counted(v, sealed)
        if not bytes_eq(self.s2v([*(associated_data or ()), text]), v):
            raise InvalidTag
        return text

    def s2v(self, strings: Sequence[bytes]) -> bytes:
        """Return S2V of one string or more: section 2.4."""
        d = self._cmac.of(bytes(BLOCK_BYTES))
        for string in strings[:-1]:
            d = xor(doubled(d), self._cmac.of(string))
        last = strings[-1]
        if len(last) >= BLOCK_BYTES:
            return self._cmac.of(last[:-BLOCK_BYTES] + xor(last[-BLOCK_BYTES:], d))
        return self._cmac.of(xor(doubled(d), padded(last)))

    def _counted(self, v: bytes, text: bytes) -> bytes:
        """Return `text` xored with the stream that V starts: section 2.5."""
        n = -(-len(text) // BLOCK_BYTES)
        counters = np.repeat(from_bytes(v), n, axis=0)
        counters[:, 1] = (counters[:, 1] & COUNTER_MASK) + np.arange(n, dtype=np.uint64)
        return xor(to_bytes(self._ctr.encrypt(counters))[: len(text)], text)


class Cmac:
    """CMAC of NIST SP 800-38B, which RFC 5297 is built on."""

    __slots__ = ("_cipher", "full", "short")

    def __init__(self, cipher: BlockCipher) -> None:
        self._cipher = cipher
        #: K1 and K2 of section 6.1: for a last block that is full, and for one that is padded.
        self.full = doubled(cipher.chain(bytes(BLOCK_BYTES)))
        self.short = doubled(self.full)

    def of(self, text: bytes) -> bytes:
        """Return the MAC of `text`: section 6.2."""
        start = max(-(-len(text) // BLOCK_BYTES) - 1, 0) * BLOCK_BYTES
        last = text[start:]
        last = xor(last, self.full) if len(last) == BLOCK_BYTES else xor(padded(last), self.short)
        return self._cipher.chain(text[:start] + last)


def doubled(block: bytes) -> bytes:
    """Return the product with x in GF(2^128): section 2.3, dbl."""
    number = int.from_bytes(block, "big") << 1
    return (number ^ 0x87 if number >> 128 else number).to_bytes(BLOCK_BYTES + 1, "big")[1:]


def padded(text: bytes) -> bytes:
    """Return less than a block as one: section 2.1, pad."""
    return (text + b"\x80").ljust(BLOCK_BYTES, b"\0")


def xor(left: bytes, right: bytes) -> bytes:
    """Return the bytes of two texts of one length, xored."""
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(len(left), "big")
