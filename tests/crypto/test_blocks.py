"""Block ciphers over columns."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from maskkit.crypto.blocks import BlockCipher, CipherName, from_bytes, to_bytes
from maskkit.crypto.keywrap import KeyWrap
from maskkit.crypto.permutation import Permutation
from maskkit.crypto.siv import Siv
from maskkit.crypto.siv_scalar import Cmac, ScalarSiv
from maskkit.errors import UsageError


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


def test_sm4_of_the_standard() -> None:
    """GB/T 32907-2016, appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    cipher = BlockCipher(key, "sm4")
    sealed = cipher.encrypt(from_bytes(key))
    assert to_bytes(sealed).hex() == "681edf34d206965e86b3e94f536e4246"
    assert to_bytes(cipher.decrypt(sealed)) == key


def test_encrypting_again_and_again() -> None:
    """The prepared form gives what `encrypt` gives, for any number of the blocks, and again."""
    cipher = BlockCipher(bytes(16))
    given, made, encrypt = cipher.encryptor(5)
    for n in (5, 1, 3, 5):
        given[:n] = np.arange(2 * n, dtype=np.uint64).reshape(n, 2)
        encrypt(n)
        assert (made[:n] == cipher.encrypt(given[:n])).all()


def test_chains() -> None:
    """A chain is what CBC ends in: each block is xored with the cipher text before."""
    cipher = BlockCipher(bytes(16))
    assert cipher.chain(b"") == bytes(16)
    one = cipher.chain(bytes(range(16)))
    assert one == to_bytes(cipher.encrypt(from_bytes(bytes(range(16)))))
    assert cipher.chain(bytes(range(16)) + bytes(16)) == to_bytes(cipher.encrypt(from_bytes(one)))


@pytest.mark.parametrize("cipher", ["aes", "sm4"])
def test_no_key_leaves(cipher: CipherName) -> None:
    """A cipher is neither pickled nor copied, nor is what is built on one: its key would go along."""
    block = BlockCipher(bytes(16), cipher)
    with pytest.raises(UsageError, match="pickled or copied"):
        copy.copy(block)
    for holder in (
        block,
        KeyWrap(bytes(16), cipher),
        Cmac(block),
        ScalarSiv(block, block),
        Siv(bytes(32), cipher),
        Permutation(bytes(16), 10**11, cipher),
    ):
        for call in (pickle.dumps, copy.deepcopy):
            with pytest.raises(UsageError, match="pickled or copied"):
                call(holder)
