"""Which tokens would be made anew today."""

from __future__ import annotations

import pytest

from maskkit import Keyset, Masker, UsageError
from maskkit.errors import KeysetError
from maskkit.keys import lifecycle


def token(masker: Masker) -> str:
    [made] = masker.column(["13800138000"], entity="PHONE_NUMBER")
    return made


def test_needs_rewrap() -> None:
    """A token needs it after a rotation, and after its tenant was added; a new one does not."""
    keyset = Keyset.create()
    old = token(Masker(keyset=keyset, tenant="a"))
    assert not Masker(keyset=keyset, tenant="a").needs_rewrap(old)
    rotated = Masker(keyset=lifecycle.rotate(keyset), tenant="a")
    assert rotated.needs_rewrap(old)
    assert not rotated.needs_rewrap(token(rotated))
    assert Masker(keyset=lifecycle.add_tenant(keyset, "a"), tenant="a").needs_rewrap(old)


def test_what_is_no_token() -> None:
    """Anything else is a wrong call, and the answer does not repeat it."""
    keyset = Keyset.create()
    masker = Masker(keyset=keyset)
    for wrong in ("13800138000", "", token(masker) + "a", token(masker)[:-1]):
        with pytest.raises(UsageError) as caught:
            masker.needs_rewrap(wrong)
        assert "138" not in str(caught.value)
    with pytest.raises(KeysetError):
        Masker("display").needs_rewrap(token(masker))
