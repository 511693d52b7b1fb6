"""RFC 5297, against Wycheproof's vectors and the standard's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maskkit.crypto.siv import Siv

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "aes_siv_wycheproof.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["tests"], ids=lambda vector: f"{vector['tcId']}-{len(vector['key']) * 4}")
def test_wycheproof(vector: dict[str, Any]) -> None:
    """Valid vectors seal and open to the byte; what was tampered with does not open."""
    siv = Siv(bytes.fromhex(vector["key"]))
    text, associated, sealed = (bytes.fromhex(vector[name]) for name in ("msg", "aad", "ct"))
    if vector["result"] == "valid":
        assert siv.seal_bound(text, associated) == sealed
        assert siv.open_bound(sealed, associated) == text
    else:
        assert siv.open_bound(sealed, associated) is None


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
