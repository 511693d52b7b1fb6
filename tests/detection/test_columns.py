"""What a column holds, and where the PII is in each of its cells."""

from __future__ import annotations

import pytest

from maskkit import masks
from maskkit.detection import columns
from maskkit.detection.detector import build_detector
from maskkit.tokens import find_spans

DETECTOR = build_detector()


@pytest.mark.parametrize(
    ("header", "entity"),
    [
        ("姓名", "PERSON"),
        ("客户姓名", "PERSON"),
        ("手机号", "PHONE_NUMBER"),
        ("*手机号码（必填）", "PHONE_NUMBER"),
        ("联系人1电话", "PHONE_NUMBER"),
        ("联系人2_手机号", "PHONE_NUMBER"),
        ("mobileNo", "PHONE_NUMBER"),
        ("spouse_mobile_no", "PHONE_NUMBER"),
        ("身份证号", "CN_RESIDENT_ID"),
        ("证件号码", "CN_RESIDENT_ID"),
        ("ID_NO", "CN_RESIDENT_ID"),
        ("还款卡号", "BANK_CARD"),
        ("卡号", "BANK_CARD"),
        ("户籍地址", "ADDRESS"),
        ("单位地址", "ADDRESS"),
        ("Home Address", "ADDRESS"),
        ("邮箱", "EMAIL_ADDRESS"),
        ("车牌号", "CN_VEHICLE_REGISTRATION"),
        ("微信号", "WECHAT_ID"),
        ("QQ", "QQ_NUMBER"),
        ("BIRTH_DATE", "BIRTH_DATE"),
        ("出生日期", "BIRTH_DATE"),
        ("AGE", "AGE"),
        ("催收记录", None),
        ("remark", None),
        ("手机备注", None),
    ],
)
def test_by_header(header: str, entity: str | None) -> None:
    """A header decides without any cells, however it is written."""
    assert columns.guess_entity(header, [], DETECTOR) == (entity, "header")
    assert columns.known_header(header)


@pytest.mark.parametrize("header", ["案件编号", "hotel", "逾期天数", "x", "phone_type", ""])
def test_unknown_header(header: str) -> None:
    """A header that no rule names makes a column of text."""
    assert columns.guess_entity(header, [], DETECTOR) == (None, "text")
    assert not columns.known_header(header)


@pytest.mark.parametrize("header", ["(" * 200_000, "a1" * 100_000, "联系1" * 60_000 + "电话", "a" * 200_000])
def test_a_hostile_header(header: str) -> None:
    """A heading as long as a book names nothing, and is not read to its end to say so."""
    assert columns.guess_entity(header, [], DETECTOR) == (None, "text")
    assert not columns.known_header(header)


def test_a_header_with_its_instructions() -> None:
    """A heading of ordinary length is read whole, brackets left out."""
    assert columns.known_header("手机号码（必填，" + "请填写本人实名登记的十一位手机号码，" * 8 + "）")


@pytest.mark.parametrize(
    ("header", "cells", "guess"),
    [
        ("x", ["13800138000", "无", "13900139000"], ("PHONE_NUMBER", "sample")),
        (None, ["13800138000", "-", ""], ("PHONE_NUMBER", "sample")),
        ("联系方式", ["a@b.com", "c@d.cn"], ("EMAIL_ADDRESS", "sample")),
        ("联系方式", ["13800138000", "无"], ("PHONE_NUMBER", "sample")),
        ("证件号", ["无", ""], ("CN_RESIDENT_ID", "header")),
        ("手机号", ["11010519491231002X"] * 3, ("CN_RESIDENT_ID", "sample")),
        ("手机号", ["13800138000", "11010519491231002X"], ("PHONE_NUMBER", "header")),
        ("备注", ["13800138000"] * 5, (None, "header")),
        ("字段", ["王建国", "李秀英", "张伟", "赵敏"], ("PERSON", "sample")),
        ("字段", ["王建国", "李秀英"], (None, "text")),
        ("状态", ["关机", "停机", "高风险", "白户"], (None, "text")),
        ("城市", ["石家庄", "武汉", "张家口", "温州"], (None, "text")),
        ("x", ["13800138000", "客户称还款", "无法接通", "停机"], (None, "text")),
    ],
)
def test_by_sample(header: str | None, cells: list[str], guess: tuple[str | None, str]) -> None:
    """Where the header says nothing or little, most cells that hold something decide; names need several rows."""
    assert columns.guess_entity(header, cells, DETECTOR) == guess


