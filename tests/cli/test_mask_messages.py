"""What maskkit mask tells about a file: its columns, its rows, how far it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import Run


def test_running_text_has_no_columns(maskkit: Run, tmp_path: Path) -> None:
    """Of running text nothing is listed by column, and its rows are lines."""
    (tmp_path / "a.txt").write_text("打13800138000\n没人接\n", encoding="utf-8")
    done = maskkit("mask", "a.txt", "-o", "b.txt", "--policy", "display")
    assert done.stderr == b"maskkit: 2 lines, 1 value masked: b.txt\n"


def test_very_many_columns(maskkit: Run, tmp_path: Path) -> None:
    """Of a file with very many columns the first are listed, and the rest as a sum."""
    names = [f"amount{n}" for n in range(130)]
    (tmp_path / "a.csv").write_text(",".join(names) + "\n" + ",".join(["13800138000"] * 130) + "\n", encoding="utf-8")
    done = maskkit("mask", "a.csv", "-o", "b.csv", "--policy", "display", PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    lines = [line.split() for line in done.stderr.decode().splitlines()]
    assert ["30", "more", "30", "0"] in lines
    assert len(lines) < 110


def test_a_first_row_that_was_no_header(maskkit: Run, tmp_path: Path) -> None:
    """What may be a name or handle in a row taken for the header is shown neither on stderr nor in the report."""
    (tmp_path / "a.csv").write_text("Wang Jianguo,zhangsan88,买买提,金额\nLi Lei,lilei,艾力,1\n", encoding="utf-8")
    done = maskkit("mask", "a.csv", "-o", "b.csv", "--policy", "display", "--header", "--report", "r.json")
    assert done.returncode == 0
    report = (tmp_path / "r.json").read_text("utf-8")
    assert [column["name"] for column in json.loads(report)["columns"]] == ["column 1", "column 2", "column 3", "金额"]
    for value in ("Jianguo", "zhangsan", "买买提"):
        assert value not in done.stderr.decode(errors="replace") + report


def test_a_field_that_is_missing(maskkit: Run, tmp_path: Path) -> None:
    """Fields of the policy that the file has not are told, and with --strict refused."""
    (tmp_path / "a.csv").write_text("手机号\n13800138000\n", encoding="utf-8")
    (tmp_path / "p.yaml").write_text("extends: display\nfields: {mobile_no: keep, 手机号: keep}\n", encoding="utf-8")
    done = maskkit("mask", "a.csv", "-o", "b.csv", "--policy", "p.yaml", "--report", "r.json")
    assert done.returncode == 0
    assert b"maskkit: the policy's field mobile_no matches no column\n" in done.stderr
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["unmatched"] == ["mobile_no"]
    strict = maskkit("mask", "a.csv", "-o", "c.csv", "--policy", "p.yaml", "--strict")
    assert strict.returncode == 1
    assert not (tmp_path / "c.csv").exists()


def test_records(maskkit: Run, tmp_path: Path) -> None:
    """The rows of JSON are records; a record that is keyed by many customers has one line for each of their fields."""
    data = {f"C{n}": {"phone": "13800138000"} for n in range(2000)}
    (tmp_path / "a.json").write_text(json.dumps(data), encoding="utf-8")
    done = maskkit("mask", "a.json", "-o", "b.json", "--policy", "display", PYTHONIOENCODING="utf-8")
    assert "*.phone   PHONE_NUMBER   header   mask        2,000" in done.stderr.decode()
    assert done.stderr.endswith(b"maskkit: 1 record, 2,000 values masked: b.json\n")


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
@pytest.mark.parametrize(("rows", "shown"), [(10, False), (100_000, True)])
def test_a_bar_for_files_that_take_a_while(tmp_path: Path, rows: int, shown: bool) -> None:
    """A terminal gets a progress bar where there is something to wait for; for a small file it would only flicker."""
    (tmp_path / "a.txt").write_text("金额 100 已还款\n" * rows, encoding="utf-8")
    main, terminal = os.openpty()
    arguments = ["mask", "a.txt", "-o", "b.txt", "--policy", "display"]
    with subprocess.Popen([sys.executable, "-m", "maskkit", *arguments], cwd=tmp_path, stderr=terminal) as process:
        os.close(terminal)
        told = b""
        try:
            while part := os.read(main, 1 << 16):
                told += part
        except OSError:  # Linux: the other end is closed
            pass
    os.close(main)
    assert process.returncode == 0
    assert (b"masking" in told) == shown


def test_the_audit_counts(maskkit: Run, tmp_path: Path) -> None:
    """What was masked is counted in the audit; where that cannot be written, the file is masked and it says so."""
    (tmp_path / "a.csv").write_text("手机号,备注\n13800138000,无\n13900139000,打13800138000\n", encoding="utf-8")
    maskkit("mask", "a.csv", "-o", "b.csv", "--policy", "display", MASKKIT_AUDIT="a.jsonl")
    events = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(e["kind"], e["entity"], e["count"], e["file"]) for e in events] == [
        ("mask", "PHONE_NUMBER", 2, "a.csv"),
        ("mask", "text", 1, "a.csv"),
    ]
    (tmp_path / "c.jsonl").mkdir()
    done = maskkit("mask", "a.csv", "-o", "b.csv", "--policy", "display", MASKKIT_AUDIT="c.jsonl")
    assert done.returncode == 0
    assert b"not in the audit" in done.stderr
