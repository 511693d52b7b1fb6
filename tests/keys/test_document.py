"""The text of a keyset file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from maskkit import Masker
from maskkit.errors import KeysetError, PassphraseError
from maskkit.keys import document, lifecycle, seals
from maskkit.keys.document import SealOf, decode, encode
from maskkit.keys.keyset import Keyset, Suite
from maskkit.keys.seals import KmsSeal, PassphraseSeal, Seal

PASSPHRASE = "correct horse 电池"
OLD = json.loads((Path(__file__).parents[1] / "vectors" / "keyset_v1.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch a passphrase as little as a file may ask for: these tests open hundreds of files."""
    monkeypatch.setattr(seals, "_ARGON2ID", {"iterations": 1, "memory_kib": 8 * 1024, "lanes": 1})
    monkeypatch.setattr(seals, "_SCRYPT", {"n": 1 << 13, "r": 8, "p": 1})


class Box:
    """A KMS that adds a byte to each of a key's."""

    name = "box:1"

    def wrap(self, key: bytes) -> bytes:
        return bytes((byte + 1) % 256 for byte in key)

    def unwrap(self, wrapped: bytes) -> bytes:
        return bytes((byte - 1) % 256 for byte in wrapped)


SEALS: dict[str, Seal | None] = {"passphrase": PassphraseSeal(PASSPHRASE), "kms": KmsSeal(Box()), "unsealed": None}


def with_(passphrase: str | None) -> SealOf:
    return lambda sealing: seals.seal_of(sealing, passphrase, Box())


def never(sealing: dict[str, Any]) -> Seal:
    raise AssertionError("nobody may be asked")


def full(suite: Suite = "sm") -> Keyset:
    """Return a keyset with everything in it."""
    keyset = lifecycle.rotate(lifecycle.rotate(lifecycle.rotate(Keyset.create()), suite))
    first, second, *_ = keyset.info()
    keyset = lifecycle.destroy(lifecycle.disable(lifecycle.disable(keyset, first.id), second.id), first.id)
    return lifecycle.retire_tenant(lifecycle.add_tenant(lifecycle.add_tenant(keyset, "机构甲"), "agency-b"), "机构甲")


def edited(raw: bytes, **changes: Any) -> bytes:
    """Return a file with fields changed and its checksum set right."""
    fields = json.loads(raw)
    fields.update(changes)
    fields.pop("sha256")
    fields["sha256"] = hashlib.sha256(document._bytes(fields)).hexdigest()
    return json.dumps(fields).encode()


@pytest.mark.parametrize("how", SEALS)
def test_everything_comes_back(how: str) -> None:
    """Keys of each suite and state, tenants of each state and the signing key come back, and the seal for next time."""
    made = full()
    opened = decode("k", encode(made, SEALS[how]), with_(PASSPHRASE))
    assert document.hold_the_same(opened.keyset, made)
    assert (opened.seal is None) == (how == "unsealed")
    again = decode("k", encode(opened.keyset, opened.seal), with_(PASSPHRASE))
    assert document.hold_the_same(again.keyset, made)


@pytest.mark.parametrize("how", ["passphrase", "kms"])
def test_sealed(how: str) -> None:
    """A sealed file holds no secret, salt or passphrase, not even a tenant's name, and is another one each time."""
    made = full()
    raw = encode(made, SEALS[how])
    secrets = [key.secret for key in made.versions()] + [tenant.salt for tenant in made.tenants()]
    for secret in (*secrets, made.signing_seed()):
        assert not secret or base64.b64encode(secret) not in raw
    assert b"horse" not in raw
    assert b"agency-b" not in raw
    assert encode(made, SEALS[how]) != raw


def test_an_unsealed_file_says_so() -> None:
    """Whoever looks into it reads what it is."""
    assert document.UNSEALED_NOTE.encode() in encode(Keyset.create(), None)


@pytest.mark.parametrize("how", ["sealed", "unsealed"])
def test_version_1_opens(how: str) -> None:
    """A file of before version 2 opens, turns its tokens back, and keeps its signing key when it is written anew."""
    keyset = decode("k", OLD[how].encode(), with_(OLD["passphrase"])).keyset
    masker = Masker("tokens", keyset=keyset, tenant=OLD["tenant"])
    assert masker.unmask(OLD["token"]).text == OLD["value"]
    assert masker.column([OLD["value"]], entity="PHONE_NUMBER") == [OLD["token"]]
    later = lifecycle.rotate(keyset)
    first = keyset.primary.id
    later = lifecycle.destroy(lifecycle.disable(later, first), first)
    later = decode("k", encode(later, None), never).keyset
    assert later.signing_key().private_bytes_raw() == keyset.signing_key().private_bytes_raw()


