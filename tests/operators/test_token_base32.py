"""Base32 over columns, against the standard library's."""

from __future__ import annotations

import base64

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maskkit.crypto.blocks import from_bytes, to_bytes
from maskkit.operators import base32


def reference(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=40))
def test_blocks(blocks: list[bytes]) -> None:
    """Blocks are encoded as base64.b32encode does, and come back."""
    column = from_bytes(b"".join(blocks))
    texts = base32.encode_blocks(column) if blocks else []
    assert texts == [reference(block) for block in blocks]
    if blocks:
        assert to_bytes(base32.decode_blocks(texts)) == b"".join(blocks)


@given(st.lists(st.binary(max_size=60), max_size=30))
def test_bytes_of_any_length(pieces: list[bytes]) -> None:
    """So are pieces of any length, none at all included."""
    assert base32.encode_bytes(pieces) == [reference(piece) for piece in pieces]


def test_what_is_not_base32_is_not_good() -> None:
    """A strange character anywhere and a spare bit that is set are found, row by row."""
    good = reference(bytes(range(16)))
    rows = [good, *(good[:k] + char + good[k + 1 :] for k in range(26) for char in "A10_"), good[:-1] + "b"]
    codes = np.frombuffer("".join(rows).encode(), np.uint8).reshape(-1, 26)
    assert base32.decode(codes)[1].tolist() == [True] + [False] * (len(rows) - 1)


@given(st.integers(1, 6), st.data())
def test_rows(groups: int, data: st.DataObject) -> None:
    """Rows of a multiple of five bytes are encoded at once and come back; a stranger is found in its row."""
    size = 5 * groups
    pieces = data.draw(st.lists(st.binary(min_size=size, max_size=size), min_size=1, max_size=20))
    codes = base32.encode_rows(np.frombuffer(b"".join(pieces), np.uint8).reshape(-1, size))
    assert [bytes(row).decode() for row in codes] == [reference(piece) for piece in pieces]
    back, good = base32.decode_rows(codes)
    assert [bytes(row) for row in back] == pieces
    assert good.all()
    row, at = data.draw(st.integers(0, len(pieces) - 1)), data.draw(st.integers(0, codes.shape[1] - 1))
    codes[row, at] = data.draw(st.sampled_from(b"A10_=\n\x00\xff"))
    assert np.flatnonzero(~base32.decode_rows(codes)[1]).tolist() == [row]
