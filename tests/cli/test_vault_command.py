"""maskkit vault and erase."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import Run

from maskkit import Keyset
from maskkit.audit import open_audit, verify
from maskkit.keys import lifecycle
from maskkit.operators.vaulted import Missing, Vaulted
from maskkit.vault import open_vault

PHONES = ["13800138000", "13912345678", "15566667777"]


@pytest.fixture
def made(tmp_path: Path, keyfile: Path) -> list[str]:
    """The tokens of a vault with three phones of agency-a."""
    with open_vault(tmp_path / "vault.sqlite") as store:
        return Vaulted(store, Keyset.open(keyfile).for_tenant("agency-a")).tokens_for("PHONE_NUMBER", PHONES)


PLACES = ("--vault", "vault.sqlite", "--audit", "audit.jsonl", "--keyset", "keyset.json")


def test_erase(maskkit: Run, made: list[str], tmp_path: Path, keyfile: Path) -> None:
    """An erased value never comes back, and the audit has who, when and which token, signed, and no value."""
    call = ("erase", "--subject", made[0], "--tenant", "agency-a", "--purpose", "本人要求", *PLACES)
    done = maskkit(*call)
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode().startswith("maskkit: erased: 1 row, for agency-a; no token of it opens again\n")
    with open_vault(tmp_path / "vault.sqlite") as store:
        vault = Vaulted(store, Keyset.open(keyfile).for_tenant("agency-a"))
        assert vault.values_of(made) == [Missing.ERASED, *PHONES[1:]]
    again = maskkit(*call)
    assert (again.returncode, again.stderr) == (0, b"maskkit: it was erased before, or its time had come\n")
    with open_audit(tmp_path / "audit.jsonl") as sink:
        lines = list(sink.lines())
    assert verify(lines, public_keys=[Keyset.open(keyfile).signing_key().public_key()]).unsigned == 0
    says = json.loads(lines[0])
    assert (says["kind"], says["count"], says["tenant"], says["purpose"]) == ("erase", 1, "agency-a", "本人要求")
    assert (says["entity"], says["detail"]) == ("PHONE_NUMBER", made[0][:-1])
    assert says["actor"]
    assert not any(phone in line for phone in PHONES for line in lines)


def test_erase_in_upper_case(maskkit: Run, made: list[str], tmp_path: Path, keyfile: Path) -> None:
    """A token that a program put in upper case is erased, and stands in the audit as it was made."""
    done = maskkit("erase", "--subject", made[0].upper(), "--tenant", "agency-a", *PLACES)
    assert done.returncode == 0, done.stderr
    with open_vault(tmp_path / "vault.sqlite") as store:
        assert Vaulted(store, Keyset.open(keyfile).for_tenant("agency-a")).values_of(made[:1]) == [Missing.ERASED]
    assert json.loads((tmp_path / "audit.jsonl").read_text("utf-8").splitlines()[0])["detail"] == made[0][:-1]


def test_erase_for_every_tenant(maskkit: Run, tmp_path: Path) -> None:
    """The value goes for each tenant of the keyset that has a token for it, and each is in the audit."""
    keyset = lifecycle.add_tenant(Keyset.create(), "agency-b")
    keyset.save(tmp_path / "keyset.json")
    with open_vault(tmp_path / "vault.sqlite") as store:
        vaults = [Vaulted(store, keyset.for_tenant(name)) for name in ("agency-a", "agency-b", "default")]
        made = [vault.tokens_for("PHONE_NUMBER", PHONES) for vault in vaults]
        vaults[2].erase(made[2][0])
        done = maskkit("erase", "--subject", made[0][0], "--tenant", "agency-a", *PLACES)
        assert done.returncode == 0
        assert b"erased: 2 rows, for agency-a, agency-b;" in done.stderr
        for vault, tokens in zip(vaults, made, strict=True):
            assert vault.values_of(tokens) == [Missing.ERASED, *PHONES[1:]]
    says = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [(line["kind"], line.get("tenant")) for line in says] == [
        ("erase", "agency-a"),
        ("erase", "agency-b"),
        ("checkpoint", None),
    ]
    assert says[0]["request_id"] == says[1]["request_id"]


def test_erase_that_is_refused(maskkit: Run, made: list[str], tmp_path: Path) -> None:
    """Another tenant's token is refused with 1, and the refusal is in the audit."""
    done = maskkit("erase", "--subject", made[0], *PLACES)
    assert done.returncode == 1
    assert done.stderr == b"maskkit: the token cannot be erased: it is another tenant's\n"
    assert json.loads((tmp_path / "audit.jsonl").read_text("utf-8").splitlines()[0])["outcome"] == "refused"


