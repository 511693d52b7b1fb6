"""maskkit rewrap."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Run


@pytest.fixture
def masked(maskkit: Run, keyfile: Path, tmp_path: Path) -> Path:
    """A masked file whose keyset has been rotated since."""
    path = tmp_path / "m.csv"
    (tmp_path / "a.csv").write_text("姓名,手机号\n王建国,13800138000\n", encoding="utf-8")
    assert maskkit("mask", "a.csv", "-o", path, "--keyset", keyfile).returncode == 0
    assert maskkit("keys", "rotate", "--keyset", keyfile).returncode == 0
    return path


def test_in_place(maskkit: Run, keyfile: Path, masked: Path, tmp_path: Path) -> None:
    """The file's tokens move to the primary key, no value is shown, and it comes back with the old key destroyed."""
    before = masked.read_bytes()
    done = maskkit("rewrap", masked, "--keyset", keyfile)
    assert done.returncode == 0, done.stderr
    assert b"2 tokens moved to key" in done.stderr
    assert not any(value.encode() in done.stderr + done.stdout for value in ("13800138000", "王建国"))
    assert masked.read_bytes() != before
    old = before.decode()[before.decode().index("nm_") + 3 :][:2]
    assert maskkit("keys", "disable", old, "--keyset", keyfile).returncode == 0
    assert maskkit("keys", "destroy", old, "--keyset", keyfile).returncode == 0
    assert maskkit("unmask", masked, "--keyset", keyfile).stdout == (tmp_path / "a.csv").read_bytes()
    again = maskkit("rewrap", masked, "--keyset", keyfile)
    assert b"0 tokens moved" in again.stderr
    assert b"2 tokens of that key already" in again.stderr


def test_to_stdout_and_from_stdin(maskkit: Run, keyfile: Path, masked: Path, tmp_path: Path) -> None:
    """-o - leaves the file and prints the new one; - reads stdin and prints."""
    before = masked.read_bytes()
    shown = maskkit("rewrap", masked, "-o", "-", "--keyset", keyfile)
    assert masked.read_bytes() == before
    assert maskkit("rewrap", "-", "--keyset", keyfile, stdin=before).stdout == shown.stdout != before
    assert maskkit("rewrap", masked, "-o", "n.csv", "--keyset", keyfile).returncode == 0
    assert (tmp_path / "n.csv").read_bytes() == shown.stdout


def test_what_stays_is_exit_3(maskkit: Run, keyfile: Path, masked: Path) -> None:
    """Tokens that do not open stay, are counted with their reason, and make the exit code 3."""
    before = masked.read_bytes()
    other = maskkit("rewrap", masked, "--tenant", "b", "--keyset", keyfile)
    assert other.returncode == 3
    assert b"2 tokens left: made for another tenant" in other.stderr
    assert masked.read_bytes() == before


def test_wrong_calls(maskkit: Run, keyfile: Path, masked: Path, tmp_path: Path) -> None:
    """OUT is not IN, neither is the keyset; no token at all is told; a missing file is exit 1."""
    assert maskkit("rewrap", masked, "-o", masked, "--keyset", keyfile).returncode == 2
    assert maskkit("rewrap", keyfile, "--keyset", keyfile).returncode == 2
    assert maskkit("rewrap", masked, "-o", keyfile, "--keyset", keyfile).returncode == 2
    assert maskkit("rewrap", "missing.csv", "--keyset", keyfile).returncode == 1
    none = maskkit("rewrap", tmp_path / "a.csv", "--keyset", keyfile)
    assert none.returncode == 0
    assert b"no token in it" in none.stderr
