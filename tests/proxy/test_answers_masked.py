"""Answers on their way out: JSON in any shape, every coding and charset, and what known values do."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from typing import Any

import brotli
import httpx
import pytest
import zstandard
from canaries import Canaries, persons
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proxied import Echo

from maskkit import Masker

PHONE, NAME, ID = "13812345678", "王建国", "110105199003078515"


def masked(client: httpx.Client, upstream: Echo, document: Any) -> Any:
    """Return what comes of a document; it must be served, and show nothing of the person."""
    upstream.says(document if isinstance(document, (bytes, str)) else json.dumps(document, ensure_ascii=False))
    answer = client.get("/x")
    assert answer.status_code == 200, answer.text
    for value in (PHONE, NAME, ID):
        assert value not in answer.text
    return answer.json()


def test_rows_as_arrays_take_their_names_from_a_list_beside_them(client: httpx.Client, upstream: Echo) -> None:
    """Datasette's columns and rows, described columns, a first row of headings: cells stay in their places."""
    for document in (
        {"columns": ["id", "name", "phone"], "rows": [[1, NAME, PHONE], [2, "李四", None]]},
        {"rows": [[1, NAME, PHONE]], "fields": [{"name": "id"}, {"name": "姓名"}, {"name": "手机号"}]},
        [["id", "姓名", "手机号"], [1, NAME, PHONE]],
    ):
        out = masked(client, upstream, document)
        row = out["rows"][0] if isinstance(out, dict) else out[1]
        assert row[0] == 1
        assert row[1].startswith("王**(nm_")
        assert row[2].startswith("138****5678(pn_")


def test_json_in_strings_is_walked_to_any_depth(client: httpx.Client, upstream: Echo) -> None:
    """Each level is JSON again afterwards."""
    inner: Any = {"phone": PHONE, "n": 1.50}
    for _ in range(5):
        inner = json.dumps({"raw": inner, "name": NAME})
    out: Any = masked(client, upstream, {"data": inner})["data"]
    for _ in range(5):
        out = json.loads(out)
        assert out["name"] == "王**"
        out = out["raw"]
    assert out["phone"] == "138****5678"


@pytest.mark.parametrize("literal", [PHONE, f"-{PHONE}", f"{PHONE}.0", "1.3812345678e10", "138123456780e-1"])
def test_a_phone_as_a_number_is_masked(client: httpx.Client, upstream: Echo, literal: str) -> None:
    """However the number is written, under a key with a rule or without one."""
    out = masked(client, upstream, f'{{"phone": {literal}, "x": {literal}, "list": [{literal}]}}')
    assert out["phone"] == "138****5678"
    assert out["x"].startswith("138****5678(pn_")
    assert out["list"][0].startswith("138****5678(pn_")


def test_other_numbers_keep_their_digits(client: httpx.Client, upstream: Echo) -> None:
    """20 digits, 1.10, 1e5 and a timestamp are not changed."""
    raw = '{"a":12345678901234567890,"b":1.10,"c":1e5,"d":1700000000000,"e":[1234.0,-0.5,0.00001],"g":"{\\"h\\":1.10}"}'
    upstream.says(raw)
    assert client.get("/x").text == raw


def test_escapes_are_read_before_anything_is_searched(client: httpx.Client, upstream: Echo) -> None:
    r"""The digits of \u62e8 do not touch the phone, doubled escapes and escaped names are found."""
    out = masked(
        client, upstream, r'{"note": "\u62e813812345678", "x": "\u738b\u5efa\u56fd", "姓名": "\u738b建\u56fd"}'
    )
    assert out["note"].startswith("拨138****5678(")
    assert out["x"] == f"王**({out['姓名_token']})"
    out = masked(client, upstream, r'{"raw": "{\"phone\": \"\\u0031381234\\u0035678\"}"}')
    assert json.loads(out["raw"])["phone"] == "138****5678"


def test_keys_that_are_values_become_tokens(client: httpx.Client, upstream: Echo, tokens: Masker) -> None:
    """A phone or a name as a key is its token alone, in its place."""
    out = masked(client, upstream, {"a": 1, PHONE: {"name": NAME}, NAME: 2, "b": 3})
    keys = list(out)
    assert keys[0] == "a"
    assert tokens.unmask(keys[1]).text == PHONE
    assert tokens.unmask(keys[2]).text == NAME
    assert keys[3] == "b"


