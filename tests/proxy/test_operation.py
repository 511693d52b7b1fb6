"""The proxy in operation: its file, its clients, its audit, and how it starts, reloads and ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from maskkit_proxy.clients import Rates, key_sha256
from maskkit_proxy.config.load import load_config
from maskkit_proxy.config.model import Client, Limits
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.persons import Persons
from proxied import API_KEY, Echo, RunningProxy, RunningUpstream

from maskkit import Keyset, Masker
from maskkit.audit import verify

OTHER_KEY = "other-key-other-key-other-key"
CASE = json.dumps({"phone": "13812345678", "name": "王建国"})


def configuration(upstream: str, folder: Path, more: str = "") -> Path:
    """Write a configuration with two agencies and a few routes."""
    path = folder / "proxy.yaml"
    path.write_text(
        f"""\
keyset: keyset.json
audit: {folder / "audit.jsonl"}
writer: proxy-1
upstreams:
  cases:
    url: {upstream}
    headers: {{Authorization: "{{env: CASES_TOKEN}}", X-Agency: "{{tenant}}", X-Who: "{{client}} of {{tenant}}"}}
clients:
  north: {{tenant: agency-a, keys: {key_sha256(API_KEY)}}}
  south: {{tenant: agency-b, keys: [{key_sha256(OTHER_KEY)}]}}
