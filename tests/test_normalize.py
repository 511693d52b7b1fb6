"""Canonical values: for ever, so these tables may grow and never change."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.normalize import _PLAIN, FOLD, FOLD_HAN, WRAPS, are_canonical, canonical, has_form, is_canonical, unwrap

PHONES: dict[str, tuple[str, ...]] = {
    "13800138000": (
        *("138-0013-8000", "138 0013 8000", "138.0013.8000", "１３８００１３８０００", "１３８－００１３－８０００"),
        *('="13800138000"', "'13800138000", "\t13800138000", " 13800138000 ", "138\u200b00138000", "013800138000"),
        *("+8613800138000", "+86 138 0013 8000", "+86-13800138000", "(+86)13800138000", "（86）13800138000"),
        *("0086 13800138000", "008613800138000", "8613800138000", "86-138-0013-8000", "＋86 13800138000"),
        *("一三八00138000", "幺三八零零幺叁捌零零零", "壹叁捌00138000", "壹參捌00138000"),
        *("1\ufe0f\u20e33800138000", "①③⑧⓪⓪①③⑧⓪⓪⓪", "¹³⁸⁰⁰¹³⁸⁰⁰⁰", "1\u03363\u033680013\U000e00208000"),
        *("138&nbsp;0013&nbsp;8000", "%2B8613800138000", r"\u0031\u0033800138000", "&#49;&#51;&#x38;00138000"),
        *(
            "138~0013~8000",
            "138、0013、8000",
            "13800l38OOO",
            "幺三八洞洞幺三八洞洞洞",
            "+86+13800138000",
            "1380013\n8000",
        ),
    ),
    "13800138000-1234": ("13800138000转1234", "138-0013-8000-1234", "13800138000,1234"),
    "02131221234": (
        *("021-31221234", "(021)31221234", "（021）3122-1234", "021 3122 1234", "+86 21 31221234", "+86-021-31221234"),
        *("+86(0)21-31221234", "0086-21-31221234", "86-21-31221234", "８６２１３１２２１２３４"),
    ),
    "02131221234-158": (
        *("021-31221234-158", "021-31221234转158", "02131221234 ext. 158", "(021)31221234#158", "021-31221234分机158"),
        "＋86 21 31221234x158",
        *("021-31221234（转158）", "021-31221234转分机158", "021-31221234 分机号：158", "(0)21-31221234内线158"),
    ),
    "04318512345-6": ("0431-8512345-6",),
    "043185123456": ("0431-8512-3456", "0431 85123456"),
    "85123456": ("8512-3456",),
    "+85291234567": (
        *("00852-91234567", "852-91234567", "+852 9123 4567", "(852)91234567", "85291234567", "852-9123-4567"),
        "00852 9123 4567",
    ),
    "+85366123456": ("+853-6612-3456", "853-6612-3456"),
    "+886912345678": ("0912-345-678", "0912345678", "+886 912 345 678", "+8860912345678", "00886-912-345-678"),
    "+886223456789": ("886-2-23456789", "+886 (02) 2345-6789"),
    "+442079460958": ("+44 (0)20 7946 0958", "0044 20 7946 0958"),
    "+12025550123": ("+1 (202) 555-0123", "001-202-555-0123"),
    "+390669812345": ("+39 06 698 12345",),
    "+81312345678": ("+81-03-1234-5678",),
}

OTHERS: dict[str, dict[str, tuple[str, ...]]] = {
    "CN_RESIDENT_ID": {
        "11010119900101123X": (
            "11010119900101123x",
            "110101 19900101 123X",
            "１１０１０１１９９００１０１１２３Ｘ",
            "110101*19900101*123x",
        ),
        "110101900101123": ("110101-900101-123", '="110101900101123"'),
    },
    "BANK_CARD": {
        "6222021234567890123": ("6222 0212 3456 7890 123", "6222-0212-3456-7890-123", "6222~0212~3456~7890~123")
    },
    "CN_VEHICLE_REGISTRATION": {
        "沪A12345": ("沪A·12345", "沪A 12345", "沪a12345", "沪Ａ１２３４５", "沪A•12345", "沪A-12345"),
        "京AD12345": ("京A D12345",),
        "粤Z1234港": ("粤Z·1234港",),
    },
    "EMAIL_ADDRESS": {
        "Wang.Wu@qq.com": ("Wang.Wu@QQ.com", "Wang.Wu＠qq.com", "Wang.Wu@Qq.Com ", "Wang.Wu%40QQ.com", "Ⓦang.Wu@ⓠⓠ.com")
    },
    "PERSON": {
        "王建国": ("王　建国", "王 建 国", "王\u200b建国", '="王建国"', r"\u738b建\u56fd", "%E7%8E%8B建国"),
        "買買提·吐爾遜": ("買買提•吐爾遜", "買買提・吐爾遜", "買買提.吐爾遜", "買買提 · 吐爾遜", "買買提．吐爾遜"),
        "WangJianguo": ("Wang Jianguo", "Ｗａｎｇ　Jianguo"),
        "J.Smith": ("J. Smith",),
    },
    "CN_PASSPORT": {"E12345678": ("e12345678", "E 1234 5678")},
    "CN_TRAVEL_PERMIT": {"H123456701": ("H1234567(01)", "h1234567 01")},
    "CN_USCC": {"91310000MA1FL0XK2Q": ("91310000ma1fl0xk2q", "9131 0000 MA1F L0XK 2Q")},
    "QQ_NUMBER": {"12345678": ("１２３４５６７８", "1234 5678")},
    "MAC_ADDRESS": {"aa:bb:cc:dd:ee:0f": ("AA-BB-CC-DD-EE-0F", "aabb.ccdd.ee0f", "AABBCCDDEE0F")},
    "IP_ADDRESS": {"2001:db8::1": ("2001:DB8::1",), "10.0.0.1": ("１０.0.0.1",)},
    "BIRTH_DATE": {"1990-03-07": ("1990/3/7", "19900307", "1990年3月7日", "1990.03.07", "1990年03月07日")},
    "ADDRESS": {"上海市 浦东新区１号": ()},
    "AGE": {"35岁": ()},
    "WECHAT_ID": {"Wx_Id-1": ()},
}

TABLE = [
    (entity, value, surface)
    for entity, values in {"PHONE_NUMBER": PHONES, **OTHERS}.items()
    for value, surfaces in values.items()
    for surface in (value, *surfaces)
]


@pytest.mark.parametrize(("entity", "value", "surface"), TABLE)
def test_canonical(entity: str, value: str, surface: str) -> None:
    """Whatever a value looks like, its canonical form is one."""
    assert canonical(entity, surface) == value


@pytest.mark.parametrize(
    "surface",
    [
        *("", "95588", "400-800-8888", "13800138000abc", "138-0013-800", "无", "700123456789012", "9" * 100_000),
        *("2023,1,12", "二零二三、一、一二", "O21~3122~1234"),
    ],
)
def test_what_is_not_understood_is_its_own_value(surface: str) -> None:
    """A phone column may hold anything; what is no phone stays as it is."""
    assert canonical("PHONE_NUMBER", surface) == surface


@pytest.mark.parametrize("entity", ["CN_PASSPORT", "CN_TRAVEL_PERMIT", "CN_USCC", "QQ_NUMBER"])
def test_letters_are_digits_only_where_a_number_has_none(entity: str) -> None:
    """What may hold letters is not read as if its letters were digits."""
    assert canonical(entity, "HELLO, WORLD") == "HELLO, WORLD"


def test_digits_are_for_ever() -> None:
    """What is a digit depends on no version of Unicode: values written in any script join with every release."""
    table = "".join(f"{ord(digit):x}{char:x}" for char, digit in sorted(FOLD_HAN.items()))
    assert sha256(table.encode()).hexdigest() == "396d7f8ad98f07d6c977eea505dcfd2db466ce23d990b09bc1de84926c2584dc"


@given(st.sampled_from([*ENTITIES, *FIELD_ENTITIES, "STRANGE"]), st.text(max_size=30))
def test_total(entity: str, surface: str) -> None:
    """No text makes it raise, and only the empty one gives nothing."""
    assert bool(canonical(entity, surface)) == bool(surface)


@given(st.sampled_from(ENTITIES), st.text("0123456789X王李·", min_size=1, max_size=19))
def test_beyond_doubt_means_unchanged(entity: str, value: str) -> None:
    """What is called canonical without reading it is what reading it gives, alone and in a column."""
    if is_canonical(entity)(value) or are_canonical(entity, [value, value]):
        assert canonical(entity, value) == value


@pytest.mark.parametrize(
    "column",
    [
        ["13800138000", "１３８００１３８０００"],
        ["13800138000", "12800138000"],
        ["13800138000", "1380013800"],
        ["1380013800", "013800138000"],
    ],
)
def test_a_column_is_canonical_only_as_a_whole(column: list[str]) -> None:
    """One odd value, or two whose lengths make up for each other, and the column is read one by one."""
    assert are_canonical("PHONE_NUMBER", ["13800138000"] * 2)
    assert not are_canonical("PHONE_NUMBER", column)


def test_a_column_of_ids_may_end_in_x() -> None:
    """An X counts as canonical only where it is the check character."""
    assert are_canonical("CN_RESIDENT_ID", ["11010119900101123X", "110101199001011234"])
    assert not are_canonical("CN_RESIDENT_ID", ["1101011990010112X3", "110101199001011234"])


def test_folding_keeps_length() -> None:
    """Offsets in a folded text are offsets in the text."""
    for table in (FOLD, FOLD_HAN):
        assert all(len(char) == 1 for char in table.values())


def test_unwrap() -> None:
    """A wrapping is taken off only where something is inside."""
    assert [unwrap(before + "1" + after) for before, after in WRAPS] == [(k, "1") for k in range(len(WRAPS))]
    assert unwrap('=""') == (0, '=""')


@pytest.mark.parametrize("entity", sorted(_PLAIN))
def test_what_is_canonical_beyond_doubt_is(entity: str) -> None:
    """No value of such a form is changed by reading it."""

    @given(st.from_regex(_PLAIN[entity], fullmatch=True))
    def check(value: str) -> None:
        assert is_canonical(entity)(value)
        assert canonical(entity, value) == value

    check()


@pytest.mark.parametrize("entity", ["ADDRESS", "WECHAT_ID", "AGE"])
def test_values_without_a_form(entity: str) -> None:
    """What has no canonical form is its own."""
    assert not has_form(entity)
    assert canonical(entity, " %41 Ａ1 ") == " %41 Ａ1 "
    assert has_form("PERSON")
