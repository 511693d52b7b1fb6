"""Records: the same shape, masked."""

from __future__ import annotations

from collections import namedtuple
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from filejobs import quick_masker

from maskkit import InputError, Keyset, Masker, PolicyError

PHONE = "13800138000"


@pytest.fixture(scope="module")
def display(keyset: Keyset) -> Masker:
    return quick_masker(keyset, "display")


@pytest.fixture(scope="module")
def agency(keyset: Keyset) -> Masker:
    return quick_masker(keyset, "agency")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"name": "王建国", "contact": [{"phone": PHONE}]}, {"name": "王**", "contact": [{"phone": "138****8000"}]}),
        (
            {"phone": 13800138000, "n": 5, "ok": True, "x": None},
            {"phone": "138****8000", "n": 5, "ok": True, "x": None},
        ),
        ({"phone": 13800138000.0}, {"phone": "138****8000"}),
        ({"phone": "无", "mobile": ""}, {"phone": "无", "mobile": ""}),
        ({"phones": [PHONE, None, "13900139000"]}, {"phones": ["138****8000", None, "139****9000"]}),
        ({PHONE: {"备注": "x"}, 13900139000: 1}, {"138****8000": {"备注": "x"}, "139****9000": 1}),
        ({1: "a", None: "b", False: "c"}, {1: "a", None: "b", False: "c"}),
        ([PHONE, [PHONE]], ["138****8000", ["138****8000"]]),
        ((PHONE, 1), ("138****8000", 1)),
        (f"打{PHONE}", "打138****8000"),
        (13800138000, "138****8000"),
        (None, None),
        ({}, {}),
        ([], []),
        ({"amount": Decimal("5.50"), "day": date(2026, 1, 2)}, {"amount": Decimal("5.50"), "day": date(2026, 1, 2)}),
    ],
)
def test_the_shape_stays(display: Masker, record: Any, expected: Any) -> None:
    """Dicts, lists, tuples, numbers, booleans and None keep their places; what holds nothing keeps its type."""
    masked = display.record(record)
    assert masked == expected
    assert type(masked) is type(expected)


def test_a_named_tuple_stays_one(display: Masker) -> None:
    """A named tuple comes out with its fields."""
    person = namedtuple("person", "phone age")
    assert display.record(person(PHONE, 3)) == person("138****8000", 3)


def test_the_input_is_not_changed(display: Masker) -> None:
    """The record that came in is as it was."""
    record = {"phone": PHONE, "more": [{"note": PHONE}]}
    display.record(record)
    assert record == {"phone": PHONE, "more": [{"note": PHONE}]}


def test_typed_fields_are_known_in_the_texts_of_the_record(display: Masker) -> None:
    """A name that no model would find in the remark is found since a field says it; only in its own record."""
    record = {"remark": "欧阳铁蛋说好，铁蛋他妈也在", "borrower": {"name": "欧阳铁蛋"}}
    assert display.record(record)["remark"] == "欧阳**说好，铁蛋他妈也在"
    assert display.record({"remark": "欧阳铁蛋说好"})["remark"] == "欧阳铁蛋说好"


def test_the_elements_of_a_list_are_records(display: Masker) -> None:
    """As in a JSON file, what one element of the outermost list holds is nothing to the next."""
    record = [{"name": "欧阳铁蛋", "remark": "欧阳铁蛋说好"}, {"remark": "欧阳铁蛋说好"}]
    assert [item["remark"] for item in display.record(record)] == ["欧阳**说好", "欧阳铁蛋说好"]
    assert [item["remark"] for item in display.record({"data": record})["data"]] == ["欧阳**说好"] * 2


def test_many_known_values_cost_no_more_than_their_texts(display: Masker) -> None:
    """A record with thousands of names and remarks is masked by looking once at each remark."""
    names = [f"{a}{b}{c}" for a in "赵钱孙李周吴郑王" for b in "铁石铜金银" * 5 for c in "蛋柱牛锁根" * 5]
    record = {"data": [{"name": name, "remark": f"{name}说好"} for name in names]}
    masked = display.record(record)["data"]
    assert all(item["remark"] == f"{name[0]}**说好" for item, name in zip(masked, names, strict=True))


