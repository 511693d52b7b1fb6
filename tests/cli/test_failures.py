"""maskkit mask and unmask as processes that fail or are ended: what is said, and what is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import Run

CASES = "案件编号,姓名,手机号,备注\nA1,王建国,13800138000,x\n".encode()
KEYS = ("--keyset", "keyset.json")
QUICK = (*KEYS, "--policy", "quick.yaml")

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")


@pytest.fixture
def cases(tmp_path: Path, keyfile: Path) -> Path:
    """An export beside a keyset and a policy that leaves names to the columns."""
    (tmp_path / "cases.csv").write_bytes(CASES)
    (tmp_path / "quick.yaml").write_text("extends: tokens\nnames: off\n", encoding="utf-8")
    return tmp_path / "cases.csv"


def test_stdout_that_is_cut_short(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """Where a failure comes when rows are out on stdout already, the message says that it is not all."""
    row = "A1,王建国,13800138000,x\n".encode()
    (tmp_path / "long.csv").write_bytes("案件编号,姓名,手机号,备注\n".encode() + row * 250_000 + b"A2\n")
    done = maskkit("mask", "long.csv", "--policy", "quick.yaml", *KEYS)
    assert done.returncode == 1
    assert done.stdout
    lines = done.stderr.splitlines()
    assert lines[0].startswith(b"maskkit: long.csv: row 250002 has 1 cells")
    assert lines[1] == b"maskkit: what stdout got so far is not all of it"
    filed = maskkit("mask", "long.csv", "-o", "out.csv", "--policy", "quick.yaml", *KEYS)
    assert filed.returncode == 1
    assert b"not all" not in filed.stderr
    assert not (tmp_path / "out.csv").exists()
    assert not list(tmp_path.glob(".maskkit-*"))


@POSIX
@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
def test_a_kill_leaves_no_half_file(cases: Path, tmp_path: Path, how: str) -> None:
    """Whenever a run is ended, OUT is what it was before; only SIGKILL can leave the part file behind."""
    row = "A1,王建国,13800138000,打13900139000未接\n".encode()
    (tmp_path / "long.csv").write_bytes("案件编号,姓名,手机号,备注\n".encode() + row * 400_000)
    (tmp_path / "out.csv").write_bytes(b"before")
    arguments = ["mask", "long.csv", "-o", "out.csv", "--policy", "quick.yaml", "--keyset", "keyset.json"]
    with subprocess.Popen(
        [sys.executable, "-m", "maskkit", *arguments], cwd=tmp_path, stderr=subprocess.PIPE, env=os.environ
    ) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".maskkit-*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(getattr(signal, how))
        assert process.stderr is not None
        told = process.stderr.read()
    assert process.returncode != 0
    assert (tmp_path / "out.csv").read_bytes() == b"before"
    if how != "SIGKILL":
        assert told == b"maskkit: stopped; no file was written\n"
        assert process.returncode == 1
        assert not list(tmp_path.glob(".maskkit-*"))


@POSIX
def test_who_ignores_being_hung_up_goes_on(cases: Path, tmp_path: Path) -> None:
    """Started with nohup, a run outlives its terminal."""
    nohup = shutil.which("nohup")
    if nohup is None:
        pytest.skip("no nohup here")
    row = "A1,王建国,13800138000,打13900139000未接\n".encode()
    (tmp_path / "long.csv").write_bytes("案件编号,姓名,手机号,备注\n".encode() + row * 50_000)
    arguments = ["mask", "long.csv", "-o", "out.csv", "--policy", "quick.yaml", "--keyset", "keyset.json"]
    with subprocess.Popen(
        [nohup, sys.executable, "-m", "maskkit", *arguments], cwd=tmp_path, stderr=subprocess.PIPE, env=os.environ
    ) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".maskkit-*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGHUP)
        process.communicate()
    assert process.returncode == 0
    assert (tmp_path / "out.csv").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full")
def test_a_device_that_is_full(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """An output that takes nothing is exit 1 by its name."""
    for command in (("mask", "cases.csv", *QUICK), ("mask", "cases.csv", *QUICK, "--check"), ("unmask", "-", *KEYS)):
        done = maskkit(*command, "-o", "/dev/full", stdin=CASES)
        assert done.returncode == 1
        assert b"maskkit: /dev/full cannot be written: No space left on device\n" in done.stderr


@POSIX
def test_a_disk_that_is_full(cases: Path, tmp_path: Path) -> None:
    """Where the disk takes no more, the message names what was written there, and no part of it is left."""
    row = "A1,王建国,13800138000,打13900139000未接\n".encode()
    (tmp_path / "long.csv").write_bytes("案件编号,姓名,手机号,备注\n".encode() + row * 5000)
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from maskkit.cli import main\n"
        "main()"
    )
    for name, message in (
        ("long.csv", b"maskkit: out.csv cannot be written: "),
        ("-", b"maskkit: stdin cannot be read"),
    ):
        with (tmp_path / "long.csv").open("rb") as stdin:
            done = subprocess.run(
                [sys.executable, "-c", code, "mask", name, "-o", "out.csv", *QUICK],
                cwd=tmp_path,
                stdin=stdin,
                capture_output=True,
                check=False,
            )
        assert done.returncode == 1
        assert done.stderr.startswith(message), done.stderr
        assert not list(tmp_path.glob("*out*")) + list(tmp_path.glob(".maskkit-*"))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="/proc")
def test_an_input_that_fails(maskkit: Run, cases: Path) -> None:
    """An input that cannot be read to its end is exit 1 by its name."""
    done = maskkit("mask", "/proc/self/mem", "-o", "out.csv", *QUICK)
    assert done.returncode == 1
    assert done.stderr.startswith(b"maskkit: /proc/self/mem cannot be read: ")
