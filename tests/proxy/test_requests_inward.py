"""What goes in: tokens are turned back, and nothing else gets at a person."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest
from proxied import Echo

from maskkit import Keyset, Masker

PHONE, NAME, CARD = "13812345678", "王建国", "6222021234567890128"


@pytest.fixture(scope="module")
def phone(tokens: Masker) -> str:
    """The token of a phone."""
    return tokens.column([PHONE], "PHONE_NUMBER")[0]


@pytest.fixture(scope="module")
def name(tokens: Masker) -> str:
    """The token of a name."""
    return tokens.column([NAME], "PERSON")[0]


def test_tokens_in_path_and_query_are_turned_back(client: httpx.Client, upstream: Echo, phone: str, name: str) -> None:
    """The upstream sees the person, encoded so that every parser reads the same."""
    answer = client.get(f"/people/{phone}/cases", params={"phone": phone, "name": name, "_size": "10"})
    assert answer.status_code == 200
    target = urlsplit(upstream.asked[0][1])
    assert target.path == f"/people/{PHONE}/cases"
    assert parse_qsl(target.query) == [("phone", PHONE), ("name", NAME), ("_size", "10")]
    assert quote(NAME) in target.query


def test_a_display_mask_with_its_token_becomes_one_field(client: httpx.Client, upstream: Echo, phone: str) -> None:
    """However it comes: inline, in a field beside, or the field beside alone."""
    for params in (
        {"phone": f"138****5678({phone})"},
        {"phone": "138****5678", "phone_token": phone},
        {"phone_token": phone},
    ):
        upstream.asked.clear()
        assert client.get("/x", params=params).status_code == 200
        assert parse_qsl(urlsplit(upstream.asked[0][1]).query) == [("phone", PHONE)]


def test_json_is_turned_back_in_values_keys_and_remarks(
    client: httpx.Client, upstream: Echo, phone: str, name: str
) -> None:
    """A remark with tokens in it reaches the upstream with the real persons, a bare number as one again."""
    upstream.says(json.dumps({"phone": int(PHONE)}))
    number = client.get("/x").json()["phone_token"]
    body = {
        "phone": "138****5678",
        "phone_token": phone,
        "mobile": number,
        "remark": f"客户王**({name})说打{phone}",
        phone: 1,
        "deep": [{"case": name}],
        "amount": 12.5,
    }
    assert client.post("/cases/search", json=body).status_code == 200
    assert json.loads(upstream.asked[-1][3]) == {
        "phone": PHONE,
        "mobile": int(PHONE),
        "remark": f"客户{NAME}说打{PHONE}",
        PHONE: 1,
        "deep": [{"case": NAME}],
        "amount": 12.5,
    }


def test_numbers_of_a_body_keep_their_digits(client: httpx.Client, upstream: Echo) -> None:
    """20 digits, 1.10 and -0 reach the upstream as they were written."""
    raw = b'{"a":12345678901234567890,"b":1.10,"c":-0,"d":[1e2]}'
    assert client.post("/cases/search", content=raw, headers={"content-type": "application/json"}).status_code == 200
    assert upstream.asked[-1][3] == raw


def test_a_form_is_read_like_a_query(client: httpx.Client, upstream: Echo, phone: str) -> None:
    """Form bodies have tokens turned back too."""
    assert client.post("/cases/search", data={"phone": phone, "page": "2"}).status_code == 200
    assert parse_qsl(upstream.asked[-1][3].decode()) == [("phone", PHONE), ("page", "2")]


@pytest.mark.parametrize(
    ("query", "status", "reason"),
    [
        (f"phone={PHONE}", 422, "token_only"),
        ("phone=138", 422, "token_only"),
        ("phone=", 422, "token_only"),
        ("phone=138****5678", 422, "mask_without_token"),
        ("q=138****5678", 422, "mask_without_token"),
        (f"q={PHONE}", 422, "plain_value"),
        (f"q=1{PHONE[1:3]}-{PHONE[3:7]}-{PHONE[7:]}", 422, "plain_value"),
        ("q=%EF%BC%91%EF%BC%93812345678", 422, "plain_value"),
        (f"x={CARD}", 422, "plain_value"),
        ("x=a%40example.com", 422, "plain_value"),
        (f"{PHONE}=1", 422, "plain_value"),
        ("sort=phone,asc", 403, "names_a_ruled_field"),
        ("sort=-phone", 403, "names_a_ruled_field"),
        ("sort=customerPhone", 403, "names_a_ruled_field"),
        ("_sort_desc=phone", 403, "names_a_ruled_field"),
        ("_facet=phone", 403, "names_a_ruled_field"),
        ("order=cases.id_card", 403, "names_a_ruled_field"),
        ("phone__gt=138", 403, "names_a_ruled_field"),
        ("phone__startswith=138", 403, "names_a_ruled_field"),
        ("phone%5B%24gt%5D=138", 403, "names_a_ruled_field"),
        ("filter%5Bphone%5D=1", 403, "names_a_ruled_field"),
        ("min_phone=1", 403, "names_a_ruled_field"),
        ("phoneLike=1", 403, "names_a_ruled_field"),
        ("fields=id,%E6%89%8B%E6%9C%BA%E5%8F%B7", 403, "names_a_ruled_field"),
        ("q=phone:138*", 403, "names_a_ruled_field"),
        ("filter=phone+gt+138", 403, "names_a_ruled_field"),
        ("rsql=customer.phone=ge=138", 403, "names_a_ruled_field"),
        ("%EF%BD%90%EF%BD%88%EF%BD%8F%EF%BD%8E%EF%BD%85__gt=1", 403, "names_a_ruled_field"),
        ("sql=select+1", 403, "expression"),
        ("_where=1", 403, "expression"),
        ("q=1+union+select+x+from+y", 403, "expression"),
        ("q=substr(x,1,3)", 403, "expression"),
        ("q=1+or+a%3Db", 403, "expression"),
        ("q=%7B%7B7*7%7D%7D", 403, "expression"),
        ("a=1%00", 400, "malformed_request"),
        ("a=%0d%0aX-A:1", 400, "malformed_request"),
        ("a=%ff", 400, "malformed_request"),
    ],
)
def test_probes_are_refused_before_the_upstream_is_asked(
    client: httpx.Client, upstream: Echo, query: str, status: int, reason: str
) -> None:
    """Plain values, prefixes, sorting and ranges of fields with a rule, SQL and expressions do not go in."""
    answer = client.get(f"/cases?{query}")
    assert (answer.status_code, answer.json()["error"]["reason"]) == (status, reason)
    assert not upstream.asked


@pytest.mark.parametrize(
    "query",
    [
        "q=status:open*",
        "sort=createdAt,desc",
        "_size=100",
        "_next=359",
        "status=overdue",
        "q=%E9%80%BE%E6%9C%9F",
        "page=2&per=50",
    ],
)
def test_what_no_rule_names_stands(client: httpx.Client, upstream: Echo, query: str) -> None:
    """Sorting, paging and filters of other fields reach the upstream as they are."""
    assert client.get(f"/cases?{query}").status_code == 200
    assert upstream.asked[0][1] == f"/cases?{query}"


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"phone": PHONE}, 422, "token_only"),
        ({"phone": int(PHONE)}, 422, "token_only"),
        ({"phone": ["138"]}, 422, "token_only"),
        ({"phone": "138****5678"}, 422, "mask_without_token"),
        ({"remark": f"客户说打{PHONE}"}, 422, "plain_value"),
        ({"x": [{"y": int(PHONE)}]}, 422, "plain_value"),
        ({PHONE: 1}, 422, "plain_value"),
        ({"field": "phone", "op": "like"}, 403, "names_a_ruled_field"),
        ({"phone": {"$gt": "138"}}, 403, "names_a_ruled_field"),
        ({"sort": [{"phone": "asc"}]}, 422, "token_only"),
        ({"phone_like": "138"}, 403, "names_a_ruled_field"),
        ({"sql": "x"}, 403, "expression"),
        ({"$where": "1"}, 403, "expression"),
    ],
)
def test_probes_in_bodies_are_refused(
    client: httpx.Client, upstream: Echo, body: object, status: int, reason: str
) -> None:
    """The same holds in JSON at any depth."""
    answer = client.post("/cases/search", json=body)
    assert (answer.status_code, answer.json()["error"]["reason"]) == (status, reason)
    assert not upstream.asked


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b'{"a": {"b": 1, "b": 2}}', "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": 1', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100 + b"]" * 100, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "application/json; charset=gbk", 415),
        (b"{}", "", 415),
        (b"--x", "multipart/form-data; boundary=x", 415),
        (b"a b=1", "application/x-www-form-urlencoded", 400),
    ],
)
def test_bodies_that_are_not_read_are_refused(
    client: httpx.Client, upstream: Echo, raw: bytes, kind: str, status: int
) -> None:
    """Keys that come twice, what is no JSON, other types and charsets."""
    headers = {"content-type": kind} if kind else {}
    assert client.post("/cases/search", content=raw, headers=headers).status_code == status
    assert not upstream.asked


def test_a_compressed_request_is_415(client: httpx.Client, upstream: Echo) -> None:
    """What a coding holds nobody undoes on the way in."""
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert client.post("/cases/search", content=b"{}", headers=headers).status_code == 415


def test_tokens_that_do_not_open_are_400(client: httpx.Client, upstream: Echo, phone: str) -> None:
    """Another tenant's, another keyset's, a damaged one: the upstream is not asked."""
    alien = Masker("tokens", keyset=Keyset.create(), tenant="agency-a").column([PHONE], "PHONE_NUMBER")[0]
    damaged = phone[:-3] + ("b" if phone[-3] != "b" else "c") + phone[-2:]
    for token in (alien, damaged, phone[:-4]):
        for target in (f"/x?phone={token}", f"/people/{token}", f"/x?q=a{token}"):
            answer = client.get(target)
            assert (answer.status_code, answer.json()["error"]["reason"]) == (400, "bad_token")
    assert not upstream.asked


def test_another_tenants_token_is_400(client: httpx.Client, upstream: Echo, proxy_keyset: Keyset) -> None:
    """Two agencies of one lender cannot use each other's tokens."""
    other = Masker("tokens", keyset=proxy_keyset, tenant="agency-b").column([PHONE], "PHONE_NUMBER")[0]
    answer = client.get("/x", params={"phone": other})
    assert answer.json()["error"] | {"request_id": ""} == {
        "reason": "bad_token",
        "detail": "a token that is other tenant",
        "request_id": "",
    }


