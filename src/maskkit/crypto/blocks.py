"""A block cipher over whole columns: one call for any number of blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NoReturn

import numpy as np
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from numpy.typing import NDArray

from maskkit.errors import UsageError

BLOCK_BYTES: Final = 16
BLOCK_WORDS: Final = 2

#: An (n, 2) array of native 64-bit words: n blocks, each word read as big-endian bytes.
Blocks = NDArray[np.uint64]

#: AES of FIPS 197, SM4 of GB/T 32907-2016.
CipherName = Literal["aes", "sm4"]
#: Key sizes in bytes.
KEY_SIZES: Final[dict[str, tuple[int, ...]]] = {"aes": (16, 24, 32), "sm4": (16,)}

#: The bytes of a word as ciphers read them.
WIRE: Final = np.dtype(">u8")
#: What pyca/cryptography asks of an output beyond its length.
_SLACK: Final = BLOCK_BYTES - 1


class BlockCipher:
    """AES or SM4 on each block by itself. A part of other modes, never a mode for data.

    UsageError for a key of a wrong size and for a cipher that is unknown, or missing in this build of OpenSSL.
    """

    __slots__ = ("_cbc", "_cipher")

    def __init__(self, key: bytes, cipher: CipherName = "aes") -> None:
        if cipher not in KEY_SIZES:
            raise UsageError("unknown cipher", hint=f"one of {', '.join(KEY_SIZES)}")
        if not isinstance(key, bytes) or len(key) not in KEY_SIZES[cipher]:
            sizes = " or ".join(map(str, KEY_SIZES[cipher]))
            raise UsageError(f"a key of {cipher.upper()} is {sizes} bytes")
        algorithm = AES(key) if cipher == "aes" else SM4(key)
        self._cipher = Cipher(algorithm, ECB())  # noqa: S305 - a part of RFC 5649, RFC 5297 and SP 800-38G
        self._cbc = Cipher(algorithm, CBC(bytes(BLOCK_BYTES)))
        try:
            self._cipher.encryptor()
        except UnsupportedAlgorithm:
            raise UsageError(f"this build of OpenSSL has no {cipher.upper()}") from None

    def encrypt(self, blocks: Blocks) -> Blocks:
        """Encrypt each row of `blocks`."""
        return from_bytes(self.encrypt_bytes(to_bytes(blocks)))

    def encrypt_bytes(self, raw: bytes) -> bytes:
        """Encrypt whole blocks that stand one after the other."""
        return self._cipher.encryptor().update(raw)

    def decrypt(self, blocks: Blocks) -> Blocks:
        """Decrypt each row of `blocks`."""
        return from_bytes(self.decrypt_bytes(to_bytes(blocks)))

    def decrypt_bytes(self, raw: bytes) -> bytes:
        """Decrypt whole blocks that stand one after the other."""
        return self._cipher.decryptor().update(raw)

    def chain(self, raw: bytes) -> bytes:
        """Return the last block of CBC with a zero IV over whole blocks; the zero block for none."""
        return self._cbc.encryptor().update(raw)[-BLOCK_BYTES:] or bytes(BLOCK_BYTES)

    def encryptor(self, most: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64], Callable[[int], object]]:
        """Return two (most, 2) arrays of words in `WIRE` order, and what encrypts n blocks of the first to the second.

        For modes that call the cipher again and again: nothing is copied or allocated between calls.
        """
        source = np.zeros(most * BLOCK_BYTES, np.uint8)
        target = np.empty(most * BLOCK_BYTES + _SLACK, np.uint8)
        read, write, update = source.data, target.data, self._cipher.encryptor().update_into
        return (
            source.view(WIRE).reshape(-1, BLOCK_WORDS),
            target[: most * BLOCK_BYTES].view(WIRE).reshape(-1, BLOCK_WORDS),
            lambda n: update(read[: n * BLOCK_BYTES], write),
        )

    def __reduce__(self) -> NoReturn:
        raise UsageError("a cipher with its key cannot be pickled or copied")


def to_bytes(blocks: Blocks) -> bytes:
    """Return the blocks one after the other."""
    return blocks.astype(WIRE).tobytes()


def from_bytes(raw: bytes) -> Blocks:
    """Return the blocks in `raw`, a multiple of 16 bytes."""
    return np.frombuffer(raw, WIRE).astype(np.uint64).reshape(-1, BLOCK_WORDS)
