"""The proxy as a server: who may ask, what is served, what is refused and how that is said."""

from __future__ import annotations

import threading

import httpx
import pytest
from proxied import Echo, RunningProxy

CASE = '{"name": "王建国", "phone": "13812345678", "note": "王建国说好", "amount": 12.50}'


def test_a_case_comes_back_masked(client: httpx.Client, upstream: Echo) -> None:
    """Fields have display form and token, remarks both inline, amounts their digits; nothing is cached."""
    upstream.says(CASE)
    answer = client.get("/cases/1")
    case = answer.json()
    assert answer.status_code == 200
    assert (case["name"], case["phone"]) == ("王**", "138****5678")
    assert list(case) == ["name", "name_token", "phone", "phone_token", "note", "amount"]
    assert case["note"] == f"王**({case['name_token']})说好"
    assert '"amount":12.50' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["server"] == "maskkit"


def test_only_a_client_that_is_known_is_served(proxy: RunningProxy, upstream: Echo) -> None:
    """Without a key, with a wrong one or one in another scheme the answer is 401 and the upstream hears nothing."""
    upstream.asked.clear()
    for value in (None, "Bearer", "Bearer x", "Bearer " + "x" * 30, "Basic dGVzdDp0ZXN0"):
        headers = {} if value is None else {"authorization": value}
        with httpx.Client(base_url=proxy.url, trust_env=False) as stranger:
            answer = stranger.get("/cases", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["request_id"] == answer.headers["x-request-id"]
    assert not upstream.asked


def test_other_methods_are_405_and_say_which_are_served(client: httpx.Client, upstream: Echo) -> None:
    """Only what is allowed reaches the upstream."""
    for method in ("PUT", "PATCH", "DELETE", "POST", "TRACE"):
        answer = client.request(method, "/cases")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert not upstream.asked


def test_what_never_goes_on(client: httpx.Client, upstream: Echo) -> None:
    """Credentials, cookies, forwarding and conditional fields of the client stay here; Host is the upstream's own."""
    sent = {
        "cookie": "a=b",
        "x-forwarded-for": "1.2.3.4",
        "forwarded": "for=1.2.3.4",
        "if-none-match": "x",
        "range": "bytes=0-1",
        "accept": "application/json",
        "x-agency": "other",
    }
    client.get("/cases", headers=sent)
    (_, _, fields, _) = upstream.asked[0]
    assert fields[b"host"] == upstream.url.removeprefix("http://").encode()
    assert fields[b"accept"] == b"application/json"
    assert set(fields) <= {b"host", b"accept", b"user-agent", b"accept-encoding"}
    assert fields[b"user-agent"] == b"maskkit-proxy"


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("image/png", b"\x89PNG", "unsupported_type"),
        ("text/html", b"<p>13812345678", "unsupported_type"),
        ("text/event-stream", b"data: 13812345678", "unsupported_type"),
        ("application/xml", b"<a>13812345678</a>", "unsupported_type"),
        ("application/octet-stream", b"13812345678", "unsupported_type"),
        ("text/csv", b'a,b\n"13812345678', "malformed_csv"),
        ("application/x-ndjson", b'{"a": 1}\n{"phone": 138', "malformed_json"),
        ("", b"{}", "unsupported_type"),
        ("application/json", b'{"phone": "138', "malformed_json"),
        ("application/json", b'{"a": NaN}', "malformed_json"),
        ("application/json", b'{"a": "\\ud800"}', "malformed_json"),
        ("application/json", b"\xff\xfe\xfa", "charset"),
        ("application/json; charset=latin-1", '{"a": "王"}'.encode("gbk"), "charset"),
        ("application/json; charset=klingon", b"{}", "charset"),
        ("application/json; charset=utf-8; charset=gbk", b"{}", "unsupported_type"),
        ("application/json", b"[" * 1000 + b"]" * 1000, "malformed_json"),
    ],
)
def test_what_is_not_understood_is_refused(
    client: httpx.Client, upstream: Echo, kind: str, body: bytes, reason: str
) -> None:
    """A body that cannot be read is 502 with a reason, and not a byte of it."""
    upstream.says(body, kind)
    answer = client.get("/x")
    assert answer.status_code == 502
    assert set(answer.json()["error"]) <= {"reason", "request_id", "detail"}
    assert answer.json()["error"]["reason"] == reason
    assert b"138" not in answer.content


