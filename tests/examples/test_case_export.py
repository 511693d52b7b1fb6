"""The example is what `make demo` runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "case-export"


def test_the_demo_ends_identical(tmp_path: Path) -> None:
    """The tour masks the export, shows it before and after, and gets the same bytes back."""
    for name in ("demo.py", "cases.csv"):
        shutil.copy(EXAMPLE / name, tmp_path)
    done = subprocess.run(
        [sys.executable, tmp_path / "demo.py"], capture_output=True, check=False, env=os.environ | {"PYTHONUTF8": "1"}
    )
    assert done.returncode == 0, done.stderr.decode()
    shown = done.stdout.decode()
    assert shown.splitlines()[-1] == "identical"
    assert "****" in shown


def test_the_generator_makes_the_same_file_for_the_same_seed(tmp_path: Path, export: ModuleType) -> None:
    """A larger export can be made, the same each time."""
    for name in ("a.csv", "b.csv"):
        export.write(tmp_path / name, 50)
    made = (tmp_path / "a.csv").read_bytes()
    assert made == (tmp_path / "b.csv").read_bytes()
    assert made.count(b"\r\n") == 51
