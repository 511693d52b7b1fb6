"""The keyset file."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from maskkit.errors import KeysetError, PassphraseError
from maskkit.keys import store
from maskkit.keys.keyset import Keyset

PASSPHRASE = "correct horse 电池"


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch a passphrase as little as a file may ask for: these tests open hundreds of files."""
    monkeypatch.setattr(store, "_ITERATIONS", 1)
    monkeypatch.setattr(store, "_MEMORY_KIB", 8 * 1024)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sub" / "keyset.json"


def never() -> str:
    raise AssertionError("nobody may be asked")


def tag(keyset: Keyset) -> str:
    return keyset.for_tenant("t").tag(keyset.primary.id)


def edit(path: Path, **changes: Any) -> None:
    """Change fields of a file and set its checksum right."""
    document = json.loads(path.read_bytes())
    document.update(changes)
    document.pop("sha256")
    document["sha256"] = hashlib.sha256(store._bytes(document)).hexdigest()
    path.write_text(json.dumps(document))


def test_sealed(path: Path) -> None:
    """A sealed file opens with its passphrase, given or asked for, and holds neither secret nor passphrase."""
    made = store.create_file(path, PASSPHRASE)
    assert store.needs_passphrase(path)
    for passphrase in (PASSPHRASE, lambda: PASSPHRASE):
        opened = store.open_file(path, passphrase)
        assert (opened.info(), tag(opened)) == (made.info(), tag(made))
    raw = path.read_text()
    assert base64.b64encode(made.secret(made.primary.id)).decode() not in raw
    assert "horse" not in raw


def test_unsealed(path: Path) -> None:
    """An unsealed file says what that means, opens without asking, and opens for Keyset.open alike."""
    made = store.create_file(path, None)
    assert store.UNSEALED_NOTE in path.read_text()
    assert not store.needs_passphrase(path)
    assert tag(store.open_file(path, never)) == tag(Keyset.open(str(path))) == tag(made)


def test_save_and_open(path: Path) -> None:
    """A keyset of the library goes into a file and comes back."""
    made = Keyset.create()
    made.save(path, passphrase=PASSPHRASE)
    assert tag(Keyset.open(path, passphrase=PASSPHRASE)) == tag(made)


