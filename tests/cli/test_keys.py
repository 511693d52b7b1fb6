"""maskkit keys."""

from __future__ import annotations

import json
import re
import stat
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from running import Run

from maskkit import Keyset


def test_create_seals_with_the_variable(maskkit: Run, tmp_path: Path) -> None:
    """A keyset made with MASKKIT_PASSPHRASE is sealed, private, and opens with that passphrase only."""
    made = maskkit("keys", "create", "--out", "k.json", MASKKIT_PASSPHRASE="correct horse")
    assert made.returncode == 0, made.stderr
    assert b"back up k.json and its passphrase apart from each other; without them nothing comes back" in made.stderr
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "k.json").stat().st_mode) == 0o600
    listed = maskkit("keys", "list", "--keyset", "k.json", MASKKIT_PASSPHRASE="correct horse")
    assert listed.returncode == 0
    assert b"primary" in listed.stdout
    wrong = maskkit("keys", "list", "--keyset", "k.json", MASKKIT_PASSPHRASE="wrong horse")
    assert wrong.returncode == 1
    assert b"the passphrase does not open keyset k.json" in wrong.stderr
    assert b"hint: it is that of keys create or the last keys passphrase" in wrong.stderr
    assert b"horse" not in wrong.stderr


def test_create_goes_to_the_config_folder(maskkit: Run, tmp_path: Path) -> None:
    """Without --out the keyset lies where every command looks for it."""
    assert maskkit("keys", "create", "--no-passphrase").returncode == 0
    assert list((tmp_path / "home").rglob("maskkit/keyset.json"))
    assert maskkit("keys", "list").returncode == 0


def test_without_terminal_and_variable_it_says_what_to_do(maskkit: Run, tmp_path: Path) -> None:
    """With nobody to ask, keys create exits 2 with the hint and leaves no file, whatever stdin holds."""
    done = maskkit("keys", "create", "--out", "k.json", stdin=b"passphrase\npassphrase\n")
    assert done.returncode == 2
    assert b"hint: set MASKKIT_PASSPHRASE" in done.stderr
    assert not (tmp_path / "k.json").exists()


def test_create_refuses_to_overwrite(maskkit: Run, tmp_path: Path) -> None:
    """A keyset that is there already is exit 1 and stays as it is."""
    maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    before = (tmp_path / "k.json").read_bytes()
    again = maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    assert again.returncode == 1
    assert (tmp_path / "k.json").read_bytes() == before


def test_an_unsealed_keyset_says_so(maskkit: Run, tmp_path: Path) -> None:
    """--no-passphrase says what it means, in the message and in the file, and never asks again."""
    made = maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    assert b"not sealed" in made.stderr
    assert "not sealed" in (tmp_path / "k.json").read_text("utf-8").lower()
    assert maskkit("keys", "list", "--keyset", "k.json").returncode == 0


