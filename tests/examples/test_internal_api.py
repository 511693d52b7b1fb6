"""The example service over PostgreSQL behind the proxy: an agency works, and sees no one."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest
from canaries import Canaries, persons
from maskkit_proxy.clients import key_sha256
from maskkit_proxy.config.load import load_config
from proxied import API_KEY, RunningProxy, RunningUpstream

from maskkit import Keyset

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "internal-api"
PEOPLE = persons(40)


@pytest.fixture
def agency(postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """An agency before the service, with its own configuration but for addresses and key."""
    monkeypatch.setenv("DATABASE_URL", postgres)
    spec = importlib.util.spec_from_file_location("internal_api", FOLDER / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute(module.SCHEMA)
        for n, person in enumerate(PEOPLE):
            other = PEOPLE[n - 1]
            db.execute(
                "insert into cases (name, phone, id_card, address, amount, contacts) values (%s, %s, %s, %s, %s, %s)",
                (
                    person.name,
                    person.phone,
                    person.id_card,
                    person.address,
                    n + 0.5,
                    json.dumps([{"name": other.name, "phone": other.phone}]),
                ),
            )
    config = load_config(FOLDER / "proxy.yaml")
    with RunningUpstream(module.app) as upstream:
        config = replace(
            config,
            upstreams={"cases": replace(config.upstreams["cases"], url=upstream.url)},
            clients=(replace(config.clients[0], key_sha256=(key_sha256(API_KEY),)),),
        )
        with RunningProxy(config, Keyset.create()) as running, running.client() as client:
            yield client


@pytest.mark.filterwarnings("ignore")  # of the server in a package
def test_an_agency_works_and_sees_no_one(agency: httpx.Client, postgres: str) -> None:
    """Lists and their next pages, search by token, an export, a remark with a token in it, errors."""
    canaries = Canaries(PEOPLE)
    answers = [agency.get("/cases", params={"size": 15})]
    while following := answers[-1].json()["next"]:
        answers.append(agency.get(following))
    assert sum(len(answer.json()["cases"]) for answer in answers) == len(PEOPLE)
    first = answers[0].json()["cases"][0]
    assert set(first["contacts"][0]) == {"name", "name_token", "phone", "phone_token"}

    found = agency.post("/cases/search", json={"phone": first["phone_token"], "name": first["name_token"]})
    assert [case["id"] for case in found.json()["cases"]] == [first["id"]]

    text = f"{first['name_token']}说号码换成13900001111"
    filed = agency.post(f"/cases/{first['id']}/remarks", json={"text": text, "contact": first["phone_token"]})
    assert filed.status_code == 201
    with psycopg.connect(postgres) as db:
        written = db.execute("select text, contact from remarks").fetchall()
    assert written == [(f"{PEOPLE[0].name}说号码换成13900001111", PEOPLE[0].phone)]
    case = agency.get(f"/cases/{first['id']}")
    assert case.json()["remarks"][0]["text"].startswith(
        f"{PEOPLE[0].name[0]}**({first['name_token']})说号码换成139****1111("
    )

    export = agency.get("/cases.csv")
    rows = list(csv.DictReader(io.StringIO(export.text)))
    assert [row["id"] for row in rows] == [str(n) for n in range(1, len(PEOPLE) + 1)]

    refused = [
        agency.get("/cases/999"),
        agency.get("/cases/x"),
        agency.post("/cases/search", json={"phone": PEOPLE[0].phone}),
        agency.post("/cases/search", json={"page": "x"}),
        agency.get("/docs"),
        agency.get("/openapi.json"),
    ]
    assert [answer.status_code for answer in refused] == [404, 422, 422, 422, 404, 404]
    for answer in (*answers, found, filed, case, export, *refused):
        assert not canaries.in_page(answer.text)
        assert "13900001111" not in answer.text
