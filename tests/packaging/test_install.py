"""What users install: the wheel alone in a clean environment, and an editable checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXPORT = "姓名,手机号,备注\n王建国,13800138000,王建国说好\n"

pytestmark = pytest.mark.xdist_group("packaging")  # one build for all


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that holds maskkit and what it needs, and nothing else."""

    python: Path
    home: Path

    def run(self, *command: str | Path, stdin: str = "") -> str:
        """Run a program of the environment and return what it printed; it must end well."""
        program = self.python.with_name(f"{command[0]}.exe" if sys.platform == "win32" else str(command[0]))
        done = subprocess.run(
            [program, *map(str, command[1:])],
            input=stdin.encode(),
            capture_output=True,
            check=False,
            cwd=self.home,
            env=clean_environment() | {name: str(self.home) for name in ("HOME", "APPDATA", "LOCALAPPDATA")},
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


def clean_environment() -> dict[str, str]:
    """Return the environment without what points to this checkout or to a user's keyset."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MASKKIT_", "XDG_", "PYTHON"))}


def install(folder: Path, *what: str | Path) -> Installed:
    """Make a clean environment and install with pip."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what]
    subprocess.run(list(map(str, pip)), check=True, cwd=folder, env=clean_environment())
    (folder / "home").mkdir()
    return Installed(python, folder / "home")


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(list(map(str, build)), check=True, capture_output=True, cwd=folder, env=clean_environment())
    return folder


@pytest.fixture(scope="session", params=["wheel", "editable"])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, dist: Path) -> Installed:
    """The wheel in a clean environment, and this checkout in another."""
    folder = tmp_path_factory.mktemp(request.param)
    return install(folder, *(dist.glob("*.whl") if request.param == "wheel" else ("--editable", ROOT)))


def files(folder: Path, pattern: str = "*") -> set[str]:
    """Return the files below a folder, relative to it."""
    found = (path for path in folder.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def test_the_wheel_holds_all_of_the_package_and_nothing_else(dist: Path) -> None:
    """Modules, the mark that types are there, rules and policies are in the wheel, tests and examples are not."""
    (wheel,) = dist.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    source = {f"maskkit/{name}" for name in files(ROOT / "src" / "maskkit")}
    source |= {f"maskkit_proxy/{name}" for name in files(ROOT / "proxy" / "maskkit_proxy")}
    assert names == source | {f"maskkit/_rules/{name}" for name in files(ROOT / "rules")}
    assert "maskkit/py.typed" in names
    metadata = {name.rpartition("/")[2] for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" in name}
    assert {"METADATA", "LICENSE", "entry_points.txt"} <= metadata


def test_the_sdist_holds_what_a_wheel_is_built_from(dist: Path) -> None:
    """Source, rules and the documents that the metadata names are in the sdist; no output of the demo is."""
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO"} <= names
    assert {f"src/maskkit/{name}" for name in files(ROOT / "src" / "maskkit")} <= names
    assert {f"rules/{name}" for name in files(ROOT / "rules")} <= names
    assert not any("keyset" in name and name.endswith(".json") for name in names)


def test_it_masks_and_turns_back(installed: Installed) -> None:
    """The commands of the README work where nothing but maskkit is installed."""
    home = installed.home
    (home / "cases.csv").write_text(EXPORT, encoding="utf-8")
    installed.run("maskkit", "keys", "create", "--no-passphrase", "--out", "keyset.json")
    installed.run("maskkit", "mask", "cases.csv", "-o", "masked.csv", "--keyset", "keyset.json")
    masked = (home / "masked.csv").read_text(encoding="utf-8")
    assert "王建国" not in masked
    assert "13800138000" not in masked
    installed.run("maskkit", "unmask", "masked.csv", "-o", "back.csv", "--keyset", "keyset.json")
    assert (home / "back.csv").read_bytes() == (home / "cases.csv").read_bytes()


def test_its_rules_and_policies_are_there(installed: Installed) -> None:
    """Rules pass their own examples, policies load by name, a policy file is checked."""
    installed.run("maskkit", "rules", "test")
    assert (
        installed.run("maskkit", "mask", "-", "--policy", "display", stdin="电话13800138000\n") == "电话138****8000\n"
    )
    (installed.home / "own.yaml").write_text("extends: agency\nentities: {ADDRESS: {generalize: city}}\n")
    installed.run("maskkit", "policy", "check", "own.yaml")


def test_it_detects(installed: Installed) -> None:
    """`detect --jsonl` runs, names and all."""
    found = installed.run("maskkit", "detect", "--jsonl", stdin='{"text": "客户王建国电话13800138000"}\n')
    assert '[2, 5, "PERSON"]' in found
    assert '[7, 18, "PHONE_NUMBER"]' in found


def test_the_proxy_says_what_it_lacks(installed: Installed) -> None:
    """Without its extra the proxy is a wrong call with the command that installs it."""
    program = installed.python.with_name("maskkit.exe" if sys.platform == "win32" else "maskkit")
    done = subprocess.run(
        [program, "proxy", "--upstream", "http://127.0.0.1:1"],
        capture_output=True,
        check=False,
        env=clean_environment(),
    )
    assert done.returncode == 2
    assert b'hint: pip install "maskkit[proxy]"' in done.stderr


def test_only_what_is_declared_is_imported(installed: Installed) -> None:
    """Every module but the integrations can be imported without the libraries of extras and development."""
    code = (
        "import importlib, maskkit, pkgutil, sys\n"
        "from maskkit.integrations.extras import MissingExtraError\n"
        "for module in pkgutil.walk_packages(maskkit.__path__, 'maskkit.', onerror=lambda name: None):\n"
        "    try:\n"
        "        if module.name != 'maskkit.__main__':\n"
        "            importlib.import_module(module.name)\n"
        "    except MissingExtraError:\n"
        "        assert module.name.startswith('maskkit.integrations.'), module.name\n"
        "print(sorted({'pandas', 'polars', 'pyarrow', 'pytest', 'spacy', 'psycopg'} & set(sys.modules)))\n"
    )
    assert installed.run("python", "-W", "error", "-c", code).strip() == "[]"
