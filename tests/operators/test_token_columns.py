"""Columns of tokens against their cells: whatever stands in them, a column gives what each cell gives alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskkit.keys.key import Key, Suite
from maskkit.keys.keyset import Keyset
from maskkit.operators.token import Restored, TokenOperator
from maskkit.tokens import ALPHABET, whole

SECRET = bytes(range(32))


def operator(suite: Suite = "aes", tenant: str = "default") -> TokenOperator:
    keys = [Key("a2", SECRET, suite=suite), Key("b3", bytes(32), suite=suite), Key("c4", bytes(32), "disabled")]
    return TokenOperator(Keyset(keys, "a2").for_tenant(tenant))


OPERATOR = operator()
OLD = TokenOperator(Keyset([Key("b3", bytes(32))], "b3").for_tenant("default"))
STRANGERS = [
    operator(tenant="agency-a"),
    TokenOperator(Keyset([Key("c4", bytes(32))], "c4").for_tenant("default")),
    TokenOperator(Keyset([Key("a2", bytes(32))], "a2").for_tenant("default")),
]

VALUES: dict[str, st.SearchStrategy[str]] = {
    "PHONE_NUMBER": st.one_of(
        st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
        st.sampled_from(["138-0013-8000", "+86 138 0013 8000", "021-31221234", "无", "13800138000转1"]),
    ),
    "CN_RESIDENT_ID": st.from_regex(r"[1-9][0-9]{16}[0-9Xx]", fullmatch=True),
    "PERSON": st.one_of(st.text("王李建国欧阳𠮷·", min_size=1, max_size=6), st.sampled_from(["王 建国", "Li Lei"])),
    "ADDRESS": st.one_of(
        st.text("上海市浦东新区世纪大道 0123456789号", min_size=1, max_size=90),
        st.sampled_from(["x" * n for n in (15, 16, 17, 31, 32, 33, 255, 256, 257, 4095, 4096, 5000)]),
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    ),
    "EMAIL_ADDRESS": st.from_regex(r"[a-z0-9.]{1,30}@[a-zA-Z0-9]{1,30}\.com", fullmatch=True),
}


@st.composite
def columns(draw: st.DrawFn) -> tuple[str, list[str]]:
    entity = draw(st.sampled_from(sorted(VALUES)))
    different = draw(st.lists(st.one_of(VALUES[entity], st.just("")), min_size=1, max_size=20))
    return entity, different * draw(st.integers(1, 4))


@settings(deadline=None)
@given(columns())
def test_making(column: tuple[str, list[str]]) -> None:
    """A column of values becomes the tokens of each of them, and all come back."""
    entity, values = column
    made = OPERATOR.apply(values, entity)
    assert made == [OPERATOR.apply([value], entity)[0] for value in values]
    assert OPERATOR.reverse(made) == [value or None for value in values]


@settings(deadline=None)
@given(columns(), st.data())
def test_opening(column: tuple[str, list[str]], data: st.DataObject) -> None:
    """Other keys, tenants and texts among the tokens, cut and changed ones: each cell is opened as it is alone."""
    entity, values = column
    makers = st.sampled_from([OPERATOR, OPERATOR, OPERATOR, OLD, *STRANGERS])
    cells = [token for value in values for token in data.draw(makers).apply([value], entity)]
    for _ in range(data.draw(st.integers(0, 10))):
        i = data.draw(st.integers(0, len(cells) - 1))
        at = data.draw(st.integers(0, len(cells[i])))
        change = data.draw(st.sampled_from(["", "a", "b", "7", "_", "x", "\n", "0", "王", "\0", "\ud800"]))
        cells[i] = cells[i][:at] + change + cells[i][at + data.draw(st.integers(0, 2)) :]
    if data.draw(st.booleans()):
        cells += ["", "备注", "13800138000", "pn_", "a" * 36] * 6
    assert OPERATOR.reverse(cells) == [alone(cell) for cell in cells]


def alone(cell: str) -> str | None:
    """Return what a cell is, by the way that texts take."""
    token = whole(cell)
    if token is None:
        return None
    [result] = OPERATOR.restore([token])
    return result.value if isinstance(result, Restored) else None


@pytest.mark.parametrize("entity", sorted(VALUES))
def test_every_change_of_one_character(entity: str) -> None:
    """No character of a token can be another one: the column notices as the cell alone does."""
    value = {"PHONE_NUMBER": "138-0013-8000", "ADDRESS": "上海市世纪大道"}.get(entity, "王建国")
    [token] = OPERATOR.apply([value], entity)
    cells = [token[:at] + other + token[at + 1 :] for at in range(len(token)) for other in ALPHABET[at % 3 :: 3]]
    opened = OPERATOR.reverse([*cells, *[token] * 30])
    assert opened[-30:] == [value] * 30
    assert all(back is None or cell == token for back, cell in zip(opened, cells, strict=False))


NUMBERS = {
    "PHONE_NUMBER": [r"1[3-9][0-9]{9}", r"1[0-2][0-9]{9}", r"0(21|755)[2-8][0-9]{7}"],
    "CN_RESIDENT_ID": [r"[1-9][0-9]{16}[0-9X]", r"[1-9][0-9]{14}", r"[1-9][0-9]{15}X[0-9]"],
    "BANK_CARD": [r"[3-6][0-9]{12,18}", r"[3-6][0-9]{18}"],
    "QQ_NUMBER": [r"[1-9][0-9]{8}"],
}


@st.composite
def spaced_columns(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Numbers of which many are written alike, with one separator or two, anywhere or twice in a place."""
    entity = draw(st.sampled_from(sorted(NUMBERS)))
    column: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        numbers = draw(st.lists(st.from_regex(draw(st.sampled_from(NUMBERS[entity])), fullmatch=True), max_size=6))
        separators = draw(st.text("-- ._/－", min_size=1, max_size=2))
        gaps = draw(st.lists(st.integers(0, 19), max_size=6))
        for number in numbers * 12:
            column.append(
                "".join(separators[gap % len(separators)] * gaps.count(gap) + char for gap, char in enumerate(number))
            )
    return entity, column


@settings(deadline=None)
@given(spaced_columns())
def test_numbers_in_groups(column: tuple[str, list[str]]) -> None:
    """What is written alike is described once for all, as each would be, and comes back."""
    entity, values = column
    made = OPERATOR.apply(values, entity)
    known = {value: OPERATOR.apply([value], entity)[0] for value in set(values)}
    assert made == [known[value] for value in values]
    assert OPERATOR.reverse(made) == values


@pytest.mark.parametrize(
    ("entity", "value", "length"),
    [
        ("PHONE_NUMBER", "138-0013-8000", 62),
        ("BANK_CARD", "6222 0200 0000 0000 000", 62),
        ("BANK_CARD", "6222/0200/0000/0000", 90),
    ],
)
def test_numbers_in_groups_have_short_surfaces(entity: str, value: str, length: int) -> None:
    """One separator that the table has takes 26 characters, another one a long surface."""
    made = OPERATOR.apply([value] * 40, entity)
    assert len(made[0]) >= length
    assert (len(made[0]) == 62) == (length == 62)
    assert OPERATOR.reverse(made) == [value] * 40


@settings(deadline=None)
@given(columns())
def test_suite_sm(column: tuple[str, list[str]]) -> None:
    """Under a key of suite sm tokens are made by SM4, alone and in columns alike; AES opens none of them."""
    entity, values = column
    sm = operator("sm")
    made = sm.apply(values, entity)
    assert made == [sm.apply([value], entity)[0] for value in values]
    assert sm.reverse(made) == [value or None for value in values]
    assert not any(OPERATOR.reverse(made))