def test_known_values_are_found_in_the_whole_answer(client: httpx.Client, upstream: Echo) -> None:
    """Also where they are spaced, wide, hyphenated or in a file name, far from the field that told them."""
    out = masked(
        client,
        upstream,
        {
            "notes": [
                "王 建 国来电",
                "欧阳无敌已还款",
                "号码138-1234-5678",
                "１３８１２３４５６７８",
                "欧阳无敌_合同.pdf",
            ],
            "people": [{"姓名": NAME, "phone": PHONE}, {"姓名": "欧阳无敌"}],
        },
    )
    text = json.dumps(out, ensure_ascii=False)
    assert "王 建 国" not in text
    assert "欧阳无敌" not in text
    assert "1234-5678" not in text
    assert out["notes"][4].endswith("_合同.pdf")


def test_a_known_name_in_latin_letters_is_found_in_single_words(client: httpx.Client, upstream: Echo) -> None:
    """A login that is the name is masked; other words that only contain it pass."""
    upstream.says(json.dumps({"customer_name": "wei zhang", "login": "wei zhang", "x": "weizhanger", "y": "overdue"}))
    out = client.get("/x").json()
    assert out["login"] == f"{out['customer_name']}({out['customer_name_token']})"
    assert (out["x"], out["y"]) == ("weizhanger", "overdue")


def test_odd_fields_of_an_answer_do_no_harm(client: httpx.Client, upstream: Echo) -> None:
    """Bytes beyond ASCII, links with a person, fields that come twice."""
    upstream.says(
        json.dumps({"姓名": NAME}), x_odd="\xff\xfe", link=f'</p?phone={PHONE}>; rel="next"', location="/\xe9"
    )
    answer = client.get("/x")
    assert (answer.status_code, answer.json()["error"]["reason"]) == (502, "header")
    upstream.says(json.dumps({"姓名": NAME}), x_odd="\xff\xfe", link=f'</p?phone={PHONE}&x=1>; rel="next"')
    answer = client.get("/x")
    assert answer.headers["link"].startswith("</p?phone=pn_")
    assert answer.headers["link"].endswith('&x=1>; rel="next"')
    assert "x-odd" not in answer.headers


def test_staging_data_still_gets_its_pages(client: httpx.Client, upstream: Echo) -> None:
    """Short and common values are masked in their own field, and good pages pass."""
    document = {
        "姓名": "test",
        "phone": "1",
        "rows": [{"姓名": "高峰", "remark": "早高峰 test it, 1 of 10"}, {"姓名": "Li", "x": "Like Li"}],
        "name": "cases",
        "total": 1,
        "test": "testing",
    }
    upstream.says(json.dumps(document, ensure_ascii=False))
    answer = client.get("/x")
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["total"], answer.json()["test"]) == ("cases", 1, "testing")


def test_a_key_that_says_little_masks_only_its_kind(client: httpx.Client, upstream: Echo) -> None:
    """`name` may be a table's, `contact` an object's, and a JSON value is walked."""
    out = masked(client, upstream, {"tables": [{"name": "cases"}, {"name": NAME}], "contact": {"phone": PHONE}})
    assert out["tables"][0] == {"name": "cases"}
    assert out["tables"][1]["name"] == "王**"
    assert out["contact"]["phone"] == "138****5678"


def test_known_pieces_of_values_are_masked(client: httpx.Client, upstream: Echo) -> None:
    """A surname and a given name apart, the last six of an ID."""
    upstream.says(json.dumps({"姓": "欧阳", "名": "无敌", "id_last6": "078515", "手机尾号": 5678}, ensure_ascii=False))
    text = client.get("/x").text
    assert not any(piece in text for piece in ("欧阳", "无敌", "078515", "5678"))


def test_neighbours_that_join_to_a_value_are_masked(client: httpx.Client, upstream: Echo) -> None:
    """First and last name, area code and number; a first and a last page are none."""
    upstream.says(
        json.dumps(
            {
                "a": {"first": "建国", "last": "王"},
                "b": {"area": "010", "number": 62345678},
                "c": {"first": 1, "last": 9},
                "d": {"area": "east", "number": "12"},
            }
        )
    )
    out = client.get("/x").json()
    assert (out["a"]["last"], out["a"]["first"]) == ("***", "建**")
    assert out["b"]["number"] == "****5678"
    assert (out["c"], out["d"]) == ({"first": 1, "last": 9}, {"area": "east", "number": "12"})


