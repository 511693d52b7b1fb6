"""A case database behind Datasette: an agency follows everything that is served and sees no one."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from canaries import Canaries, Person, case_database, persons
from proxied import RunningProxy, RunningUpstream, quick

from maskkit import Keyset

pytestmark = pytest.mark.filterwarnings("ignore")  # Datasette's own

COUNT = 40
TIMING = re.compile(r'"query_ms":[0-9.e-]+')
STARTS = (
    "/.json",
    "/cases.json",
    "/cases/people.json",
    "/cases/cases.json",
    "/cases/people.json?_shape=objects&_size=20",
    "/cases/people.json?_shape=arrays&_size=10",
    "/cases/people.json?_shape=array&_size=10",
    "/cases/people.json?_labels=on",
    "/cases/people.json?_shape=object&_size=10",
    "/cases/cases.json?_size=7",
    "/cases/cases.json?_facet=status",
    "/cases/cases.json?_json=contacts&_size=10&_shape=objects",
    "/cases/cases.json?_sort=case_no&_size=25",
    "/cases/cases.json?_sort_desc=amount&_size=25&_shape=array",
    "/cases/cases.json?status=open",
    "/cases/nothing.json",
    "/cases/people/999999.json",
    "/-/versions.json",
    "/-/databases.json",
    "/cases/people.json?_nl=on&_shape=array",
    "/cases/people.csv",
    "/cases/people",
    "/cases",
    "/",
    "/cases/cases.json?_size=max",
    "/cases/people.json?_col=name&_col=phone&_size=30",
)


@pytest.fixture(scope="module")
def people() -> list[Person]:
    """Who is in the database."""
    return persons(COUNT)


@pytest.fixture(scope="module")
def datasette(tmp_path_factory: pytest.TempPathFactory, people: list[Person]) -> Iterator[str]:
    """Datasette over the case database."""
    from datasette.app import Datasette

    path = tmp_path_factory.mktemp("cases") / "cases.db"
    case_database(path, people)
    with RunningUpstream(Datasette([str(path)], settings={"num_sql_threads": 1}).app()) as running:
        yield running.url


@pytest.fixture(scope="module")
def agency(datasette: str) -> Iterator[httpx.Client]:
    """What an agency asks through the proxy."""
    with RunningProxy(quick(datasette), Keyset.create()) as running, running.client() as client:
        yield client


def links(value: Any, base: str) -> Iterator[str]:
    """Yield the links in a document that lead to where it came from."""
    if isinstance(value, dict):
        for item in value.values():
            yield from links(item, base)
    elif isinstance(value, list):
        for item in value:
            yield from links(item, base)
    elif isinstance(value, str) and value.startswith((base, "/cases")) and ".csv" not in value:
        yield value.removeprefix(base)


def crawl(client: httpx.Client, rows: int, limit: int) -> Iterator[tuple[str, httpx.Response]]:
    """Follow every link from the starting pages, and ask for every row of both tables."""
    base = str(client.base_url).rstrip("/")
    waiting = deque([*STARTS, *(f"/cases/people/{n}.json?_shape=objects" for n in range(1, rows))])
    waiting += [f"/cases/cases/C{n:05d}.json" for n in range(1, rows)]
    seen = set(waiting)
    while waiting:
        target = waiting.popleft()
        answer = client.get(target)
        yield target, answer
        if answer.headers.get("content-type") == "application/json" and answer.is_success:
            for link in links(answer.json(), base):
                if link not in seen and len(seen) < limit:
                    seen.add(link)
                    waiting.append(link)


def search(client: httpx.Client, people: list[Person], limit: int) -> tuple[int, int]:
    """Search every byte of a crawl's answers; return how many there were and how many were served."""
    canaries = Canaries(people)
    served = 0
    asked = 0
    leaks: dict[str, set[str]] = {}
    for target, answer in crawl(client, len(people), limit):
        asked += 1
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "date")
        page = TIMING.sub("", answer.text)  # its random digits are, now and then, those of someone
        found = canaries.in_page(f"{answer.status_code}\n{head}\n{page}")
        if found:
            leaks[target] = found
        served += answer.is_success
    assert not leaks, dict(list(leaks.items())[:5])
    return asked, served