routes:
  - {{match: GET /cases, upstream: cases, params: [status, phone, sort]}}
  - {{match: "GET /cases/*", upstream: cases, fields: {{secret: redact, "code*": keep}}}}
  - {{match: POST /cases/search, upstream: cases, body: [phone, status]}}
  - {{match: "POST /cases/*/remarks", upstream: cases, body: [text, contact], plain: [text, contact]}}
  - {{match: GET /names, upstream: cases, others: drop}}
  - {{match: GET /tokens, upstream: cases, tokens_only: true}}
  - {{match: GET /raw/*, upstream: cases, pass: [image/png]}}
{more}""".replace('"{env: CASES_TOKEN}"', "{env: CASES_TOKEN}"),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def configured(
    upstream: Echo, proxy_keyset: Keyset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningProxy]:
    """The proxy with that configuration."""
    monkeypatch.setenv("CASES_TOKEN", "Bearer upstream")
    upstream.asked.clear()
    upstream.says(CASE)
    with RunningProxy(load_config(configuration(upstream.url, tmp_path)), proxy_keyset) as running:
        yield running


def test_the_upstream_learns_who_asks(configured: RunningProxy, upstream: Echo) -> None:
    """It gets its own credentials and the agency; what a client says of itself is dropped."""
    with configured.client() as client:
        assert client.get("/cases", headers={"x-agency": "agency-b", "x-who": "me"}).status_code == 200
    fields = upstream.asked[0][2]
    assert fields[b"authorization"] == b"Bearer upstream"
    assert (fields[b"x-agency"], fields[b"x-who"]) == (b"agency-a", b"north of agency-a")


def test_each_agency_has_tokens_of_its_own(configured: RunningProxy, upstream: Echo) -> None:
    """One cannot use the other's: it is refused before the upstream is asked."""
    with configured.client() as north, configured.client(headers={"authorization": f"Bearer {OTHER_KEY}"}) as south:
        ours, theirs = (client.get("/cases").json()["phone_token"] for client in (north, south))
        assert ours != theirs
        upstream.asked.clear()
        assert north.get("/cases", params={"phone": ours}).status_code == 200
        assert south.get("/cases", params={"phone": ours}).json()["error"]["reason"] == "bad_token"
        assert len(upstream.asked) == 1


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "reason"),
    [
        ("GET", "/nothing", None, 404, "no_route"),
        ("POST", "/cases", {}, 405, "method_not_allowed"),
        ("GET", "/cases?page=2", None, 422, "unlisted_field"),
        ("GET", "/cases?sort=phone", None, 403, "names_a_ruled_field"),
        ("GET", "/cases?phone=138", None, 422, "token_only"),
        ("POST", "/cases/search", {"limit": 1}, 422, "unlisted_field"),
        ("POST", "/cases/search", {"phone": "13812345678"}, 422, "token_only"),
        ("POST", "/cases/search", {"status": "13812345678"}, 422, "plain_value"),
        ("POST", "/cases/1/remarks", {"text": "a", "note": "b"}, 422, "unlisted_field"),
    ],
)
def test_only_what_is_listed_goes_in(
    configured: RunningProxy, upstream: Echo, method: str, target: str, body: object, status: int, reason: str
) -> None:
    """Routes, parameters and body fields are an allow-list."""
    with configured.client() as client:
        answer = client.request(method, target, json=body) if body is not None else client.request(method, target)
    assert (answer.status_code, answer.json()["error"]["reason"]) == (status, reason)
    assert not upstream.asked


def test_a_remark_is_filed_in_plain_with_tokens_and_audited(
    configured: RunningProxy, upstream: Echo, tokens: Masker, tmp_path: Path
) -> None:
    """The upstream gets the person; the audit says that something was written, not what."""
    token = tokens.column(["13812345678"], "PHONE_NUMBER")[0]
    with configured.client() as client:
        answer = client.post("/cases/1/remarks", json={"text": f"新号码13900001111，旧{token}", "contact": "李四"})
    assert answer.status_code == 200
    assert json.loads(upstream.asked[0][3]) == {"text": "新号码13900001111，旧13812345678", "contact": "李四"}
    lines = (tmp_path / "audit.jsonl").read_text()
    assert '"detail":"plain values accepted on /cases/*/remarks"' in lines
    assert '"count":2' in lines
    assert "13900001111" not in lines


def test_refusals_are_audited_in_a_chain(configured: RunningProxy, tmp_path: Path) -> None:
    """Who tried what where: a chain of its own that anyone can verify, without a value."""
    with configured.client() as client:
        client.get("/cases?phone=13812345678")
        client.get("/cases?sort=phone")
    configured.stop()
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    said = [json.loads(line) for line in lines if '"kind":"denial"' in line]
    assert [(line["actor"], line["tenant"], line["detail"]) for line in said] == [
        ("north", "agency-a", "token_only on /cases"),
        ("north", "agency-a", "names_a_ruled_field on /cases"),
    ]
    assert {line["writer"] for line in said} == {"proxy-1"}
    assert "13812345678" not in "".join(lines)


def test_rules_of_a_route(configured: RunningProxy, upstream: Echo) -> None:
    """Fields can be redacted or kept, all others dropped, tokens stand alone, and listed types pass."""
    upstream.says(json.dumps({"secret": "x y", "code1": "13900001111", "phone": "13812345678"}))
    with configured.client() as client:
        case = client.get("/cases/1").json()
        assert case["code1"] == "13900001111"
        assert case["secret"] != "x y"
        upstream.says(json.dumps({"code1": "13812345678", "phone": "13812345678"}))
        assert client.get("/cases/1").json()["error"]["reason"] == "leak_prevented"
        upstream.says(json.dumps({"name": "王建国", "other": "x", "deep": {"phone": "13812345678", "more": [1]}}))
        assert client.get("/names").json().keys() == {"name", "name_token"}
        upstream.says(CASE)
        assert client.get("/tokens").json()["phone"].startswith("pn_")
        upstream.says(b"\x89PNG", "image/png")
        assert client.get("/raw/1").content == b"\x89PNG"
        assert client.get("/cases/1").status_code == 502


def test_too_many_requests_of_one_client_are_429() -> None:
    """Each client has a bucket of its own, which fills again."""
    now = [0.0]
    rates = Rates(5, clock=lambda: now[0])
    north, south = Client("north", "a", ()), Client("south", "b", ())
    for _ in range(10):
        rates.take(north)
    with pytest.raises(RefusedError) as caught:
        rates.take(north)
    assert (caught.value.status, caught.value.retry_after) == (429, 1)
    rates.take(south)
    now[0] = 1.0
    for _ in range(5):
        rates.take(north)
    with pytest.raises(RefusedError):
        rates.take(north)


@contextmanager
def process(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run the command line until the block ends; yield it with the lines that it has written to stderr."""
    environment = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "CASES_TOKEN": "x"}
    environment.pop("MASKKIT_API_KEY", None)
    running = subprocess.Popen(
        [sys.executable, "-m", "maskkit", "proxy", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env=environment,
    )
    lines: list[str] = []
    assert running.stderr is not None
    reading = threading.Thread(target=lambda stream: lines.extend(iter(stream.readline, "")), args=[running.stderr])
    reading.start()
    try:
        yield running, lines
    finally:
        running.kill()
        running.wait(10)
        reading.join(10)
        running.stderr.close()


def said(lines: list[str], what: str) -> re.Match[str]:
    """Wait until a line says something."""
    for _ in range(1500):
        for line in list(lines):
            found = re.search(what, line)
            if found:
                return found
        time.sleep(0.02)
    raise AssertionError(f"nobody said {what}: {lines}")


def test_a_try_without_a_file(upstream: Echo, tmp_path: Path) -> None:
    """It makes a key and a keyset, says so, serves, and ends well when told to."""
    upstream.says(CASE)
    with process(tmp_path, "--upstream", upstream.url, "--port", "0") as (running, lines):
        key = said(lines, r"API key of this run: (\S+)")[1]
        port = said(lines, r'"event":"started".*"port":(\d+)')[1]
        answer = httpx.get(
            f"http://127.0.0.1:{port}/x", headers={"authorization": f"Bearer {key}"}, trust_env=False, timeout=20
        )
        assert answer.json()["phone"] == "138****5678"
        assert any("this one is gone when the proxy stops" in line for line in lines)
        if sys.platform != "win32":
            running.send_signal(signal.SIGTERM)
            assert running.wait(20) == 0
            assert said(lines, '"event":"stopped"')
    assert not any("13812345678" in line for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGHUP")
def test_reloading_is_all_or_nothing(upstream: Echo, proxy_keyset: Keyset, tmp_path: Path) -> None:
    """A new file takes the old one's place; a wrong one is refused and the old one stays."""
    upstream.says(CASE)
    proxy_keyset.save(tmp_path / "keyset.json")
    path = configuration(upstream.url, tmp_path, "listen: 127.0.0.1:0\n")
    headers = {"authorization": f"Bearer {API_KEY}"}
    with process(tmp_path, "--config", str(path)) as (running, lines):
        port = said(lines, r'"event":"started".*"port":(\d+)')[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=20) as client:
            assert client.get("/more").status_code == 404
            good = path.read_text()
            path.write_text(good.replace("routes:", "routs:"))
            running.send_signal(signal.SIGHUP)
            assert said(lines, '"event":"reload_refused"')
            assert client.get("/cases").status_code == 200
            path.write_text(good.replace("routes:\n", "routes:\n  - {match: GET /more, upstream: cases}\n"))
            running.send_signal(signal.SIGHUP)
            assert said(lines, '"event":"reloaded"')
            assert client.get("/more").status_code == 200


def test_requests_that_have_begun_are_answered_at_the_end(proxy_keyset: Keyset) -> None:
    """Told to stop, the proxy takes no more but finishes what it has."""
    begun = threading.Event()

    class Slow(Echo):
        async def __call__(self, scope: object, receive: object, send: object) -> None:
            import asyncio

            begun.set()
            await asyncio.sleep(0.6)
            await super().__call__(scope, receive, send)  # type: ignore[arg-type]  # passed on as it comes

    from proxied import quick

    slow = Slow(body=CASE.encode())
    got: list[int] = []
    with RunningUpstream(slow) as upstream, RunningProxy(quick(upstream.url), proxy_keyset) as running:

        def ask() -> None:
            with running.client() as client:
                got.append(client.get("/x").status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        assert begun.wait(5)
        running.stop()
        asking.join(5)
    assert got == [200]


def test_the_audit_can_be_verified(configured: RunningProxy, proxy_keyset: Keyset, tmp_path: Path) -> None:
    """The chain holds, and the end of the proxy signs it."""
    with configured.client() as client:
        client.get("/cases?phone=13812345678")
    configured.stop()
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert '"kind":"checkpoint"' in lines[-1]
    assert not verify(lines, public_keys=[proxy_keyset.signing_key().public_key()]).problems


def test_a_client_reads_about_so_many_persons_and_no_more(upstream: Echo, proxy_keyset: Keyset, tmp_path: Path) -> None:
    """Distinct persons are counted, however written; over the bound nothing leaves, and that is audited."""
    more = "limits: {persons_per_hour: 3}\nstate: state.sqlite\n"
    path = configuration(upstream.url, tmp_path, more)
    subject = "upstream: cases, subject: [phone, id_card]"
    path.write_text(path.read_text().replace("upstream: cases", subject).replace("{env: CASES_TOKEN}", "x"))
    with RunningProxy(load_config(path), proxy_keyset) as running, running.client() as client:

        def read(*phones: str) -> int:
            upstream.says(json.dumps([{"phone": phone} for phone in phones]))
            return client.get("/cases").status_code

        assert read("13800000001", "138-0000-0001", "+8613800000001") == 200
        assert read("13800000001", "13800000002", "13800000003") == 200
        assert read("13800000004") == 429
        assert read("13800000002") == 200
        answer = client.get("/cases", params={"status": "x"})
        assert answer.status_code == 200
        with running.client(headers={"authorization": f"Bearer {OTHER_KEY}"}) as other:
            upstream.says(json.dumps({"phone": "13800000004"}))
            assert other.get("/cases").status_code == 200
    with RunningProxy(load_config(path), proxy_keyset) as again, again.client() as client:
        upstream.says(json.dumps({"phone": "13800000005"}))
        answer = client.get("/cases")
        assert (answer.status_code, answer.json()["error"]["reason"]) == (429, "person_limit")
        assert int(answer.headers["retry-after"]) <= 3601
    assert "person_limit on /cases" in (tmp_path / "audit.jsonl").read_text()
    assert b"1380000" not in (tmp_path / "state.sqlite").read_bytes()


def test_a_count_of_persons_forgets_after_its_time() -> None:
    """An hour's bound is the hour's, a day's the day's."""
    import asyncio

    now = [0.0]
    counted = Persons(Limits(persons_per_hour=1, persons_per_day=2), None, clock=lambda: now[0])
    client = Client("north", "a", ())

    def read(person: bytes) -> int:
        try:
            asyncio.run(counted.read(client, [person]))
        except RefusedError as refused:
            return refused.status
        return 200

    assert [read(b"1"), read(b"1"), read(b"2")] == [200, 200, 429]
    now[0] = 3600.0
    assert [read(b"2"), read(b"3")] == [200, 429]
    now[0] = 7200.0
    assert [read(b"3"), read(b"1")] == [429, 200]
    now[0] = 30 * 3600.0
    assert read(b"3") == 200
    counted.close()
