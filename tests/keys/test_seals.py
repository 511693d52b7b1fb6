"""What seals a keyset file."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from maskkit.errors import KeysetError, PassphraseError, UsageError
from maskkit.keys import seals
from maskkit.keys.seals import DamagedError, KmsSeal, PassphraseSeal

PASSPHRASE = "correct horse 电池"


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch a passphrase as little as a file may ask for: these tests open hundreds of files."""
    monkeypatch.setattr(seals, "_ARGON2ID", {"iterations": 1, "memory_kib": 8 * 1024, "lanes": 1})
    monkeypatch.setattr(seals, "_SCRYPT", {"n": 1 << 13, "r": 8, "p": 1})


class Box:
    """A KMS that keeps what it wrapped."""

    name = "box:1"

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def wrap(self, key: bytes) -> bytes:
        self._held.append(key)
        return bytes([len(self._held) - 1])

    def unwrap(self, wrapped: bytes) -> bytes:
        return self._held[wrapped[0]]


def never() -> str:
    raise AssertionError("nobody may be asked")


def without_argon2(*arguments: object, **named: object) -> None:
    raise UnsupportedAlgorithm("OpenSSL before 3.2")


def test_parameters_are_those_of_the_standards() -> None:
    """The real figures are RFC 9106's second recommended option and OWASP's first for scrypt."""
    source = Path(seals.__file__).read_text(encoding="utf-8")
    assert '_ARGON2ID: Final = {"iterations": 3, "memory_kib": 64 * 1024, "lanes": 4}\n' in source
    assert '_SCRYPT: Final = {"n": 1 << 17, "r": 8, "p": 1}\n' in source


def test_a_passphrase_gives_its_key_again() -> None:
    """What lock says is enough for unlock, with the passphrase in any composition and no other one."""
    for passphrase, same in ((PASSPHRASE, PASSPHRASE), ("caf\u00e9", "cafe\u0301")):
        key, sealing = PassphraseSeal(passphrase).lock()
        assert len(key) == 32
        assert PassphraseSeal(same).unlock(sealing) == key
        assert PassphraseSeal("other").unlock(sealing) != key
        assert PassphraseSeal(passphrase).lock()[0] != key


def test_scrypt_where_there_is_no_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """An OpenSSL without Argon2id seals by scrypt; what Argon2id sealed is then told not to open for that reason."""
    _, by_argon2 = PassphraseSeal(PASSPHRASE).lock()
    with monkeypatch.context() as old:
        old.setattr(seals, "Argon2id", without_argon2)
        key, sealing = PassphraseSeal(PASSPHRASE).lock()
        with pytest.raises(KeysetError, match="no argon2id"):
            PassphraseSeal(PASSPHRASE).unlock(by_argon2)
    assert sealing["kdf"] == "scrypt"
    assert PassphraseSeal(PASSPHRASE).unlock(sealing) == key


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_kib", 1 << 30),
        ("memory_kib", 1 << 20),
        ("memory_kib", 8),
        ("iterations", 0),
        ("iterations", 64),
        ("lanes", 0),
        ("lanes", 64),
        ("n", 1 << 20),
        ("n", 2),
        ("r", 1),
        ("r", 1 << 10),
        ("p", 16),
    ],
)
def test_parameters_are_bounded(name: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file can neither make its reader spend a minute or a gigabyte, nor weaken itself; nobody is asked before."""
    if name in ("n", "r", "p"):
        monkeypatch.setattr(seals, "Argon2id", without_argon2)
    _, sealing = PassphraseSeal(PASSPHRASE).lock()
    for call in (
        lambda: seals.seal_of({**sealing, name: value}, never, None),
        lambda: PassphraseSeal(PASSPHRASE).unlock({**sealing, name: value}),
    ):
        with pytest.raises(KeysetError, match=f"asks for {name} outside"):
            call()


@pytest.mark.parametrize(
    "change",
    [{"kdf": "md5"}, {"kdf": None}, {"iterations": "3"}, {"iterations": True}, {"memory_kib": None}, {"lanes": 1.0}],
)
def test_fields_that_make_no_sense(change: dict[str, Any]) -> None:
    """An unknown KDF or a field of the wrong type is damage."""
    _, sealing = PassphraseSeal(PASSPHRASE).lock()
    with pytest.raises(DamagedError):
        seals.seal_of(sealing | change, never, None)


def test_a_kms_gives_its_key_again() -> None:
    """What the KMS wrapped comes back, from that KMS only, and only where it is a key."""
    box = Box()
    key, sealing = KmsSeal(box).lock()
    assert sealing["kms"] == "box:1"
    assert KmsSeal(box).unlock(sealing) == key
    assert seals.seal_of(sealing, never, box).unlock(sealing) == key
    with pytest.raises(KeysetError, match="another KMS than box:1"):
        KmsSeal(box).unlock({**sealing, "kms": "safe:1"})
    for wrapped in (None, 5, "A" * 20_000):
        with pytest.raises(DamagedError):
            KmsSeal(box).unlock({**sealing, "wrapped": wrapped})
    box.wrap(b"short")
    with pytest.raises(KeysetError, match="no key of 32 bytes"):
        KmsSeal(box).unlock({**sealing, "wrapped": "AQ=="})


def test_a_passphrase_is_asked_for_where_it_is_needed() -> None:
    """A given one, an asked one; none and an empty one are errors of their own, also for a new file."""
    key, sealing = PassphraseSeal(PASSPHRASE).lock()
    for passphrase in (PASSPHRASE, lambda: PASSPHRASE):
        assert seals.seal_of(sealing, passphrase, None).unlock(sealing) == key
    for nothing in (None, "", lambda: ""):
        with pytest.raises(PassphraseError, match="needs its passphrase"):
            seals.seal_of(sealing, nothing, None)
    with pytest.raises(PassphraseError, match="empty"):
        seals.choose("", None)


def test_choose() -> None:
    """A passphrase or a KMS or neither, not both."""
    assert isinstance(seals.choose(PASSPHRASE, None), PassphraseSeal)
    assert isinstance(seals.choose(None, Box()), KmsSeal)
    assert seals.choose(None, None) is None
    with pytest.raises(UsageError, match="not by both"):
        seals.choose(PASSPHRASE, Box())


def test_no_seal_shows_or_copies_what_it_holds() -> None:
    """A passphrase stands in no repr, and neither seal can be pickled or copied."""
    for seal in (PassphraseSeal(PASSPHRASE), KmsSeal(Box())):
        assert "horse" not in repr(seal)
        for copying in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(KeysetError, match="cannot be pickled"):
                copying(seal)
