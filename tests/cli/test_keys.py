"""maskkit keys."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from running import Run


def test_create_seals_with_the_variable(maskkit: Run, tmp_path: Path) -> None:
    """A keyset made with MASKKIT_PASSPHRASE is sealed, private, and opens with that passphrase only."""
    made = maskkit("keys", "create", "--out", "k.json", MASKKIT_PASSPHRASE="correct horse")
    assert made.returncode == 0, made.stderr
    assert b"back up k.json and its passphrase apart from each other; without them nothing comes back" in made.stderr
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "k.json").stat().st_mode) == 0o600
    listed = maskkit("keys", "list", "--keyset", "k.json", MASKKIT_PASSPHRASE="correct horse")
    assert listed.returncode == 0
    assert b"primary" in listed.stdout
    wrong = maskkit("keys", "list", "--keyset", "k.json", MASKKIT_PASSPHRASE="wrong horse")
    assert wrong.returncode == 1
    assert b"the passphrase does not open keyset k.json" in wrong.stderr
    assert b"hint: MASKKIT_PASSPHRASE" in wrong.stderr
    assert b"horse" not in wrong.stderr


def test_create_goes_to_the_config_folder(maskkit: Run, tmp_path: Path) -> None:
    """Without --out the keyset lies where every command looks for it."""
    assert maskkit("keys", "create", "--no-passphrase").returncode == 0
    assert list((tmp_path / "home").rglob("maskkit/keyset.json"))
    assert maskkit("keys", "list").returncode == 0


def test_without_terminal_and_variable_it_says_what_to_do(maskkit: Run, tmp_path: Path) -> None:
    """With nobody to ask, keys create exits 2 with the hint and leaves no file, whatever stdin holds."""
    done = maskkit("keys", "create", "--out", "k.json", stdin=b"passphrase\npassphrase\n")
    assert done.returncode == 2
    assert b"hint: set MASKKIT_PASSPHRASE" in done.stderr
    assert not (tmp_path / "k.json").exists()


def test_create_refuses_to_overwrite(maskkit: Run, tmp_path: Path) -> None:
    """A keyset that is there already is exit 1 and stays as it is."""
    maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    before = (tmp_path / "k.json").read_bytes()
    again = maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    assert again.returncode == 1
    assert (tmp_path / "k.json").read_bytes() == before


def test_an_unsealed_keyset_says_so(maskkit: Run, tmp_path: Path) -> None:
    """--no-passphrase says what it means, in the message and in the file, and never asks again."""
    made = maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    assert b"not sealed" in made.stderr
    assert "not sealed" in (tmp_path / "k.json").read_text("utf-8").lower()
    assert maskkit("keys", "list", "--keyset", "k.json").returncode == 0


@pytest.mark.parametrize("command", [("keys", "list"), ("mask", "a.txt"), ("unmask", "a.txt")])
def test_no_keyset_yet(maskkit: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    """Where there is no keyset, every command that needs one exits 1 with the command that makes it."""
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    done = maskkit(*command)
    assert done.returncode == 1
    assert b"hint: maskkit keys create" in done.stderr


def test_a_passphrase_that_was_not_needed(maskkit: Run) -> None:
    """Whoever sets MASKKIT_PASSPHRASE believes the keyset to be sealed: one that is not says so."""
    maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    listed = maskkit("keys", "list", "--keyset", "k.json", MASKKIT_PASSPHRASE="correct horse")
    assert listed.returncode == 0
    assert b"k.json is not sealed: MASKKIT_PASSPHRASE was not needed" in listed.stderr
    assert b"hint: maskkit keys passphrase --keyset k.json" in listed.stderr
    assert maskkit("keys", "list", "--keyset", "k.json").stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_a_keyset_that_others_can_read(maskkit: Run, tmp_path: Path) -> None:
    """A keyset whose mode lets others at it is used, with a note and the command that mends it."""
    maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    (tmp_path / "k.json").chmod(0o644)
    listed = maskkit("keys", "list", "--keyset", "k.json")
    assert listed.returncode == 0
    assert b"k.json is not private: its mode is 0644" in listed.stderr
    assert b"hint: chmod 600 k.json" in listed.stderr