@pytest.mark.parametrize("command", [("keys", "list"), ("mask", "a.txt"), ("unmask", "a.txt")])
def test_no_keyset_yet(maskkit: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    """Where there is no keyset, every command that needs one exits 1 with the command that makes it."""
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    done = maskkit(*command)
    assert done.returncode == 1
    assert b"hint: maskkit keys create" in done.stderr


def test_a_passphrase_that_was_not_needed(maskkit: Run) -> None:
    """Whoever sets MASKKIT_PASSPHRASE believes the keyset to be sealed: one that is not says so."""
    maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    listed = maskkit("keys", "list", "--keyset", "k.json", MASKKIT_PASSPHRASE="correct horse")
    assert listed.returncode == 0
    assert b"k.json is not sealed: MASKKIT_PASSPHRASE was not needed" in listed.stderr
    assert b"hint: maskkit keys passphrase --keyset k.json" in listed.stderr
    assert maskkit("keys", "list", "--keyset", "k.json").stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_a_keyset_that_others_can_read(maskkit: Run, tmp_path: Path) -> None:
    """A keyset whose mode lets others at it is used, with a note and the command that mends it."""
    maskkit("keys", "create", "--no-passphrase", "--out", "k.json")
    (tmp_path / "k.json").chmod(0o644)
    listed = maskkit("keys", "list", "--keyset", "k.json")
    assert listed.returncode == 0
    assert b"k.json is not private: its mode is 0644" in listed.stderr
    assert b"hint: chmod 600 k.json" in listed.stderr


def rows(maskkit: Run, keyfile: Path) -> dict[str, list[str]]:
    """Return what keys list shows of each key."""
    listed = maskkit("keys", "list", "--keyset", keyfile)
    assert listed.returncode == 0, listed.stderr
    found = [line.split() for line in listed.stdout.decode().splitlines()]
    return {row[0]: row[1:] for row in found if row and re.fullmatch(r"[a-z2-7]{2}", row[0])}


def test_a_key_through_its_life(maskkit: Run, keyfile: Path) -> None:
    """Rotate, disable, enable and destroy do what keys list then shows, and say what follows."""
    [old] = rows(maskkit, keyfile)

    def run(*arguments: str) -> bytes:
        done = maskkit("keys", *arguments, "--keyset", keyfile)
        assert done.returncode == 0, done.stderr
        return done.stderr

    said = run("rotate")
    assert b"back up" in said
    assert b"hint: maskkit rewrap FILE" in said
    shown = rows(maskkit, keyfile)
    [new] = shown.keys() - {old}
    assert (shown[new][:2], shown[old][:1]) == (["primary", "enabled"], ["enabled"])
    assert b"surrogates: until it is enabled" in run("disable", old)
    assert rows(maskkit, keyfile)[old][:2] == ["disabled", "aes"]
    run("enable", old)
    assert rows(maskkit, keyfile)[old][0] == "enabled"
    run("disable", old)
    said = run("destroy", old)
    assert b"copies of" in said
    assert b"surrogates: none comes back, ever" in said
    run("rotate")
    assert b"surrogates" not in run("disable", new)
    assert rows(maskkit, keyfile)[old][0] == "destroyed"


def test_rotation_in_two_steps(maskkit: Run, keyfile: Path) -> None:
    """With --add-only every machine can have the key before one makes tokens with it; --to makes it primary."""
    [old] = rows(maskkit, keyfile)
    added = maskkit("keys", "rotate", "--add-only", "--suite", "sm", "--keyset", keyfile)
    shown = rows(maskkit, keyfile)
    [new] = shown.keys() - {old}
    assert f"hint: maskkit keys rotate --to {new}".encode() in added.stderr
    assert (shown[old][0], shown[new][:2]) == ("primary", ["enabled", "sm"])
    assert maskkit("keys", "rotate", "--to", new, "--keyset", keyfile).returncode == 0
    assert rows(maskkit, keyfile)[new][0] == "primary"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("disable", "PRIMARY"), 1, "is primary and cannot be disabled"),
        (("destroy", "PRIMARY"), 1, "is enabled"),
        (("enable", "PRIMARY"), 1, "is enabled already"),
        (("disable", "zz"), 1, "the keyset has no key zz"),
        (("rotate", "--to", "13800138000"), 1, "the keyset has no key of that name"),
        (("rotate", "--suite", "des"), 2, "there is no suite des"),
        (("rotate", "--to", "PRIMARY", "--add-only"), 2, "--to takes a key that is there"),
        (("passphrase",), 2, "neither a terminal nor MASKKIT_NEW_PASSPHRASE"),
        (("passphrase", "--kms", "nobody:1"), 2, "there is no KMS nobody"),
        (("passphrase", "--kms", "vault-transit:k", "--no-passphrase"), 2, "--kms seals the keyset"),
    ],
)
def test_what_cannot_be(maskkit: Run, keyfile: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    """Each wrong step has its message and hint, and leaves the file byte for byte."""
    before = keyfile.read_bytes()
    primary = Keyset.open(keyfile).primary.id
    named = [primary if word == "PRIMARY" else word for word in arguments]
    done = maskkit("keys", *named, "--keyset", keyfile)
    assert done.returncode == code, done.stderr
    assert message.encode() in done.stderr
    assert b"\nhint: " in done.stderr
    assert keyfile.read_bytes() == before


def test_another_passphrase(maskkit: Run, keyfile: Path) -> None:
    """An open keyset is sealed, sealed by another passphrase, and opened; each time only the last one opens it."""
    for now, new in (("", "one"), ("one", "two")):
        words = {"MASKKIT_PASSPHRASE": now, "MASKKIT_NEW_PASSPHRASE": new}
        done = maskkit("keys", "passphrase", "--keyset", keyfile, stdin=b"", **words)
        assert done.returncode == 0, done.stderr
        assert b"copies of" in done.stderr
        assert maskkit("keys", "list", "--keyset", keyfile, MASKKIT_PASSPHRASE=new).returncode == 0
    assert maskkit("keys", "list", "--keyset", keyfile, MASKKIT_PASSPHRASE="one").returncode == 1
    opened = maskkit("keys", "passphrase", "--no-passphrase", "--keyset", keyfile, MASKKIT_PASSPHRASE="two")
    assert opened.returncode == 0
    assert b"not sealed" in opened.stderr
    assert maskkit("keys", "list", "--keyset", keyfile).returncode == 0


def test_public_info(maskkit: Run, keyfile: Path) -> None:
    """What is exported holds ids, states and the audit's public key, the same after a rotation, and no secret."""
    keyset = Keyset.open(keyfile)
    first = maskkit("keys", "export-public-info", "--keyset", keyfile)
    assert first.returncode == 0
    shown = json.loads(first.stdout)
    assert shown["primary"] == keyset.primary.id
    assert shown["keys"] == [key._asdict() for key in keyset.info()]
    assert load_pem_public_key(shown["audit_public_key"].encode()) == keyset.signing_key().public_key()
    secret = json.loads(keyfile.read_text("utf-8"))["payload"]
    assert not {secret["signing"], secret["keys"][0]["secret"]} & set(re.findall(r"[\w+/=]+", first.stdout.decode()))
    maskkit("keys", "rotate", "--keyset", keyfile)
    later = json.loads(maskkit("keys", "export-public-info", "--keyset", keyfile).stdout)
    assert later["audit_public_key"] == shown["audit_public_key"]
    assert len(later["keys"]) == 2


def test_create_in_the_national_suite(maskkit: Run) -> None:
    """--suite sm makes a keyset of SM3 and SM4 that masks and unmasks."""
    assert maskkit("keys", "create", "--no-passphrase", "--suite", "sm", "--out", "k.json").returncode == 0
    masked = maskkit("mask", "-", "--keyset", "k.json", stdin="电话13800138000".encode())
    assert masked.returncode == 0, masked.stderr
    assert maskkit("unmask", "-", "--keyset", "k.json", stdin=masked.stdout).stdout.decode() == "电话13800138000"


def test_the_audit_knows(maskkit: Run, tmp_path: Path) -> None:
    """What is done to keys and tenants stands in the audit, a retirement with its signed record, or is not done."""
    maskkit("keys", "create", "--no-passphrase", "--out", "k.json", MASKKIT_AUDIT="a.jsonl")
    given = ("--keyset", "k.json")
    for call in (("keys", "rotate"), ("tenants", "add", "agency-a"), ("tenants", "retire", "agency-a")):
        assert maskkit(*call, *given, MASKKIT_AUDIT="a.jsonl").returncode == 0
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    said = [(line["kind"], line["detail"]) for line in lines if line["kind"] != "checkpoint"]
    assert said == [("key", "create"), ("key", "rotate"), ("tenant", "add"), ("tenant", "retire")]
    record = json.loads(next(line["record"] for line in lines if line.get("detail") == "retire"))
    assert record["record"]["tenant"] == "agency-a"
    before = (tmp_path / "k.json").read_bytes()
    (tmp_path / "b.jsonl").mkdir()
    refused = maskkit("keys", "rotate", *given, MASKKIT_AUDIT="b.jsonl")
    assert refused.returncode == 1
    assert b"audit" in refused.stderr
    assert (tmp_path / "k.json").read_bytes() == before
