"""NDJSON, CSV and text on their way out."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote

import httpx
import pytest
from proxied import Echo

from maskkit import Masker

PHONE, NAME = "13812345678", "王建国"


@pytest.mark.parametrize("kind", ["application/x-ndjson", "text/plain"])
def test_each_line_of_ndjson_is_a_document(client: httpx.Client, upstream: Echo, kind: str) -> None:
    """What one line tells is found in the others, numbers keep their digits."""
    lines = [{"姓名": "欧阳无敌", "phone": PHONE, "amount": 1.5}, {"note": "欧阳无敌已还款"}]
    upstream.says("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + '\n{"n": 1.10}\n', kind)
    answer = client.get("/x")
    first, second, third = answer.text.splitlines()
    assert json.loads(first)["phone"] == "138****5678"
    assert json.loads(second)["note"] == f"欧阳**({json.loads(first)['姓名_token']})已还款"
    assert third == '{"n":1.10}'
    assert answer.headers["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize(
    ("kind", "delimiter"), [("text/csv", ","), ("text/plain", ";"), ("text/tab-separated-values", "\t")]
)
def test_a_table_keeps_its_columns(
    client: httpx.Client, upstream: Echo, tokens: Masker, kind: str, delimiter: str
) -> None:
    """Cells have the rules of their columns, remarks are searched, quotes and line ends stay right."""
    out = io.StringIO(newline="")
    rows = [["编号", "姓名", "手机号", "备注"], ["1", NAME, PHONE, f"找{NAME},\n说好"], ["2", "李四", "", 'a "b"']]
    csv.writer(out, delimiter=delimiter).writerows(rows)
    upstream.says(out.getvalue(), kind + "; charset=utf-8")
    answer = client.get("/x")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    made = list(csv.reader(io.StringIO(answer.text, newline=""), delimiter=delimiter))
    assert made[0] == rows[0]
    assert made[1][1].startswith("王**(nm_")
    assert made[1][2].startswith("138****5678(pn_")
    assert [[tokens.unmask(cell).text for cell in row] for row in made] == rows


def test_a_table_without_names_is_searched(client: httpx.Client, upstream: Echo) -> None:
    """A first row that holds a person is no heading."""
    upstream.says(f"1,{PHONE}\n2,13900001111\n", "text/csv")
    assert [row.split(",")[1][:12] for row in client.get("/x").text.splitlines()] == ["138****5678(", "139****1111("]


def test_a_gbk_table_comes_out_in_utf_8(client: httpx.Client, upstream: Echo) -> None:
    """Chinese exports often are GBK."""
    upstream.says(f"姓名,手机号\n{NAME},{PHONE}\n".encode("gbk"), "text/csv; charset=gbk")
    assert client.get("/x").text.startswith("姓名,手机号\n王**(nm_")


def test_text_is_searched(client: httpx.Client, upstream: Echo, tokens: Masker) -> None:
    """Running text comes back with what was found masked inline, also in links inside it."""
    text = f"客户{NAME}的电话是{PHONE}。\n详见 http://x.example/p?name={quote(NAME)}&phone={PHONE} 谢谢\n"
    upstream.says(text, "text/plain; charset=utf-8")
    answer = client.get("/x")
    assert PHONE not in answer.text
    assert quote(NAME) not in answer.text
    assert tokens.unmask(answer.text).text == text.replace(quote(NAME), NAME)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_link_inside_a_sentence_of_json_is_read(client: httpx.Client, upstream: Echo) -> None:
    """A percent-encoded name is one."""
    upstream.says(json.dumps({"note": f"见 /people/{quote(NAME)}?x=1 和 {PHONE}"}))
    answer = client.get("/x")
    assert quote(NAME) not in answer.text
    assert PHONE not in answer.text
    assert answer.json()["note"].startswith("见 /people/nm_")
