"""The examples of the integrations run as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def shown(example: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / example],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def test_presidio() -> None:
    """Presidio's engines mask the notes and give every one of them back."""
    lines = shown("presidio/anonymize.py")
    assert lines[0].startswith("客户王**来电138****8000")
    assert lines[2::3] == ["came back"] * 3
    assert not any("13800138000" in line for line in lines)


def test_spacy() -> None:
    """spaCy finds the component by its entry point, in a new pipeline and in one that was saved."""
    lines = shown("spacy/pipeline.py")
    assert [line.endswith("the same") for line in lines[::2]] == [True] * 3
    assert "('13800138000', 'PHONE_NUMBER')" in lines[0]
    assert lines[-1] == "[]"