def test_erase_while_a_key_is_disabled(maskkit: Run, tmp_path: Path) -> None:
    """Nothing is erased, since the value would come back with the key; the refusal and the way out are said."""
    keyset = Keyset.create()
    rotated = lifecycle.rotate(keyset)
    disabled = lifecycle.disable(rotated, keyset.primary.id)
    disabled.save(tmp_path / "keyset.json")
    with open_vault(tmp_path / "vault.sqlite") as store:
        vault = Vaulted(store, disabled.for_tenant("agency-a"))
        made = vault.tokens_for("PHONE_NUMBER", PHONES)
        done = maskkit("erase", "--subject", made[0], "--tenant", "agency-a", *PLACES)
        assert done.returncode == 1
        assert f"hint: maskkit keys enable {keyset.primary.id}".encode() in done.stderr
        assert vault.values_of(made) == PHONES
    assert json.loads((tmp_path / "audit.jsonl").read_text("utf-8").splitlines()[0])["outcome"] == "refused"


def test_erase_without_an_audit(maskkit: Run, made: list[str], tmp_path: Path, keyfile: Path) -> None:
    """Where the audit cannot be written nothing is erased."""
    (tmp_path / "audit.jsonl").mkdir()
    done = maskkit("erase", "--subject", made[0], "--tenant", "agency-a", *PLACES)
    assert done.returncode == 1
    assert b"audit.jsonl cannot be written" in done.stderr
    with open_vault(tmp_path / "vault.sqlite") as store:
        assert Vaulted(store, Keyset.open(keyfile).for_tenant("agency-a")).values_of(made) == PHONES


def test_erase_what_is_no_vaulted_token(maskkit: Run, made: list[str], keyfile: Path) -> None:
    """A value or another kind of token is an error that does not repeat it."""
    for word in (PHONES[0], f"{made[0][:8]}k{made[0][9:]}"):
        done = maskkit("erase", "--subject", word, *PLACES)
        assert done.returncode == 1
        assert b"no vaulted token" in done.stderr
        assert word.encode() not in done.stderr


def test_stats(maskkit: Run, made: list[str]) -> None:
    """Tokens are counted by entity, key and tag, without a keyset and without a value."""
    maskkit("erase", "--subject", made[0], "--tenant", "agency-a", *PLACES)
    done = maskkit("vault", "stats", "--vault", "vault.sqlite")
    assert done.returncode == 0
    [row] = [line.split() for line in done.stdout.decode().splitlines() if "PHONE_NUMBER" in line]
    assert row[1:6] == [made[0][3:5], made[0][5:8], "2", "1", "0"]


@pytest.mark.xdist_group("postgres")
def test_migrate(maskkit: Run, made: list[str], keyfile: Path, postgres: str) -> None:
    """A vault moves into PostgreSQL, where every token opens; a second time it is refused."""
    done = maskkit("vault", "migrate", "vault.sqlite", postgres)
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, b"maskkit: 3 rows copied")
    with open_vault(postgres) as store:
        assert Vaulted(store, Keyset.open(keyfile).for_tenant("agency-a")).values_of(made) == PHONES
    assert maskkit("vault", "migrate", "vault.sqlite", postgres).returncode == 1


def test_missing(maskkit: Run, tmp_path: Path) -> None:
    """A vault that is not there is an error, and is not made by looking."""
    for call in (("vault", "stats", "--vault", "none.sqlite"), ("vault", "migrate", "none.sqlite", "to.sqlite")):
        done = maskkit(*call)
        assert done.returncode == 1
        assert b"there is no vault none.sqlite" in done.stderr
    assert not list(tmp_path.glob("*.sqlite"))
