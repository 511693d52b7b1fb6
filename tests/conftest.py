"""What every test may use: the command line as a process, a keyset, the example generator, the corpora."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from running import Run

from maskkit import Keyset

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


@pytest.fixture(scope="session")
def keyset() -> Keyset:
    """A keyset that no file holds."""
    return Keyset.create()


@pytest.fixture(scope="session")
def export() -> ModuleType:
    """The generator of made-up case exports."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "examples" / "case-export" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def maskkit(tmp_path: Path) -> Run:
    """Run the command line as a process of its own, without a terminal, with a home of its own."""
    home = tmp_path / "home"
    home.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MASKKIT_", "XDG_"))}
    base = clean | {"HOME": str(home), "APPDATA": str(home), "LOCALAPPDATA": str(home), "PYTHONUTF8": "0"}

    def run(*arguments: str | Path, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "maskkit", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env=base | variables,
            cwd=tmp_path,
            check=False,
            start_new_session=True,
        )

    return run


@pytest.fixture
def keyfile(tmp_path: Path) -> Path:
    """An unsealed keyset in a file."""
    path = tmp_path / "keyset.json"
    Keyset.create().save(path)
    return path
