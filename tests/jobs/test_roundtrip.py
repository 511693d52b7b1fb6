"""Masking a file and turning it back: the same bytes, whatever the encoding, the line ends and the quoting."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from filejobs import quick_masker, round_trip

from maskkit import InputError, Keyset
from maskkit.jobs.mask import MaskOptions, mask_file
from maskkit.jobs.unmask import unmask_file

ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8-bom": ("utf-8", codecs.BOM_UTF8),
    "utf-16-le-bom": ("utf-16-le", codecs.BOM_UTF16_LE),
    "utf-16-be-bom": ("utf-16-be", codecs.BOM_UTF16_BE),
    "gb18030": ("gb18030", b""),
    "gbk": ("gbk", b""),
}

#: Everything that stands in real exports: quotes, line ends in cells, what Excel writes, surfaces, placeholders.
TABLE = '''\
客户编号,姓名,手机号,身份证号,卡号,邮箱,住址,备注,金额
A1,王建国,13800138000,11010519491231002X,6222020000000000004,u123@qq.com,上海市浦东新区世纪大道100号3栋201室,"打13900139000,未接
第二行说""ok""138-0013-8000",100.50
A2,"李雷","138 0013 8001","110105 19491231 002x","6222 0200 0000 0000 004","U@Q.CN","北京朝阳区建国路8号",=13800138000,
A3,无,-,	11010519491231002X,'6222020000000000004,,,"电话""13800138000""一三八零零一三八零零零",1.10101E+17
A4,欧阳 娜娜,"=""13800138000""","=""11010519491231002X""",１３８００１３８０００,N/A,未知, 13800138000 ,007
A5, 张三 ,+86 13800138000,1.10101E+17,6.22202E+18,a@b.cn/c@d.cn,无,,-5