def test_the_version_is_new_only_where_it_must_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Older versions read on what they read right; a suite, a salt, a KMS and scrypt they would get wrong."""

    def version(keyset: Keyset, seal: Seal | None) -> int:
        return int(json.loads(encode(keyset, seal))["version"])

    plain = Keyset.create()
    assert version(plain, None) == version(lifecycle.rotate(plain), SEALS["passphrase"]) == 1
    assert version(lifecycle.add(plain, "sm"), None) == version(lifecycle.add_tenant(plain, "a"), None) == 2
    assert version(plain, SEALS["kms"]) == 2

    def missing(*arguments: object, **named: object) -> None:
        raise UnsupportedAlgorithm("no Argon2id")

    monkeypatch.setattr(seals, "Argon2id", missing)
    assert version(plain, SEALS["passphrase"]) == 2


def test_wrong_passphrase() -> None:
    """A wrong and a missing passphrase are PassphraseErrors with a hint; no message holds one."""
    raw = encode(Keyset.create(), SEALS["passphrase"])
    for wrong in ("wrong one", "", None):
        with pytest.raises(PassphraseError, match="keyset k") as caught:
            decode("k", raw, with_(wrong))
        assert "wrong one" not in str(caught.value)
        assert "MASKKIT_PASSPHRASE" in str(caught.value.hint)


def test_another_data_key() -> None:
    """A KMS that gives back another key says nothing of a passphrase."""
    raw = encode(Keyset.create(), SEALS["kms"])
    sealing = json.loads(raw)["sealing"]
    with pytest.raises(KeysetError, match="damaged"):
        decode("k", edited(raw, sealing={**sealing, "wrapped": base64.b64encode(bytes(32)).decode()}), with_(None))


@pytest.mark.parametrize("how", SEALS)
def test_truncated(how: str) -> None:
    """A file cut off anywhere says that it is damaged."""
    raw = encode(Keyset.create(), SEALS[how]).rstrip()
    for size in range(len(raw)):
        with pytest.raises(KeysetError, match="damaged or cut off"):
            decode("k", raw[:size], never)


@pytest.mark.parametrize("how", SEALS)
def test_flipped_bits(how: str) -> None:
    """A file with a bit flipped in any byte is told to be damaged, before anybody is asked for anything."""
    raw = encode(full(), SEALS[how]).rstrip()
    blank = re.compile(rb"(?<=\n)\s+|\s+(?=\n)|(?<=[:,]) ")  # a flipped blank may be another blank
    skip = {at for found in blank.finditer(raw) for at in range(*found.span())}
    for at in range(len(raw)):
        if at in skip:
            continue
        damaged = bytearray(raw)
        damaged[at] ^= 1 << at % 8
        with pytest.raises(KeysetError, match="damaged"):
            decode("k", bytes(damaged), never)


@pytest.mark.parametrize("how", ["passphrase", "kms"])
def test_tampered(how: str) -> None:
    """A header changed by someone who sets the checksum right does not open: it is sealed in, field by field."""
    raw = encode(Keyset.create(), SEALS[how])
    sealing = json.loads(raw)["sealing"]
    swapped = {name: base64.b64encode(bytes(12)).decode() for name in ("nonce", "salt") if name in sealing}
    changes = [{"note": "harmless"}, {"version": 3 - json.loads(raw)["version"]}, {"sealed": 1}]
    changes += [{"sealing": {**sealing, "extra": 1}}]
    changes += [{"sealing": {**sealing, name: value}} for name, value in swapped.items()]
    for change in changes:
        with pytest.raises(KeysetError, match=r"does not open|damaged"):
            decode("k", edited(raw, **change), with_(PASSPHRASE))


@pytest.mark.parametrize("how", SEALS)
def test_newer(how: str) -> None:
    """A newer format says so, and how to get what reads it, whatever else it holds."""
    raw = edited(encode(Keyset.create(), SEALS[how]), version=3, sealing={"kdf": "new"})
    with pytest.raises(KeysetError, match=r"format 3, newer than 2, which this maskkit reads$") as caught:
        decode("k", raw, never)
    assert caught.value.hint == "pip install --upgrade maskkit"


@pytest.mark.parametrize("raw", [b"hello", b"[1, 2]", b'{"a": 1}', b"\x00\xff" * 50, b"PK\x03\x04"])
def test_not_a_keyset(raw: bytes) -> None:
    """Another file is called that, not damaged."""
    with pytest.raises(KeysetError, match="is not a maskkit keyset"):
        decode("k", raw, never)


KEY = {"id": "a2", "secret": base64.b64encode(bytes(32)).decode(), "status": "enabled", "created": "", "suite": "aes"}
TENANT = {"name": "a", "salt": KEY["secret"], "added": "", "retired": "", "tags": {}}


@pytest.mark.parametrize(
    "changes",
    [
        {"sealing": None},
        {"sealing": {}},
        {"sealing": {"cipher": "rot13"}},
        {"sealing": {"cipher": "aes-256-gcm", "nonce": "AA==", "kms": 5}},
        {"sealed": False},
        {"payload": 5},
        {"sealed": False, "payload": {"primary": "a2", "keys": [{"id": "a2"}]}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [{**KEY, "secret": "AA=="}]}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [{**KEY, "suite": "des"}]}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [{**KEY, "status": "x"}]}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [{**KEY, "id": 5}]}},
        {"sealed": False, "payload": {"primary": "a2", "keys": []}},
        {"sealed": False, "payload": {"primary": "a2", "keys": 3}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [KEY], "signing": "AA=="}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [KEY], "tenants": [{}]}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [KEY], "tenants": [{**TENANT, "retired": "x"}]}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [KEY], "tenants": [TENANT, TENANT]}},
        {"sealed": False, "payload": {"primary": "a2", "keys": [KEY], "tenants": [{**TENANT, "name": ""}]}},
    ],
)
def test_contents_that_make_no_sense(changes: dict[str, Any]) -> None:
    """Whatever the fields hold, the answer is that the file is damaged."""
    raw = edited(encode(Keyset.create(), SEALS["passphrase"]), **changes)
    with pytest.raises(KeysetError, match="damaged"):
        decode("k", raw, with_(PASSPHRASE))


def test_no_secret_of_either_is_compared_by_value() -> None:
    """Two keysets of one content hold the same, and are not equal: only the store asks the first."""
    made = full()
    copy = decode("k", encode(made, None), never).keyset
    assert document.hold_the_same(made, copy)
    assert made != copy
    assert not document.hold_the_same(made, lifecycle.rotate(made))
    assert not document.hold_the_same(made, Keyset(made.versions(), made.primary.id, tenants=made.tenants()))
