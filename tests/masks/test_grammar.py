"""Where display masks stand in a text."""

import pytest

from maskkit.masks import find_masks, is_mask

FREE = [
    ("王**，电话138****5678", ["王**", "138****5678"]),
    ("客户王**138****5678", ["138****5678"]),
    ("身份证1101**********123X卡号6222 **** **** 0123。", ["1101**********123X", "6222 **** **** 0123"]),
    ("欧阳**、王**", ["欧阳**", "王**"]),
    ("住上海市浦东新区***要求面谈", ["上海市浦东新区***"]),
    ("邮箱u***@qq.com微信w***23", ["u***@qq.com", "w***23"]),
    ("王**138****5678", ["王**", "138****5678"]),
    ("186****0013186****4650", ["186****0013", "186****4650"]),
    ("010-****2129139****2247", ["010-****2129", "139****2247"]),
    ("电话138****5678(pn_k1abc)", ["138****5678"]),
    ("王**(ps_k1abc)来电", ["王**"]),
    ("车牌沪A***12的车", ["沪A***12"]),
    ("从192.168.*.*登录，2001:db8:*，00:1A:2B:**:**:**", ["192.168.*.*", "2001:db8:*", "00:1A:2B:**:**:**"]),
    ("<PERSON>的电话<PHONE_NUMBER>", ["<PERSON>", "<PHONE_NUMBER>"]),
    ("微信：hash_k2abcdefghijklmnopqrstuvwxyz", ["hash_k2abcdefghijklmnopqrstuvwxyz"]),
    ("卡号：***，", ["***"]),
    ("住双江拉祜族佤族布朗族傣族自治县***，在北京市***", ["双江拉祜族佤族布朗族傣族自治县***", "北京市***"]),
    ("邮箱u***@***，***@gmail.com。", ["u***@***", "***@gmail.com"]),
]

NONE = [
    "王**建国",
    "11010519491231002X**",
    "王***",
    "*王**建国",
    "买**·吐尔逊",
    "W**ang",
    "138****56789",
    "5138****5678",
    "138***5678",
    "138*****5678",
    "138****5678*",
    "1101**********12345",
    "6222 **** **** **** 0123",
    "6222 **** **** 01234",
    "192.168.*.*.1",
    "2001:db8:*:1",
    "f**k",
    "2*3*4=24",
    "**重点**",
    "**王建国**",
    "王建国**",
    "客户王**",
    "<p>***</p>"[3:5],
    "hash_k2abc",
    "<NAME>",
    "北京市王建国区***",
    "王建国县***",
    "上海市一三八零零一三八零零零族区***",
    "u***@13800138000.com",
    "***@wang.jianguo.com",
    "u***@qq.com.13800138000.cn",
    "u***@qq.company",
    "",
]


@pytest.mark.parametrize(("text", "expected"), FREE)
def test_find_masks(text: str, expected: list[str]) -> None:
    """Masks are found in running Chinese text, run together too, and nothing beside them."""
    assert [text[start:end] for start, end in find_masks(text)] == expected


@pytest.mark.parametrize("text", NONE)
def test_near_misses(text: str) -> None:
    """A mask with anything added, taken away or shown is none."""
    assert find_masks(text) == []
    assert not is_mask(text)


def test_find_masks_claims_no_name_before_an_address() -> None:
    """What stands before a masked address is not swallowed, whether or not the address begins with a known place."""
    for text in ("王建国住上海市浦东新区***", "王建国住朝阳区***", "王建国朝阳区***"):
        [(start, _)] = find_masks(text)
        assert start >= len("王建国")


@pytest.mark.parametrize(
    "text", ["王**李", "电话138****5678", "138****5678(x)", " 138****5678", "王**，李**", "*", "**", "****"]
)
def test_is_mask_wants_the_whole(text: str) -> None:
    """A text that holds a mask and something else is none itself."""
    assert not is_mask(text)


@pytest.mark.parametrize(
    "piece",
    [
        "*",
        "***",
        " ***",
        "王**",
        "138****5678",
        "上海市浦东新区***",
        "上海市",
        "区***",
        "东城区" * 15 + "区***",
        "****@",
        "***@a.",
        "a.",
        "<",
        "hash_",
        "1",
        ":*",
        "0:",
    ],
)
def test_hostile_texts(piece: str) -> None:
    """After a megabyte of any beginning of a mask one is still found; what is not linear would take hours."""
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000] + "，138****5678"
    last = (len(text) - 11, len(text))
    assert find_masks(text)[-1:] == [last]
