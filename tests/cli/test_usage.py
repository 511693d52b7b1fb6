"""What every command has in common: help, wrong calls, start-up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from running import Run

HEAVY = (
    "rich",
    "jieba",
    "numpy",
    "cryptography",
    "phonenumbers",
    "yaml",
    "polars",
    "pandas",
    "presidio_analyzer",
    "spacy",
)


def test_help_loads_nothing_heavy() -> None:
    """The help costs no more than Typer: what commands work with is imported when they run."""
    code = (
        "import sys; sys.argv = ['maskkit', '--help']\n"
        "from maskkit.cli import main\n"
        "try: main()\n"
        f"except SystemExit: print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "group",
    [
        (),
        ("mask",),
        ("unmask",),
        ("detect",),
        ("keys", "create"),
        ("keys", "list"),
        ("policy", "check"),
        ("rules", "test"),
    ],
)
def test_help(maskkit: Run, group: tuple[str, ...]) -> None:
    """Every command explains itself, without boxes."""
    done = maskkit(*group, "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Usage: maskkit")
    assert "─".encode() not in done.stdout


def test_no_command(maskkit: Run) -> None:
    """No command at all is a wrong call, answered by the help."""
    for group in ((), ("keys",), ("policy",), ("rules",)):
        done = maskkit(*group)
        assert done.returncode == 2
        assert done.stderr.startswith(b"Usage: maskkit")


def test_version(maskkit: Run) -> None:
    """--version says it."""
    assert maskkit("--version").stdout.startswith(b"maskkit ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mask",), "maskkit: missing argument 'IN'\nhint: maskkit mask --help\n"),
        (("mask", "a", "13800138000"), "maskkit: got unexpected extra argument\nhint: maskkit mask --help\n"),
        (("mask", "a", "--tenant"), "maskkit: option '--tenant' requires an argument\nhint: maskkit --help\n"),
        (("mask", "a", "--tenent", "x"), "maskkit: no such option: --tenent"),
        (("mask", "a", "--13800138000"), "maskkit: no such option: …"),
        (("13800138000",), "maskkit: no such command '…'\nhint: maskkit --help\n"),
        (("keys", "王建国"), "maskkit: no such command '…'\nhint: maskkit keys --help\n"),
        (("unmask", "a", "--tenant"), "maskkit: option '--tenant' requires an argument"),
    ],
)
def test_wrong_calls(maskkit: Run, arguments: tuple[str, ...], message: str) -> None:
    """A wrong call is exit 2 through our own printer, and repeats nothing that may be a value."""
    done = maskkit(*arguments, PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(message)
    assert b"hint: maskkit" in done.stderr


def test_policy_check(maskkit: Run, tmp_path: Path) -> None:
    """policy check names file, line and field of every problem."""
    (tmp_path / "good.yaml").write_text("extends: agency\nentities: {PHONE_NUMBER: keep}\n", encoding="utf-8")
    good = maskkit("policy", "check", "good.yaml")
    assert (good.returncode, good.stderr) == (0, b"maskkit: good.yaml: ok\n")
    (tmp_path / "bad.yaml").write_text("extends: agency\nentities: {PHONE: keep}\nfeilds: {}\n", encoding="utf-8")
    bad = maskkit("policy", "check", "bad.yaml")
    assert bad.returncode == 1
    assert b"maskkit: bad.yaml:2: entities" in bad.stderr
    assert b"maskkit: bad.yaml:3: feilds" in bad.stderr
    assert maskkit("policy", "check", "none.yaml").returncode == 1


def test_rules_test(maskkit: Run) -> None:
    """rules test runs the rules' own examples."""
    done = maskkit("rules", "test")
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith(b"examples: ok\n")


def test_an_unforeseen_error_shows_no_value(tmp_path: Path) -> None:
    """A fault of ours is exit 1 with its kind and place: no traceback, and not what it says."""
    code = (
        "import maskkit.cli.mask as m, maskkit.policy, sys\n"
        "def broken(name): raise RuntimeError('13800138000')\n"
        "maskkit.policy.load_policy = broken\n"
        "from maskkit.cli import main\n"
        "sys.argv = ['maskkit', 'mask', 'x']\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"maskkit: internal error: RuntimeError in ")
    assert b"13800138000" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="/dev/full")
def test_a_full_disk(maskkit: Run, tmp_path: Path) -> None:
    """Output that cannot be written is exit 1 in our words, not Python's."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("wb") as full:
        for arguments in (["--help"], ["detect", "13800138000"]):
            done = subprocess.run(
                [sys.executable, "-m", "maskkit", *arguments],
                stdout=full,
                stderr=subprocess.PIPE,
                cwd=tmp_path,
                check=False,
            )
            assert done.returncode == 1
            assert done.stderr == b"maskkit: stdout cannot be written: No space left on device\n"
