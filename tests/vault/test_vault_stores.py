"""Both stores of a vault: the same calls, the same answers."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from maskkit.audit import open_audit
from maskkit.errors import UsageError, VaultError
from maskkit.vault import default_path, open_vault
from maskkit.vault.base import Place, Stat, Store, migrate
from maskkit.vault.sqlite import SqliteVault

HEAD = "pn_a2abcv"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty vault of either kind."""
    where = request.getfixturevalue("postgres") if request.param == "postgres" else tmp_path / "vault.sqlite"
    with open_vault(where) as opened:
        yield opened


def add(store: Store, count: int, now: int = 100, expires: int | None = None, head: str = HEAD) -> list[Place]:
    """Add so many random rows; their sealed value is the blind index backwards."""
    blinds = [secrets.token_bytes(16) for _ in range(count)]
    salts = [secrets.randbits(63) for _ in range(count)]
    found = store.add(head, blinds, salts, [blind[::-1] for blind in blinds], now=now, expires=expires)
    return [found[blind] for blind in blinds]


def test_add_find_read(store: Store) -> None:
    """What was added is found by its blind index and read by its number, in any order, across statements."""
    places = add(store, 5000)
    assert len({number for _, number, _ in places}) == 5000
    wanted = places[::-7]
    found = store.find([blind for blind, _, _ in wanted] + [bytes(16)], 101)
    assert found == {place[0]: place for place in wanted}
    rows = store.read([number for _, number, _ in wanted] + [0, 1 << 62], 101)
    assert rows == {number: (number, salt, blind, blind[::-1], None, False) for blind, number, salt in wanted}
    assert store.find([], 101) == {}
    assert store.read([], 101) == {}


def test_who_comes_second_gets_the_first_ones_place(store: Store) -> None:
    """A blind index that is there keeps its row, whoever adds it again; what is new beside it is added."""
    old = add(store, 3)
    blinds = [place[0] for place in old] + [secrets.token_bytes(16)]
    again = store.add(HEAD, blinds, [1, 2, 3, 4], [b"x"] * 4, now=200)
    assert [again[blind] for blind in blinds[:3]] == old
    assert again[blinds[3]][2] == 4
    assert store.stats(200) == [Stat(HEAD, 4, 0, 0, 100, 200)]


def test_erase(store: Store) -> None:
    """An erased row is a tombstone with the time; its blind index is free, and its number is never given again."""
    places = add(store, 4)
    numbers = [number for _, number, _ in places]
    assert store.erase(numbers[2:], 150) == 2
    assert store.erase(numbers[1:3], 160) == 1
    assert store.find([blind for blind, _, _ in places], 170) == {places[0][0]: places[0]}
    assert store.read(numbers[3:], 170) == {numbers[3]: (numbers[3], places[3][2], None, None, 150, False)}
    fresh = store.add(HEAD, [places[3][0]], [7], [b"x"], now=180)[places[3][0]]
    assert fresh[1] not in numbers
    assert store.stats(190) == [Stat(HEAD, 2, 3, 0, 100, 180)]


def test_expiry(store: Store) -> None:
    """What was to be kept until a time is a tombstone from then on, and told from what was erased."""
    short, ever = add(store, 2, expires=150), add(store, 1)
    assert len(store.find([short[0][0], ever[0][0]], 149)) == 2
    assert store.find([short[0][0], ever[0][0]], 150) == {ever[0][0]: ever[0]}
    [row] = store.read([short[1][1]], 200).values()
    assert row[2:] == (None, None, 150, True)
    assert store.stats(200) == [Stat(HEAD, 1, 0, 2, 100, 100)]


def test_stats_by_head(store: Store) -> None:
    """Tokens are counted by the head that they begin with."""
    add(store, 2, head="nm_a2abcv")
    add(store, 3)
    assert [(s.head, s.kept) for s in store.stats(100)] == [("nm_a2abcv", 2), (HEAD, 3)]


@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("back", [False, True])
def test_migrate(postgres: str, tmp_path: Path, back: bool) -> None:
    """Every row goes over with its number, tombstones too; new rows come behind; a vault with rows takes none."""
    here, there = tmp_path / "vault.sqlite", postgres
    with open_vault(there if back else here) as source, open_vault(here if back else there) as target:
        places = add(source, 12_000)
        add(source, 1, expires=120)
        [late] = add(source, 1, expires=1000)
        source.erase([places[5][1]], 110)
        numbers = [number for _, number, _ in places]
        assert migrate(source, target) == 12_002
        assert target.read(numbers, 115) == source.read(numbers, 115)
        assert target.stats(130) == source.stats(130)
        assert target.read([late[1]], 999)[late[1]][3] == late[0][::-1]
        assert target.read([late[1]], 1000)[late[1]][5]
        [new] = add(target, 1)
        assert new[1] > max(numbers)
        with pytest.raises(VaultError, match="not empty"):
            migrate(source, target)


def test_file_is_private(tmp_path: Path) -> None:
    """The file and its logs are the user's alone."""
    path = tmp_path / "folder" / "vault.sqlite"
    with SqliteVault(path) as store:
        add(store, 1)
        files = list(path.parent.iterdir())
        assert len(files) == 3
        if os.name == "posix":
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_erased_bytes_leave_the_file(tmp_path: Path) -> None:
    """What was sealed is overwritten in the file and its log, not only unlinked."""
    path = tmp_path / "vault.sqlite"
    sealed = secrets.token_bytes(40)
    with SqliteVault(path) as store:
        add(store, 100)
        place = store.add(HEAD, [bytes(16)], [1], [sealed], now=1)[bytes(16)]
        assert any(sealed in file.read_bytes() for file in tmp_path.iterdir())
        assert store.erase([place[1]], 2) == 1
        assert not any(sealed in file.read_bytes() for file in tmp_path.iterdir())


