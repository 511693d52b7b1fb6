"""A case database without an API: what is listed is served, each agency sees its own rows, and nothing else exists."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from canaries import Canaries, case_database, persons
from maskkit_proxy.clients import key_sha256
from maskkit_proxy.config.load import load_config
from maskkit_proxy.config.model import Limits, Listed, Upstream
from maskkit_proxy.sql.service import DatabaseService
from proxied import API_KEY, RunningProxy, quick
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from maskkit import Keyset
from maskkit.errors import InputError

OTHER_KEY = "other-key-other-key-other-key"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case database in SQLite."""
    path = tmp_path_factory.mktemp("database") / "cases.db"
    case_database(path, persons(40))
    return path


@pytest.fixture(scope="module")
def everything(database: Path) -> Iterator[httpx.Client]:
    """The form without a file: every table, read-only."""
    with RunningProxy(quick(f"sqlite:///{database}"), Keyset.create()) as running, running.client() as client:
        yield client


def test_an_agency_works_by_token(everything: httpx.Client) -> None:
    """Lists, pages, a row by its key, and search by token: the answer holds no one."""
    canaries = Canaries(persons(40))
    page = everything.get("/people?_size=5").json()
    assert [row["id"] for row in page["rows"]] == [1, 2, 3, 4, 5]
    first = page["rows"][0]
    assert first["phone"][3:7] == "****"
    found = everything.get("/people", params={"phone": first["phone_token"]}).json()["rows"]
    assert found == [first]
    following = everything.get("/people", params={"_after": page["next"]}).json()["rows"]
    assert following[0]["id"] == 6
    assert everything.get("/people/1").json() == first
    assert everything.get("/cases?status=open&amount__gt=100&_size=3").json()["rows"][0]["status"] == "open"
    for target in ("/", "/people?_size=100", "/cases?_size=100", "/cases/C00001", "/people/1"):
        assert not canaries.in_page(everything.get(target).text)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/sqlite_master", 404),
        ("/nothing", 404),
        ("/people/999", 404),
        ("/people/x", 404),
        ("/people/1/name", 404),
        ("/people?phone=138", 422),
        ("/people?phone__gt=1", 403),
        ("/cases?remark__gt=a", 422),
        ("/people?nothing=1", 422),
        ("/people?id__like=1", 422),
        ("/cases?amount__in=1", 422),
        ("/people?_size=x", 400),
        ("/people?id=x", 400),
        ("/people?_order=id", 422),
    ],
)
def test_nothing_else_exists(everything: httpx.Client, target: str, status: int) -> None:
    """Other tables, columns, operators and orders are not there."""
    assert everything.get(target).status_code == status


def test_values_are_bound_and_never_part_of_a_statement(everything: httpx.Client) -> None:
    """What would end a string finds nothing and harms nothing."""
    assert everything.get("/cases", params={"status": "open' or 'a'='a"}).status_code == 403
    assert everything.get("/cases", params={"status": "open'"}).json()["rows"] == []
    assert everything.get("/cases", params={"case_no": 'C"; x'}).json()["rows"] == []


@pytest.fixture
def shared_database(tmp_path: Path) -> Path:
    """A database whose rows belong to two agencies."""
    path = tmp_path / "shared.db"
    base = sqlite3.connect(path)
    base.executescript(
        """
        create table cases (id integer primary key, agency_id text, name text, phone text, remark text, secret text);
        insert into cases values (1, 'agency-a', '王建国', '13812345678', '首次联系', 'x'),
            (2, 'agency-b', '李四', '13900001111', null, 'y'), (3, 'agency-a', '张三', '13700002222', '', 'z');
        create table notes (id integer primary key, note text);
        """
    )
    base.close()
    return path


@pytest.fixture
def agencies(shared_database: Path, proxy_keyset: Keyset) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two agencies before it."""
    path = shared_database.with_name("proxy.yaml")
    path.write_text(
        f"""\
keyset: keyset.json
upstreams:
  cases:
    url: sqlite:///{shared_database}
    tables:
      cases:
        rows: agency_id = {{tenant}}
        columns: [id, name, phone, remark]
        filters: [id, phone]
        append: [remark]
clients:
  north: {{tenant: agency-a, keys: {key_sha256(API_KEY)}}}
  south: {{tenant: agency-b, keys: {key_sha256(OTHER_KEY)}}}
routes:
  - {{match: "GET /cases", upstream: cases, params: [phone, id, name, _size, _after]}}
  - {{match: "GET /cases/*", upstream: cases}}
  - {{match: "GET /notes", upstream: cases}}
  - {{match: "POST /cases/*/remark", upstream: cases, body: [text], plain: [text]}}
  - {{match: "POST /cases/*/name", upstream: cases, body: [text], plain: [text]}}
