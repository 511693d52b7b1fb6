"""Surrogates: nobody's numbers that come back."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskkit import checks
from maskkit.errors import KeysetError, UsageError
from maskkit.keys.key import Key, Status
from maskkit.keys.keyset import Keyset
from maskkit.operators.formats import Card, Format, Phone, ResidentId, format_of
from maskkit.operators.surrogate import SurrogateOperator
from maskkit.operators.token import TokenOperator
from maskkit.surrogates import has_mark
from maskkit.tokens import whole

SECRET = bytes(range(32))
FORMATS: list[Format] = [Phone(), ResidentId(), *map(Card, range(13, 20))]


def keyset(first: Status = "enabled") -> Keyset:
    return Keyset([Key("a2", SECRET if first != "destroyed" else b"", first), Key("b3", bytes(32))], "b3")


def made_with(keys: Keyset, tenant: str = "default") -> SurrogateOperator:
    return SurrogateOperator(keys.for_tenant(tenant))


OPERATOR = made_with(keyset())


def with_check(body: str) -> str:
    """Return 17 digits with the check character that makes them an ID."""
    return next(body + char for char in "0123456789X" if checks.mod_11_2_ok(body + char))


def with_luhn(body: str) -> str:
    return next(body + digit for digit in "0123456789" if checks.luhn_ok(body + digit))


PHONES = st.from_regex(r"1[0-9]{10}", fullmatch=True)
IDS = st.builds(
    lambda region, day, order: with_check(f"{region}{day:%Y%m%d}{order:03}"),
    st.sampled_from(
        ["110101", "500243", "441900", "460400", "654128", "513922", "659001", "460001", "810000", "830000"]
    ),
    st.dates(min_value=date(1910, 1, 1), max_value=date(2039, 12, 31)),
    st.integers(0, 999),
)
CARDS = st.builds(
    lambda prefix, rest, length: with_luhn((prefix + rest)[: length - 1]),
    st.sampled_from(["62", "51", "55", "35", "60", "69", "9558"]),
    st.text("0123456789", min_size=20, max_size=20),
    st.integers(13, 19),
)
VALUES = {"PHONE_NUMBER": PHONES, "CN_RESIDENT_ID": IDS, "BANK_CARD": CARDS}


@pytest.mark.parametrize("entity", VALUES)
@settings(deadline=None)
@given(data=st.data())
def test_surrogates_pass_for_data_and_come_back(entity: str, data: st.DataObject) -> None:
    """As long as the value, of the same check, marked, one for each value, and the value again with the keyset."""
    values = data.draw(st.lists(VALUES[entity], max_size=20))
    made = OPERATOR.apply(values, entity)
    assert [len(one) for one in made] == list(map(len, values))
    assert all(has_mark(entity, one) for one in made)
    assert len(set(made)) == len(set(values))
    assert OPERATOR.reverse(made, entity) == values
    check = {"CN_RESIDENT_ID": checks.resident_id_ok, "BANK_CARD": checks.luhn_ok}.get(entity)
    assert check is None or all(map(check, made))
    assert not OPERATOR.fallen_back[entity]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{type(form).__name__} {form.size}")
@pytest.mark.parametrize("surrogates", [False, True])
@given(data=st.data())
def test_numbers_and_texts_are_one_to_one(form: Format, surrogates: bool, data: st.DataObject) -> None:
    """Each number of either side is one text and that text the number: first, last and any between."""
    size = form.size
    if not surrogates:  # the largest number of a value
        low, high = 0, size
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if form.holds(np.array([middle], np.uint64))[0] else (low, middle)
        size = low
    numbers = np.array([0, size - 1, *data.draw(st.lists(st.integers(0, size - 1), max_size=10))], np.uint64)
    codes = form.write(numbers, surrogates=surrogates)
    back, good = form.read(codes, surrogates=surrogates)
    assert good.all()
    assert back.tolist() == numbers.tolist()


def test_the_formats_hold_what_they_say() -> None:
    """Counting the other way round: values are all those that can be written, and no more than surrogates."""
    form = ResidentId()
    assert len(form._values._regions) == len(set(form._values._regions.tolist())) == 31 * (49 * 52 + 14) + 11
    assert len(form._surrogates._regions) == len(set(form._surrogates._regions.tolist())) == 31 * 28 * 99
    assert form._values.size == 79_433 * 47_482 * 1000 < form.size == 85_932 * 44_196 * 1000
    assert not set(form._values._regions.tolist()) & set(form._surrogates._regions.tolist())
    for length in range(13, 20):
        assert Card(length).size == len(Card.prefixes) * 10 ** (length - 3)
    assert format_of("PHONE_NUMBER", 11) is not None
    assert format_of("PHONE_NUMBER", 12) is None


def test_every_phone_of_a_range() -> None:
    """A hundred thousand neighbours have as many surrogates."""
    values = [str(13_800_000_000 + i) for i in range(100_000)]
    made = OPERATOR.apply(values, "PHONE_NUMBER")
    assert len(set(made)) == len(values)
    assert OPERATOR.reverse(made, "PHONE_NUMBER") == values


NOT_HELD = {
    "PHONE_NUMBER": [
        "02131221234",
        "+85291234567",
        "8613800138000",
        "１３８００１３８０００",
        "21126323497",
        "无",
        "138\n00138000",
    ],
    "CN_RESIDENT_ID": [
        *("110101199001011234", "110101900101123", "11010119900101123x"),
        *(with_check("11710119900101123"), with_check("11010119090101123"), with_check("11010120400101123")),
        *(with_check("11010119900230123"), with_check("16010119900101123"), with_check("11604119900101123")),
    ],
    "BANK_CARD": [
        "6222021234567890123",
        "4111111111111111",
        "622202123456",
        "62220212345678901234",
        "0301498652340839",
    ],
}


@pytest.mark.parametrize("entity", NOT_HELD)
def test_what_no_format_holds_becomes_a_token(entity: str) -> None:
    """A wrong check character, another kind of number: a token that comes back, and is counted."""
    operator = made_with(keyset())
    values = NOT_HELD[entity]
    made = operator.apply([*values, ""], entity)
    assert all(map(whole, made[:-1]))
    assert made[-1] == ""
    assert TokenOperator(keyset().for_tenant("default")).reverse(made[:-1]) == values
    assert operator.fallen_back == {entity: len(values)}
    assert operator.reverse(made, entity) == [None] * len(made)


@pytest.mark.parametrize(
    ("entity", "written", "plain"),
    [
        ("PHONE_NUMBER", "138-0013-8000", "13800138000"),
        ("PHONE_NUMBER", " 138 0013.8000 ", "13800138000"),
        ("BANK_CARD", "6222 0200 0000 0000 000", "6222020000000000000"),
        ("CN_RESIDENT_ID", "110101 19900307 7352", "110101199003077352"),
    ],
)
def test_separators_stay_where_they_are(entity: str, written: str, plain: str) -> None:
    """A number written in groups is one in the same groups afterwards, and comes back so; its digits are the same."""
    if entity == "CN_RESIDENT_ID":
        plain = with_check(plain[:17])
        written = written[:-1] + plain[-1]
    [made, alone] = OPERATOR.apply([written, plain], entity)
    assert made.translate(dict.fromkeys(map(ord, " -."))) == alone
    assert [char for char in made if char in " -."] == [char for char in written if char in " -."]
    assert OPERATOR.reverse([made, alone], entity) == [written, plain]


def test_tenants_entities_and_keys_differ() -> None:
    """The same phone is another number for another tenant or key."""
    operators = [OPERATOR, made_with(keyset(), "agency-a"), SurrogateOperator(keyset().for_tenant("default"), "b3")]
    assert len({operator.apply(["13800138000"], "PHONE_NUMBER")[0] for operator in operators}) == 3


def test_rotation_leaves_surrogates_alone() -> None:
    """The oldest key makes them, whatever key is primary: a new key changes none."""
    before = made_with(Keyset([Key("a2", SECRET)], "a2"))
    [made] = before.apply(["13800138000"], "PHONE_NUMBER")
    assert OPERATOR.apply(["13800138000"], "PHONE_NUMBER") == [made]
    assert OPERATOR.reverse([made], "PHONE_NUMBER") == ["13800138000"]


@pytest.mark.parametrize("status", ["disabled", "destroyed"])
def test_a_key_that_is_gone_turns_nothing_into_something_else(status: Status) -> None:
    """Without the key that made them surrogates are not opened by another, which would give somebody else's number."""
    operator = made_with(keyset(status))
    for call in (operator.apply, operator.reverse):
        with pytest.raises(KeysetError, match=f"key a2, which makes the surrogates, is {status}"):
            call(["13800138000", "21126323497"], "PHONE_NUMBER")
    other = SurrogateOperator(keyset(status).for_tenant("default"), "b3")
    [made] = other.apply(["13800138000"], "PHONE_NUMBER")
    assert other.reverse([made], "PHONE_NUMBER") == ["13800138000"]