def test_erased_blind_indexes_leave_the_file(tmp_path: Path) -> None:
    """Split pages of the index leave no copies in file and log, but one in a thousand that SQLite itself forgets."""
    with SqliteVault(tmp_path / "vault.sqlite") as store:
        store.erase([add(store, 1)[0][1]], 2)  # what an erasure leaves set must not spoil the rows after it
        places = [place for _ in range(30) for place in add(store, 2000)]
        gone = places[::20]
        assert store.erase([number for _, number, _ in gone], 2) == len(gone)
        raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert not [blind for blind, _, _ in gone if blind[::-1] in raw]
        assert len([blind for blind, _, _ in gone if blind in raw]) <= len(gone) / 200


def test_expired_bytes_leave_the_file(tmp_path: Path) -> None:
    """What has expired is overwritten in the file and its log as soon as the vault is asked for anything."""
    with SqliteVault(tmp_path / "vault.sqlite") as store:
        places = add(store, 300, expires=200)
        store.find([], 200)
        raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert not [blind for blind, _, _ in places if blind in raw or blind[::-1] in raw]


@pytest.mark.parametrize("expires", [None, 200])
def test_reader_keeps_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expires: int | None) -> None:
    """While another program reads, what went lingers in the log and the store says so; later calls empty it."""
    monkeypatch.setattr("maskkit.vault.sqlitefile._PATIENCE", 0.05)
    path = tmp_path / "vault.sqlite"
    with SqliteVault(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        [(blind, number, _)] = add(store, 1, expires=expires)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM token").fetchone()
        said = [store.lingering]
        assert store.erase([number], 150) == 1 if expires is None else store.find([], 200) == {}
        said.append(store.lingering)
        assert any(blind[::-1] in file.read_bytes() for file in tmp_path.iterdir())
        reader.execute("COMMIT")
        store.find([], 200)
        assert [*said, store.lingering] == [False, True, False]
        assert not any(blind[::-1] in file.read_bytes() for file in tmp_path.iterdir())


def test_erasing_waits_for_a_reader(tmp_path: Path) -> None:
    """A reader that ends soon is waited for, and nothing lingers."""
    path = tmp_path / "vault.sqlite"
    with SqliteVault(path) as store, closing(sqlite3.connect(path, check_same_thread=False)) as reader:
        [(blind, number, _)] = add(store, 1)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM token").fetchone()
        timer = Timer(0.2, reader.rollback)
        timer.start()
        assert store.erase([number], 2) == 1
        timer.join()
        assert not store.lingering
        assert not any(blind[::-1] in file.read_bytes() for file in tmp_path.iterdir())


def test_what_is_no_vault(tmp_path: Path) -> None:
    """A file of another kind, a newer vault and a folder are errors that name the file, and stay as they are."""
    other, text, newer = (tmp_path / name for name in ("other.sqlite", "text.sqlite", "newer.sqlite"))
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    text.write_text("姓名,手机号\n" * 1000, encoding="utf-8")
    SqliteVault(newer).close()
    with sqlite3.connect(newer) as db:
        db.execute("PRAGMA user_version = 2")
    db.close()
    before = other.read_bytes()
    for path, message in ((other, "is no vault"), (text, "is no vault"), (newer, "newer"), (tmp_path, "cannot be")):
        with pytest.raises(VaultError, match=message) as caught:
            SqliteVault(path)
        assert str(path) in str(caught.value)
    assert other.read_bytes() == before
    assert text.read_text(encoding="utf-8").startswith("姓名")
    with pytest.raises(VaultError, match="there is no vault"):
        open_vault(tmp_path / "none.sqlite", create=False)


@pytest.mark.xdist_group("postgres")
def test_postgres_without_a_vault(postgres: str) -> None:
    """A database without the tables is no vault unless one is to be made; a missing database is an error."""
    with pytest.raises(VaultError, match="there is no vault in this database"):
        open_vault(postgres, create=False)
    open_vault(postgres).close()
    open_vault(postgres, create=False).close()
    with pytest.raises(VaultError, match="cannot be reached") as caught:
        open_vault(postgres.replace("/maskkit_", "/missing_"))
    assert "missing" not in f"{caught.value} {caught.value.hint}"


def test_postgres_needs_psycopg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where psycopg is not installed the error has the line that installs it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(VaultError, match="needs psycopg") as caught:
        open_vault("postgresql://localhost/x")
    assert caught.value.hint == 'pip install "maskkit[postgres]"'


def test_other_addresses() -> None:
    """An address of another kind is a wrong call, never a file, and its password is not repeated."""
    for open_it in (open_vault, open_audit):
        with pytest.raises(UsageError, match="postgresql://") as caught:
            open_it("mysql://user:geheim@host/db")
        assert "geheim" not in f"{caught.value} {caught.value.hint}"


def test_default_path() -> None:
    """The vault lies in the user's data folder unless someone says otherwise."""
    assert default_path().parts[-2:] == ("maskkit", "vault.sqlite") or os.name == "nt"
