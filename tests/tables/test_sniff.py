"""Formats: by name, else by what the first lines agree on."""

from __future__ import annotations

import pytest

from maskkit.tables.sniff import Format, sniff_format

TEXT, JSON, JSONL = Format("text"), Format("json"), Format("jsonl")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", TEXT),
        ("姓名,手机号\n王建国,13800138000\n", Format("csv", ",")),
        ("姓名\t手机号\r\n王建国\t13800138000\r\n", Format("csv", "\t")),
        ("a;b\n1;2", Format("csv", ";")),
        ("a|b\r1|2\r", Format("csv", "|")),
        ('a,b\n"x,\n,y",2\n', Format("csv", ",")),
        ('a,b\n="1",2\n', Format("csv", ",")),
        ('a,b\n1,2\n3,"cut short', Format("csv", ",")),
        ("a,b\n\n1,2\n3", Format("csv", ",")),
        ("a,b\n", TEXT),
        ("今天客户王建国来电\n明天再打\n", TEXT),
        ("well, yes\nno\n", TEXT),
        ("a,b,c\n1,2\n1,2,3\n", TEXT),
        ('[{"a": 1}, {"a": 2}]', JSON),
        ('[\n  {"a": "cut sho', JSON),
        ('{"a": 1}', JSON),
        ('{"a": 1}\n\n', JSON),
        ('{"a": 1, "b": 2}\n{"a": 1, "b": 2}\n', JSONL),
        ("[2024-01-01 10:00] 来电\n[2024-01-01 10:05] 挂断\n", TEXT),
        ("[123] 来电\n", TEXT),
        ("{见附件}\n", TEXT),
    ],
)
def test_without_a_name(head: str, expected: Format) -> None:
    """Stdin is text unless it begins like JSON or at least two lines agree on a delimiter."""
    assert sniff_format(head) == sniff_format(head, "notes.txt") == expected


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("x.csv", "姓名\n王建国\n", Format("csv", ",")),
        ("x.tsv", "姓名\n王建国\n", Format("csv", "\t")),
        ("X.CSV", "a;b\n1,5;2\n", Format("csv", ";")),
        ("x.csv", "a\tb\n1\t2\n", Format("csv", "\t")),
        ("x.csv", '"a"\t"b"\n"1,5"\t"2,5"\n', Format("csv", "\t")),
        ("x.tsv", "a,b\n1,2\n", Format("csv", ",")),
        ("x.csv", "a,b\n1,2\n3,4,5\n", Format("csv", ",")),
        ("x.csv", "a;b;c,d\n1;2;3,4\n", Format("csv", ";")),
        ("x.csv", "", Format("csv", ",")),
        ("x.json", "text", JSON),
        ("x.jsonl", '{"a": 1}', JSONL),
        ("x.ndjson", "", JSONL),
    ],
)
def test_with_a_name(name: str, head: str, expected: Format) -> None:
    """A known suffix decides the kind; a table's delimiter is still taken from its lines."""
    assert sniff_format(head, name) == expected
