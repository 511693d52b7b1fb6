"""Keyset files."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from maskkit.errors import KeysetError, PassphraseError
from maskkit.keys import document, lifecycle, seals, store
from maskkit.keys.keyset import Keyset, Tenant
from maskkit.keys.seals import PassphraseSeal

PASSPHRASE = "correct horse 电池"
SEAL = PassphraseSeal(PASSPHRASE)
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither modes nor named pipes in folders")


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch a passphrase as little as a file may ask for: these tests open hundreds of files."""
    monkeypatch.setattr(seals, "_ARGON2ID", {"iterations": 1, "memory_kib": 8 * 1024, "lanes": 1})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sub" / "keyset.json"


def never() -> str:
    raise AssertionError("nobody may be asked")


def tag(keyset: Keyset) -> str:
    return keyset.for_tenant("t").tag(keyset.primary.id)


def test_a_file_is_written_and_opened(path: Path) -> None:
    """A sealed file opens with its passphrase, given or asked for; an unsealed one asks nobody."""
    made = Keyset.create()
    store.write_file(path, made, SEAL)
    for passphrase in (PASSPHRASE, lambda: PASSPHRASE):
        opened = store.open_file(path, passphrase)
        assert document.hold_the_same(opened.keyset, made)
        assert isinstance(opened.seal, PassphraseSeal)
    other = path.with_name("other.json")
    store.write_file(other, made, None)
    assert document.hold_the_same(store.open_file(other, never).keyset, made)
    assert set(path.parent.iterdir()) == {path, other}


def test_save_and_open(path: Path) -> None:
    """A keyset of the library goes into a file and comes back."""
    made = Keyset.create()
    made.save(path, passphrase=PASSPHRASE)
    assert tag(Keyset.open(path, passphrase=PASSPHRASE)) == tag(made)
    made.save(path.with_name("open.json"))
    assert tag(Keyset.open(str(path.with_name("open.json")))) == tag(made)


@posix
def test_only_the_owner_reads_it(path: Path) -> None:
    """The file's mode is 0600 whatever the umask, when it is made and when it is replaced; another one is told."""
    old = os.umask(0)
    try:
        store.write_file(path, Keyset.create(), None)
        path.chmod(0o644)
        opened = store.open_file(path)
        assert opened.exposed == 0o644
        opened.replace(opened.keyset, None)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert store.open_file(path).exposed is None


def test_an_existing_file_stays(path: Path) -> None:
    """Nothing is overwritten, and nothing is left beside."""
    store.write_file(path, Keyset.create(), None)
    before = path.read_bytes()
    with pytest.raises(KeysetError, match="is there already"):
        store.write_file(path, Keyset.create(), SEAL)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_comes_up_meanwhile_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyset written by another process after the first look is not replaced."""
    store.write_file(path, Keyset.create(), None)
    before = path.read_bytes()
    looks = iter([None])
    real = store.refuse_existing
    monkeypatch.setattr(store, "refuse_existing", lambda p: next(looks, False) is None or real(p))
    with pytest.raises(KeysetError, match="is there already"):
        store.write_file(path, Keyset.create(), None)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """A path through a file is an error of its own."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(KeysetError, match="cannot be written"):
        store.write_file(tmp_path / "file" / "keyset.json", Keyset.create(), None)


def test_missing(path: Path) -> None:
    """No file: the hint is the command that makes one."""
    with pytest.raises(KeysetError, match="there is no keyset") as caught:
        store.open_file(path)
    assert caught.value.hint == "maskkit keys create"


def test_a_folder_is_no_keyset(tmp_path: Path) -> None:
    """What cannot be read says so."""
    with pytest.raises(KeysetError, match="cannot be read"):
        store.open_file(tmp_path)