def test_markup_does_not_split_a_value(client: httpx.Client, upstream: Echo, tokens: Masker) -> None:
    """Inline tags and character references in the middle of a name or a number go; other markup stays."""
    notes = ["<em>138</em>12345678", "致电&#49;3812345678", "<b>王</b>建国 来电", "<b>找</b> 王建国 &amp; 他"]
    out = masked(client, upstream, {"notes": notes, "姓名": NAME})["notes"]
    assert [tokens.unmask(note).text for note in out] == [
        PHONE,
        f"致电{PHONE}",
        f"{NAME} 来电",
        f"<b>找</b> {NAME} &amp; 他",
    ]


def test_a_key_of_tokens_that_is_there_already_stays(client: httpx.Client, upstream: Echo) -> None:
    """Where the upstream has an own phone_token, ours goes inline."""
    out = masked(client, upstream, {"phone": PHONE, "phone_token": "push-1"})
    assert out["phone_token"] == "push-1"
    assert out["phone"].startswith("138****5678(pn_")


def test_links_and_cursors_hold_tokens_alone(client: httpx.Client, upstream: Echo, tokens: Masker) -> None:
    """Percent- and tilde-encoded values in links, and cursors, can be sent back as they are."""
    out = masked(
        client,
        upstream,
        {
            "next": f"{PHONE},359",
            "a": f"/cases?phone={PHONE}&name=%E7%8E%8B%E5%BB%BA%E5%9B%BD&_size=10",
            "b": "/people/~E7~8E~8B~E5~BB~BA~E5~9B~BD/x",
            "姓名": NAME,
        },
    )
    assert "(" not in out["next"] + out["a"] + out["b"]
    assert tokens.unmask(out["next"]).text == f"{PHONE},359"
    assert tokens.unmask(out["a"]).text == f"/cases?phone={PHONE}&name={NAME}&_size=10"


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda raw: gzip.compress(raw[:10]) + gzip.compress(raw[10:])),
        ("deflate", zlib.compress),
        ("deflate", lambda raw: zlib.compress(raw)[2:-4]),
        ("br", brotli.compress),
        ("zstd", lambda raw: zstandard.ZstdCompressor().compress(raw)),
        ("gzip, br", lambda raw: brotli.compress(gzip.compress(raw))),
        ("identity", lambda raw: raw),
    ],
)
def test_content_codings_are_undone(client: httpx.Client, upstream: Echo, coding: str, encode: Any) -> None:
    """Stacked and split ones too; the answer has none."""
    raw = json.dumps({"phone": PHONE, "pad": "x" * 200}).encode()
    upstream.says(encode(raw), content_encoding=coding)
    answer = client.get("/x")
    assert answer.json()["phone"] == "138****5678"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"{}" * 100, mtime=0)[:-5]),
        ("gzip", b"{}"),
        ("gzip", gzip.compress(b"{}", mtime=0) + b"garbage"),
        ("br", brotli.compress(b"{}" * 100)[:-1]),
        ("zstd", zstandard.ZstdCompressor().compress(b"{}" * 100)[:-2]),
        ("zstd", b"garbage"),
        ("compress", b"{}"),
        ("gzip,gzip,gzip,gzip,gzip", b"{}"),
        ("gzip", gzip.compress(b" " * (17 << 20), mtime=0)),
        ("br", brotli.compress(b" " * (17 << 20), quality=1)),
        ("zstd", zstandard.ZstdCompressor().compress(b" " * (17 << 20))),
    ],
)
def test_codings_that_cannot_be_undone_whole_are_refused(
    client: httpx.Client, upstream: Echo, coding: str, body: bytes
) -> None:
    """Damaged, cut, unknown and too many codings, and bombs."""
    upstream.says(body, content_encoding=coding)
    answer = client.get("/x")
    assert (answer.status_code, answer.json()["error"]["reason"]) in {
        (502, "content_coding"),
        (502, "body_too_large"),
        (502, "malformed_json"),
    }


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb2312", "gb18030", "utf-16", "utf-16-le", "utf-16be"])
def test_charsets_are_read(client: httpx.Client, upstream: Echo, charset: str) -> None:
    """What comes out is UTF-8."""
    raw = json.dumps({"姓名": NAME, "phone": PHONE}, ensure_ascii=False).encode(charset)
    upstream.says(raw, f"application/json; charset={charset}")
    answer = client.get("/x")
    assert answer.json()["姓名"] == "王**"
    assert answer.headers["content-type"] == "application/json"


