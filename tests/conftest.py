"""What every test may use: the corpora beside the checkout where they are, and a keyset."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora beside the checkout; a test that needs it is skipped where it is missing, but not in CI."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        message = f"no folder {folder.name}/ beside the checkout"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
