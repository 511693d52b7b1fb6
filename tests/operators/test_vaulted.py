"""Vaulted tokens: made, opened, erased, shared by processes, and kept through a crash."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maskkit import Keyset, tokens
from maskkit.errors import InputError, KeysetError, VaultError
from maskkit.keys import lifecycle
from maskkit.operators.vaulted import Missing, Vaulted
from maskkit.vault import open_vault
from maskkit.vault.base import Store

PHONES = [str(13_800_000_000 + i * 7919) for i in range(25_000)]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty vault of either kind is."""
    return str(request.getfixturevalue("postgres") if request.param == "postgres" else tmp_path / "vault.sqlite")


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    """That vault, open."""
    with open_vault(where) as opened:
        yield opened


class Clock:
    """A clock that goes when it is told to."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def vaulted(store: Store, keyset: Keyset, tenant: str = "agency-a", **options: Any) -> Vaulted:
    return Vaulted(store, keyset.for_tenant(tenant), **options)


def test_round_trip(store: Store, keyset: Keyset) -> None:
    """Each value has one token, the same whenever it is asked for, and every token gives its value."""
    vault = vaulted(store, keyset)
    values = [*PHONES, "", PHONES[0], "欧阳铁蛋", "x" * 5000]
    made = vault.tokens_for("PHONE_NUMBER", values)
    assert made[25_000] == ""
    assert made[25_001] == made[0]
    assert len(set(made)) == len(set(values))
    assert vault.tokens_for("PHONE_NUMBER", values[::-1]) == made[::-1]
    there = [token for token in made if token]
    assert vault.values_of(there) == [value for value in values if value]
    assert vault.tokens_for("PHONE_NUMBER", []) == vault.values_of([]) == []


def test_grammar(store: Store, keyset: Keyset) -> None:
    """Tokens are of the grammar, of the kind v without surface, and found in running text."""
    [made] = vaulted(store, keyset).tokens_for("PERSON", ["王建国"])
    token = tokens.whole(made)
    assert token is not None
    assert (token.kind, token.entity, token.key_id) == ("v", "PERSON", keyset.primary.id)
    assert tokens.find(f"客户{made}来电", keyset.key_ids)[0].text == made
    assert tokens.token_key(made) == made[:-1]


def test_any_surface(store: Store, keyset: Keyset) -> None:
    """A surface behind the body is the caller's: the value is found with any or none."""
    vault = vaulted(store, keyset)
    [made] = vault.tokens_for("PHONE_NUMBER", PHONES[:1])
    assert vault.values_of([f"{made[:-1]}b{'a' * 26}"]) == PHONES[:1]


def test_known_and_new_mixed(store: Store, keyset: Keyset) -> None:
    """A batch of which the vault knows any part keeps the known tokens, wherever they stand in it."""
    vault = vaulted(store, keyset)
    known = vault.tokens_for("PHONE_NUMBER", PHONES[500:600])
    assert vault.tokens_for("PHONE_NUMBER", PHONES[:1000])[500:600] == known
    assert vault.tokens_for("PHONE_NUMBER", PHONES[990:2000])[:10] == vault.tokens_for("PHONE_NUMBER", PHONES[990:1000])


def test_no_link(store: Store, keyset: Keyset) -> None:
    """Tenants and entities share no token for one value, and tokens show no order in which they were made."""
    [a], [b] = (vaulted(store, keyset, t).tokens_for("QQ_NUMBER", ["13800138000"]) for t in ("agency-a", "agency-b"))
    [c] = vaulted(store, keyset).tokens_for("PHONE_NUMBER", ["13800138000"])
    assert len({a[9:], b[9:], c[9:]}) == 3
    made = vaulted(store, keyset).tokens_for("PHONE_NUMBER", PHONES[:1000])
    assert len({token[9:12] for token in made}) > 900


def test_reasons(store: Store, keyset: Keyset) -> None:
    """What has no value says why: text, another key, another tenant, another vault, another kind, a forgery."""
    vault = vaulted(store, keyset)
    [made] = vault.tokens_for("PHONE_NUMBER", PHONES[:1])
    [other] = vaulted(store, keyset, "agency-b").tokens_for("PHONE_NUMBER", PHONES[:1])
    [foreign] = vaulted(store, Keyset.create()).tokens_for("PHONE_NUMBER", PHONES[:1])
    forged = f"{made[:9]}{'a' * 26}a"
    asked = [made, "", "x", f"{made}x", f"{made[:20]}1{made[21:]}", f"zz{made[2:]}", other, foreign, forged]
    asked += [made[:8] + "k" + made[9:], f"nm{made[2:]}", f"{made[:9]}{'王' * 26}a"]
    *found, kind, entity, han = vault.values_of(asked)
    assert found[0] == PHONES[0]
    assert found[1:6] == [Missing.DAMAGED] * 5
    assert found[6:] == [Missing.OTHER_TENANT, Missing.UNKNOWN, found[8]]
    assert isinstance(found[8], Missing)
    assert kind is Missing.UNKNOWN
    assert isinstance(entity, Missing)
    assert han is Missing.DAMAGED


