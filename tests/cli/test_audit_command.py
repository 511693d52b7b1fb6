"""maskkit audit: list, head, verify."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from running import Run

from maskkit import Keyset
from maskkit.audit import AuditEvent, AuditLog, open_audit
from maskkit.audit.verify import read_public_key
from maskkit.errors import AuditError


@pytest.fixture
def audit(tmp_path: Path, keyfile: Path) -> Path:
    """Three events, signed by the key of the keyset."""
    path = tmp_path / "audit.jsonl"
    with AuditLog(open_audit(path), Keyset.open(keyfile).signing_key()) as log:
        for count in (1, 2, 3):
            log.record(AuditEvent(kind="unmask", actor="li", purpose="诉讼\x1b[2J", entity="PERSON", count=count))
    return path


def test_whole(maskkit: Run, audit: Path, keyfile: Path) -> None:
    """What export-public-info and head print is what verify wants, and a log that nobody touched is good."""
    public = maskkit("keys", "export-public-info", "--keyset", keyfile)
    (audit.parent / "public.json").write_bytes(public.stdout)
    head = maskkit("audit", "head", "--audit", audit)
    assert (head.returncode, head.stderr) == (0, b"")
    done = maskkit(
        "audit", "verify", "--public-key", "public.json", "--head", head.stdout.decode().strip(), "--audit", audit
    )
    assert (done.returncode, done.stderr.decode().splitlines()) == (0, ["maskkit: 4 lines: nothing was changed"])


def test_tampered(maskkit: Run, audit: Path) -> None:
    """A dropped line is named and ends with 1; a cut tail shows with the head that was kept."""
    head = maskkit("audit", "head", "--audit", audit).stdout.decode().strip()
    lines = audit.read_text("utf-8").splitlines(keepends=True)
    audit.write_text("".join(lines[:1] + lines[2:]), encoding="utf-8")
    done = maskkit("audit", "verify", "--audit", audit)
    assert done.returncode == 1
    assert done.stderr.decode() == "maskkit: line 2, main 3: the line before it is missing\n"
    audit.write_text("".join(lines[:2]), encoding="utf-8")
    assert maskkit("audit", "verify", "--audit", audit).returncode == 0
    done = maskkit("audit", "verify", "--audit", audit, "--head", head)
    assert done.returncode == 1
    assert b"main ends at 2, before the head 4: it was cut off" in done.stderr


def test_nothing_vouches(maskkit: Run, audit: Path, keyfile: Path) -> None:
    """Cut back behind no checkpoint, with a key and without a head, the call ends with 3."""
    public = Keyset.open(keyfile).signing_key().public_key()
    (audit.parent / "public.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    lines = audit.read_text("utf-8").splitlines(keepends=True)
    audit.write_text("".join(lines[:2]), encoding="utf-8")
    done = maskkit("audit", "verify", "--audit", audit, "--public-key", "public.pem")
    assert done.returncode == 3
    assert b"nothing vouches for 2 lines" in done.stderr


def test_cut_by_a_crash(maskkit: Run, audit: Path, keyfile: Path) -> None:
    """Half a line of a crash is named and no more once a signature behind it vouches; without one the call ends with 3.

    The heads are told all the while.
    """
    (audit.parent / "public.json").write_bytes(maskkit("keys", "export-public-info", "--keyset", keyfile).stdout)
    with audit.open("ab") as file:
        file.write(b'{"writer":"main","n":5,"pre')
    assert maskkit("audit", "head", "--audit", audit).stdout.startswith(b"main:4:")
    with AuditLog(open_audit(audit), Keyset.open(keyfile).signing_key()) as log:
        log.record(AuditEvent(kind="unmask"))
        unsigned = maskkit("audit", "verify", "--public-key", "public.json", "--audit", audit)
    signed = maskkit("audit", "verify", "--public-key", "public.json", "--audit", audit)
    unlooked = maskkit("audit", "verify", "--audit", audit)
    assert [done.returncode for done in (unsigned, signed, unlooked)] == [3, 0, 3]
    for done in (unsigned, signed, unlooked):
        assert b"line 5 is one that a crash cut" in done.stderr
    assert maskkit("audit", "head", "--audit", audit).stdout.startswith(b"main:6:")


def test_two_keysets(maskkit: Run, audit: Path, keyfile: Path) -> None:
    """What another keyset signed last ends with 3 and a hint to give its key too; with both keys all is good."""
    other = Keyset.create()
    with AuditLog(open_audit(audit), other.signing_key()) as log:
        log.record(AuditEvent(kind="unmask"))
    (audit.parent / "1.json").write_bytes(maskkit("keys", "export-public-info", "--keyset", keyfile).stdout)
    pem = other.signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (audit.parent / "2.pem").write_bytes(pem)
    done = maskkit("audit", "verify", "--audit", audit, "--public-key", "1.json")
    assert done.returncode == 3
    assert b"1 checkpoint signed with a key that was not given" in done.stderr
    assert b"nothing vouches for 2 lines" in done.stderr
    assert b"hint: --public-key FILE once more" in done.stderr
    done = maskkit("audit", "verify", "--audit", audit, "--public-key", "1.json", "--public-key", "2.pem")
    assert (done.returncode, b"not given" in done.stderr) == (0, False)


def test_list(maskkit: Run, audit: Path) -> None:
    """Events are a table for people, without what moves a cursor, and their very lines for programs."""
    shown = maskkit("audit", "list", MASKKIT_AUDIT=str(audit), PYTHONUTF8="1")
    assert shown.returncode == 0
    assert shown.stdout.count(b"PERSON") == 3
    assert b"\x1b" not in shown.stdout
    last = maskkit("audit", "list", "--last", "2", "--jsonl", "--audit", audit)
    assert last.stdout.decode().splitlines() == audit.read_text("utf-8").splitlines()[-2:]
    assert [json.loads(line)["kind"] for line in last.stdout.splitlines()] == ["unmask", "checkpoint"]


def test_missing(maskkit: Run, tmp_path: Path) -> None:
    """An audit that is not there is an error, not a good one; nor is one made by looking."""
    for command in ("list", "verify", "head"):
        for name in ("none.jsonl", "none.sqlite"):
            done = maskkit("audit", command, "--audit", name)
            assert done.returncode == 1
            assert done.stderr.decode().startswith(f"maskkit: there is no audit log {name}\n")
            assert not (tmp_path / name).exists()
    default = maskkit("audit", "verify")
    assert default.returncode == 1
    assert b"audit.jsonl" in default.stderr


def test_wrong_calls(maskkit: Run, audit: Path) -> None:
    """A head that is none is a wrong call; a file without a public key is a wrong file."""
    assert maskkit("audit", "verify", "--audit", audit, "--head", "12:ab").returncode == 2
    done = maskkit("audit", "verify", "--audit", audit, "--public-key", audit)
    assert done.returncode == 1
    assert b"holds no public key of an audit" in done.stderr


def test_public_keys_that_are_none(tmp_path: Path) -> None:
    """What is no public key of the right kind is an error that names the file."""
    for text in ("", "{", "{}", '{"audit_public_key": 5}', "-----BEGIN PUBLIC KEY-----\n", "[]"):
        (tmp_path / "x").write_text(text, encoding="utf-8")
        with pytest.raises(AuditError, match="no public key"):
            read_public_key(tmp_path / "x")
    with pytest.raises(AuditError, match="cannot be read"):
        read_public_key(tmp_path / "none")