def test_json_that_says_text_is_read_as_json(client: httpx.Client, upstream: Echo) -> None:
    """Types lie: Datasette sends some JSON as text/plain."""
    upstream.says(json.dumps({"phone": PHONE}), "text/plain; charset=utf-8")
    assert client.get("/x").json()["phone"] == "138****5678"


def test_base64_that_holds_a_person_does_not_pass(client: httpx.Client, upstream: Echo) -> None:
    """An encoded text is decoded and looked at."""
    hidden = base64.b64encode(f"电话{PHONE}，{NAME}".encode()).decode()
    upstream.says(json.dumps({"blob": hidden, "姓名": NAME}))
    answer = client.get("/x")
    assert hidden not in answer.text
    upstream.says(json.dumps({"blob": base64.b64encode(b"nothing of anyone here").decode()}))
    assert base64.b64decode(client.get("/x").json()["blob"]) == b"nothing of anyone here"


def test_an_upstream_that_breaks_off_shows_nothing(client: httpx.Client, upstream: Echo) -> None:
    """A body that is shorter than it says is 502."""
    upstream.says(json.dumps({"phone": PHONE}))
    upstream.fields.append((b"content-length", b"500"))
    answer = client.get("/x")
    assert answer.status_code == 502
    assert PHONE not in answer.text


def test_a_body_in_many_chunks_is_one_body(client: httpx.Client, upstream: Echo) -> None:
    """Where the upstream cuts its body changes nothing."""
    raw = json.dumps({"phone": PHONE, "姓名": NAME}, ensure_ascii=False).encode()
    upstream.says([raw[i : i + 1] for i in range(len(raw))])
    assert client.get("/x").json()["phone"] == "138****5678"


def test_a_large_answer_is_masked_beside_the_loop(client: httpx.Client, upstream: Echo) -> None:
    """Thousands of rows come back whole, in order and masked."""
    rows = [{"id": n, "phone": f"138{n:08d}", "status": "open"} for n in range(6000)]
    upstream.says(json.dumps(rows))
    out = client.get("/x").json()
    assert [row["id"] for row in out] == list(range(6000))
    assert all(row["phone"] == f"138****{n % 10000:04d}" for n, row in enumerate(out))


def spaced(phone: str) -> str:
    """Return a phone as people write it."""
    return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"


def test_an_answer_of_many_persons_is_searched_as_a_few_are(client: httpx.Client, upstream: Echo) -> None:
    """Hundreds of known values, spaced and hyphenated somewhere else: none stays, and it takes no ages."""
    people = persons(600)
    rows = [
        {"name": one.name, "phone": one.phone, "address": one.address, "x": f"c7 {spaced(two.phone)}，{two.name}"}
        for one, two in zip(people, people[1:] + people[:1], strict=True)
    ]
    upstream.says(json.dumps(rows, ensure_ascii=False))
    answer = client.get("/x")
    assert answer.status_code == 200
    assert len(answer.json()) == len(rows)
    assert not Canaries(people).in_page(answer.text)


SCALARS = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(alphabet="abc 王,-_", max_size=8)
PLANTED = st.sampled_from(
    [
        PHONE,
        f"+86 {PHONE}",
        "138-1234-5678",
        f"号码{PHONE}转告",
        ID,
        f"身份证{ID}",
        int(PHONE),
        -int(PHONE),
        "１３８１２３４５６７８",
    ]
)
DOCUMENTS = st.recursive(
    SCALARS | PLANTED,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(alphabet="abcxyz_", min_size=1, max_size=6) | st.just(PHONE), inner, max_size=4)
        | inner.map(json.dumps)
    ),
    max_leaves=20,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS)
def test_a_planted_value_never_comes_out(client: httpx.Client, upstream: Echo, document: Any) -> None:
    """Wherever in a document it stands, as what: seven of its digits in a row do not leave."""
    upstream.says(json.dumps(document))
    answer = client.get("/x")
    assert answer.status_code == 200
    digits = "".join(char for char in answer.text if char not in "-+ ")
    for value in (PHONE, ID):
        assert not any(value[n : n + 7] in digits for n in range(len(value) - 6))
