"""Key wrap with padding (RFC 5649) of one to eight bytes, over whole columns.

Up to eight bytes are one AES block (section 4.1, last paragraph): the alternative initial value A65959A6, the length in
32 bits, the plain text padded with zeros. It is deterministic, and the 64 bits of constant, length and padding that a
reader checks make forgery a guess at 2^-64. A column of plain texts is two arrays: words, each a plain text as a
big-endian number padded on the right to eight bytes, and sizes in bytes. The RFC is about AES; with SM4 in its place
all else is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maskkit.crypto.blocks import BLOCK_BYTES, BLOCK_WORDS, BlockCipher, Blocks, CipherName

MAX_BYTES: Final = 8

_AIV_WORD: Final = 0xA65959A6 << 32
_AIV_BLOCK: Final = _AIV_WORD << 64
_AIV: Final = np.uint64(_AIV_WORD)
#: For each size the bits of a word that are padding.
_PADDING: Final = np.array([(1 << 8 * (MAX_BYTES - size)) - 1 for size in range(MAX_BYTES + 1)], np.uint64)


class KeyWrap:
    """RFC 5649 under one key: AES-256 for 32 bytes, SM4 for 16."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes, cipher: CipherName = "aes") -> None:
        self._cipher = BlockCipher(key, cipher)

    def wrap(self, words: NDArray[np.uint64], sizes: NDArray[np.uint8]) -> Blocks:
        """Wrap a column of plain texts, one block each. Sizes are 1 to 8, the padding of each word zero."""
        blocks = np.empty((len(words), BLOCK_WORDS), np.uint64)
        np.bitwise_or(_AIV, sizes, out=blocks[:, 0])
        blocks[:, 1] = words
        return self._cipher.encrypt(blocks)

    def wrap_few(self, packed: Iterable[tuple[int, int]]) -> bytes:
        """Wrap words with their sizes, one block each, without setting up arrays."""
        blocks = [(_AIV_BLOCK | size << 64 | word).to_bytes(BLOCK_BYTES, "big") for word, size in packed]
        return self._cipher.encrypt_bytes(b"".join(blocks))

    def unwrap(self, blocks: Blocks) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
        """Return words and sizes; size 0 and word 0 for a block that was not made with this key."""
        plain = self._cipher.decrypt(blocks)
        sizes = plain[:, 0] ^ _AIV
        words = plain[:, 1].copy()
        bad = (sizes - np.uint64(1)) >= MAX_BYTES
        sizes[bad] = 0
        bad |= (words & _PADDING[sizes.astype(np.intp)]) != 0
        sizes[bad] = 0
        words[bad] = 0
        return words, sizes.astype(np.uint8)

    def unwrap_few(self, blocks: Sequence[bytes]) -> list[tuple[int, int]]:
        """Return words and sizes without setting up arrays, both 0 for a block that was not made with this key."""
        plain = self._cipher.decrypt_bytes(b"".join(blocks))
        return [_unwrapped(plain[at : at + BLOCK_BYTES]) for at in range(0, len(plain), BLOCK_BYTES)]


def _unwrapped(plain: bytes) -> tuple[int, int]:
    size = int.from_bytes(plain[:MAX_BYTES], "big") ^ _AIV_WORD
    if not 1 <= size <= MAX_BYTES or any(plain[MAX_BYTES + size :]):
        return 0, 0
    return int.from_bytes(plain[MAX_BYTES:], "big"), size
