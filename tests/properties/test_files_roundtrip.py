"""Files of generated surfaces: what is masked comes back byte for byte, and does not show."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from filejobs import quick_masker, round_trip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maskkit import InputError, Keyset, Masker
from maskkit.jobs.mask import MaskOptions

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
SEPARATORS = ("", "-", " ", ".", "\u200b", "\u00a0")


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


@st.composite
def phones(draw: st.DrawFn) -> str:
    """Draw a mobile number as people write it."""
    number = draw(st.sampled_from(("138", "139", "186", "199", "166", "170"))) + draw(digits(8))
    separator = draw(st.sampled_from(SEPARATORS))
    cut = draw(st.sampled_from(((3, 7), (3, 11))))
    text = separator.join(part for part in (number[: cut[0]], number[cut[0] : cut[1]], number[cut[1] :]) if part)
    if not separator:
        text = draw(st.sampled_from((text, text.translate(FULL_WIDTH), text.translate(HAN))))
    return text if text.translate(HAN) == text else draw(st.sampled_from(("", "", "+86", "+86 ", "86-"))) + text


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    """Draw an ID with a right check character, spaced or not, with either x."""
    birth = f"{draw(st.integers(1950, 2010))}{draw(st.integers(1, 12)):02}{draw(st.integers(1, 28)):02}"
    body = draw(st.sampled_from(("110105", "310115", "440305"))) + birth + draw(digits(3))
    whole = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]
    whole = draw(st.sampled_from((whole, whole.lower())))
    separator = draw(st.sampled_from(("", "", " ", "-")))
    return separator.join((whole[:6], whole[6:14], whole[14:]))


@st.composite
def cards(draw: st.DrawFn) -> str:
    """Draw a card number with a right check digit, grouped or not."""
    body = "622202" + draw(digits(draw(st.sampled_from((9, 12)))))
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(body)))
    number = body + str(-total % 10)
    separator = draw(st.sampled_from(("", " ", "-")))
    return separator.join(number[i : i + 4] for i in range(0, len(number), 4))


def mails() -> st.SearchStrategy[str]:
    return st.builds(
        "{}{}@{}".format,
        st.sampled_from(("a", "zhang.san", "U_")),
        digits(3),
        st.sampled_from(("qq.com", "QQ.COM", "x.cn")),
    )


def names() -> st.SearchStrategy[str]:
    return st.sampled_from(("王建国", "李 雷", "欧阳娜娜", "张三", "古丽·阿依", "𠮷田", "　王芳 "))


#: What may stand around a value in a cell or a text: nothing that a number could join.
AROUND = st.text("，。：（）客户电话说 \t'\"\n\r,;=", max_size=8)

COLUMNS = {"姓名": names(), "手机号": phones(), "身份证号": resident_ids(), "银行卡号": cards(), "邮箱": mails()}

#: Cells of typed columns: mostly a value, else what exports hold instead.
ODD = st.sampled_from(("", "无", "-", " ", "N/A", "1.10101E+17", "700123456789012", "x", "138****5678"))
EXCEL = st.sampled_from(("{}", "{}", "\t{}", "'{}", " {} ", '="{}"', "{}/{}"))


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Draw a table as CSV, and the values in it."""
    values: list[str] = []
    rows = [[*COLUMNS, "备注"]]
    for _ in range(draw(st.integers(0, 4))):
        row = []
        for strategy in COLUMNS.values():
            if draw(st.integers(0, 4)):
                value = draw(strategy)
                values.append(value)
                row.append(draw(EXCEL).replace("{}", value))
            else:
                row.append(draw(ODD))
        phone = draw(phones())
        values.append(phone)
        # Python's csv leaves a lone CR unquoted that readers take for a line end.
        rows.append([*row, f"{draw(AROUND)}电话：{phone}；{draw(AROUND)}".replace("\r", "")])
    out = io.StringIO(newline="")
    delimiter = draw(st.sampled_from(",\t;|"))
    if draw(st.booleans()):
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    else:
        csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().replace("\n", draw(st.sampled_from(("\n", "\r\n")))), values