A6,赵六/钱七,010-62222222转158,110105194912310,12345,x@y.com,x,13800138000，13800138001,
A7,"a""b",700123456789012,id,card,mail,addr,未接'13800138000',9
A8,'13800138000,'13800138000 , 13800138000	,"	13800138000","""13800138000""",13800138000,00852-91234567,9
'''


Ends = Callable[[str], str]


def ends_crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def ends_lf(text: str) -> str:
    return text


def ends_mixed(text: str) -> str:
    return "".join(line + ("\r\n", "\n", "\r")[n % 3] for n, line in enumerate(text.splitlines()))


def ends_nowhere(text: str) -> str:
    return text.rstrip("\n")


@pytest.mark.parametrize("policy", ["tokens", "agency"])
@pytest.mark.parametrize("ends", [ends_crlf, ends_lf, ends_mixed, ends_nowhere], ids=lambda ends: ends.__name__)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_and_line_end(keyset: Keyset, tmp_path: Path, encoding: str, ends: Ends, policy: str) -> None:
    """PII in columns and remarks comes back byte for byte, and nothing in the masked file shows it."""
    codec, bom = ENCODINGS[encoding]
    data = bom + ends(TABLE).encode(codec)
    trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.csv", data)
    assert trip.restored == data
    assert not trip.unmask.left
    masked = trip.masked[len(bom) :].decode(codec)
    assert trip.masked.startswith(bom)
    for value in ("13800138000", "0013-8000", "王建国", "11010519491231002", "建国路8号", "１３８", "一三八"):
        assert value not in masked


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_other_delimiters(keyset: Keyset, tmp_path: Path, delimiter: str, policy: str) -> None:
    """The delimiter is found by content, and columns are still columns."""
    lines = [line for line in TABLE.splitlines(keepends=True) if "\t" not in line]
    data = "".join(lines).replace(",", delimiter).encode()
    trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.txt", data)
    assert trip.restored == data
    assert [plan.taken_for for plan in trip.mask.plans][1:4] == ["PERSON", "PHONE_NUMBER", "CN_RESIDENT_ID"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "姓名,手机号\n",
        "姓名,手机号",
        "手机号\n13800138000\n\n138 0013 8000\n",
        "手机号",
        '手机号\n"13800138000"\n""\n',
        "王建国,13800138000,x\n李雷,13900139000,y\n",
        "13800138000\n13900139000\n",
        "姓名;手机号\n\n;\n;\n",
    ],
)
@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_small_files(keyset: Keyset, tmp_path: Path, text: str, policy: str) -> None:
    """Empty files, headers alone, one column and no header at all come back as they were."""
    trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.csv", text.encode())
    assert trip.restored == text.encode()
    assert b"13800138000" not in trip.masked


def test_without_header(keyset: Keyset, tmp_path: Path) -> None:
    """A file whose first row holds PII has no header: that row is masked, and columns are 1, 2, 3."""
    data = "王建国,13800138000,x\n李雷,13900139000,y\n".encode()
    trip = round_trip(quick_masker(keyset, "agency"), tmp_path, "a.csv", data)
    assert [plan.name for plan in trip.mask.plans] == ["1", "2", "3"]
    assert trip.masked.count(b"\n") == 2
    assert b"138****8000(pn_" in trip.masked
    assert trip.restored == data


@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_headings_that_hold_someone(keyset: Keyset, tmp_path: Path, policy: str) -> None:
    """A value in a heading is masked as in a text, named in no report, and comes back."""
    data = "姓名,电话13800138000,13900139000\n王建国,13800138000,x\n".encode()
    trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.csv", data, MaskOptions(header=True))
    assert trip.restored == data
    assert b"13800138000" not in trip.masked
    assert b"13900139000" not in trip.masked
    assert [plan.name for plan in trip.mask.plans] == ["姓名", "column 2", "column 3"]


def test_lenient_rows(keyset: Keyset, tmp_path: Path) -> None:
    """Rows that do not fit are searched as text, counted, and come back."""
    data = "姓名,手机号,备注\n王建国,13800138000,x\nA,13900139000\n李雷,13700137000,y,多了,13600136000\n".encode()
    trip = round_trip(quick_masker(keyset), tmp_path, "a.csv", data, MaskOptions(lenient=True))
    assert trip.mask.misfits == 2
    assert not any(number in trip.masked for number in (b"13900139000", b"13700137000", b"13600136000"))
    assert trip.restored == data


@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_a_lenient_row_keeps_its_cells(keyset: Keyset, tmp_path: Path, policy: str) -> None:
    """What is found across delimiters is masked within its cells, and quoted cells of such rows come back."""
    rows = '"A ""13900139000""",上海市浦东新区世纪大道100号,3栋201室\nA,"王建国\n13900139000",,,x,\n"13900139000" \n'
    data = f"姓名,手机号\n王建国,13800138000\n{rows}".encode()
    trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.csv", data, MaskOptions(lenient=True))
    assert trip.mask.misfits == 3
    assert trip.restored == data
    assert not any(value in trip.masked.decode() for value in ("13900139000", "世纪大道", "201室"))
    assert [line.count(b",") for line in trip.masked.splitlines()[2:]] == [2, 1, 4, 0]


def test_a_row_as_wide_as_the_masked_table(keyset: Keyset, tmp_path: Path) -> None:
    """A row with as many cells as there will be columns is refused: turned back, it would lose some of them."""
    (tmp_path / "a.csv").write_text("姓名,备注\n王建国,x\n李雷,y,\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 3 has 3 cells") as error:
        mask_file(quick_masker(keyset, "agency"), tmp_path / "a.csv", tmp_path / "b.csv", MaskOptions(lenient=True))
    assert error.value.hint
    assert not (tmp_path / "b.csv").exists()
    without = round_trip(
        quick_masker(keyset), tmp_path, "a.csv", (tmp_path / "a.csv").read_bytes(), MaskOptions(lenient=True)
    )
    assert without.mask.misfits == 1


@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_text_outside_the_quotes_of_a_cell(keyset: Keyset, tmp_path: Path, policy: str) -> None:
    """A cell that its quotes do not enclose is searched as it stands, and every byte of it comes back."""
    cells = (
        '"王建国" ',
        '"王建国"x',
        '""13800138000',
        '"138"00138000',
        '"x"13800138000"',
        '"a,13800138000"b',
        '"王"建国 ',
    )
    data = ("姓名,手机号,备注\n" + "".join(f"{cell},{cell},{cell}\n" for cell in cells)).encode()
    trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.csv", data)
    assert trip.restored == data
    assert b"13800138000" not in trip.masked


JSON = {
    "bare": '{"phone": 13800138000, "big": 123456789012345678901234567890, "n": [13800138000], "f": 1.5e10, "t": true}',
    "escapes": '{"姓名":"\\u738B\\u5EFA\\u56FD","name":"\\u738b\\u5efa\\u56fd","x":"\\u003138001380\\u0030\\u0030\\/"}',
    "keys": '{"13800138000": {"a": 1}, "联系13900139000": "x", "13800138000": 2}',
    "key and value": '{"13800138000": "13900139000", "138 0013 8000": {"phone": "13800138000"}}',
    "duplicates": '{"phone":"13800138000","phone":"13900139000","phone":13700137000}',
    "outside": '{"name":"\'王建国","phone":"\\t13800138000 ","id":"\u3000\'11010519491231002X","name2":"\';"}',
    "spaced": '{"phone" :  "138 0013 8000" , "x":"a"}',
    "emoji": '{"备注":"\\ud83d\\ude00 13800138000 😀","地址":"上海市浦东新区世纪大道100号😀"}',
    "string": '"13800138000"',
    "number": "13800138000",
    "list": '["13800138000",13800138000,["11010519491231002X"],[],{},null]',
    "odd numbers": '{"phone":-13800138000,"phone2":1.3800138E10,"phone3":13800138000.0}',
    "controls": '{"phone":"138\\t0013\\t8000","card":"6222\\u00200200 0000 0000 004","q":"\\"13800138000\\""}',
    "nothing": "{}",
    "nested": json.dumps(
        {
            "客户": {
                "姓名": "王建国",
                "电话": ["13800138000"],
                "contact": [{"phone": "13800138000", "备注": "王建国13800138000"}],
            }
        },
        ensure_ascii=False,
        indent=2,
    ),
    "compact": json.dumps({"contact": [{"phone": "13800138000"}, {"phone": 13800138000}]}, separators=(",", ":")),
}


@pytest.mark.parametrize("policy", ["tokens", "agency"])
@pytest.mark.parametrize("case", JSON)
def test_json(keyset: Keyset, tmp_path: Path, case: str, policy: str) -> None:
    """JSON is changed in place and comes back byte for byte: bare numbers bare, escapes as they were."""
    for codec, bom in ENCODINGS.values():
        if codec == "gbk" and "😀" in JSON[case]:
            continue
        data = bom + JSON[case].encode(codec)
        trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.json", data)
        assert trip.restored == data
        assert not trip.unmask.left
        masked = trip.masked.decode(codec).removeprefix("\ufeff")
        json.loads(masked)
        assert "13800138000" not in masked.replace("13800138000.0", "")


@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_jsonl(keyset: Keyset, tmp_path: Path, policy: str) -> None:
    """Every line of JSONL stays a line; blank ones and CRLF stay."""
    record = {"phone": "13800138000", "text": "打13800138000给王建国", "name": "王建国", "id": 110105194912310021}
    lines = [json.dumps(record, ensure_ascii=escaped) for escaped in (True, False)]
    data = f"{lines[0]}\r\n\r\n{lines[1]}\n{lines[0]}".encode()
    trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.jsonl", data)
    assert trip.restored == data
    assert trip.mask.rows == 3
    assert "王建国" not in trip.masked.decode()
    assert b"\\u738b\\u5efa" not in trip.masked


@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_text(keyset: Keyset, tmp_path: Path, policy: str) -> None:
    """Running text keeps every byte around what is found, in every encoding."""
    text = "客户电话13800138000，\r\n卡号6222 0200 0000 0000 004；\r邮箱u123@qq.com\n\n一三八零零一三八零零零\u2028完"
    for codec, bom in ENCODINGS.values():
        data = bom + text.replace("\u2028", "" if codec == "gbk" else "\u2028").encode(codec)
        trip = round_trip(quick_masker(keyset, policy), tmp_path, "a.txt", data)
        assert trip.restored == data
        assert "13800138000" not in trip.masked.decode(codec)


def test_a_restored_value_is_quoted_where_it_must_be(keyset: Keyset, tmp_path: Path) -> None:
    """A value with delimiter, quote and line end, moved by the agency into a bare cell, comes back quoted."""
    masker = quick_masker(keyset)
    address = '上海市浦东新区世纪大道100号,3栋"东"\n201室'
    token = masker.tokens.apply([address], "ADDRESS")[0]
    (tmp_path / "a.csv").write_text(f"备注,x\n{token},1\n", encoding="utf-8")
    unmask_file(masker, tmp_path / "a.csv", tmp_path / "b.csv")
    quoted = address.replace('"', '""')
    assert (tmp_path / "b.csv").read_text(encoding="utf-8") == f'备注,x\n"{quoted}",1\n'


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_hundred_thousand_rows(keyset: Keyset, tmp_path: Path, export: ModuleType, encoding: str, newline: str) -> None:
    """A hundred thousand cases come back byte for byte in each encoding and line end."""
    codec, bom = ENCODINGS[encoding]
    export.write(tmp_path / "cases.csv", 100_000, encoding=codec, newline=newline)
    data = bom + (tmp_path / "cases.csv").read_bytes()
    trip = round_trip(quick_masker(keyset), tmp_path, "cases.csv", data)
    assert trip.mask.rows == 100_000
    assert trip.restored == data


@pytest.mark.parametrize("encoding", ["utf-8-bom", "gb18030"])
@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_more_rows_than_a_block(keyset: Keyset, tmp_path: Path, export: ModuleType, encoding: str, policy: str) -> None:
    """A file of many blocks comes back byte for byte, and the counts are those of all its rows."""
    codec, bom = ENCODINGS[encoding]
    export.write(tmp_path / "cases.csv", 20_000, encoding=codec)
    data = bom + (tmp_path / "cases.csv").read_bytes()
    trip = round_trip(quick_masker(keyset, policy), tmp_path, "cases.csv", data)
    assert trip.mask.rows == 20_000
    assert [count.masked for count in trip.mask.counts[1:5]] == [20_000] * 4
    assert trip.restored == data
