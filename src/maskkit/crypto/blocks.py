"""A block cipher over whole columns: one call for any number of blocks."""

from __future__ import annotations

from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from numpy.typing import NDArray

BLOCK_BYTES: Final = 16
BLOCK_WORDS: Final = 2

#: An (n, 2) array of native 64-bit words: n blocks, each word read as big-endian bytes.
Blocks = NDArray[np.uint64]

_WIRE: Final = np.dtype(">u8")


class BlockCipher:
    """AES on each block by itself. A part of other modes, never a mode for data."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(AES(key), ECB())  # noqa: S305 - one block a message, with RFC 5649's check inside

    def encrypt(self, blocks: Blocks) -> Blocks:
        """Encrypt each row of `blocks`."""
        return from_bytes(self._cipher.encryptor().update(to_bytes(blocks)))

    def decrypt(self, blocks: Blocks) -> Blocks:
        """Decrypt each row of `blocks`."""
        return from_bytes(self._cipher.decryptor().update(to_bytes(blocks)))


def to_bytes(blocks: Blocks) -> bytes:
    """Return the blocks one after the other."""
    return blocks.astype(_WIRE).tobytes()


def from_bytes(raw: bytes) -> Blocks:
    """Return the blocks in `raw`, a multiple of 16 bytes."""
    return np.frombuffer(raw, _WIRE).astype(np.uint64).reshape(-1, BLOCK_WORDS)
