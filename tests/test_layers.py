"""The house: who may import whom."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_layers_hold() -> None:
    """Every import goes down the layers of docs/explanation/architecture.md."""
    script = Path(sys.executable).with_name("lint-imports" + (".exe" if sys.platform == "win32" else ""))
    done = subprocess.run([script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_importing_maskkit_costs_nothing() -> None:
    """`import maskkit` and the command line load none of the heavy libraries."""
    code = (
        "import sys, maskkit, maskkit.cli;"
        "print(sorted({'rich','jieba','numpy','phonenumbers','polars','pandas','pyarrow','spacy','yaml','cryptography'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