@pytest.mark.parametrize("cell", ["", " ", "无", "-", "empty", "N/A", "NULL", "未知", "暂无", "\t", "'", "--", " 无 "])
def test_placeholder(cell: str) -> None:
    """Cells that hold nothing are known, whatever their case."""
    assert columns.is_placeholder(cell)
    for entity in ("PHONE_NUMBER", "PERSON", "BIRTH_DATE", "AGE"):
        assert columns.match_cells(entity, [cell], DETECTOR) == [None]
    assert not columns.is_placeholder("13800138000")


def pieces(entity: str, cell: str) -> list[tuple[str, str]] | None:
    [spans] = columns.match_cells(entity, [cell], DETECTOR)
    return None if spans is None else [(cell[span.start : span.end], span.entity) for span in spans]


@pytest.mark.parametrize(
    ("entity", "cell", "whole"),
    [
        ("PHONE_NUMBER", "13800138000", "13800138000"),
        ("PHONE_NUMBER", "138-0013-8000", "138-0013-8000"),
        ("PHONE_NUMBER", "\t13800138000", "13800138000"),
        ("PHONE_NUMBER", " '13800138000 ", "13800138000"),
        ("PHONE_NUMBER", '="13800138000"', '="13800138000"'),
        ("PHONE_NUMBER", "１３８００１３８０００", "１３８００１３８０００"),
        ("PHONE_NUMBER", "1380013800", "1380013800"),
        ("PHONE_NUMBER", "1.38001E+10", "1.38001E+10"),
        ("CN_RESIDENT_ID", "110101199003071234", "110101199003071234"),
        ("CN_RESIDENT_ID", "\t11010119900307123x", "11010119900307123x"),
        ("CN_RESIDENT_ID", "军官证1234567", "军官证1234567"),
        ("BANK_CARD", "6222 0212 3456 7890", "6222 0212 3456 7890"),
        ("PERSON", "王建国", "王建国"),
        ("PERSON", "王　伟", "王　伟"),
        ("PERSON", "古丽娜尔·阿不都热西提", "古丽娜尔·阿不都热西提"),
        ("PERSON", "John Smith", "John Smith"),
        ("PERSON", "某某有限公司", "某某有限公司"),
        ("ADDRESS", "北京市朝阳区建国路26号", "北京市朝阳区建国路26号"),
        ("ADDRESS", "村东头第二家", "村东头第二家"),
        ("BIRTH_DATE", "1990年1月1日", "1990年1月1日"),
        ("AGE", "35", "35"),
    ],
)
def test_whole_cell(entity: str, cell: str, whole: str) -> None:
    """A value, and anything that is not understood, is one finding without what Excel puts around it."""
    assert pieces(entity, cell) == [(whole, entity)]


@pytest.mark.parametrize(
    ("entity", "cell", "found"),
    [
        ("PHONE_NUMBER", "13800138000/13900139000", ["13800138000", "13900139000"]),
        ("PHONE_NUMBER", "13800138000(妻子)", ["13800138000"]),
        ("PERSON", "王建国（妻子）", ["王建国"]),
        ("PERSON", "王建国(于乐乐)", ["王建国", "于乐乐"]),
        ("EMAIL_ADDRESS", "a@b.com;c@d.com", ["a@b.com", "c@d.com"]),
    ],
)
def test_scanned_cell(entity: str, cell: str, found: list[str]) -> None:
    """A cell with several values or a remark is masked where they stand."""
    assert pieces(entity, cell) == [(value, entity) for value in found]