def test_changed_rows(tmp_path: Path, keyset: Keyset) -> None:
    """A row that someone changed, or gave the contents of another, has no value: it never gives a wrong one."""
    path = tmp_path / "vault.sqlite"
    with open_vault(path) as store:
        vault = vaulted(store, keyset)
        made = vault.tokens_for("PHONE_NUMBER", PHONES[:4])
        with sqlite3.connect(path) as db:
            db.execute("UPDATE token SET sealed = (SELECT sealed FROM token WHERE id = 2) WHERE id = 1")
            db.execute("UPDATE token SET salt = salt + 1 WHERE id = 3")
        db.close()
        found = dict(zip(PHONES[:4], vault.values_of(made), strict=True))
        assert sorted(value.value for value in found.values() if isinstance(value, Missing)) == ["damaged", "unknown"]
        assert all(value == phone for phone, value in found.items() if not isinstance(value, Missing))


def test_restored_backup(tmp_path: Path, keyset: Keyset) -> None:
    """A vault that was set back gives its row numbers again, and yet no old token opens to a new value."""
    path, backup = tmp_path / "vault.sqlite", tmp_path / "backup.sqlite"
    with open_vault(path) as store:
        vaulted(store, keyset).tokens_for("PHONE_NUMBER", PHONES[:10])
    backup.write_bytes(path.read_bytes())
    with open_vault(path) as store:
        lost = vaulted(store, keyset).tokens_for("PHONE_NUMBER", PHONES[10:20])
    with open_vault(backup) as store:
        vault = vaulted(store, keyset)
        assert not set(vault.tokens_for("PHONE_NUMBER", PHONES[20:30])) & set(lost)
        assert vault.values_of(lost) == [Missing.UNKNOWN] * 10


def test_erase(store: Store, keyset: Keyset) -> None:
    """After an erasure nobody reveals the value, and it may come again as another token."""
    clock = Clock()
    vault = vaulted(store, keyset, clock=clock)
    first, second = vault.tokens_for("PHONE_NUMBER", PHONES[:2])
    assert vault.erase(first) == 1
    assert vault.erase(first) == 0
    assert vault.values_of([first, second]) == [Missing.ERASED, PHONES[1]]
    assert vaulted(store, keyset).values_of([first]) == [Missing.ERASED]
    [again] = vault.tokens_for("PHONE_NUMBER", PHONES[:1])
    assert again != first
    assert vault.values_of([first, again]) == [Missing.ERASED, PHONES[0]]
    assert [stat.erased for stat in store.stats(int(clock.now))] == [1]


def test_upper_case(store: Store, keyset: Keyset) -> None:
    """A token that a program put in upper case, wholly or in part, opens and is erased."""
    vault = vaulted(store, keyset)
    [made] = vault.tokens_for("PHONE_NUMBER", PHONES[:1])
    changed = [made.upper(), made[:20].upper() + made[20:], made[:9] + made[9:].upper(), made[:-1] + "A"]
    assert vault.values_of(changed) == PHONES[:1] * 4
    assert vault.erase(made.upper()) == 1
    assert vault.values_of(changed) == [Missing.ERASED] * 4


def test_what_is_no_token_does_not_open(store: Store, keyset: Keyset) -> None:
    """Text of a token's length that breaks the grammar anywhere is damaged, and erases nothing."""
    vault = vaulted(store, keyset)
    [made] = vault.tokens_for("PHONE_NUMBER", PHONES[:1])
    broken = [made[:2] + char + made[3:] for char in "-a 1"] + ["zz" + made[2:], made[:-2] + "!a", made[:-1] + "d"]
    assert vault.values_of(broken) == [Missing.DAMAGED] * len(broken)
    with pytest.raises(VaultError, match="damaged, or no token"):
        vault.erase(broken[0])
    assert vault.values_of([made]) == PHONES[:1]