""",
        encoding="utf-8",
    )
    with (
        RunningProxy(load_config(path), proxy_keyset) as running,
        running.client() as north,
        running.client(headers={"authorization": f"Bearer {OTHER_KEY}"}) as south,
    ):
        yield north, south


def test_each_agency_sees_its_own_rows(agencies: tuple[httpx.Client, httpx.Client]) -> None:
    """In lists and by key: another's case is 404, as one that does not exist."""
    north, south = agencies
    assert [row["id"] for row in north.get("/cases").json()["rows"]] == [1, 3]
    assert [row["id"] for row in south.get("/cases").json()["rows"]] == [2]
    assert north.get("/cases/1").status_code == 200
    assert north.get("/cases/2").status_code == 404
    assert north.get("/cases/2").json() == north.get("/cases/9").json()
    assert set(north.get("/cases/1").json()) == {"id", "name", "name_token", "phone", "phone_token", "remark"}


def test_a_remark_is_appended_with_the_real_person(
    agencies: tuple[httpx.Client, httpx.Client], shared_database: Path
) -> None:
    """A token in it becomes the value, the remark before it stays, another's case cannot be written to."""
    north, south = agencies
    token = north.get("/cases/1").json()["name_token"]
    assert north.post("/cases/1/remark", json={"text": f"{token}说周五还"}).status_code == 201
    assert north.post("/cases/3/remark", json={"text": "未接"}).status_code == 201
    assert south.post("/cases/1/remark", json={"text": "x"}).status_code == 404
    assert north.post("/cases/1/name", json={"text": "x"}).status_code == 404
    base = sqlite3.connect(shared_database)
    assert base.execute("select remark from cases order by id").fetchall() == [
        ("首次联系\n王建国说周五还",),
        (None,),
        ("未接",),
    ]
    base.close()
    assert north.get("/cases/1").json()["remark"].endswith(f"\n王**({token})说周五还")


def test_only_what_is_listed(agencies: tuple[httpx.Client, httpx.Client]) -> None:
    """A table, a column and a filter that are not listed are not there, even where a route names them."""
    north, _ = agencies
    assert north.get("/notes").status_code == 404
    assert "secret" not in north.get("/cases/1").json()
    token = north.get("/cases/1").json()["name_token"]
    assert north.get("/cases", params={"name": token}).status_code == 422


def test_mistakes_are_found_at_the_start(shared_database: Path) -> None:
    """A table or column that is not there, a file that is none, a database of another kind."""
    for url, listed in (
        (f"sqlite:///{shared_database}", {"nope": Listed("all")}),
        (f"sqlite:///{shared_database}", {"cases": Listed("all", ("nope",))}),
        (f"sqlite:///{shared_database}", {"cases": Listed("nope = {tenant}")}),
        (f"sqlite:///{shared_database}.not", None),
        ("oracle://x/y", None),
    ):
        with pytest.raises(InputError):
            DatabaseService(url, listed, Limits(), lambda name: False)


@pytest.mark.filterwarnings("ignore")  # of the server in a package
def test_postgresql_serves_the_same(postgres: str, proxy_keyset: Keyset) -> None:
    """Types of its own, rows by tenant, reading that cannot write and ends in time."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute(
            """
            create table cases (id uuid primary key, agency text, name text, phone text, amount numeric(12,2),
                due date, open boolean, remark text);
            insert into cases values
                (repeat('1', 32)::uuid, 'agency-a', '王建国', '13812345678', 10.50, '2026-01-31', true, 'x'),
                (repeat('2', 32)::uuid, 'agency-b', '李四', '13900001111', 20.00, '2026-02-28', false, null);
            """
        )
    url = postgres.replace("postgresql://", "postgresql+psycopg://", 1)
    listed = {
        "cases": Listed(
            "agency = {tenant}", ("id", "name", "phone", "amount", "due", "open", "remark"), None, ("remark",)
        )
    }
    config = replace(
        quick(url, allow=["POST /cases/*/remark"]), upstreams={"upstream": Upstream("upstream", url, tables=listed)}
    )
    with RunningProxy(config, proxy_keyset) as running, running.client() as client:
        (row,) = client.get("/cases").json()["rows"]
        assert (row["name"], row["amount"], row["due"], row["open"]) == ("王**", 10.5, "2026-01-31", True)
        assert '"amount":10.50' in client.get("/cases").text
        assert client.get("/cases?due__gt=2026-01-01&open=true&amount__lte=10.5").json()["rows"] == [row]
        assert client.get("/cases", params={"phone": row["phone_token"]}).json()["rows"] == [row]
        assert client.get("/cases?due=x").status_code == 400
        assert client.get("/cases/22222222-2222-2222-2222-222222222222").status_code == 404
        target = "/cases/11111111-1111-1111-1111-111111111111"
        assert client.post(f"{target}/remark", json={"text": f"{row['name_token']}说好"}).status_code == 201
        assert client.get(target).json()["remark"] == f"x\n王**({row['name_token']})说好"
    service = DatabaseService(url, listed, Limits(total_seconds=1), lambda name: False)
    for statement in ("update cases set name = 'x'", "select pg_sleep(20)"):
        with pytest.raises(DBAPIError), service._reading() as connection:
            connection.execute(text(statement))
    service._engine.dispose()
