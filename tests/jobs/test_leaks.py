"""The search for masked values in an output."""

from __future__ import annotations

import pytest

from maskkit.jobs.leaks import LeakCheck


def hits(entity: str, value: str, *texts: str) -> int:
    leaks = LeakCheck()
    leaks.remember(entity, [value])
    return leaks.search(texts)


@pytest.mark.parametrize(
    ("entity", "value", "text"),
    [
        ("PHONE_NUMBER", "13800138000", "电话13800138000说"),
        ("PHONE_NUMBER", "138 0013 8000", "13800138000"),
        ("PHONE_NUMBER", "13800138000", "138-0013-8000,1"),
        ("PHONE_NUMBER", "13800138000", "１３８００１３８０００"),
        ("PHONE_NUMBER", "13800138000", "+86 138.0013.8000"),
        ("PHONE_NUMBER", "13800138000", "008613800138000"),
        ("PHONE_NUMBER", "+8613800138000", "x13800138000"),
        ("PHONE_NUMBER", "010-62222222", "01062222222"),
        ("CN_RESIDENT_ID", "11010519491231002x", "身份证11010519491231002X"),
        ("CN_RESIDENT_ID", "110101199003074514", "110101 19900307 4514"),
        ("BANK_CARD", "6222020000000000004", "6222 0200 0000 0000 004"),
        ("EMAIL_ADDRESS", "zhang.san@QQ.com", "mail:zhang.san@qq.com;"),
        ("CN_VEHICLE_REGISTRATION", "京A·12345", "车牌京A12345停"),
        ("CN_PASSPORT", "E12345678", "护照e12345678"),
    ],
)
def test_found(entity: str, value: str, text: str) -> None:
    """A masked value is found whatever its surface is there."""
    assert hits(entity, value, text) == 1


@pytest.mark.parametrize(
    ("entity", "value", "text"),
    [
        ("PHONE_NUMBER", "13800138000", "订单2013800138000"),
        ("PHONE_NUMBER", "13800138000", "138****8000(pn_k2ab2cdefgh)"),
        ("PHONE_NUMBER", "13800138000", "13800138001"),
        ("PERSON", "王建国", "王建国"),
        ("CN_PASSPORT", "E12345678", "E123456789"),
    ],
)
def test_not_found(entity: str, value: str, text: str) -> None:
    """Part of a longer number, a display form, and what has no form that could be searched are no hits."""
    assert hits(entity, value, text) == 0


def test_each_value_counts_once() -> None:
    """The count is of different values, however often and in whatever form they stand there."""
    leaks = LeakCheck()
    leaks.remember("PHONE_NUMBER", ["13800138000", "13900139000"])
    leaks.remember("EMAIL_ADDRESS", ["a.b@qq.com"])
    assert leaks.search(["13800138000 13800138000,138 0013 8000\n", "a.b@qq.com"]) == 2


def test_a_value_cut_by_blocks_is_found() -> None:
    """Wherever the output is cut into blocks, the count is that of the whole."""
    text = "备注,电话13800138000。卡6222020000000000004\n京A12345,x@y.cn"
    leaks = LeakCheck()
    leaks.remember("PHONE_NUMBER", ["13800138000"])
    leaks.remember("BANK_CARD", ["6222020000000000004"])
    leaks.remember("CN_VEHICLE_REGISTRATION", ["京A12345"])
    assert leaks.search([text]) == 3
    for cut in range(len(text)):
        assert leaks.search([text[:cut], text[cut:]]) == 3
    assert leaks.search(text) == 3


def test_network_and_chat_values_are_searched() -> None:
    """An address of a machine or a chat account that was masked is found in an output like a phone."""
    check = LeakCheck()
    check.remember("MAC_ADDRESS", ["00:1A:2B:3C:4D:5E"])
    check.remember("IP_ADDRESS", ["192.168.1.20", "2001:db8::ff00:42:8329"])
    check.remember("WECHAT_ID", ["wxid_abc123"])
    check.remember("QQ_NUMBER", ["987654321"])
    text = "网卡00:1a:2b:3c:4d:5e，自192.168.1.20与2001:db8::ff00:42:8329，wxid_abc123，扣987654321。"
    assert check.search([text]) == 5
    assert check.search(["网卡00:1a:2b:3c:4d:5f，自192.168.1.201，wxid_abc1234，扣9876543210。"]) == 0