def test_erase_says_what_it_cannot(store: Store, keyset: Keyset) -> None:
    """A token of another tenant, of another vault or none at all is an error, and nothing of it is repeated."""
    [other] = vaulted(store, keyset, "agency-b").tokens_for("PHONE_NUMBER", PHONES[:1])
    for token, message in ((other, "another tenant's"), ("13800138000", "damaged, or no token")):
        with pytest.raises(VaultError, match=message) as caught:
            vaulted(store, keyset).erase(token)
        assert token not in str(caught.value)
    assert vaulted(store, keyset, "agency-b").values_of([other]) == PHONES[:1]


def test_ttl(store: Store, keyset: Keyset) -> None:
    """A token opens for as long as it was to be kept; then its value is gone, and gets a new token."""
    clock = Clock()
    vault = vaulted(store, keyset, ttl=timedelta(days=30), clock=clock)
    ever = vaulted(store, keyset, clock=clock)
    [short], [kept] = vault.tokens_for("PHONE_NUMBER", PHONES[:1]), ever.tokens_for("PHONE_NUMBER", PHONES[1:2])
    clock.now += 30 * 86_400 - 1
    assert ever.values_of([short, kept]) == PHONES[:2]
    clock.now += 1
    assert ever.values_of([short, kept]) == [Missing.EXPIRED, PHONES[1]]
    assert vault.erase(short) == 0
    assert vault.tokens_for("PHONE_NUMBER", PHONES[:1]) != [short]


def test_half_a_pair(store: Store, keyset: Keyset) -> None:
    """Half a surrogate pair, which no encoding can write, is refused."""
    with pytest.raises(InputError, match="half a surrogate pair"):
        vaulted(store, keyset).tokens_for("PERSON", ["王\ud800"])


def test_no_value_is_shown(store: Store, keyset: Keyset, where: str) -> None:
    """Neither repr nor error of a vault shows a value, nor does its file."""
    vault = vaulted(store, keyset)
    vault.tokens_for("PERSON", ["欧阳铁蛋"])
    assert "铁蛋" not in repr((vault, store))
    if not where.startswith("postgres"):
        assert not any("铁蛋".encode() in file.read_bytes() for file in Path(where).parent.iterdir())
    store.close()
    with pytest.raises(VaultError) as caught:
        vault.tokens_for("PERSON", ["欧阳铁蛋"])
    assert "铁蛋" not in repr(caught.value)


def test_threads_agree(store: Store, keyset: Keyset) -> None:
    """Threads that share a store, each asking for the same values in an order of its own, get the same tokens."""
    values = PHONES[:2000]

    def ask(step: int) -> dict[str, str]:
        vault, order = vaulted(store, keyset), values[step:] + values[:step]
        return {
            value: token
            for start in range(0, len(order), 100)
            for value, token in zip(
                order[start : start + 100], vault.tokens_for("PHONE_NUMBER", order[start : start + 100]), strict=True
            )
        }

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(ask, range(0, 2000, 250)))
    assert said == [said[0]] * 8
    assert len(set(said[0].values())) == 2000


WORKER = textwrap.dedent(
    """
    import random, sys
    from maskkit import Keyset
    from maskkit.operators.vaulted import Vaulted
    from maskkit.vault import open_vault

    where, keyfile, seed, count, size = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
    vault = Vaulted(open_vault(where), Keyset.open(keyfile).for_tenant("agency-a"))
    values = [str(13_800_000_000 + i * 7919) for i in range(count)]
    random.Random(seed).shuffle(values)
    for start in range(0, count, size):
        some = values[start : start + size]
        for value, token in zip(some, vault.tokens_for("PHONE_NUMBER", some)):
            print(value, token)
        sys.stdout.flush()
    """
)


def worker(where: str, keyfile: Path, seed: int, count: int, size: int) -> subprocess.Popen[str]:
    arguments = [where, str(keyfile), str(seed), str(count), str(size)]
    return subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stdout=subprocess.PIPE, text=True)


