"""The grammar of tokens."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit import tokens
from maskkit.errors import InputError
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.operators import base32
from maskkit.tokens import ALPHABET, OTHER, PREFIXES, Token, find, find_spans, length_chars, parse, token_key, whole

KEY = "a2"
BODY = "k3qhvrmw5zj2xneu6tfo7gysdq"
WRAP = f"pn_{KEY}tagk{BODY}"
PLAIN = WRAP + "a"
SHORT = WRAP + "b" + BODY
SEALED = "c" + "a" * 29  # two bytes of plain text
LONG = WRAP + "c" + SEALED
SIV = f"ad_{KEY}tags{SEALED}a"
VAULTED = f"nm_{KEY}tagv{BODY}a"
ALL = [PLAIN, SHORT, LONG, SIV, VAULTED]


def spans(text: str) -> list[str]:
    return [text[start:end] for start, end in find_spans(text)]


def test_every_entity_has_a_prefix_of_its_own() -> None:
    """Two letters each, none twice."""
    assert set(PREFIXES) == {*ENTITIES, *FIELD_ENTITIES, OTHER}
    assert len(set(PREFIXES.values())) == len(PREFIXES)
    assert all(re.fullmatch("[a-z]{2}", prefix) for prefix in PREFIXES.values())


@pytest.mark.parametrize("token", ALL)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        *(("", ""), ("电话", "一直打不通"), ("abc", "abc"), ("x", "13800138000"), ("(", ")"), ("_", "_"), ("nm_", "a")),
        *(("pn_", "_nm"), ("13800138000", "77777777"), ("a_b_", "_" + KEY)),
    ],
)
def test_a_token_knows_its_own_end(token: str, before: str, after: str) -> None:
    """Whatever an agency writes right before or after it, the token is found whole and alone."""
    assert spans(before + token + after) == [token]
    assert [found.text for found in find(before + token + after) if found.whole] == [token]


@pytest.mark.parametrize("first", ALL)
@pytest.mark.parametrize("second", ALL)
def test_two_tokens_in_a_row(first: str, second: str) -> None:
    """Tokens need nothing between them."""
    assert spans(first + second) == [first, second]
    assert [found.text for found in find(first + second, {KEY})] == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        *("", "_", "__", "nm_", "user_id_abc", "id_card_number", "pn_13800138000", PLAIN[:-1], PLAIN[:-1].upper()),
        *(PLAIN.replace("pn", "zz"), PLAIN.replace("_", "-"), WRAP + "d", WRAP[:-1] + "ra", WRAP + "b" + BODY[:-1]),
        *(WRAP.replace("tagk", "tagx") + "a", SIV.replace("sc", "sqc"), SIV.replace("sc", "s" + "r" * 9)),
    ],
)
def test_everything_else_is_text(text: str) -> None:
    """What is not a whole token of any keyset, and not begun like one of ours, is text."""
    assert find_spans(text) == []
    assert find(text, {"zz"}) == []


@pytest.mark.parametrize("token", ALL)
@pytest.mark.parametrize("change", [str.upper, str.title, str.capitalize])
def test_case_does_not_matter(token: str, change: Callable[[str], str]) -> None:
    """A token that a program put in upper case, wholly or in part, is the one that it was."""
    changed = change(token)
    assert find("AB" + changed + "AB_A2", {KEY}) == [Token(2, 2 + len(token), token)]
    assert whole(changed) == Token(0, len(token), token)
    assert find_spans(changed) == [(0, len(token))]
    assert find(changed[:-1], {KEY}) == []
    assert whole(changed + "A") is None


@pytest.mark.parametrize("cut", [5, 8, 20, 35])
def test_what_begins_like_one_of_ours_and_does_not_parse_is_damaged(cut: int) -> None:
    """From prefix, underscore and a key id of the keyset on it is a candidate."""
    [found] = find("前" + PLAIN[:cut] + "后", {KEY})
    assert (found.text, found.whole) == (PLAIN[:cut], False)
    assert find("前" + PLAIN[:cut] + "后", {"b3"}) == []


def test_a_token_that_lost_its_end_does_not_take_the_next_with_it() -> None:
    """Where a cut token and a whole one run together, the whole one comes back."""
    for lost in (1, 2, 3, 10):
        text = PLAIN[:-lost] + SIV
        found = find(text, {KEY})
        assert [token.text for token in found if token.whole] == [SIV]
        assert [token.end <= len(text) - len(SIV) for token in found if not token.whole] == [True]
        assert spans(text) == [SIV]


def test_two_damaged_ones_in_a_row() -> None:
    """Each is told and counted."""
    found = find(PLAIN[:20] + SIV[:30] + "好", {KEY})
    assert [(token.text, token.whole) for token in found] == [(PLAIN[:20], False), (SIV[:30], False)]


@given(
    st.lists(st.sampled_from([*ALL, "pn_", "_", KEY, "nm_a2", "a", "7" * 30, "rrrr", "电话", "s", "tags"]), max_size=12)
)
def test_found_tokens_are_in_order_and_disjoint(parts: list[str]) -> None:
    """However pieces of tokens are strewn, findings are sorted, disjoint and true to the text."""
    text = "".join(parts)
    found = find(text, {KEY})
    ends = [0, *(token.end for token in found)]
    assert all(end <= token.start < token.end for end, token in zip(ends, found, strict=False))
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(whole(token.text) for token in found if token.whole)
    assert find_spans(text) == [(token.start, token.end) for token in find(text)]


@pytest.mark.parametrize(
    "unit",
    [
        "pn_",
        "_",
        "pn_a2tags",
        "pn_a2tagsrrrra",
        "ad_a2tags7777",
        WRAP,
        WRAP + "c",
        "a",
        "s" * 7,
        "pn_a2tags77777z",
        "PN_A2",
    ],
)
def test_a_hostile_megabyte_is_read_to_its_end(unit: str) -> None:
    """After a megabyte of beginnings a token is still found; what is not linear would take hours."""
    text = unit * ((1 << 20) // len(unit)) + " " + WRAP + "a"
    assert find(text, {KEY})[-1].text == WRAP + "a"


@given(st.integers(0, 1 << 28 - 1))
def test_lengths_have_one_form(length: int) -> None:
    """A length is written with as few characters as it needs, all but the last saying that one more follows."""
    chars = length_chars(length)
    values = [ALPHABET.index(char) for char in chars]
    assert [value >= 16 for value in values] == [True] * (len(chars) - 1) + [False]
    assert len(chars) == max(1, -(-length.bit_length() // 4))


def test_spare_bits_are_zero() -> None:
    """A last character with any of its spare bits set is damaged."""
    good = [char for char in ALPHABET if whole(WRAP[:-1] + char + "a")]
    assert good == list("aeimquy4")


def test_parse() -> None:
    """A token's parts are its key, body and surface."""
    parts = parse(LONG)
    assert (parts.key, parts.body, parts.surface_kind, parts.surface_bytes) == (WRAP, BODY, "c", bytes(18))
    [word] = base32.decode_blocks([BODY])
    assert parts.first == int(word[0]) >> 32
    assert parts.body_bytes == word.astype(">u8").tobytes()
    token = whole(SIV)
    assert token is not None
    assert (token.entity, token.key_id, token.tenant_tag, token.kind) == ("ADDRESS", KEY, "tag", tokens.SIV)