def test_parameters_are_those_of_the_standard() -> None:
    """The real figures are RFC 9106's second recommended option."""
    source = Path(store.__file__).read_text(encoding="utf-8")
    assert "_ITERATIONS: Final = 3\n_MEMORY_KIB: Final = 64 * 1024\n_LANES: Final = 4\n" in source


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_only_the_owner_reads_it(path: Path) -> None:
    """The file's mode is 0600 whatever the umask."""
    old = os.umask(0)
    try:
        store.create_file(path, None)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_file_stays(path: Path) -> None:
    """Nothing is overwritten, and nothing is left beside."""
    store.create_file(path, None)
    before = path.read_bytes()
    with pytest.raises(KeysetError, match="is there already"):
        store.create_file(path, PASSPHRASE)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_comes_up_meanwhile_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyset written by another process after the first look is not replaced."""
    store.create_file(path, None)
    before = path.read_bytes()
    looks = iter([None])
    real = store.refuse_existing
    monkeypatch.setattr(store, "refuse_existing", lambda p: next(looks, False) is None or real(p))
    with pytest.raises(KeysetError, match="is there already"):
        store.write_file(path, Keyset.create(), None)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_does_not_read_back_is_not_trusted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that returns another keyset leaves no file at all."""
    other = Keyset.create()
    monkeypatch.setattr(store, "open_file", lambda path, passphrase: other)
    with pytest.raises(KeysetError, match="does not read back"):
        store.create_file(path, None)
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """A path through a file is an error of its own."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(KeysetError, match="cannot be written"):
        store.create_file(tmp_path / "file" / "keyset.json", None)


def test_missing(path: Path) -> None:
    """No file: the hint is the command that makes one."""
    for call in (store.open_file, store.needs_passphrase):
        with pytest.raises(KeysetError, match="there is no keyset") as caught:
            call(path)
        assert caught.value.hint == "maskkit keys create"


def test_a_folder_is_no_keyset(tmp_path: Path) -> None:
    """What cannot be read says so."""
    with pytest.raises(KeysetError, match="cannot be read"):
        store.open_file(tmp_path)


def test_wrong_passphrase(path: Path) -> None:
    """A wrong, an empty and a missing passphrase are PassphraseErrors; the message holds none."""
    store.create_file(path, PASSPHRASE)
    for wrong in ("wrong one", "", None):
        with pytest.raises(PassphraseError) as caught:
            store.open_file(path, wrong)
        assert "wrong one" not in str(caught.value)
    with pytest.raises(PassphraseError, match="empty"):
        store.create_file(path.with_name("other"), "")


def test_a_passphrase_typed_on_another_system(path: Path) -> None:
    """Composed and decomposed characters are one passphrase."""
    store.create_file(path, "caf\u00e9")
    store.open_file(path, "cafe\u0301")


@pytest.mark.parametrize("passphrase", [PASSPHRASE, None])
def test_truncated(path: Path, passphrase: str | None) -> None:
    """A file cut off anywhere says that it is damaged."""
    store.create_file(path, passphrase)
    raw = path.read_bytes().rstrip()
    for size in range(len(raw)):
        path.write_bytes(raw[:size])
        with pytest.raises(KeysetError, match="damaged or cut off"):
            store.open_file(path, never)


@pytest.mark.parametrize("passphrase", [PASSPHRASE, None])
def test_flipped_bits(path: Path, passphrase: str | None) -> None:
    """A file with any one bit flipped is told to be damaged, before anybody is asked for a passphrase."""
    store.create_file(path, passphrase)
    raw = path.read_bytes().rstrip()
    blank = re.compile(rb"(?<=\n)\s+|\s+(?=\n)|(?<=[:,]) ")  # a flipped blank may be another blank
    skip = {at for found in blank.finditer(raw) for at in range(*found.span())}
    for bit in range(0, len(raw) * 8, 3):
        if bit // 8 in skip:
            continue
        damaged = bytearray(raw)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(KeysetError, match="damaged"):
            store.open_file(path, never)


def test_tampered(path: Path) -> None:
    """A file changed by someone who sets the checksum right still does not open: the header is sealed in."""
    store.create_file(path, PASSPHRASE)
    edit(path, note="harmless")
    with pytest.raises(PassphraseError):
        store.open_file(path, PASSPHRASE)


def test_newer(path: Path) -> None:
    """A newer format says so, and how to get what reads it, whatever else it holds."""
    store.create_file(path, PASSPHRASE)
    edit(path, version=2, sealing={"kdf": "new"})
    with pytest.raises(KeysetError, match=r"format 2, newer than 1, which this maskkit reads$") as caught:
        store.open_file(path, never)
    assert caught.value.hint == "pip install --upgrade maskkit"


@pytest.mark.parametrize("raw", [b"hello", b"[1, 2]", b'{"a": 1}', b"\x00\xff" * 50, b"PK\x03\x04", b"x" * (2 << 20)])
def test_not_a_keyset(path: Path, raw: bytes) -> None:
    """Another file is called that, not damaged."""
    path.parent.mkdir()
    path.write_bytes(raw)
    with pytest.raises(KeysetError, match="is not a maskkit keyset"):
        store.open_file(path, never)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_kib", 1 << 30),
        ("memory_kib", 8),
        ("iterations", 0),
        ("iterations", 10**9),
        ("lanes", 0),
        ("lanes", 1000),
    ],
)
def test_parameters_are_bounded(path: Path, name: str, value: int) -> None:
    """A file cannot make its reader spend hours or all memory, nor weaken itself."""
    store.create_file(path, PASSPHRASE)
    sealing = json.loads(path.read_bytes())["sealing"]
    edit(path, sealing={**sealing, name: value})
    with pytest.raises(KeysetError, match=f"asks for {name} outside"):
        store.open_file(path, PASSPHRASE)


@pytest.mark.parametrize(
    "changes",
    [
        {"sealing": None},
        {"sealing": {}},
        {"sealed": False},
        {"payload": 5},
        {"sealed": False, "payload": {"primary": "a2", "keys": [{"id": "a2"}]}},
        {
            "sealed": False,
            "payload": {"primary": "a2", "keys": [{"id": "a2", "secret": "AA==", "status": "x", "created": ""}]},
        },
        {"sealed": False, "payload": {"primary": "a2", "keys": []}},
        {"sealed": False, "payload": {"primary": "a2", "keys": 3}},
    ],
)
def test_contents_that_make_no_sense(path: Path, changes: dict[str, Any]) -> None:
    """Whatever the fields hold, the answer is that the file is damaged."""
    store.create_file(path, PASSPHRASE)
    edit(path, **changes)
    with pytest.raises(KeysetError, match="damaged"):
        store.open_file(path, PASSPHRASE)


def test_default_path() -> None:
    """It is maskkit/keyset.json below the user's config folder."""
    assert store.default_path().parts[-2:] == ("maskkit", "keyset.json")