@pytest.mark.parametrize(
    ("entity", "cell"),
    [("PHONE_NUMBER", "13800138000, 8001380"), ("PERSON", "王建国(安全)"), ("PHONE_NUMBER", "700013800138000")],
)
def test_suspicious_rest(entity: str, cell: str) -> None:
    """Where the findings would leave digits or another name standing, the whole cell is masked."""
    assert pieces(entity, cell) == [(cell, entity)]


@pytest.mark.parametrize(
    ("entity", "cell"),
    [
        ("PHONE_NUMBER", "700123456789012"),
        ("PHONE_NUMBER", masks.display("PHONE_NUMBER", "13800138000")),
        ("PERSON", masks.display("PERSON", "王建国")),
        ("PERSON", "未知"),
    ],
)
def test_left_alone(entity: str, cell: str) -> None:
    """Number-protection numbers among phones, display masks and placeholders stay."""
    assert pieces(entity, cell) is None


@pytest.mark.parametrize("rest", ["", " 已核实"])
def test_token_left_alone(rest: str) -> None:
    """A token is never masked again; a number beside it is."""
    token = "pn_a25vtk" + "a" * 27
    assert find_spans(token) == [(0, len(token))]
    assert pieces("PHONE_NUMBER", token + rest) is None
    assert pieces("PHONE_NUMBER", f"{token} 13800138000") == [("13800138000", "PHONE_NUMBER")]


def test_equal_cells() -> None:
    """Each cell gets its own answer, in order."""
    cells = ["13800138000", "无", "x13800138000", "无", "13800138000", "x13800138000"]
    found = columns.match_cells("PHONE_NUMBER", cells, DETECTOR)
    assert found[:3] == [found[4], found[3], found[5]]


@pytest.mark.parametrize(
    ("cell", "destroyed"), [("1.10101E+17", True), ("6.22e18", True), ("1.5", False), ("E10", False)]
)
def test_destroyed(cell: str, destroyed: bool) -> None:
    """A number in scientific notation has lost its digits."""
    assert columns.destroyed_by_excel(cell) is destroyed


@pytest.mark.parametrize(
    ("first", "rows", "header"),
    [
        (["姓名", "电话"], [["王建国", "13800138000"]], True),
        (["王建国", "13800138000"], [["李秀英", "13900139000"]], False),
        (["张三", "北京"], [["李四", "上海"], ["王五", "上海"]], False),
        (["a", "b"], [["1", "2"]], True),
        (["1", "2"], [["3", "4"]], False),
        (["案件编号", "金额"], [["HT1", "5600"]], True),
    ],
)
def test_has_header(first: list[str], rows: list[list[str]], header: bool) -> None:
    """A first row that holds PII or numbers names no columns."""
    assert columns.has_header(first, rows, DETECTOR) is header


def test_canonical_column() -> None:
    """Every cell of a long column of canonical phones is one whole value."""
    values = [str(13800000000 + i) for i in range(100_000)]
    found = columns.match_cells("PHONE_NUMBER", values, DETECTOR)
    assert all(spans and spans[0].end == 11 for spans in found)


@pytest.mark.parametrize(
    ("cell", "entity"),
    [
        ("1.10101E+17", "CN_RESIDENT_ID"),
        ("6.22202E+18", "BANK_CARD"),
        ("\t6.22202E+18", "BANK_CARD"),
        ("2.02401E+14", "BANK_CARD"),
        ("1.38E+10", "PHONE_NUMBER"),
        ("1.38E+12", None),
        ("1.2E+10", None),
        ("1.5E-17", None),
        ("共2.02401E+17", None),
    ],
)
def test_destroyed_cells(cell: str, entity: str | None) -> None:
    """A cell that is a long number which a spreadsheet rounded is found in a column of texts, and names one of them."""
    assert [span.entity for span in DETECTOR.detect(cell)] == ([entity] if entity else [])
    assert columns.guess_entity("备用1", [cell] * 9, DETECTOR).entity == entity