def test_a_crawl_finds_nobody(agency: httpx.Client, people: list[Person]) -> None:
    """Every byte of every answer is searched, and nearly all that is asked for in JSON is served."""
    asked, served = search(agency, people, 160)
    assert asked > 130
    assert served > 0.9 * asked


@pytest.mark.slow
def test_a_long_crawl_finds_nobody(tmp_path: Path) -> None:
    """The same with 5,000 persons, over two thousand answers."""
    from datasette.app import Datasette

    many = persons(5000)
    case_database(tmp_path / "cases.db", many)
    with (
        RunningUpstream(Datasette([str(tmp_path / "cases.db")]).app()) as upstream,
        RunningProxy(quick(upstream.url), Keyset.create()) as running,
        running.client() as client,
    ):
        asked, served = search(client, many[:1200], 2600)
    assert asked > 2000
    assert served > 0.95 * asked


def test_without_the_proxy_the_same_crawl_finds_everyone(datasette: str, people: list[Person]) -> None:
    """The search can fail: the upstream itself shows all names and numbers."""
    canaries = Canaries(people)
    found: set[str] = set()
    with httpx.Client(base_url=datasette, trust_env=False, timeout=20) as client:
        for target in ("/cases/people.json?_size=max", "/cases/cases.json?_size=max"):
            found |= canaries.in_page(client.get(target).text)
    assert {p.name for p in people} <= found
    assert {p.phone[:7] for p in people} <= found
    assert {p.id_card[4:11] for p in people} <= found


def test_an_agency_works_by_token(agency: httpx.Client, people: list[Person]) -> None:
    """Search by the token of a phone finds the row, pages follow one another, one row is read by its key."""
    page = agency.get("/cases/people.json?_shape=objects&_size=5").json()
    first = page["rows"][0]
    assert first["name"] == people[0].name[0] + "**"
    assert first["phone"] == f"{people[0].phone[:3]}****{people[0].phone[7:]}"
    found = agency.get("/cases/people.json", params={"_shape": "objects", "phone": first["phone_token"]}).json()
    assert [row["id"] for row in found["rows"]] == [1]
    assert found["rows"][0]["phone_token"] == first["phone_token"]
    following = agency.get(page["next_url"]).json()
    assert [row["id"] for row in following["rows"]] == [6, 7, 8, 9, 10]
    row = agency.get("/cases/people/1.json?_shape=objects").json()["rows"][0]
    assert row["name_token"] == first["name_token"]


def test_json_columns_and_file_names_stay_usable(agency: httpx.Client) -> None:
    """A JSON column is still JSON, a file name still ends in .pdf."""
    row = agency.get("/cases/cases.json?_shape=objects&_size=1").json()["rows"][0]
    contact = json.loads(row["contacts"])[0]
    assert set(contact) == {"name", "name_token", "phone", "phone_token", "relation"}
    assert row["attachment"].endswith(".pdf")
    assert row["amount"] == 10.5


@pytest.mark.parametrize(
    "target",
    [
        "/cases.json?sql=select+*+from+people",
        "/cases/people.json?_where=phone+like+'138%25'",
        "/cases/people.json?_sort=phone",
        "/cases/people.json?_sort_desc=name",
        "/cases/people.json?phone__startswith=138",
        "/cases/people.json?_facet=phone",
        "/cases/people.json?_col=phone&_sort=id_card",
        "/cases/people.json?phone__gt=138",
        "/cases/people.json?id_card__contains=1990",
        "/cases/people.json?_filter_column=phone&_filter_op=gt&_filter_value=1",
    ],
)
def test_oracles_are_closed(agency: httpx.Client, target: str) -> None:
    """SQL, sorting, prefixes and facets of fields with a rule are refused."""
    answer = agency.get(target)
    assert answer.status_code in (400, 403)
    assert urlsplit(str(answer.url)).path.startswith("/cases")
