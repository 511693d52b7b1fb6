"""The how-tos about keys and tenants, command by command."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from running import Run

from maskkit import Keyset

HOWTO = Path(__file__).parents[2] / "docs" / "how-to"
CASES = "姓名,手机号\n王建国,13800138000\n"


def commands(name: str) -> list[list[str]]:
    """Return the commands of a how-to, in order."""
    blocks = re.findall(r"```console\n(.*?)```", (HOWTO / name).read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("$ maskkit ") for line in lines)
    return [shlex.split(line)[2:] for line in lines]


@pytest.mark.parametrize("name", ["rotate-keys.md", "end-a-contract.md"])
def test_every_command_works(maskkit: Run, tmp_path: Path, name: str) -> None:
    """Typed one after the other, every command of the page does its work."""
    env = {"MASKKIT_PASSPHRASE": "correct horse", "MASKKIT_NEW_PASSPHRASE": "battery staple"}
    assert maskkit("keys", "create", stdin=b"", **env).returncode == 0
    [file] = (tmp_path / "home").rglob("keyset.json")
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    if name == "rotate-keys.md":
        assert maskkit("mask", "cases.csv", "-o", "for-a.csv", "--tenant", "agency-a", stdin=b"", **env).returncode == 0
    for words in commands(name):
        keys = [key.id for key in Keyset.open(file, env["MASKKIT_PASSPHRASE"]).info()]
        named = [{"OLD": keys[0], "NEW": keys[-1]}.get(word, word) for word in words]
        done = maskkit(*named, stdin=b"", **env)
        assert done.returncode == 0, (words, done.stderr)
    if name == "rotate-keys.md":
        assert (tmp_path / "back.csv").read_text("utf-8") == CASES
    else:
        assert maskkit("unmask", "for-a.csv", "--tenant", "agency-a", stdin=b"", **env).returncode == 3