@posix
def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A pipe that nobody writes to and a device without end are refused at once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for what in (pipe, Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(KeysetError, match="no regular file"):
            store.open_file(what)


def test_a_file_of_another_size_is_no_keyset(path: Path) -> None:
    """What is longer than any keyset is not read on."""
    path.parent.mkdir()
    path.write_bytes(b"x" * (2 << 20))
    with pytest.raises(KeysetError, match="is not a maskkit keyset"):
        store.open_file(path, never)


def test_a_keyset_too_large_to_read_is_not_written(path: Path) -> None:
    """Tenants that no file has room for are refused before anything is written, by the name of the keyset."""
    store.write_file(path, Keyset.create(), SEAL)
    opened = store.open_file(path, PASSPHRASE)
    [key] = opened.keyset.versions()
    many = Keyset([key], key.id, tenants=[Tenant(f"tenant-{n}", bytes(32)) for n in range(10_000)])
    with pytest.raises(KeysetError, match=r"keyset\.json would be larger than 1 MiB: it has too many tenants"):
        opened.replace(many, SEAL)
    with pytest.raises(KeysetError, match=r"other\.json would be larger than 1 MiB"):
        many.save(path.with_name("other.json"))
    assert document.hold_the_same(store.open_file(path, PASSPHRASE).keyset, opened.keyset)
    assert list(path.parent.iterdir()) == [path]


def test_wrong_passphrase(path: Path) -> None:
    """The error names the file."""
    store.write_file(path, Keyset.create(), SEAL)
    with pytest.raises(PassphraseError, match=r"keyset\.json"):
        store.open_file(path, "wrong")


def test_replace(path: Path) -> None:
    """A changed keyset stands in place of the old one under the same or another seal, with nothing beside it."""
    store.write_file(path, Keyset.create(), SEAL)
    opened = store.open_file(path, PASSPHRASE)
    opened.replace(lifecycle.rotate(opened.keyset), opened.seal)
    opened = store.open_file(path, PASSPHRASE)
    assert len(opened.keyset.info()) == 2
    opened.replace(opened.keyset, PassphraseSeal("another"))
    with pytest.raises(PassphraseError):
        store.open_file(path, PASSPHRASE)
    assert document.hold_the_same(store.open_file(path, "another").keyset, opened.keyset)
    assert list(path.parent.iterdir()) == [path]


@posix
def test_replace_follows_a_link(path: Path, tmp_path: Path) -> None:
    """Where the path is a link, the file that it points to is replaced, and the link stays."""
    store.write_file(path, Keyset.create(), None)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    opened = store.open_file(link)
    opened.replace(lifecycle.rotate(opened.keyset), None)
    assert link.is_symlink()
    assert len(store.open_file(path).keyset.info()) == 2


def _lie(path: Path) -> tuple[bytes, int]:
    return document.encode(Keyset.create(), None), 0o600


def _garble(path: Path) -> tuple[bytes, int]:
    return path.read_bytes()[:-20], 0o600


def _full(file: BinaryIO, raw: bytes) -> None:
    with file:
        file.write(raw[:10])
    raise OSError(28, "No space left on device")


def _stop(file: BinaryIO, raw: bytes) -> None:
    file.close()
    raise KeyboardInterrupt


def _denied(self: Path, target: Path) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    ("where", "what", "error"),
    [
        ("store._read", _lie, KeysetError),
        ("store._read", _garble, KeysetError),
        ("store._fill", _full, KeysetError),
        ("store._fill", _stop, KeyboardInterrupt),
        ("store.Path.replace", _denied, KeysetError),
    ],
)
def test_any_failure_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, where: str, what: Callable[..., object], error: type[BaseException]
) -> None:
    """A disk that lies, is full or denied, and a user who stops it: the old file is as it was, a new one not there."""
    store.write_file(path, Keyset.create(), None)
    before = path.read_bytes()
    opened = store.open_file(path)
    monkeypatch.setattr(f"maskkit.keys.{where}", what)
    with pytest.raises(error):
        opened.replace(lifecycle.rotate(opened.keyset), None)
    with pytest.raises(error):
        store.write_file(path.with_name("new.json"), opened.keyset, None)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_two_changes_at_once(path: Path) -> None:
    """Of two processes that change what both have read, the second is told, and the first one's key is not lost."""
    store.write_file(path, Keyset.create(), None)
    one, other = store.open_file(path), store.open_file(path)
    one.replace(lifecycle.rotate(one.keyset), None)
    with pytest.raises(KeysetError, match="changed by another process") as caught:
        other.replace(lifecycle.add_tenant(other.keyset, "a"), None)
    assert caught.value.hint == "run it again"
    assert len(store.open_file(path).keyset.info()) == 2


def test_many_changes_at_once(path: Path) -> None:
    """However many change a file at once, every change that was made is in it, and every other one is told."""
    store.write_file(path, Keyset.create(), None)
    made: list[str] = []

    def change(name: str) -> None:
        try:
            opened = store.open_file(path)
            opened.replace(lifecycle.add_tenant(opened.keyset, name), None)
        except KeysetError:
            return
        made.append(name)

    threads = [threading.Thread(target=change, args=(f"t{n}",)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made
    assert {tenant.name for tenant in store.open_file(path).keyset.tenants()} == set(made)


def test_a_change_that_was_cut_short_is_told(path: Path) -> None:
    """What a killed process left beside the file is named in the hint, and the file opens as ever."""
    store.write_file(path, Keyset.create(), None)
    left = path.with_name(".keyset.json.new")
    left.write_bytes(b"{")
    opened = store.open_file(path)
    with pytest.raises(KeysetError, match="being changed") as caught:
        opened.replace(opened.keyset, None)
    assert str(left) in str(caught.value.hint)
    assert left.exists()


def test_default_path() -> None:
    """It is maskkit/keyset.json below the user's config folder."""
    assert store.default_path().parts[-2:] == ("maskkit", "keyset.json")
