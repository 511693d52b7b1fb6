"""Keysets and what they derive."""

from __future__ import annotations

import copy
import pickle

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maskkit.errors import KeysetError, UsageError
from maskkit.keys import keyset as module
from maskkit.keys.keyset import Key, Keyset
from maskkit.tokens import PREFIXES

SECRET = bytes(range(32))


@pytest.fixture
def keys() -> Keyset:
    return Keyset(
        [Key("a2", SECRET), Key("b3", bytes(32)), Key("c4", bytes(32), "disabled"), Key("d5", b"", "destroyed")], "a2"
    )


def test_create() -> None:
    """A new keyset has one enabled key, which is primary, with an id that no word and no entity reads like."""
    made = Keyset.create()
    [info] = made.info()
    assert (info, info.status) == (made.primary, "enabled")
    assert any(char.isdigit() for char in info.id)
    assert any(char.isalpha() for char in info.id)
    assert info.id not in PREFIXES.values()


def test_ids_are_unique_until_there_are_none() -> None:
    """No id is given twice; after the last one there is an error, no loop."""
    taken: set[str] = set()
    for _ in range(312):
        taken.add(Key.create(taken).id)
    assert len(taken) == 312
    with pytest.raises(KeysetError, match="no key id left"):
        Key.create(taken)


@pytest.mark.parametrize(
    ("keys", "primary", "message"),
    [
        ([], "a2", "no enabled primary"),
        ([Key("a2", SECRET)], "b3", "no enabled primary"),
        ([Key("a2", SECRET, "disabled")], "a2", "no enabled primary"),
        ([Key("a2", SECRET), Key("a2", SECRET)], "a2", "one id"),
    ],
)
def test_a_keyset_that_cannot_be(keys: list[Key], primary: str, message: str) -> None:
    """Ids are unique, and the primary key is there and enabled."""
    with pytest.raises(KeysetError, match=message):
        Keyset(keys, primary)


@pytest.mark.parametrize("key_id", ["", "a", "a28", "A2", "a8", "a_"])
def test_key_ids_are_of_the_token_alphabet(key_id: str) -> None:
    """An id that a token cannot hold is refused."""
    with pytest.raises(KeysetError, match="key id"):
        Key(key_id, SECRET)


def test_secrets_have_one_length() -> None:
    """A short secret, or a destroyed key that still has one, is refused."""
    for arguments in ((b"short", "enabled"), (SECRET, "destroyed"), (b"", "disabled")):
        with pytest.raises(KeysetError, match="length"):
            Key("a2", *arguments)


def test_only_enabled_keys_open(keys: Keyset) -> None:
    """Every id is known, so that its tokens are told from text; only enabled keys derive."""
    tenant = keys.for_tenant("default")
    assert tenant.key_ids == keys.key_ids == {"a2", "b3", "c4", "d5"}
    assert [tenant.opens(key_id) for key_id in ("a2", "b3", "c4", "d5", "zz")] == [True, True, False, False, False]
    for key_id in ("c4", "d5", "zz"):
        with pytest.raises(KeysetError, match="no enabled key"):
            tenant.derive(key_id, "PERSON", "body kw", 32)


def test_derivation_is_hkdf(keys: Keyset) -> None:
    """HKDF-SHA256 with an empty salt; the info is four parts, each behind its length."""
    parts = ("maskkit 1", "body kw", "机构甲", "PERSON")
    info = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    expected = HKDF(SHA256(), 32, None, info).derive(SECRET)
    assert keys.for_tenant("机构甲").derive("a2", "PERSON", "body kw", 32) == expected


def test_every_part_makes_another_key(keys: Keyset) -> None:
    """Key, tenant, entity and use each change what is derived, and no two sets of parts read the same."""
    derived = [
        keys.for_tenant("ab").derive("a2", "PERSON", "body kw", 32),
        keys.for_tenant("ab").derive("b3", "PERSON", "body kw", 32),
        keys.for_tenant("a").derive("a2", "PERSON", "body kw", 32),
        keys.for_tenant("a").derive("a2", "bPERSON", "body kw", 32),
        keys.for_tenant("ab").derive("a2", "AGE", "body kw", 32),
        keys.for_tenant("ab").derive("a2", "PERSON", "body siv", 32),
    ]
    assert len(set(derived)) == len(derived)


def test_tags(keys: Keyset) -> None:
    """A tag is three characters, the same each time, and another one for another tenant or key."""
    tags = [keys.for_tenant(name).tag(key_id) for name in ("default", "agency-a") for key_id in ("a2", "b3")]
    assert tags == [keys.for_tenant(name).tag(key_id) for name in ("default", "agency-a") for key_id in ("a2", "b3")]
    assert len(set(tags)) == 4
    assert all(len(tag) == 3 and set(tag) <= set("abcdefghijklmnopqrstuvwxyz234567") for tag in tags)


def test_a_tenant_has_a_name(keys: Keyset) -> None:
    """The empty tenant is a mistake."""
    with pytest.raises(UsageError):
        keys.for_tenant("")


def test_nothing_shows_or_copies_a_secret(keys: Keyset) -> None:
    """No repr holds a secret, and neither keyset, key nor tenant's keys can be pickled or copied."""
    secret = keys.secret("a2")
    for thing in (keys, keys.for_tenant("default"), *keys.versions()):
        assert not {repr(secret), secret.hex(), str(list(secret))} & {repr(thing), str(thing)}
        assert "x00" not in repr(thing)
        for copying in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(KeysetError, match="cannot be pickled"):
                copying(thing)


def test_no_equality_by_value() -> None:
    """Two keysets of the same secret differ: comparing would be an oracle."""
    assert Keyset([Key("a2", SECRET)], "a2") != Keyset([Key("a2", SECRET)], "a2")
    assert Key("a2", SECRET) != Key("a2", SECRET)


def test_days_are_dates() -> None:
    """The day a key was made is an ISO date."""
    assert len(module.Key.create().created) == 10
