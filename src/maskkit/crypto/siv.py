"""SIV (RFC 5297): deterministic authenticated encryption of texts of any length, the empty one included.

A column of texts of one number of blocks is a matrix, a text a row with zeros behind it. All that S2V adds to a text
depends on its length alone and touches its last two blocks, so it is a table: a column's tags are one encryption a
block, its cipher texts one encryption altogether.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from numpy.typing import NDArray

from maskkit.crypto.blocks import BLOCK_BYTES, BLOCK_WORDS, WIRE, BlockCipher, CipherName
from maskkit.crypto.siv_scalar import COUNTER_MASK, Cmac, ScalarSiv, doubled, padded, xor

#: Rows of bytes.
Rows = NDArray[np.uint8]
Sizes = NDArray[np.int64]

#: For each number of bytes in the last block which of them are text.
_KEEP: Final = np.tri(BLOCK_BYTES + 1, BLOCK_BYTES, -1, dtype=np.uint8) * np.uint8(255)


class Siv:
    """SIV under one key of two halves: AES-256-SIV for 64 bytes, SM4 for 32."""

    __slots__ = ("_ctr", "_long", "_mac", "_one", "_scalar", "_short")

    def __init__(self, key: bytes, cipher: CipherName = "aes") -> None:
        half = len(key) // 2
        self._mac, self._ctr = BlockCipher(key[:half], cipher), BlockCipher(key[half:], cipher)
        self._scalar = ScalarSiv(self._mac, self._ctr)
        self._one = AESSIV(key) if cipher == "aes" else self._scalar
        self._short, self._long = _tables(Cmac(self._mac))

    def seal(self, texts: Iterable[bytes]) -> list[bytes]:
        """Seal each text; the result is 16 bytes longer."""
        return [self._of(len(text)).encrypt(text, None) for text in texts]

    def open(self, sealed: Iterable[bytes]) -> list[bytes | None]:
        """Undo `seal`; None for what was not made with this key."""
        return [self._open(one, None) for one in sealed]

    def seal_rows(self, texts: Rows, sizes: Sizes) -> Rows:
        """Seal a column of texts that fill one number of blocks: rows 16 bytes longer, with zeros behind as well.

        Sizes of one block are 0 to 16, else 1 to 16 more than the blocks before hold. It is what `seal` gives.
        """
        rows, width = texts.shape
        made = np.empty((rows, width + BLOCK_BYTES), np.uint8)
        made[:, :BLOCK_BYTES] = self._tags(texts, sizes)
        made[:, BLOCK_BYTES:] = self._counted(made[:, :BLOCK_BYTES], texts, sizes)
        return made

    def open_rows(self, sealed: Rows, sizes: Sizes) -> tuple[Rows, NDArray[np.bool_]]:
        """Undo `seal_rows`: texts, `sizes` being theirs, and which rows were made with this key."""
        tags = sealed[:, :BLOCK_BYTES]
        texts = self._counted(tags, sealed[:, BLOCK_BYTES:], sizes)
        return texts, (self._tags(texts, sizes) == tags).all(axis=1)

    def seal_bound(self, text: bytes, associated: bytes) -> bytes:
        """Seal one text bound to `associated`: it opens only beside the same bytes."""
        return self._of(len(text)).encrypt(text, [associated])

    def open_bound(self, sealed: bytes, associated: bytes) -> bytes | None:
        """Undo `seal_bound`; None for what was not made with this key and these bytes."""
        return self._open(sealed, [associated])

    def _open(self, sealed: bytes, associated: list[bytes] | None) -> bytes | None:
        try:
            return self._of(len(sealed) - BLOCK_BYTES).decrypt(sealed, associated)
        except InvalidTag:
            return None

    def _of(self, size: int) -> AESSIV | ScalarSiv:
        """Return the form for one text of that size: pyca/cryptography 44 refuses the empty one."""
        return self._one if size > 0 else self._scalar

    def _tags(self, texts: Rows, sizes: Sizes) -> Rows:
        """Return S2V of each row: section 2.4."""
        rows, width = texts.shape
        blocks = width // BLOCK_BYTES
        last = sizes - (width - BLOCK_BYTES)
        mixed = texts.copy()
        if blocks == 1:
            mixed ^= self._short[last]
        else:
            mixed[:, -2 * BLOCK_BYTES :] ^= self._long[last]
        words = mixed.view(np.uint64).reshape(rows, blocks, BLOCK_WORDS)
        given, made, encrypt = self._mac.encryptor(rows)
        source, state = given.view(np.uint64), made.view(np.uint64)
        source[:] = words[:, 0]
        encrypt(rows)
        for block in range(1, blocks):
            np.bitwise_xor(state, words[:, block], out=source)
            encrypt(rows)
        return made.view(np.uint8)

    def _counted(self, tags: Rows, texts: Rows, sizes: Sizes) -> Rows:
        """Return each row xored with the stream that its tag starts (section 2.5), zeros again behind it."""
        rows, width = texts.shape
        blocks = width // BLOCK_BYTES
        start = np.ascontiguousarray(tags).view(WIRE)
        given, made, encrypt = self._ctr.encryptor(rows * blocks)
        counters = given.reshape(rows, blocks, BLOCK_WORDS)
        counters[:, :, 0] = start[:, :1]
        counters[:, :, 1] = (start[:, 1:] & COUNTER_MASK) + np.arange(blocks, dtype=np.uint64)
        encrypt(rows * blocks)
        stream = made.view(np.uint8).reshape(rows, width)
        stream ^= texts
        stream[:, -BLOCK_BYTES:] &= _KEEP[sizes - (width - BLOCK_BYTES)]
        return stream


def _tables(cmac: Cmac) -> tuple[Rows, Rows]:
    """Return what is xored into a text of one block by its size, and into the last two of a longer one.

    That is D or its double, the padding, and the key of CMAC for the last block (RFC 5297, section 2.4; SP 800-38B,
    section 6.2).
    """
    d = cmac.of(bytes(BLOCK_BYTES))
    short = [xor(xor(doubled(d), padded(bytes(n))), cmac.full) for n in range(BLOCK_BYTES)] + [xor(d, cmac.full)]
    long = [bytes(2 * BLOCK_BYTES)]
    for n in range(1, BLOCK_BYTES + 1):
        last = cmac.full if n == BLOCK_BYTES else xor(padded(bytes(n)), cmac.short)
        long.append(xor(bytes(n) + d + bytes(BLOCK_BYTES - n), bytes(BLOCK_BYTES) + last))
    return _matrix(short), _matrix(long)


def _matrix(rows: Sequence[bytes]) -> Rows:
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), -1)