def test_tokens_stand_right_after_their_key(agency: Masker) -> None:
    """`<key>_token` follows the key it belongs to; a list's items have theirs in brackets."""
    masked = agency.record({"a": 1, "phone": PHONE, "z": 2, "phones": [PHONE]})
    assert list(masked) == ["a", "phone", "phone_token", "z", "phones"]
    assert masked["phone"] == "138****8000"
    assert agency.unmask(masked["phone_token"]).text == PHONE
    assert masked["phones"] == [f"138****8000({masked['phone_token']})"]


@pytest.mark.parametrize("record", [{"phone": PHONE, "phone_token": "x"}, {"phone_token": "x", "phone": PHONE}])
def test_an_existing_token_key_is_refused(agency: Masker, record: dict[str, str]) -> None:
    """Nothing is written over."""
    with pytest.raises(InputError, match="phone_token already"):
        agency.record(record)


def test_keys_that_would_meet_are_refused(display: Masker) -> None:
    """Two phones with one mask cannot both be keys, so that none gets lost."""
    with pytest.raises(InputError, match="two keys"):
        display.record({"13800138000": 1, "13812348000": 2})


@pytest.mark.parametrize("value", [b"13800138000", {PHONE}, object(), frozenset(), bytearray(b"x"), range(3)])
def test_what_nobody_can_read_is_refused(display: Masker, value: Any) -> None:
    """Bytes, sets and objects are not passed on unseen, and the message shows none of them."""
    with pytest.raises(InputError) as caught:
        display.record({"phone": value})
    assert "138" not in str(caught.value)


def test_deep_records(display: Masker) -> None:
    """Records may be deep; those too deep are an error, not a crash."""
    nested: Any = PHONE
    for _ in range(200):
        nested = [nested]
    masked = display.record(nested)
    for _ in range(200):
        (masked,) = masked
    assert masked == "138****8000"
    with pytest.raises(InputError, match="deeper"):
        display.record([[nested]])


def test_fields_of_the_policy(tmp_path: Path, keyset: Keyset) -> None:
    """Names, paths and globs of the policy type fields; keep and text win over what the key says."""
    policy = tmp_path / "fields.yaml"
    policy.write_text(
        "extends: display\n"
        "names: off\n"
        "fields:\n"
        "  案件编号, case.id: keep\n"
        '  x, "*.contact_name": {as: PERSON}\n'
        "  born: {as: BIRTH_DATE, do: {generalize: year}}\n"
        "  age: {as: AGE, do: {generalize: band}}\n"
        "  home: {as: ADDRESS, do: {generalize: city}}\n"
        "  mobile: hash\n"
        "  phone: {as: text}\n"
        "  gone: redact\n"
        "  other: {replace: 已隐藏}\n",
        encoding="utf-8",
    )
    record = {
        "案件编号": PHONE,
        "case": {"id": PHONE},
        "loan": {"contact_name": "欧阳铁蛋"},
        "born": "1990-03-07",
        "age": 35,
        "home": "广东省深圳市南山区科技园路1号",
        "mobile": PHONE,
        "phone": f"打{PHONE}找人",
        "gone": "whatever",
        "other": 12,
    }
    masked = Masker(policy, keyset=keyset).record(record)
    assert masked.pop("mobile").startswith("hash_")
    assert masked == {
        "案件编号": PHONE,
        "case": {"id": PHONE},
        "loan": {"contact_name": "欧阳**"},
        "born": "1990",
        "age": "30-39",
        "home": "广东省深圳市",
        "phone": "打138****8000找人",
        "gone": "",
        "other": "已隐藏",
    }


def test_a_mask_for_nobody_knows_what_is_refused(tmp_path: Path) -> None:
    """`mask` for a field whose entity neither policy, key nor values tell names the policy's words, never the key."""
    policy = tmp_path / "p.yaml"
    policy.write_text('extends: display\nnames: off\nfields:\n  a, "a*": mask\n')
    with pytest.raises(PolicyError, match=r"p\.yaml: field a, a\*: nothing tells") as caught:
        Masker(policy).record({f"a{PHONE}": "x"})
    assert PHONE not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize("number", [13800138000.0, -13800138000, Decimal("13800138000.00")])
def test_a_number_is_read_however_it_is_written(agency: Masker, number: object) -> None:
    """A phone that became a float, negative or Decimal is masked whole, though no key names it."""
    assert "138001380" not in str(agency.record({"p": number}))


def test_numbers_and_dates_that_are_no_ones_stay(agency: Masker) -> None:
    """An amount, a date and a huge exponent are no phones."""
    record = {"amount": 63287.51, "day": date(2026, 11, 24), "huge": Decimal("1e999999")}
    assert agency.record(record) == record
