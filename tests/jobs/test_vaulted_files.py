"""Files whose tokens are vaulted: masked, turned back, erased."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from filejobs import round_trip
from running import Run

from maskkit import Keyset, Masker
from maskkit.operators.vaulted import Vaulted
from maskkit.policy import load_policy
from maskkit.tokens import VAULTED, find
from maskkit.vault import open_vault

TABLE = """案件编号,姓名,手机号,身份证号,备注
A1,王建国,13800138000,11010119900307352X,"打138-0013-8001,未接"
A2,李雷,138 0013 8000,11010119900307352x,wang@QQ.com
A3,王*,138****8000,-,无
"""
RECORDS = [
    {"name": "王建国", "phone": 13800138000, "note": "打(010)6221 3911"},
    {"name": "李雷", "phone": "+86 138 0013 8000", "note": None},
]


def vaulted_masker(keyset: Keyset, folder: Path, extends: str = "tokens", vault: str = "vault.sqlite") -> Masker:
    path = folder / "vaulted.yaml"
    path.write_text(f"extends: {extends}\nvault: true\n", encoding="utf-8")
    policy = replace(load_policy(path), names="off")
    return Masker(policy, keyset=keyset, tenant="agency-a", vault=folder / vault)


@pytest.mark.parametrize("extends", ["tokens", "agency"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", TABLE),
        ("a.txt", "客户电话138-0013-8000，身份证11010119900307352x\n见１３８００１３８０００\n"),
        ("a.json", json.dumps(RECORDS, ensure_ascii=False, indent=1)),
        ("b.json", json.dumps(RECORDS)),
        ("a.jsonl", "".join(json.dumps(record) + "\n" for record in RECORDS)),
    ],
)
def test_round_trip(keyset: Keyset, tmp_path: Path, extends: str, name: str, text: str) -> None:
    """Every byte comes back, and every token of the file is a vaulted one."""
    trip = round_trip(vaulted_masker(keyset, tmp_path, extends), tmp_path, name, text.encode())
    assert trip.restored == text.encode()
    assert not trip.unmask.left
    found = find(trip.masked.decode())
    assert found
    assert {token.kind for token in found} == {VAULTED}


def test_one_value_one_body(keyset: Keyset, tmp_path: Path) -> None:
    """Ways of writing one value share all of the token but its surface."""
    written = ["13800138000", "138-0013-8000", "+86 138 0013 8000"]
    masker = vaulted_masker(keyset, tmp_path)
    made = masker.column(written, "PHONE_NUMBER")
    assert len({token[:35] for token in made}) == 1
    assert masker.unmask_column(made) == written


def test_a_surface_belongs_to_its_body(keyset: Keyset, tmp_path: Path) -> None:
    """A surface that was moved to another vaulted token does not open."""
    masker = vaulted_masker(keyset, tmp_path)
    one, other = masker.column(["138-0013-8000", "139-0013-8000"], "PHONE_NUMBER")
    assert masker.unmask(one[:35] + other[35:]).left == 1


def test_without_the_vault(keyset: Keyset, tmp_path: Path) -> None:
    """Tokens stay where no vault is, and none is made there; another vault does not know them."""
    made = vaulted_masker(keyset, tmp_path).text("电话13800138000").text
    stranger = vaulted_masker(keyset, tmp_path, vault="none.sqlite")
    assert (stranger.unmask(made).text, stranger.unmask(made).left) == (made, 1)
    assert not (tmp_path / "none.sqlite").exists()
    stranger.text("电话13900139000")
    assert stranger.unmask(made).left == 1


def test_only_some_are_vaulted(keyset: Keyset, tmp_path: Path) -> None:
    """Entities and fields that ask for it are vaulted, all others are not, and all come back."""
    path = tmp_path / "some.yaml"
    path.write_text(
        "entities:\n  PHONE_NUMBER: {token: {vault: true}}\n"
        "fields:\n  备用: {as: CN_RESIDENT_ID, do: {mask: {token_field: true, vault: true}}}\n"
        "  身份证号: {as: CN_RESIDENT_ID, do: {mask: {token_field: true}}}\n",
        encoding="utf-8",
    )
    policy = replace(load_policy(path), names="off")
    masker = Masker(policy, keyset=keyset, tenant="agency-a", vault=tmp_path / "vault.sqlite")
    text = "手机号,邮箱,身份证号,备用\n13800138000,wang@qq.com,11010119900307352X,11010119900307352X\n"
    trip = round_trip(masker, tmp_path, "a.csv", text.encode())
    assert trip.restored == text.encode()
    row = trip.masked.decode().splitlines()[1].split(",")
    assert [cell[8:9] for cell in row if "_" in cell[:3]] == ["v", "s", "k", "v"]
    assert [plan.operator for plan in trip.mask.plans] == [
        "vaulted token",
        "token",
        "mask + token",
        "mask + vaulted token",
    ]


def test_erased_and_expired(maskkit: Run, tmp_path: Path, keyset: Keyset) -> None:
    """Each reason for which a vaulted token stays is said in its own words, exit code 3, and in the audit."""
    keyset.save(tmp_path / "keyset.json")
    (tmp_path / "p.yaml").write_text("vault: true\nnames: off\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("手机号\n13800138000\n13900139000\n", encoding="utf-8")
    common = ("--keyset", "keyset.json", "--vault", "v.sqlite")
    masked = maskkit("mask", "a.csv", "-o", "b.csv", "--policy", "p.yaml", *common)
    assert masked.returncode == 0, masked.stderr
    tokens = (tmp_path / "b.csv").read_text(encoding="utf-8").split()[1:]
    back = maskkit("unmask", "b.csv", "-o", "c.csv", *common)
    assert back.returncode == 0, back.stderr
    assert (tmp_path / "c.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()

    assert maskkit("erase", "--subject", tokens[0], *common).returncode == 0
    audit = ("--audit", "audit.jsonl")
    erased = maskkit("unmask", "b.csv", "-o", "d.csv", *common, *audit)
    assert (erased.returncode, b"1 token left: their values were erased" in erased.stderr) == (3, True)
    assert (tmp_path / "d.csv").read_text(encoding="utf-8") == f"手机号\n{tokens[0]}\n13900139000\n"
    assert '"detail":"erased"' in (tmp_path / "audit.jsonl").read_text(encoding="utf-8")

    with open_vault(tmp_path / "v.sqlite") as store:
        stale = Vaulted(store, keyset.for_tenant("default"), ttl=timedelta(seconds=1), clock=lambda: 0)
        (tmp_path / "e.csv").write_text(stale.tokens_for("PHONE_NUMBER", ["13700137000"])[0], encoding="utf-8")
    expired = maskkit("unmask", "e.csv", "-o", "f.csv", *common)
    assert (expired.returncode, b"their time has come" in expired.stderr) == (3, True)

    nowhere = maskkit("unmask", "b.csv", "-o", "g.csv", "--keyset", "keyset.json", "--vault", "none.sqlite")
    assert (nowhere.returncode, b"2 tokens left: their values lie in a vault" in nowhere.stderr) == (3, True)
    (tmp_path / "h.csv").write_text("手机号\n13600136000\n", encoding="utf-8")
    other = ("--keyset", "keyset.json", "--vault", "other.sqlite")
    assert maskkit("mask", "h.csv", "-o", "i.csv", "--policy", "p.yaml", *other).returncode == 0
    elsewhere = maskkit("unmask", "b.csv", "-o", "j.csv", *other)
    assert (elsewhere.returncode, b"lie in another vault" in elsewhere.stderr) == (3, True)


def test_two_processes(maskkit: Run, tmp_path: Path, keyset: Keyset) -> None:
    """Processes that share a vault make the same tokens of the same values."""
    keyset.save(tmp_path / "keyset.json")
    (tmp_path / "p.yaml").write_text("extends: agency\nvault: true\nnames: off\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("手机号\n13800138000\n13900139000\n", encoding="utf-8")
    common = ("--keyset", "keyset.json", "--tenant", "agency-a", "--vault", "v.sqlite")
    for name in ("b.csv", "c.csv"):
        assert maskkit("mask", "a.csv", "-o", name, "--policy", "p.yaml", *common).returncode == 0
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "c.csv").read_bytes()
    assert maskkit("unmask", "c.csv", "-o", "d.csv", *common).returncode == 0
    assert (tmp_path / "d.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()


def test_no_token_no_vault(keyset: Keyset, tmp_path: Path) -> None:
    """A policy that makes no tokens makes no vault, whatever it says of one."""
    masker = vaulted_masker(keyset, tmp_path, "display")
    assert masker.text("电话13800138000").text == "电话138****8000"
    assert not (tmp_path / "vault.sqlite").exists()


def test_nothing_plain_in_the_vault(keyset: Keyset, tmp_path: Path) -> None:
    """Neither the vault nor the masked file holds a value that was masked."""
    trip = round_trip(vaulted_masker(keyset, tmp_path), tmp_path, "a.csv", TABLE.encode())
    held = b"".join(path.read_bytes() for path in tmp_path.glob("vault.sqlite*")) + trip.masked
    for value in ("王建国", "13800138000", "138-0013-8001", "11010119900307352", "wang@"):
        assert value.encode() not in held


def test_postgres(keyset: Keyset, tmp_path: Path, postgres: str) -> None:
    """A vault in PostgreSQL serves files as one in a file does."""
    policy = vaulted_masker(keyset, tmp_path, "agency").policy
    masker = Masker(policy, keyset=keyset, tenant="agency-a", vault=postgres)
    trip = round_trip(masker, tmp_path, "a.csv", TABLE.encode())
    assert (trip.restored, not trip.unmask.left) == (TABLE.encode(), True)
    assert {token.kind for token in find(trip.masked.decode())} == {VAULTED}
