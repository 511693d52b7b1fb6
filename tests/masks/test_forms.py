"""What each entity's display mask shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit.masks import COMPOUND_SURNAMES, FULL, birth_year, display, find_masks, is_mask
from maskkit.model import ENTITIES, FIELD_ENTITIES

FORMS = [
    ("PHONE_NUMBER", "13812345678", "138****5678"),
    ("PHONE_NUMBER", "13812345678-158", "138****5678"),
    ("PHONE_NUMBER", "01062213911", "010-****3911"),
    ("PHONE_NUMBER", "075588861234", "0755-****1234"),
    ("PHONE_NUMBER", "07712345678", "0771-****678"),
    ("PHONE_NUMBER", "01062213911-158", "010-****3911"),
    ("PHONE_NUMBER", "62213911", "****3911"),
    ("PHONE_NUMBER", "+85291234567", "+852 ****4567"),
    ("PHONE_NUMBER", "+85328881234", "+853 ****1234"),
    ("PHONE_NUMBER", "+886912345678", "+886 ****5678"),
    ("PHONE_NUMBER", "+14155552671", "+1 ****2671"),
    ("PHONE_NUMBER", "700123456789012", FULL),
    ("PHONE_NUMBER", "95588", FULL),
    ("PHONE_NUMBER", "本人拒接，见备注", FULL),
    ("CN_RESIDENT_ID", "110101199003071234", "1101**********1234"),
    ("CN_RESIDENT_ID", "11010119900307123X", "1101**********123X"),
    ("CN_RESIDENT_ID", "110101900307123", "1101**********7123"),
    ("CN_RESIDENT_ID", "810000199003071234", "8100**********1234"),
    ("CN_RESIDENT_ID", "1101011990030712", FULL),
    ("BANK_CARD", "6222021234560123", "6222 **** **** 0123"),
    ("BANK_CARD", "6222021234567890123", "6222 **** **** 0123"),
    ("BANK_CARD", "4000000000012", "4000 **** **** 0012"),
    ("BANK_CARD", "622202123456", FULL),
    ("PERSON", "王建国", "王**"),
    ("PERSON", "王伟", "王**"),
    ("PERSON", "欧阳娜娜", "欧阳**"),
    ("PERSON", "歐陽鋒", "歐陽**"),
    ("PERSON", "买买提·吐尔逊", "买**"),
    ("PERSON", "Wang Jianguo", "W**"),
    ("PERSON", "𠮷田", "𠮷**"),
    ("PERSON", "王", FULL),
    ("PERSON", "欧阳", FULL),
    ("PERSON", "联系不上，换了号码", FULL),
    ("EMAIL_ADDRESS", "user@qq.com", "u***@qq.com"),
    ("EMAIL_ADDRESS", "li.si@vip.sina.com", "l***@vip.sina.com"),
    ("EMAIL_ADDRESS", "li.si@mail.bank.com.cn", "l***@***"),
    ("EMAIL_ADDRESS", "a@13800138000.com", "***@***"),
    ("EMAIL_ADDRESS", "u@qq.com", "***@qq.com"),
    ("EMAIL_ADDRESS", "没有", FULL),
    ("ADDRESS", "上海市浦东新区世纪大道100号5幢402室", "上海市浦东新区***"),
    ("ADDRESS", "朝阳区建国路88号", "朝阳区***"),
    ("ADDRESS", "世纪大道100号", FULL),
    ("ADDRESS", "北京市王小明区张三", "北京市***"),
    ("ADDRESS", "王建国县长家", FULL),
    ("CN_VEHICLE_REGISTRATION", "沪A12312", "沪A***12"),
    ("CN_VEHICLE_REGISTRATION", "沪AD12345", "沪A***45"),
    ("CN_VEHICLE_REGISTRATION", "粤Z1234港", "粤Z***4港"),
    ("CN_VEHICLE_REGISTRATION", "无车", FULL),
    ("CN_PASSPORT", "E12345678", "E****5678"),
    ("CN_PASSPORT", "EA1234567", "E****4567"),
    ("CN_TRAVEL_PERMIT", "H1234567801", "H****7801"),
    ("CN_TRAVEL_PERMIT", "12345678", "****5678"),
    ("CN_USCC", "91310000MA1FL1234X", "9131**********234X"),
    ("WECHAT_ID", "wxid_abc123", "w***23"),
    ("WECHAT_ID", "abcde", FULL),
    ("QQ_NUMBER", "123456789", "1***89"),
    ("QQ_NUMBER", "12345", FULL),
    ("IP_ADDRESS", "192.168.1.20", "192.168.*.*"),
    ("IP_ADDRESS", "2001:db8::1", "2001:db8:*"),
    ("IP_ADDRESS", "300.1.1.1", FULL),
    ("MAC_ADDRESS", "00:1A:2B:3C:4D:5E", "00:1A:2B:**:**:**"),
    ("MAC_ADDRESS", "001a-2b3c-4d5e", "00:1a:2b:**:**:**"),
    ("BIRTH_DATE", "1990-03-07", "1990-**-**"),
    ("BIRTH_DATE", "不详", FULL),
    ("AGE", "35", FULL),
]


@pytest.mark.parametrize(("entity", "value", "expected"), FORMS)
def test_display(entity: str, value: str, expected: str) -> None:
    """A value shows what its convention shows, and nothing where it has not its entity's shape or is too short."""
    assert display(entity, value) == expected


