"""What a command writes never takes the place of a file that it reads, or of the default keyset."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from running import Run

CASES = "姓名,手机号\n王建国,13800138000\n".encode()
QUICK = ("--keyset", "keyset.json", "--policy", "quick.yaml")


@pytest.fixture
def cases(tmp_path: Path, keyfile: Path) -> Path:
    """An export beside a keyset and a policy."""
    (tmp_path / "cases.csv").write_bytes(CASES)
    (tmp_path / "quick.yaml").write_text("extends: base.yaml\nallow: [{file: words.txt}]\n", encoding="utf-8")
    (tmp_path / "base.yaml").write_text("extends: tokens\nnames: off\n", encoding="utf-8")
    (tmp_path / "words.txt").write_text("未接\n", encoding="utf-8")
    return tmp_path / "cases.csv"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "out.csv", "--report", "cases.csv"), b"the report cases.csv is the input"),
        (("-o", "out.csv", "--report", "out.csv"), b"the report out.csv is the output"),
        (("-o", "out.csv", "--report", "./keyset.json"), b"the report keyset.json is the keyset"),
        (("-o", "out.csv", "--report", "sub/../quick.yaml"), b"is the policy"),
        (("-o", "keyset.json"), b"the output keyset.json is the keyset"),
        (("-o", "quick.yaml"), b"the output quick.yaml is the policy"),
        (("-o", "base.yaml"), b"the output base.yaml is the policy's base.yaml"),
        (("-o", "out.csv", "--report", "./words.txt"), b"the report words.txt is the policy's words.txt"),
        (("-o", "cases.csv"), b"the output cases.csv is the input"),
    ],
)
def test_what_a_command_reads(
    maskkit: Run, cases: Path, tmp_path: Path, arguments: tuple[str, ...], message: bytes
) -> None:
    """Input, keyset and policy, by any path, are no place for output or report: exit 2, all is as it was."""
    (tmp_path / "sub").mkdir()
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    done = maskkit("mask", "cases.csv", *QUICK, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert b"hint: give each a file of its own" in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_the_default_keyset(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """The default keyset is never written over, even where another is used: nothing would come back."""
    created = maskkit("keys", "create", "--no-passphrase")
    assert created.returncode == 0, created.stderr
    keyset = next((tmp_path / "home").rglob("keyset.json"))
    before = keyset.read_bytes()
    for command in (
        ("mask", "cases.csv", "-o", keyset),
        ("mask", "cases.csv", *QUICK, "-o", keyset),
        ("mask", "cases.csv", *QUICK, "-o", "out.csv", "--report", keyset),
        ("unmask", "cases.csv", "--keyset", "keyset.json", "-o", keyset),
    ):
        done = maskkit(*command)
        assert done.returncode == 2
        assert b"is the default keyset" in done.stderr
        assert keyset.read_bytes() == before


def test_the_audit(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """The audit log is not written over by what it is about, whether it is named or at its default place."""
    maskkit("mask", "cases.csv", "-o", "masked.csv", *QUICK)
    named = maskkit("unmask", "masked.csv", "-o", "a.csv", "--keyset", "keyset.json", "--audit", "log.jsonl")
    assert named.returncode == 0, named.stderr
    usual = maskkit("unmask", "masked.csv", "-o", "a.csv", "--keyset", "keyset.json")
    assert usual.returncode == 0, usual.stderr
    default = next((tmp_path / "home").rglob("audit.jsonl"))
    for log, which in ((tmp_path / "log.jsonl", b"is the audit log"), (default, b"is the default audit log")):
        before = log.read_bytes()
        done = maskkit("unmask", "masked.csv", "-o", log, "--keyset", "keyset.json", "--audit", "log.jsonl")
        assert done.returncode == 2
        assert which in done.stderr
        assert log.read_bytes() == before


def test_the_name_of_a_policy(maskkit: Run, cases: Path) -> None:
    """A file that is called like a named policy is not that policy."""
    done = maskkit("mask", "cases.csv", "--keyset", "keyset.json", "--policy", "tokens", "-o", "tokens")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("mask", "-", *QUICK, "-o", "out.csv", "--report", "cases.csv"), b"the report cases.csv is the input"),
        (("mask", "-", *QUICK, "-o", "cases.csv"), b"the output cases.csv is the input"),
        (("unmask", "-", "--keyset", "keyset.json", "-o", "cases.csv"), b"the output cases.csv is the input"),
    ],
)
def test_stdin_is_a_file(cases: Path, tmp_path: Path, command: tuple[str, ...], message: bytes) -> None:
    """Where stdin is a file, neither output nor report replaces it."""
    with cases.open("rb") as stdin:
        done = subprocess.run(
            [sys.executable, "-m", "maskkit", *command], stdin=stdin, capture_output=True, cwd=tmp_path, check=False
        )
    assert done.returncode == 2
    assert message in done.stderr
    assert cases.read_bytes() == CASES
    assert not (tmp_path / "out.csv").exists()


def test_stdout_is_a_file(cases: Path, tmp_path: Path) -> None:
    """Where stdout is a file, the report does not replace what goes there."""
    with (tmp_path / "out.csv").open("wb") as stdout:
        done = subprocess.run(
            [sys.executable, "-m", "maskkit", "mask", "cases.csv", *QUICK, "--report", "out.csv"],
            stdout=stdout,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            check=False,
        )
    assert done.returncode == 2
    assert b"the report out.csv is the output" in done.stderr
