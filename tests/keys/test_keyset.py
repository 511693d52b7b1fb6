"""Keysets and what they derive."""

from __future__ import annotations

import copy
import pickle

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maskkit.errors import KeysetError, UsageError
from maskkit.keys import tenant
from maskkit.keys.keyset import Key, Keyset, Tenant
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
    for salt, retired in ((b"short", ""), (b"", ""), (SECRET, "2026-01-01")):
        with pytest.raises(KeysetError, match="length"):
            Tenant("a", salt, retired=retired)


def test_only_enabled_keys_open(keys: Keyset) -> None:
    """Every id is known, so that its tokens are told from text; only enabled keys derive."""
    default = keys.for_tenant("default")
    assert default.key_ids == keys.key_ids == {"a2", "b3", "c4", "d5"}
    assert [default.opens(key_id) for key_id in ("a2", "b3", "c4", "d5", "zz")] == [True, True, False, False, False]
    for key_id, message, hint in (
        ("c4", "key c4 is disabled", "maskkit keys enable c4"),
        ("d5", "key d5 is destroyed", "restore a copy of the keyset"),
        ("zz", "the keyset has no key zz", "maskkit keys list"),
    ):
        with pytest.raises(KeysetError) as caught:
            default.derive(key_id, "PERSON", "body kw", 32)
        assert (str(caught.value), caught.value.hint) == (message, hint)


def test_the_oldest_key_makes_surrogates() -> None:
    """An error about the oldest key says what it is still needed for once another is primary."""
    keys = Keyset([Key("a2", SECRET, "disabled"), Key("b3", SECRET)], "b3").for_tenant("default")
    with pytest.raises(KeysetError, match=r"^key a2, which makes the surrogates, is disabled$") as caught:
        keys.suite(keys.oldest)
    assert caught.value.hint == "maskkit keys enable a2"


def test_derivation_is_hkdf(keys: Keyset) -> None:
    """HKDF-SHA256 with an empty salt; the info is four parts, each behind its length."""
    parts = ("maskkit 1", "body kw", "机构甲", "PERSON")
    info = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    expected = HKDF(SHA256(), 32, None, info).derive(SECRET)
    assert keys.for_tenant("机构甲").derive("a2", "PERSON", "body kw", 32) == expected


def test_suite_sm_derives_by_sm3() -> None:
    """HKDF with SM3 for a key of suite sm, the salt that of the tenant."""
    keys = Keyset([Key("a2", SECRET, suite="sm")], "a2", tenants=[Tenant("b", bytes(32), added="2026-01-01")])
    parts = ("maskkit 1", "body kw", "b", "PERSON")
    info = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    derived = keys.for_tenant("b").derive("a2", "PERSON", "body kw", 16)
    assert derived == HKDF(SM3(), 16, bytes(32), info).derive(SECRET)
    assert keys.for_tenant("b").suite("a2") == "sm"


def test_an_openssl_without_sm3(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of suite sm is not made where it could not be used."""

    def missing() -> None:
        raise UnsupportedAlgorithm("no SM3")

    monkeypatch.setattr(tenant, "SM3", missing)
    with pytest.raises(KeysetError, match="no SM3"):
        Keyset.create("sm")


def test_the_signing_key() -> None:
    """A keyset keeps the one it was given, a new one has its own; an old one derives it from its oldest secret."""
    assert Keyset([Key("a2", SECRET)], "a2", signing=SECRET).signing_key().private_bytes_raw() == SECRET
    one, other = Keyset.create(), Keyset.create()
    assert one.signing_key().public_key() != other.signing_key().public_key()
    parts = (b"maskkit 1", b"audit signing", b"", b"")
    info = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    keys = [Key("d5", b"", "destroyed"), Key("c4", SECRET, "disabled"), Key("a2", bytes(32))]
    assert Keyset(keys, "a2").signing_key().private_bytes_raw() == HKDF(SHA256(), 32, None, info).derive(SECRET)
    with pytest.raises(KeysetError, match="signing key of the wrong length"):
        Keyset([Key("a2", SECRET)], "a2", signing=b"short")


def test_needs_rewrap() -> None:
    """A token does where another key made it, or where it was made before its tenant was added."""
    plain = Keyset([Key("a2", SECRET), Key("b3", bytes(32))], "a2")
    before = plain.for_tenant("b").tag("a2")
    keys = Keyset(plain.versions(), "a2", tenants=[Tenant("b", SECRET)]).for_tenant("b")
    assert not keys.needs_rewrap("a2", keys.tag("a2"))
    assert keys.needs_rewrap("b3", keys.tag("b3"))
    assert keys.needs_rewrap("a2", before)
    assert not plain.for_tenant("b").needs_rewrap("a2", before)


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
    keys = Keyset(keys.versions(), "a2", tenants=[Tenant("agency-a", SECRET)], signing=SECRET)
    secret = keys.enabled("a2").secret
    for thing in (keys, keys.for_tenant("default"), keys.for_tenant("agency-a"), *keys.versions(), *keys.tenants()):
        assert not {repr(secret), secret.hex(), str(list(secret))} & {repr(thing), str(thing)}
        assert "x00" not in repr(thing)
        for copying in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(KeysetError, match="cannot be pickled"):
                copying(thing)


def test_no_equality_by_value() -> None:
    """Two keysets of the same secret differ: comparing would be an oracle."""
    assert Keyset([Key("a2", SECRET)], "a2") != Keyset([Key("a2", SECRET)], "a2")
    assert Key("a2", SECRET) != Key("a2", SECRET)
    assert Tenant("a", SECRET) != Tenant("a", SECRET)


def test_days_are_dates() -> None:
    """The day a key was made is an ISO date."""
    assert len(Key.create().created) == 10