def test_two_content_types_are_refused(client: httpx.Client, upstream: Echo) -> None:
    """Which of them holds nobody knows."""
    upstream.says("{}")
    upstream.fields = [(b"content-type", b"application/json"), (b"content-type", b"text/html")]
    assert client.get("/x").json()["error"]["reason"] == "unsupported_type"


def test_only_listed_fields_of_an_answer_go_on(client: httpx.Client, upstream: Echo) -> None:
    """Cookies, validators, the server's name and fields that may hold anything are dropped."""
    upstream.says(
        "{}", set_cookie="phone=13812345678", etag='"x"', server="nginx", x_customer="13812345678", retry_after="5"
    )
    answer = client.get("/x")
    assert set(answer.headers) == {
        "date",
        "server",
        "cache-control",
        "x-content-type-options",
        "content-type",
        "content-length",
        "x-request-id",
        "retry-after",
    }
    assert b"13812345678" not in answer.content


def test_every_status_is_masked(client: httpx.Client, upstream: Echo) -> None:
    """Errors, redirects and empty answers follow the same rules."""
    for status in (200, 201, 400, 404, 409, 418, 500, 503):
        upstream.says(CASE, status=status)
        answer = client.get("/x")
        assert answer.status_code == status
        assert answer.json()["phone"] == "138****5678"
    upstream.says("", "", status=204)
    assert client.get("/x").status_code == 204
    upstream.says(CASE, status=302, location=f"{upstream.url}/cases/13812345678?phone=13812345678")
    moved = client.get("/x").headers["location"]
    assert moved.startswith(f"{str(client.base_url).rstrip('/')}/cases/pn_")
    assert "13812345678" not in moved


def test_head_and_options(client: httpx.Client, upstream: Echo) -> None:
    """They are asked as such; a HEAD has no length of the unmasked page."""
    upstream.says(CASE)
    answer = client.head("/x")
    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-length" not in answer.headers
    assert client.options("/x").json()["phone"] == "138****5678"
    assert [asked[0] for asked in upstream.asked] == ["HEAD", "OPTIONS"]


def test_the_upstream_hides_its_address(client: httpx.Client, upstream: Echo) -> None:
    """Absolute links of the upstream come back as the proxy's, in bodies of any depth."""
    upstream.says(f'{{"next_url": "{upstream.url}/cases?page=2", "raw": "{{\\"self\\": \\"{upstream.url}/x\\"}}"}}')
    answer = client.get("/x")
    assert answer.json()["next_url"] == f"{str(client.base_url).rstrip('/')}/cases?page=2"
    assert upstream.url.encode() not in answer.content
    assert upstream.url.removeprefix("http://").encode() not in answer.content


def test_health_readiness_and_figures(proxy: RunningProxy, client: httpx.Client) -> None:
    """They are on an address of their own; figures name no value."""
    client.get("/cases/13812345678")
    assert httpx.get(f"{proxy.probe_url}/healthz", trust_env=False).json() == {"status": "ok"}
    assert httpx.get(f"{proxy.probe_url}/readyz", trust_env=False).json() == {"status": "ready"}
    figures = httpx.get(f"{proxy.probe_url}/metrics", trust_env=False).text
    assert 'maskkit_refusals_total{reason="plain_value"}' in figures
    assert "13812345678" not in figures


def test_a_refused_upstream_is_502(proxy_keyset: object, proxy: RunningProxy) -> None:
    """An upstream that is down is said to be so."""
    from proxied import quick

    from maskkit import Keyset

    with RunningProxy(quick("http://127.0.0.1:9"), Keyset.create()) as lonely, lonely.client() as client:
        answer = client.get("/x")
    assert (answer.status_code, answer.json()["error"]["reason"]) == (502, "upstream_unavailable")


def test_many_at_once(proxy: RunningProxy, upstream: Echo) -> None:
    """Requests at one time do not see each other's values."""
    upstream.says(CASE)
    seen: list[int] = []

    def ask() -> None:
        with proxy.client() as client:
            seen.extend(client.get("/x").status_code for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 160
