"""maskkit names: what its commands say and refuse."""

from __future__ import annotations

import json
from pathlib import Path

from running import Run


def test_info(maskkit: Run) -> None:
    """Each shipped model names its sources and their terms."""
    for model in ("full", "open"):
        run = maskkit("names", "info", model)
        assert run.returncode == 0
        assert "Apache-2.0" in run.stdout.decode()


def test_evaluate(maskkit: Run, tmp_path: Path) -> None:
    """The figures of a labelled file are printed as a table."""
    rows = [
        {"text": "客户王建国来电称本月无力还款", "spans": [[2, 5, "PERSON"]]},
        {"text": "今天钱扣了有逾期吗", "spans": []},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    run = maskkit("names", "evaluate", "full", "--data", path)
    assert run.returncode == 0
    assert run.stdout.decode().split()[-6:] == ["1", "1.0000", "1.0000", "1.0000", "1.0000", "0"]


def test_refusals(maskkit: Run, tmp_path: Path) -> None:
    """A model, a file or a source that does not exist is refused, and nothing is written."""
    broken = tmp_path / "rows.jsonl"
    broken.write_text('{"text": "客户王建国来电"}\n', "utf-8")
    out = tmp_path / "model.npz"
    for arguments, code in (
        (("names", "info", "nowhere"), 2),
        (("names", "evaluate", "full", "--data", tmp_path / "none.jsonl"), 1),
        (("names", "evaluate", "full", "--data", broken), 1),
        (("names", "train", "--data", tmp_path, "--out", out), 1),
        (("names", "train", "--data", tmp_path, "--out", out, "--without", "nowhere"), 2),
    ):
        run = maskkit(*arguments)
        assert run.returncode == code, run.stderr
        assert run.stderr.startswith(b"maskkit: ")
        assert "王建国" not in run.stderr.decode()
    assert not out.exists()
