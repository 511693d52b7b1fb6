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
        ("PHONE_NUMBER", "13800138000", "138 - 0013 - 8000"),
        ("PHONE_NUMBER", "13800138000", "2026-01-02 138/0013/8000 12:30"),
        ("PHONE_NUMBER", "13800138000", "(138)0013~8000"),
        ("PHONE_NUMBER", "13800138000", "8613800138000,"),
        ("PHONE_NUMBER", "13800138000", "0086-138 0013 8000"),
        ("PHONE_NUMBER", "13800138000", "013800138000"),
        ("PHONE_NUMBER", "13800138000", "13800138000.0"),
        ("PHONE_NUMBER", "13800138000", "打一三八零零一三八零零零找他"),
        ("PHONE_NUMBER", "13800138000", "幺三8零零1叁捌000一直打不通"),
        ("PHONE_NUMBER", "13800138000", "①③⑧⓪⓪①③⑧⓪⓪⓪ 1️⃣"),
        ("PHONE_NUMBER", "13800138000", "138\u200b0013\u200b8000"),
        ("PHONE_NUMBER", "13800138000", r'{"a":"\u0031\u0033\u003800138000"}'),
        ("PHONE_NUMBER", "13800138000", "&#49;&#51;&#56;00138000;%31"),
        ("PHONE_NUMBER", "13800138000转12", "13800138000"),
        ("PHONE_NUMBER", "+852 91234567", "00852 9123 4567"),
        ("PHONE_NUMBER", "+852 91234567", "0085291234567"),
        ("PHONE_NUMBER", "85291234567", "(852) 9123-4567"),
        ("PHONE_NUMBER", "+44 20 7946 0958", "0044 2079460958"),
        ("PHONE_NUMBER", "+44 20 7946 0958", "00442079460958"),
        ("PHONE_NUMBER", "0912-345-678", "+886 912 345 678"),
        ("PHONE_NUMBER", "+886912345678", "0912345678"),
        ("PHONE_NUMBER", "021-31221234", "(021)31221234"),
        ("PHONE_NUMBER", "021-31221234", "021-31221234转158"),
        ("PHONE_NUMBER", "021-31221234转158", "02131221234"),
        ("PHONE_NUMBER", "021-31221234", "+86 21 3122 1234"),
        ("PHONE_NUMBER", "021-31221234", "+862131221234"),
        ("PHONE_NUMBER", "021-31221234", "+86(0)21-31221234"),
        ("PHONE_NUMBER", "63622121", "电话6362-2121"),
        ("CN_RESIDENT_ID", "11010519491231002X", "110105-19491231-002x"),
        ("CN_RESIDENT_ID", "11010519491231002X", "110105 1949 1231 002 X。"),
        ("CN_RESIDENT_ID", "11010519491231002X", "１１０１０５１９４９１２３１００２Ｘ"),
        ("CN_RESIDENT_ID", "110101900307451", "110101 900307 451"),
        ("BANK_CARD", "6222020000000000004", "6222/0200/0000/0000/004"),
        ("EMAIL_ADDRESS", "zhang.san@qq.com", "发到zhang.san@qq.com. 谢谢"),
        ("EMAIL_ADDRESS", "zhang.san@qq.com", "-zhang.san@qq.com..."),
        ("EMAIL_ADDRESS", "zhang.san@qq.com", "zhang.san%40qq.com"),
        ("EMAIL_ADDRESS", "zhang.san@qq.com", "ｚｈａｎｇ.ｓａｎ＠ｑｑ．ｃｏｍ"),
        ("CN_VEHICLE_REGISTRATION", "京A12345", "京 A·12345"),
        ("CN_VEHICLE_REGISTRATION", "京A12345", "苏州京a-12345学员"),
        ("CN_VEHICLE_REGISTRATION", "粤Z1234港", "粤Z·1234港入境"),
        ("CN_VEHICLE_REGISTRATION", "京AD12345", "京A D12345"),
        ("CN_PASSPORT", "E12345678", "E 1234 5678"),
        ("CN_TRAVEL_PERMIT", "H1234567801", "H12345678(01)"),
        ("CN_USCC", "91350100M000100Y43", "9135 0100 M000 100Y 43"),
        ("MAC_ADDRESS", "00:1a:2b:3c:4d:5e", "001A.2B3C.4D5E"),
        ("MAC_ADDRESS", "00:1a:2b:3c:4d:5e", "00 1A 2B 3C 4D 5E"),
        ("IP_ADDRESS", "192.168.1.20", "IP192.168.1.20."),
        ("IP_ADDRESS", "192.168.1.20", "http://192.168.1.20:8080/"),
        ("IP_ADDRESS", "2001:db8::8a2e", "2001:DB8::8A2E, "),
        ("WECHAT_ID", "wxid_abc123", "微信WXID_abc123。"),
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
        ("CN_PASSPORT", "E12345678", "KE12345678"),
        ("PHONE_NUMBER", "13800138000", "13800138000.50"),
        ("PHONE_NUMBER", "13800138000", "1380013800013900139000"),
        ("PHONE_NUMBER", "13800138000", "138，0013，8000"),
        ("PHONE_NUMBER", "63622121", "63622121.50 1-63622121"),
        ("PHONE_NUMBER", "20240101", "2024-01-01"),
        ("QQ_NUMBER", "12345", "12345"),
        ("WECHAT_ID", "12345678", "12345678.50"),
        ("WECHAT_ID", "yes", "yes"),
        ("PHONE_NUMBER", "callback later", "callback later"),
        ("EMAIL_ADDRESS", "shanghai", "shanghai"),
        ("BANK_CARD", "6.22202E+18", "6.22202E+18"),
        ("IP_ADDRESS", "1234567", "1234567"),
        ("CN_RESIDENT_ID", "未提供证件号码", "未提供证件号码"),
        ("BANK_CARD", "6222020000000000004", "6222 **** **** 0004"),
        ("EMAIL_ADDRESS", "li@qq.com", "zhang.li@qq.com"),
        ("IP_ADDRESS", "10.0.0.12", "10.0.0.123"),
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


@pytest.mark.parametrize("before", [0, 2030, 2047, 2048, 2049, 4096, 5000])
def test_a_cut_makes_no_value(before: int) -> None:
    """What begins or ends where the output is cut, and goes on beyond it, is no value; nor does it hide one."""
    leaks = LeakCheck()
    leaks.remember("PHONE_NUMBER", ["13800138000"])
    longer, value = "9" * before + "13800138000" + "9" * 30, "。" * before + "13800138000" + "。" * 30
    for cut in (*range(before - 20, before + 20), *range(before + 2030, before + 2060)):
        assert leaks.search([longer[: max(cut, 0)], longer[max(cut, 0) :]]) == 0
        assert leaks.search([value[: max(cut, 0)], value[max(cut, 0) :]]) == 1


def test_an_ordinary_file_raises_no_alarm() -> None:
    """Amounts, dates, case and order numbers that share no value with what was masked are none of it."""
    leaks = LeakCheck()
    leaks.remember("PHONE_NUMBER", [f"138{n:08}" for n in range(0, 100_000, 7)])
    leaks.remember("PHONE_NUMBER", [str(20_240_101 + n) for n in range(300)])
    leaks.remember("CN_PASSPORT", [f"E{n:08}" for n in range(0, 100_000, 3)])
    rows = [
        f"A{n:08},2024-01-{n % 28 + 1:02},{n * 13}.{n % 100:02},DD20240101{n:08},{n}期,2024/01/02 12:30:{n % 60:02}\n"
        for n in range(5_000)
    ]
    assert leaks.search(["".join(rows)]) == 0


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
