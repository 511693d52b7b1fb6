"""Keyed hashes."""

import re
from hashlib import blake2b

import pytest

from maskkit.keys.keyset import Keyset
from maskkit.masks import find_masks, is_mask
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.operators.hashing import PREFIX, Hash
from maskkit.tokens import PREFIXES, find_spans


@pytest.fixture(scope="module")
def keyset() -> Keyset:
    return Keyset.create()


def test_form(keyset: Keyset) -> None:
    """A hash has its prefix, the key's id and 26 characters that hold no 0, 1, 8 or 9."""
    [shown] = Hash(keyset.for_tenant("a")).apply(["13800138000"], "PHONE_NUMBER")
    assert re.fullmatch(rf"hash_{keyset.primary.id}[a-z2-7]{{26}}", shown)


def test_equal_values_have_equal_hashes(keyset: Keyset) -> None:
    """However a value is written, it has one hash for a tenant and entity, in this run and the next."""
    surfaces = ["13800138000", "138-0013-8000", "１３８００１３８０００"]
    first = Hash(keyset.for_tenant("a")).apply(surfaces, "PHONE_NUMBER")
    assert len(set(first)) == 1
    assert Hash(keyset.for_tenant("a")).apply(surfaces, "PHONE_NUMBER") == first


def test_tenants_and_entities_do_not_join(keyset: Keyset) -> None:
    """The same value hashes apart for another tenant and for another entity."""
    hashes = {
        Hash(keyset.for_tenant(tenant)).apply(["123456789"], entity)[0]
        for tenant in ("a", "b")
        for entity in (*ENTITIES, *FIELD_ENTITIES)
    }
    assert len(hashes) == 2 * len((*ENTITIES, *FIELD_ENTITIES))


def test_the_key_decides(keyset: Keyset) -> None:
    """The hash is no plain BLAKE2b, and another keyset gives another one."""
    [shown] = Hash(keyset.for_tenant("a")).apply(["13800138000"], "PHONE_NUMBER")
    [other] = Hash(Keyset.create().for_tenant("a")).apply(["13800138000"], "PHONE_NUMBER")
    assert shown[-26:] != other[-26:]
    assert bytes(blake2b(b"13800138000", digest_size=16).digest()).hex() not in shown


def test_left_alone(keyset: Keyset) -> None:
    """A hash is recognised like a display mask, and never taken for a token, beside Chinese text and in a row."""
    assert PREFIX[-3:-1] not in PREFIXES.values()
    [shown] = Hash(keyset.for_tenant("a")).apply(["wxid_abc123"], "WECHAT_ID")
    assert is_mask(shown)
    text = f"微信{shown}的客户"
    assert find_masks(text) == [(2, 2 + len(shown))]
    assert find_spans(text) == []


def test_repr_shows_no_key(keyset: Keyset) -> None:
    """The operator's repr tells nothing of the key."""
    assert repr(Hash(keyset.for_tenant("a"))) == "Hash()"