def bare(value: str) -> str:
    return re.sub(r"[^\w@]", "", value)


ENCODINGS = st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030"))


def told(encoding: str, kind: str | None = None) -> MaskOptions:
    """Say that a file is GB18030, since a few rare characters are no proof of it, or that two lines are no table."""
    return MaskOptions(encoding=encoding if encoding == "gb18030" else None, format=kind)


calm = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(scope="module", params=["tokens", "agency"])
def masker(request: pytest.FixtureRequest, keyset: Keyset) -> Masker:
    """A masker of each policy that brings everything back."""
    return quick_masker(keyset, request.param)


@calm
@given(tables(), ENCODINGS)
def test_tables(masker: Masker, tmp_path: Path, table: tuple[str, list[str]], encoding: str) -> None:
    """A table of any surfaces comes back byte for byte, and shows none of its values."""
    text, values = table
    data = text.encode(encoding)
    trip = round_trip(masker, tmp_path, "a.csv", data, told(encoding))
    assert trip.restored == data
    assert not trip.unmask.left
    masked = trip.masked.decode(encoding)
    assert not [value for value in values if value in masked and len(bare(value)) > 4]


PIECES = st.sampled_from(
    (
        '"',
        '"',
        '""',
        " ",
        ",",
        "\n",
        "x",
        "王建国",
        "13800138000",
        '"138-0013-8000"',
        "上海市浦东新区世纪大道100号",
        "pn_",
    )
)
RAGGED = st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=5)


@calm
@given(RAGGED.map("\n".join))
def test_tables_of_odd_cells_and_rows(masker: Masker, tmp_path: Path, rows: str) -> None:
    """However a table is quoted and ragged, it comes back byte for byte, or is refused where it cannot."""
    data = f"姓名,手机号\n{rows}".encode()
    try:
        trip = round_trip(masker, tmp_path, "a.csv", data, MaskOptions(lenient=True))
    except InputError as error:
        if re.search("never closed|tokens stand beside", str(error)):
            return
        raise
    assert trip.restored == data
    assert b"13800138000" not in trip.masked


@calm
@given(st.lists(st.one_of(phones(), resident_ids(), cards(), mails(), AROUND), max_size=8), ENCODINGS)
def test_texts(masker: Masker, tmp_path: Path, parts: list[str], encoding: str) -> None:
    """Running text comes back byte for byte, whatever stands side by side."""
    data = "".join(parts).encode(encoding)
    trip = round_trip(masker, tmp_path, "a.txt", data, told(encoding, "text"))
    assert trip.restored == data
    assert not trip.unmask.left


SCALARS = st.one_of(
    phones(), resident_ids(), cards(), names(), AROUND, st.none(), st.booleans(), st.integers(), phones().map(bare)
)
KEYS = st.one_of(st.sampled_from(("name", "phone", "备注", "地址", "n")), phones())
RECORDS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=8,
)


@calm
@given(RECORDS, st.booleans(), st.sampled_from((None, 1, "\t")), st.sampled_from((13800138000, -1, 1.5)))
def test_json(
    masker: Masker, tmp_path: Path, record: object, escaped: bool, indent: int | str | None, number: float
) -> None:
    """JSON of any shape comes back byte for byte: escapes, spacing, numbers."""
    data = json.dumps({"r": record, "phone": number}, ensure_ascii=escaped, indent=indent).encode()
    trip = round_trip(masker, tmp_path, "a.json", data)
    assert trip.restored == data
    assert not trip.unmask.left
    json.loads(trip.masked)


@calm
@given(st.lists(RECORDS.map(lambda record: {"a": record}), max_size=3), st.booleans())
def test_jsonl(masker: Masker, tmp_path: Path, records: list[object], escaped: bool) -> None:
    """So does JSONL, line by line."""
    data = "".join(json.dumps(record, ensure_ascii=escaped) + "\r\n" for record in records).encode()
    trip = round_trip(masker, tmp_path, "a.jsonl", data)
    assert trip.restored == data
    assert len(trip.masked.splitlines()) == len(records)