def test_every_entity_has_a_form() -> None:
    """Each entity of the model is shown in a form of its own or of a kind, AGE alone always in full stars."""
    shown = {entity for entity, _, form in FORMS if form != FULL}
    assert shown | {"AGE"} == {*ENTITIES, *FIELD_ENTITIES}


@pytest.mark.parametrize(("entity", "value", "expected"), FORMS)
def test_display_is_a_mask(entity: str, value: str, expected: str) -> None:
    """Every form that is written is recognised, alone and between punctuation, and stays as it is when shown again."""
    del value
    assert is_mask(expected)
    assert find_masks(expected) == [(0, len(expected))]
    assert find_masks(f"：{expected}，") == [(1, 1 + len(expected))]
    assert display(entity, expected) in (expected, FULL)


@given(st.sampled_from([*ENTITIES, *FIELD_ENTITIES]), st.text(max_size=40))
def test_display_is_total(entity: str, value: str) -> None:
    """Whatever comes in, a mask comes out that detection recognises."""
    assert is_mask(display(entity, value))


@given(
    st.sampled_from([e for e in ENTITIES if e != "ADDRESS"]), st.from_regex(r"[0-9A-Za-z+·.:@_-]{1,30}", fullmatch=True)
)
def test_display_hides(entity: str, value: str) -> None:
    """Of a value without Han characters at least two characters are gone, and no form shows it whole."""
    shown = display(entity, value)
    assert value not in shown
    assert sum(c not in "*+-: " for c in shown.split("@")[0]) <= max(0, len(value.split("@")[0]) - 1)


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("1990-03-07", "1990"),
        ("1990/3/7", "1990"),
        ("1990.3", "1990"),
        ("19900307", "1990"),
        ("1990年3月7日", "1990"),
        ("1990年", "1990"),
        ("1990", "1990"),
        ("1990-3-7 0:00:00", "1990"),
        ("1990-03-07T00:00:00.000", "1990"),
        ("1990-13-01", None),
        ("1990-02-30", None),
        ("1990-3/7", None),
        ("07/03/1990", None),
        ("90-03-07", None),
        ("9999-01-01", None),
        ("0001-01-01", None),
        ("32939", None),
        ("", None),
    ],
)
def test_birth_year(value: str, year: str | None) -> None:
    """A date gives its year in the ways in which Chinese files write it; what is no date gives none."""
    assert birth_year(value) == year


def test_compound_surnames_are_pairs() -> None:
    """Each compound surname has two characters, as the forms and their grammar take for granted."""
    assert {len(surname) for surname in COMPOUND_SURNAMES} == {2}