def test_suite_sm() -> None:
    """Under suite sm it is SM4, and other surrogates."""
    sm = made_with(Keyset([Key("a2", SECRET, suite="sm")], "a2"))
    for entity, value in (("PHONE_NUMBER", "13800138000"), ("CN_RESIDENT_ID", with_check("11010119900307735"))):
        [made] = sm.apply([value], entity)
        assert has_mark(entity, made)
        assert made != OPERATOR.apply([value], entity)[0]
        assert sm.reverse([made], entity) == [value]


@pytest.mark.parametrize("entity", ["PERSON", "EMAIL_ADDRESS", "ADDRESS"])
def test_entities_without_surrogates(entity: str) -> None:
    """Names and mails have tokens."""
    for call in (OPERATOR.apply, OPERATOR.reverse):
        with pytest.raises(UsageError, match=f"no surrogates of {entity}"):
            call(["王建国"], entity)


def test_parts_are_refused() -> None:
    """The four digits in the middle of a phone can be tried out: the reason is told."""
    with pytest.raises(UsageError, match="never a part") as caught:
        SurrogateOperator(keyset().for_tenant("default"), part="middle")
    assert caught.value.hint is not None
    assert "10,000" in caught.value.hint


GOLDEN = {
    ("PHONE_NUMBER", "13800138000"): "29723531477",
    ("CN_RESIDENT_ID", "11010119900307352X"): "647377202003061724",
    ("BANK_CARD", "6222020000000000000"): "0088200059340176881",
    ("BANK_CARD", "5105105105105100"): "0028795378653375",
}


@pytest.mark.parametrize(("entity", "value"), GOLDEN)
def test_for_ever(entity: str, value: str) -> None:
    """What this key made of these values once it makes for ever."""
    assert OPERATOR.apply([value], entity) == [GOLDEN[entity, value]]


def test_one_mark_and_no_other_number() -> None:
    """No value that is held has the mark of a surrogate, so that masking twice is noticed."""
    for entity, value in product(VALUES, ["21126323497", "0301498652340839", "367632195612287781"]):
        if has_mark(entity, value):
            assert whole(OPERATOR.apply([value], entity)[0])


def test_the_examples_of_the_documents() -> None:
    """What docs/reference/surrogates.md shows is what that key makes."""
    text = (Path(__file__).parents[2] / "docs" / "reference" / "surrogates.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([0-9X-]+) \| `([0-9X-]+)` \|", text, re.MULTILINE)
    assert len(rows) == 4
    assert [OPERATOR.apply([value], entity)[0] for entity, value, _ in rows] == [shown for _, _, shown in rows]