def test_processes_agree(where: str, keyfile: Path) -> None:
    """Processes that make the vault and tokenize the same values at the same time get the same tokens."""
    running = [worker(where, keyfile, seed, 3000, 250) for seed in range(4)]
    said = [set(process.communicate(timeout=60)[0].splitlines()) for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert len(said[0]) == 3000
    assert said == [said[0]] * 4
    with open_vault(where) as store:
        assert [stat.kept for stat in store.stats(0)] == [3000]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill like that")
@pytest.mark.parametrize("lines", [1, 1000, 7500])
def test_killed(tmp_path: Path, keyfile: Path, lines: int) -> None:
    """A process that is killed in the middle of a batch loses nothing of what it was told is kept."""
    where = tmp_path / "vault.sqlite"
    process = worker(str(where), keyfile, 1, 1_000_000, 500)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    os.kill(process.pid, signal.SIGKILL)
    said += process.stdout.read().splitlines(keepends=True)
    process.stdout.close()
    assert process.wait(timeout=30) == -signal.SIGKILL
    pairs = [line.split() for line in said if re.fullmatch(r"\d{11} \S{36}\n", line)]
    assert len(pairs) >= lines
    with open_vault(where) as store:
        vault = vaulted(store, Keyset.open(keyfile))
        assert vault.values_of([token for _, token in pairs]) == [value for value, _ in pairs]
        assert vault.tokens_for("PHONE_NUMBER", [value for value, _ in pairs]) == [token for _, token in pairs]
        [count] = [stat.kept for stat in store.stats(0)]
        assert count % 500 == 0
    with sqlite3.connect(where) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_disabled_key(tmp_path: Path, keyset: Keyset) -> None:
    """Tokens of a disabled key do not open, but would once it is enabled again: until then no value can be erased."""
    rotated = lifecycle.rotate(keyset)
    with open_vault(tmp_path / "vault.sqlite") as store:
        [old] = vaulted(store, keyset).tokens_for("PHONE_NUMBER", PHONES[:1])
        [new] = vaulted(store, rotated).tokens_for("PHONE_NUMBER", PHONES[:1])
        assert vaulted(store, rotated).values_of([old, new]) == [PHONES[0]] * 2
        disabled = lifecycle.disable(rotated, keyset.primary.id)
        assert vaulted(store, disabled).values_of([old, new]) == [Missing.UNKNOWN, PHONES[0]]
        refused = f"while key {keyset.primary.id} is disabled"
        with pytest.raises(VaultError, match=refused) as caught:
            vaulted(store, disabled).erase(new)
        assert caught.value.hint == f"maskkit keys enable {keyset.primary.id}"
        with pytest.raises(VaultError, match=refused):
            vaulted(store, disabled).erase_value("PHONE_NUMBER", PHONES[0])
        assert vaulted(store, disabled).values_of([new]) == PHONES[:1]
        assert vaulted(store, rotated).erase(new) == 2
        assert vaulted(store, rotated).values_of([old, new]) == [Missing.ERASED] * 2


def test_destroyed_key(tmp_path: Path, keyset: Keyset) -> None:
    """A key that is destroyed keeps no value from being erased, since nothing that it sealed comes back."""
    rotated = lifecycle.rotate(keyset)
    destroyed = lifecycle.destroy(lifecycle.disable(rotated, keyset.primary.id), keyset.primary.id)
    with open_vault(tmp_path / "vault.sqlite") as store:
        [made] = vaulted(store, destroyed).tokens_for("PHONE_NUMBER", PHONES[:1])
        assert vaulted(store, destroyed).erase(made) == 1


def test_tenant_that_was_added_and_retired(tmp_path: Path, keyset: Keyset) -> None:
    """A tenant that is added gets other tokens and keeps the old ones; once retired only those from before open."""
    added = lifecycle.add_tenant(keyset, "agency-a")
    retired = lifecycle.retire_tenant(added, "agency-a")
    with open_vault(tmp_path / "vault.sqlite") as store:
        [before] = vaulted(store, keyset).tokens_for("PHONE_NUMBER", PHONES[:1])
        [after] = vaulted(store, added).tokens_for("PHONE_NUMBER", PHONES[:1])
        assert before != after
        assert vaulted(store, added).values_of([before, after]) == [PHONES[0]] * 2
        assert vaulted(store, retired).values_of([before, after]) == [PHONES[0], Missing.RETIRED]
        with pytest.raises(KeysetError, match="retired"):
            vaulted(store, retired).tokens_for("PHONE_NUMBER", PHONES[:1])
        assert vaulted(store, added).erase(before) == 2
        assert vaulted(store, added).values_of([before, after]) == [Missing.ERASED] * 2


def test_national_ciphers(tmp_path: Path) -> None:
    """Under a key of suite sm vaulted tokens are made and opened with SM4 and SM3, and changed rows have no value."""
    try:
        keyset = Keyset.create("sm")
    except KeysetError:
        pytest.skip("this build of OpenSSL has no SM3 or no SM4")
    path = tmp_path / "vault.sqlite"
    with open_vault(path) as store:
        vault = vaulted(store, keyset)
        made = vault.tokens_for("PERSON", ["王建国", "欧阳铁蛋"])
        assert vault.values_of(made) == ["王建国", "欧阳铁蛋"]
        with sqlite3.connect(path) as db:
            db.execute("UPDATE token SET sealed = zeroblob(25)")
        db.close()
        assert vault.values_of(made) == [Missing.DAMAGED] * 2