def test_a_mask_beside_the_token_of_another_is_refused(client: httpx.Client, phone: str) -> None:
    """Who shows one number and sends another has mixed up two persons."""
    answer = client.get("/x", params={"phone": "139****0000", "phone_token": phone})
    assert (answer.status_code, answer.json()["error"]["reason"]) == (422, "mask_of_another_value")


@pytest.mark.parametrize(
    "path",
    [
        "//x",
        "/a//b",
        "/a/%2e%2e/b",
        "/a/.%2e/b",
        "/a%2fb",
        "/a%5cb",
        "/a%00",
        "/a%0d%0ab",
        "/a%252e",
        "/a;b",
        "/%ff",
        "/%c0%ae/",
        "/a%2Fb",
        "/a/%2e",
    ],
)
def test_path_tricks_are_refused(client: httpx.Client, upstream: Echo, path: str) -> None:
    """What two servers could read in two ways reaches none of them."""
    url = client.base_url.copy_with(raw_path=path.encode())
    answer = client.send(httpx.Request("GET", url, headers=client.headers))
    assert answer.status_code == 400
    assert not upstream.asked


def test_a_plain_value_in_a_path_is_refused(client: httpx.Client, upstream: Echo) -> None:
    """A path that names a person needs the token."""
    assert client.get(f"/people/{PHONE}").json()["error"]["reason"] == "plain_value"
    assert not upstream.asked
