"""RFC 5297, against Wycheproof's vectors and the standard's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from maskkit.crypto.blocks import BlockCipher
from maskkit.crypto.siv import Rows, Siv, Sizes
from maskkit.crypto.siv_scalar import ScalarSiv

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "aes_siv_wycheproof.json").read_text(encoding="utf-8"))


AES_KEYS = st.sampled_from([32, 48, 64]).flatmap(lambda size: st.binary(min_size=size, max_size=size))


def scalar(key: bytes, cipher: str) -> ScalarSiv:
    mac, ctr = (
        BlockCipher(half, "sm4" if cipher == "sm4" else "aes") for half in (key[: len(key) // 2], key[len(key) // 2 :])
    )
    return ScalarSiv(mac, ctr)


def column(texts: list[bytes]) -> tuple[Rows, Sizes]:
    """Return texts of one number of blocks as rows."""
    width = 16 * max(1, max(-(-len(text) // 16) for text in texts))
    rows = np.frombuffer(b"".join(text.ljust(width, b"\0") for text in texts), np.uint8).reshape(len(texts), width)
    return rows, np.array([len(text) for text in texts])


@st.composite
def columns(draw: st.DrawFn) -> list[bytes]:
    blocks = draw(st.integers(1, 5))
    least = 0 if blocks == 1 else 16 * blocks - 15
    return draw(st.lists(st.binary(min_size=least, max_size=16 * blocks), min_size=1, max_size=20))


@given(AES_KEYS, columns())
def test_rows_are_what_pyca_makes_of_each(key: bytes, texts: list[bytes]) -> None:
    """A column sealed at once is AESSIV's of each text, bit for bit, and opens."""
    rows, sizes = column(texts)
    sealed = Siv(key).seal_rows(rows, sizes)
    one = AESSIV(key)
    assert [bytes(row[: 16 + size]) for row, size in zip(sealed, sizes, strict=True)] == [
        one.encrypt(t, None) for t in texts
    ]
    assert not any(bytes(row[16 + size :]).strip(b"\0") for row, size in zip(sealed, sizes, strict=True))
    opened, good = Siv(key).open_rows(sealed, sizes)
    assert good.all()
    assert (opened == rows).all()


@given(st.binary(min_size=32, max_size=32), columns())
def test_rows_over_sm4(key: bytes, texts: list[bytes]) -> None:
    """Over SM4 a column is what the scalar form makes of each text; AES opens none of it."""
    rows, sizes = column(texts)
    siv = Siv(key, "sm4")
    sealed = siv.seal_rows(rows, sizes)
    assert [bytes(row[: 16 + size]) for row, size in zip(sealed, sizes, strict=True)] == siv.seal(texts)
    assert siv.open(siv.seal(texts)) == texts
    assert siv.open_bound(siv.seal_bound(texts[0], b"beside"), b"beside") == texts[0]
    assert siv.open_bound(siv.seal_bound(texts[0], b"beside"), b"") is None
    opened, good = siv.open_rows(sealed, sizes)
    assert good.all()
    assert (opened == rows).all()
    assert not Siv(key).open_rows(sealed, sizes)[1].any()


@given(AES_KEYS, st.binary(max_size=100), st.lists(st.binary(max_size=40), max_size=3))
def test_the_scalar_form_is_pyca(key: bytes, text: bytes, associated: list[bytes]) -> None:
    """The form that reads like the standard, which SM4 uses, is AESSIV's over AES."""
    sealed = scalar(key, "aes").encrypt(text, associated)
    assert sealed == AESSIV(key).encrypt(text, associated)
    assert scalar(key, "aes").decrypt(sealed, associated) == text


@given(columns(), st.data())
def test_a_flipped_bit_opens_nothing(texts: list[bytes], data: st.DataObject) -> None:
    """A change anywhere in a row, its tag or its text, is noticed in that row alone."""
    siv = Siv(bytes(range(64)))
    rows, sizes = column(texts)
    sealed = siv.seal_rows(rows, sizes)
    row = data.draw(st.integers(0, len(texts) - 1))
    at = data.draw(st.integers(0, 15 + len(texts[row])))
    sealed[row, at] ^= 1 << data.draw(st.integers(0, 7))
    good = siv.open_rows(sealed, sizes)[1]
    assert not good[row]
    assert good.sum() == len(texts) - 1


def test_sm4_is_its_own() -> None:
    """No standard has vectors for SIV over SM4: this one never changes."""
    assert Siv(bytes(range(32)), "sm4").seal([b"text"])[0].hex() == "03be050773e1029ecee58d6ba440e1dd3ce2286d"


@pytest.mark.parametrize("vector", VECTORS["tests"], ids=lambda vector: f"{vector['tcId']}-{len(vector['key']) * 4}")
def test_wycheproof(vector: dict[str, Any]) -> None:
    """Valid vectors seal and open to the byte; what was tampered with does not open."""
    siv, one = Siv(bytes.fromhex(vector["key"])), scalar(bytes.fromhex(vector["key"]), "aes")
    text, associated, sealed = (bytes.fromhex(vector[name]) for name in ("msg", "aad", "ct"))
    if vector["result"] == "valid":
        assert siv.seal_bound(text, associated) == sealed == one.encrypt(text, [associated])
        assert siv.open_bound(sealed, associated) == text == one.decrypt(sealed, [associated])
    else:
        assert siv.open_bound(sealed, associated) is None
        with pytest.raises(InvalidTag):
            one.decrypt(sealed, [associated])


def test_all_of_wycheproof(shared: Path) -> None:
    """Not the selection alone: every vector of the file."""
    path = shared / "vectors" / "wycheproof" / "aes_siv_cmac_test.json"
    for group in json.loads(path.read_text(encoding="utf-8"))["testGroups"]:
        for vector in group["tests"]:
            test_wycheproof(vector)


def test_columns() -> None:
    """A column is sealed without associated data, one by one, equal texts alike; strangers do not open."""
    siv = Siv(bytes(range(64)))
    sealed = siv.seal([b"a", b"bc", b"a"])
    assert [len(one) for one in sealed] == [17, 18, 17]
    assert sealed[0] == sealed[2]
    assert siv.open([*sealed, bytes(20)]) == [b"a", b"bc", b"a", None]
    assert Siv(bytes(64)).open(sealed) == [None] * 3


def test_bound_to_what_stands_beside() -> None:
    """What was sealed beside one token does not open beside another, nor alone."""
    siv = Siv(bytes(range(64)))
    sealed = siv.seal_bound(b"text", b"one")
    assert siv.open_bound(sealed, b"two") is None
    assert siv.open([sealed]) == [None]


@pytest.mark.parametrize(("key", "cipher"), [(bytes(64), "aes"), (bytes(32), "sm4")])
def test_what_is_too_short_to_be_sealed(key: bytes, cipher: str) -> None:
    """Less than a tag opens nothing; a tag alone is the empty text's, or nobody's."""
    siv = Siv(key, "sm4" if cipher == "sm4" else "aes")
    [empty] = siv.seal([b""])
    assert len(empty) == 16
    assert siv.open([empty, b"", b"short", empty[:15], bytes(16)]) == [b"", None, None, None, None]
    assert siv.open_bound(siv.seal_bound(b"", b"beside"), b"beside") == b""
    assert siv.open_bound(empty[:8], b"beside") is None
