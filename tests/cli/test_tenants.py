"""maskkit tenants."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from running import Run


@pytest.fixture
def files(maskkit: Run, keyfile: Path, tmp_path: Path) -> dict[str, Path]:
    """Masked files of two tenants that were added and of the default one."""
    (tmp_path / "a.txt").write_text("电话13800138000", encoding="utf-8")
    made = {}
    for tenant in ("agency-a", "agency-b", "default"):
        if tenant != "default":
            assert maskkit("tenants", "add", tenant, "--keyset", keyfile).returncode == 0
        made[tenant] = tmp_path / f"{tenant}.txt"
        done = maskkit("mask", "a.txt", "-o", made[tenant], "--tenant", tenant, "--keyset", keyfile)
        assert done.returncode == 0, done.stderr
    return made


def test_the_end_of_a_contract(maskkit: Run, keyfile: Path, files: dict[str, Path]) -> None:
    """After its retirement no token of a tenant opens, all others do, and nothing more is made for it."""
    retired = maskkit("tenants", "retire", "agency-a", "--keyset", keyfile)
    assert retired.returncode == 0, retired.stderr
    assert b"copies of " in retired.stderr
    for tenant, path in files.items():
        for asking in ("agency-a", "default", tenant):
            back = maskkit("unmask", path, "--tenant", asking, "--keyset", keyfile)
            if tenant == "agency-a":
                assert back.returncode == 3
                assert b"1 token left: made for a tenant that is retired" in back.stderr
                assert back.stdout == path.read_bytes()
        if tenant != "agency-a":
            assert back.returncode == 0
            assert back.stdout.decode() == "电话13800138000"
    again = maskkit("mask", "a.txt", "--tenant", "agency-a", "--keyset", keyfile)
    assert (again.returncode, again.stdout) == (1, b"")
    assert b"tenant agency-a is retired" in again.stderr


def test_the_record_is_signed(maskkit: Run, keyfile: Path, files: dict[str, Path]) -> None:
    """What retire prints is a record that the key in export-public-info has signed, with the tag and the warning."""
    shown = json.loads(maskkit("tenants", "retire", "agency-a", "--keyset", keyfile).stdout)
    public = json.loads(maskkit("keys", "export-public-info", "--keyset", keyfile).stdout)
    assert shown["audit_public_key"] == public["audit_public_key"]
    key = load_pem_public_key(public["audit_public_key"].encode())
    assert isinstance(key, Ed25519PublicKey)
    signed = json.dumps(shown["record"], sort_keys=True, separators=(",", ":")).encode("ascii")
    key.verify(base64.b64decode(shown["signature"]), signed)
    token = files["agency-a"].read_text("utf-8")[2:]
    assert shown["record"]["tags"] == {token[3:5]: token[5:8]}
    assert shown["record"]["tenant"] == "agency-a"
    assert "copies of the keyset" in shown["record"]["note"]
    [listed] = [tenant for tenant in public["tenants"] if tenant["name"] == "agency-a"]
    assert (listed["status"], listed["tags"]) == ("retired", shown["record"]["tags"])


def test_list(maskkit: Run, keyfile: Path, files: dict[str, Path]) -> None:
    """The list shows who was added and who is retired, and says that nobody else can be."""
    maskkit("tenants", "retire", "agency-b", "--keyset", keyfile)
    listed = maskkit("tenants", "list", "--keyset", keyfile)
    rows = [line.split() for line in listed.stdout.decode().splitlines()]
    assert ["agency-a", "active"] in [row[:2] for row in rows]
    assert ["agency-b", "retired"] in [row[:2] for row in rows]
    assert b"not listed, default too" in listed.stderr


def test_added_later(maskkit: Run, keyfile: Path, tmp_path: Path) -> None:
    """A tenant that had files before keeps them readable, is told so, and rewrap moves them to what can be retired."""
    (tmp_path / "a.txt").write_text("电话13800138000", encoding="utf-8")
    mine = ("--tenant", "agency-a", "--keyset", str(keyfile))
    masked = maskkit("mask", "a.txt", "-o", "old.txt", *mine)
    assert masked.returncode == 0
    added = maskkit("tenants", "add", "agency-a", "--keyset", keyfile)
    assert b"under its old tag, and cannot be retired" in added.stderr
    assert b"hint: maskkit rewrap FILE --tenant agency-a" in added.stderr
    assert b"surrogates made for it before come back as other numbers" in added.stderr
    assert maskkit("unmask", "old.txt", *mine).stdout.decode() == "电话13800138000"
    (tmp_path / "moved.txt").write_bytes((tmp_path / "old.txt").read_bytes())
    assert maskkit("rewrap", "moved.txt", *mine).returncode == 0
    assert maskkit("tenants", "retire", "agency-a", "--keyset", keyfile).returncode == 0
    assert maskkit("unmask", "old.txt", *mine).stdout.decode() == "电话13800138000"
    assert maskkit("unmask", "moved.txt", *mine).returncode == 3


def test_what_cannot_be(maskkit: Run, keyfile: Path) -> None:
    """Retiring who was never added says why and what to do; a name twice is refused; a bad one is a wrong call."""
    before = keyfile.read_bytes()
    never = maskkit("tenants", "retire", "default", "--keyset", keyfile)
    assert (never.returncode, never.stdout) == (1, b"")
    assert b"never added has no salt and cannot be retired" in never.stderr
    assert b"hint: maskkit tenants add" in never.stderr
    assert maskkit("tenants", "add", " ", "--keyset", keyfile).returncode == 2
    assert keyfile.read_bytes() == before
    assert maskkit("tenants", "add", "机构甲", "--keyset", keyfile).returncode == 0
    assert maskkit("tenants", "add", "机构甲", "--keyset", keyfile).returncode == 1


def test_masking_for_a_tenant_that_was_never_added(maskkit: Run, keyfile: Path, tmp_path: Path) -> None:
    """Whoever makes a file for such a tenant is told that it cannot be retired, and how to change that in time."""
    (tmp_path / "a.txt").write_text("电话13800138000", encoding="utf-8")
    masked = maskkit("mask", "a.txt", "--tenant", "agency-a", "--keyset", keyfile)
    assert masked.returncode == 0
    assert b"never added to the keyset" in masked.stderr
    assert b"hint: maskkit tenants add agency-a" in masked.stderr
    number = maskkit("mask", "a.txt", "--tenant", "13900139000", "--keyset", keyfile)
    assert b"13900139000" not in number.stderr
    maskkit("tenants", "add", "agency-a", "--keyset", keyfile)
    again = maskkit("mask", "a.txt", "--tenant", "agency-a", "--keyset", keyfile)
    assert b"never added" not in again.stderr