@pytest.mark.parametrize("token", ALL)
def test_token_key_leaves_the_surface_out(token: str) -> None:
    """Everything before the surface character is the key by which tables are joined."""
    assert token_key(token) == (SIV[:-1] if token == SIV else VAULTED[:-1] if token == VAULTED else WRAP)


@pytest.mark.parametrize("token", ALL)
def test_token_key_of_upper_case(token: str) -> None:
    """A token that a program put in upper case, wholly or in part, has the key of the token itself."""
    for changed in (token.upper(), token.capitalize(), token[:20].upper() + token[20:]):
        assert token_key(changed) == token_key(token)


@pytest.mark.parametrize("text", ["", "pn_", PLAIN + "a", " " + PLAIN, "13800138000", "ad-a2tagk" + BODY + "a"])
def test_token_key_refuses_what_is_no_token(text: str) -> None:
    """A join by half a token would be a wrong one."""
    with pytest.raises(InputError, match="this is no token"):
        token_key(text)


def documented_sql() -> str:
    """Return the expression for SQLite in the reference."""
    page = Path(__file__).resolve().parents[1] / "docs" / "reference" / "tokens.md"
    found = re.search(r"SQLite:\n+```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("length", [0, 2, 15, 16, 100, 255, 256, 4000])
def test_the_documented_sql_gives_the_token_key(length: int) -> None:
    """What SQLite computes from the reference's expression is what token_key says, for every kind of token."""
    [body] = base32.encode_bytes([bytes(length + 16)])
    long = f"ad_{KEY}tags{length_chars(length)}{body}"
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE cases (token TEXT)")
        rows = [*ALL, long + "a", long + "b" + BODY]
        database.executemany("INSERT INTO cases VALUES (?)", [(row,) for row in rows])
        found = [row[0] for row in database.execute(f"SELECT {documented_sql()} FROM cases ORDER BY rowid")]
    assert found == [token_key(row) for row in rows]
