"""The configuration file: everything in it is checked, and every mistake has a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from maskkit_proxy.config.against import check_against
from maskkit_proxy.config.load import check_config, load_config

from maskkit.errors import InputError, PolicyError

ROOT = Path(__file__).resolve().parents[2]
SMALL = """\
keyset: keyset.json
upstreams:
  cases: {url: "http://127.0.0.1:8001"}
clients:
  north: {tenant: agency-a, keys: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae}
routes:
  - {match: GET /cases, upstream: cases, params: [status]}
"""


def write(folder: Path, text: str) -> Path:
    """Write a configuration."""
    path = folder / "proxy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an operator copies can be read as it is."""
    monkeypatch.setenv("CASES_TOKEN", "Bearer x")
    path = ROOT / "proxy" / "proxy.example.yaml"
    assert check_config(path) == []
    config = load_config(path)
    assert config.upstreams["cases"].fields == {"authorization": "Bearer x"}
    assert config.upstreams["cases"].tells == {"x-agency": "{tenant}"}
    assert [route.methods for route in config.routes][:1] == [frozenset({"GET", "HEAD"})]
    search = config.routes[2]
    rule = search.policy.field("debtor")
    assert rule is not None
    assert rule.entity == "PERSON"
    assert rule.action is not None
    assert rule.action.token_field
    assert config.limits.response_body == 16 << 20


def test_a_small_one_has_safe_defaults(tmp_path: Path) -> None:
    """Loopback, no probe, agency policy, and nothing in a body that is not listed."""
    config = load_config(write(tmp_path, SMALL))
    assert config.listen == ("127.0.0.1", 8080)
    assert config.probe is None
    assert config.keyset == tmp_path / "keyset.json"
    assert config.routes[0].policy.name == "agency"
    assert (config.routes[0].body, config.routes[0].others) == (frozenset(), "scan")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("keyset: keyset.json\n", "", "keyset: is missing"),
        ("keyset:", "keysett:", "1: keysett: unknown key; did you mean keyset?"),
        ("http://127.0.0.1:8001", "ftp://x", "3: upstreams.cases.url: expected the URL of a service or a database"),
        (
            'url: "http://127.0.0.1:8001"',
            'url: "sqlite:///x.db", tables: {a: {columns: [b]}}',
            "tables.a.rows: is missing",
        ),
        (
            'url: "http://127.0.0.1:8001"',
            'url: "sqlite:///x.db", tables: {a: {columns: [b], rows: some}}',
            "3: upstreams.cases.tables.a.rows: expected whose rows",
        ),
        ("upstream: cases", "upstream: case", "7: routes[1].upstream: unknown word; did you mean cases?"),
        ("GET /cases", "FETCH /cases", "7: routes[1].match: expected methods and a path"),
        ("2c26", "zz", "5: clients.north.keys: expected SHA-256 hashes"),
        ("params: [status]", "plain: [remark]", "7: routes[1].plain: names a field that body does not list"),
        ("params: [status]", "fields: {x: {as: NAME}}", "7: routes[1].fields"),
        ("params: [status]", "pass: [png]", "7: routes[1].pass: expected media types"),
        ("params: [status]", "others: leave", "7: routes[1].others: unknown word"),
        ("tenant: agency-a", "tenant: agency-a, audience: boss", "clients.north.audience: not an audience"),
        ("routes:", "limits: {concurrency: many}\nroutes:", "6: limits.concurrency: expected a number"),
        ("routes:", "limits: {persons_per_day: 9}\nroutes:", "routes[1].subject: is missing where persons are counted"),
        ("routes:", "listen: here\nroutes:", "6: listen: expected HOST:PORT"),
    ],
)
def test_mistakes_are_named_with_line_and_path(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """Each is found where it stands, and the file is not loaded."""
    path = write(tmp_path, SMALL.replace(old, new, 1))
    assert any(problem in said for said in check_config(path)), check_config(path)
    with pytest.raises(PolicyError):
        load_config(path)


def test_what_is_no_configuration(tmp_path: Path) -> None:
    """A missing file, a list, a duplicate key."""
    assert check_config(tmp_path / "none.yaml")
    assert "not a configuration" in check_config(write(tmp_path, "- a\n"))[0]
    assert any("comes twice" in said for said in check_config(write(tmp_path, SMALL + "keyset: x\n")))


def test_rules_are_held_against_a_captured_answer(tmp_path: Path) -> None:
    """A rule that matches nothing and a field that no rule names are errors; neither shows a value."""
    path = write(
        tmp_path, SMALL.replace("params: [status]", "fields: {debtor: {as: PERSON}, old_name: {as: PERSON}, n: keep}")
    )
    capture = tmp_path / "capture.json"
    capture.write_text(
        '[{"debtor": "x", "phone": "1", "n": 1, "deep": {"mystery": "x", "13812345678": "y"}, "ok": true}]',
        encoding="utf-8",
    )
    assert check_against(load_config(path), capture) == [
        f"{capture}: /cases: the rule of old_name matches nothing",
        f"{capture}: /cases: no rule names deep.mystery",
        f"{capture}: /cases: no rule names a field whose name may be a value",
    ]
    capture.write_text("{", encoding="utf-8")
    with pytest.raises(InputError):
        check_against(load_config(path), capture)
