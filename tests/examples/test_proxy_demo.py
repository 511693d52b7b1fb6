"""The example of the proxy runs as its README says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "examples" / "proxy-demo" / "proxy_demo.py"


def test_the_demo_ends_well(tmp_path: Path) -> None:
    """Both sides are shown, and the last line says that all went well."""
    done = subprocess.run(
        [sys.executable, DEMO],
        capture_output=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONUTF8": "1"},
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "proxy ok"
    assert "name_token" in done.stdout
