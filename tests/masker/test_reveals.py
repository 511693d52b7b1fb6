"""What is turned back stands in the audit, who and why with it, and never a value; without an audit nothing comes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from maskkit import Keyset, Masker, MaskkitError
from maskkit.audit import open_audit, verify
from maskkit.jobs.mask import mask_file
from maskkit.jobs.unmask import unmask_file

TEXT = "客户王建国电话13800138000和13900139000"


def masker(keyset: Keyset, audit: Path, **options: Any) -> Masker:
    return Masker(keyset=keyset, tenant="agency-a", audit=audit, actor="analyst", purpose="case 7", **options)


def events(audit: Path) -> list[dict[str, Any]]:
    with open_audit(audit, create=False) as sink:
        found = [json.loads(line) for line in sink.lines()]
    return [event for event in found if event["kind"] != "checkpoint"]


def test_a_text(keyset: Keyset, tmp_path: Path) -> None:
    """A text turned back is an event for each entity, with count, key, actor, tenant and purpose."""
    one = masker(keyset, tmp_path / "a.jsonl")
    assert one.unmask(one.text(TEXT).text).text == TEXT
    found = events(tmp_path / "a.jsonl")
    assert [(event["entity"], event["count"]) for event in found] == [("PERSON", 1), ("PHONE_NUMBER", 2)]
    assert {(e["kind"], e["outcome"], e["actor"], e["tenant"], e["purpose"]) for e in found} == {
        ("unmask", "done", "analyst", "agency-a", "case 7")
    }
    assert {event["key_id"] for event in found} == {keyset.primary.id}
    assert len({event["request_id"] for event in found}) == 1
    assert "13800138000" not in (tmp_path / "a.jsonl").read_text(encoding="utf-8")


def test_columns_and_tables(keyset: Keyset, tmp_path: Path) -> None:
    """Columns and tables are counted as one reveal each; a text without tokens is none."""
    one = masker(keyset, tmp_path / "a.jsonl", policy="agency")
    column = one.column(["13800138000", "13900139000"], "PHONE_NUMBER")
    assert one.unmask_column(column) == ["13800138000", "13900139000"]
    table = pd.DataFrame({"手机号": ["13800138000"], "姓名": ["王建国"]})
    assert one.unmask_table(one.table(table)).equals(table)
    one.unmask("nothing")
    assert [(e["entity"], e["count"]) for e in events(tmp_path / "a.jsonl")] == [
        ("PHONE_NUMBER", 2),
        ("PERSON", 1),
        ("PHONE_NUMBER", 1),
    ]


def test_a_file(keyset: Keyset, tmp_path: Path) -> None:
    """A file turned back is written down with its name and the hashes of what went in and came out."""
    one = masker(keyset, tmp_path / "a.jsonl")
    (tmp_path / "in.txt").write_text(TEXT, encoding="utf-8")
    masked = mask_file(one, tmp_path / "in.txt", tmp_path / "masked.txt")
    unmask_file(one, tmp_path / "masked.txt", tmp_path / "out.txt")
    found = events(tmp_path / "a.jsonl")
    assert {event["sha256_in"] for event in found} == {masked.output_sha256}
    assert {event["sha256_out"] for event in found} == {masked.input_sha256}
    assert {event["file"] for event in found} == {str(tmp_path / "masked.txt")}


def test_what_does_not_open(keyset: Keyset, tmp_path: Path) -> None:
    """Tokens of another tenant are a refusal with its reason."""
    text = Masker(keyset=keyset, tenant="agency-b", audit=tmp_path / "b.jsonl").text(TEXT).text
    masker(keyset, tmp_path / "a.jsonl").unmask(text)
    (event,) = events(tmp_path / "a.jsonl")
    assert (event["outcome"], event["detail"], event["count"]) == ("refused", "other tenant", 3)


def test_no_audit_no_reveal(keyset: Keyset, tmp_path: Path) -> None:
    """Where the audit cannot be written nothing is turned back, and no file appears."""
    (tmp_path / "folder.jsonl").mkdir()
    one = masker(keyset, tmp_path / "folder.jsonl")
    masked = one.text(TEXT).text
    for call in (one.unmask, lambda text: one.unmask_column([text])):
        with pytest.raises(MaskkitError, match="audit"):
            call(masked)
    (tmp_path / "in.txt").write_text(masked, encoding="utf-8")
    with pytest.raises(MaskkitError, match="audit"):
        unmask_file(one, tmp_path / "in.txt", tmp_path / "out.txt")
    assert not (tmp_path / "out.txt").exists()


def test_signed(keyset: Keyset, tmp_path: Path) -> None:
    """When the masker goes, its chain is signed by the keyset, and whoever has the public key can tell."""
    one = masker(keyset, tmp_path / "a.jsonl")
    one.unmask(one.text(TEXT).text)
    del one
    with open_audit(tmp_path / "a.jsonl") as sink:
        verdict = verify(sink.lines(), public_keys=[keyset.signing_key().public_key()])
    assert verdict.good
    assert not verdict.unsigned
