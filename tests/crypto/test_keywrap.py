"""RFC 5649 over columns, against pyca/cryptography's own."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from hypothesis import given
from hypothesis import strategies as st

from maskkit.crypto.blocks import from_bytes, to_bytes
from maskkit.crypto.keywrap import KeyWrap

KEYS = st.sampled_from([16, 24, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
PLAIN = st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=20)


def columns(
    texts: list[bytes],
) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint64]], np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    words = np.array([int.from_bytes(text.ljust(8, b"\0"), "big") for text in texts], np.uint64)
    return words, np.array([len(text) for text in texts], np.uint8)


@given(KEYS, PLAIN)
def test_a_column_is_what_pyca_makes_of_each(key: bytes, texts: list[bytes]) -> None:
    """Every block is aes_key_wrap_with_padding's, bit for bit, and comes back."""
    words, sizes = columns(texts)
    blocks = KeyWrap(key).wrap(words, sizes)
    assert to_bytes(blocks) == b"".join(aes_key_wrap_with_padding(key, text) for text in texts)
    opened, opened_sizes = KeyWrap(key).unwrap(blocks)
    few = list(zip(words.tolist(), sizes.tolist(), strict=True))
    assert KeyWrap(key).wrap_few(few) == to_bytes(blocks)
    assert KeyWrap(key).unwrap_few([to_bytes(block) for block in blocks]) == few
    assert opened.tolist() == words.tolist()
    assert opened_sizes.tolist() == sizes.tolist()


def test_the_example_of_the_standard() -> None:
    """RFC 5649, section 6, second example: seven bytes under a key of 192 bits."""
    key = bytes.fromhex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8")
    blocks = KeyWrap(key).wrap(*columns([bytes.fromhex("466f7250617369")]))
    assert to_bytes(blocks).hex() == "afbeb0f07dfbf5419200f2ccb50bb24f"


@pytest.mark.parametrize(
    "plain",
    [
        *("a65959a600000000" + "00" * 8, "a65959a600000009" + "11" * 8, "a65959a700000008" + "11" * 8),
        *(
            "a65959a600000005" + "1111111111000001",
            "a65959a600000001" + "1180000000000000",
            "a65959a680000008" + "11" * 8,
        ),
        "a65959a600000108" + "11" * 8,
    ],
)
def test_what_is_not_wrapped_does_not_open(plain: str) -> None:
    """A wrong constant, a length beyond 1 to 8 and padding that is not zero each give size 0 and no word."""
    wrap = KeyWrap(bytes(32))
    made = wrap._cipher.encrypt(from_bytes(bytes.fromhex(plain)))
    words, sizes = wrap.unwrap(made)
    assert (words.tolist(), sizes.tolist()) == ([0], [0])
    assert wrap.unwrap_few([to_bytes(made)]) == [(0, 0)]


@given(st.integers(0, 127))
def test_a_flipped_bit_does_not_open(bit: int) -> None:
    """No single change of a block leads to another plain text."""
    wrap = KeyWrap(bytes(range(32)))
    blocks = wrap.wrap(*columns([b"12345678"]))
    blocks[0, bit // 64] ^= np.uint64(1 << bit % 64)
    assert wrap.unwrap(blocks)[1].tolist() == [0]


def test_an_empty_column() -> None:
    """Nothing in, nothing out."""
    assert len(KeyWrap(bytes(32)).wrap(*columns([]))) == 0


@given(st.binary(min_size=16, max_size=16), PLAIN)
def test_sm4_in_the_place_of_aes(key: bytes, texts: list[bytes]) -> None:
    """Over SM4 a wrapped text is one block: the alternative initial value, the length, the text, zeros."""
    words, sizes = columns(texts)
    wrap = KeyWrap(key, "sm4")
    plain = b"".join(b"\xa6\x59\x59\xa6" + len(text).to_bytes(4, "big") + text.ljust(8, b"\0") for text in texts)
    blocks = wrap.wrap(words, sizes)
    assert to_bytes(blocks) == Cipher(SM4(key), ECB()).encryptor().update(plain)
    assert [part.tolist() for part in wrap.unwrap(blocks)] == [words.tolist(), sizes.tolist()]
    assert KeyWrap(key).unwrap(blocks)[1].tolist() == [0] * len(texts)
