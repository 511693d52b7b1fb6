"""Whatever goes into a token comes out of it, and whatever is done to a token, no other value comes out."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from maskkit.keys.keyset import Key, Keyset
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.normalize import canonical
from maskkit.operators.token import Container, Restored, TokenOperator
from maskkit.tokens import ALPHABET, token_key

OPERATOR = TokenOperator(Keyset([Key("a2", bytes(range(32))), Key("b3", bytes(32))], "a2").for_tenant("default"))
ENTITY = st.sampled_from([*ENTITIES, *FIELD_ENTITIES])

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
DIGITS = st.text("0123456789", min_size=1, max_size=20)
#: Numbers, plates and names as people, forms and spreadsheets write them.
WRITTEN = st.builds(
    lambda before, core, separator, step, after: (
        before + separator.join(core[k : k + step] for k in range(0, len(core), step)) + after
    ),
    st.sampled_from(
        ["", "+86", "+86 ", "0086-", "(021)", "86-", "+852 ", "852-", '="', "'", "\t", "021-", "0", " ", "京A·"]
    ),
    st.one_of(
        DIGITS,
        DIGITS.map(lambda digits: "138" + digits.rjust(8, "0")[-8:]),
        st.text("王李建国·𠮷xX", min_size=1, max_size=8),
        st.sampled_from(["13800l38OOO", "幺三八洞洞幺三八洞洞洞", "①③⑧⓪⓪①③⑧⓪⓪⓪", "110105I9491231OO2x"]),
    ),
    st.sampled_from(["", "-", " ", ".", "　", "\u200b", "·", "--", "~", "、", "，", "%20", "&nbsp;", "\ufe0f\u20e3"]),
    st.integers(1, 8),
    st.sampled_from(["", '"', "转158", "-12", "#1", "x", "X", " ", "@QQ.com"]),
)
WIDE = WRITTEN.map(lambda text: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text))


@given(ENTITY, st.lists(st.one_of(WRITTEN, WIDE, TEXT), min_size=1, max_size=40))
def test_every_text_comes_back(entity: str, values: list[str]) -> None:
    """Any text of any entity round-trips, in a column and inside a remark, and its canonical value is known."""
    made = OPERATOR.apply(values, entity)
    assert OPERATOR.reverse(made) == values
    text = "联系" + "abc".join(made) + "a2"
    for written in (text, text.upper()):
        results = OPERATOR.restore(OPERATOR.find(written))
        assert [(r.value, r.canonical, r.entity) for r in results if isinstance(r, Restored)] == [
            (value, canonical(entity, value), entity) for value in values
        ]


@given(ENTITY, st.one_of(WRITTEN, TEXT), st.one_of(WRITTEN, TEXT))
def test_token_keys_are_equal_where_values_are(entity: str, one: str, other: str) -> None:
    """Two texts have one token key if and only if they are one value."""
    keys = [token_key(token) for token in OPERATOR.apply([one, other], entity)]
    assert (keys[0] == keys[1]) == (canonical(entity, one) == canonical(entity, other))


@settings(max_examples=400)
@given(ENTITY, st.one_of(WRITTEN, TEXT), st.data())
@example("PHONE_NUMBER", "138-0013-8000", None)
def test_a_changed_token_gives_no_other_value(entity: str, value: str, data: st.DataObject | None) -> None:
    """Characters changed, dropped, doubled or swapped: nothing raises, and only the same value ever comes out."""
    [token] = OPERATOR.apply([value], entity)
    changed = token[:20] + token[21:] if data is None else mutated(token, data)
    for container in Container:
        for result in OPERATOR.restore(OPERATOR.find(changed), container=container):
            if isinstance(result, Restored):
                assert (result.canonical, result.entity) == (canonical(entity, value), entity)
                assert result.value in (value, result.canonical)
    assert OPERATOR.reverse([changed])[0] in (None, value, canonical(entity, value))


def mutated(token: str, data: st.DataObject) -> str:
    """Return `token` with one to three things done to it."""
    text = token
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1)) if text else 0
        char = data.draw(st.sampled_from(ALPHABET + "_1 王"))
        text = data.draw(
            st.sampled_from(
                [
                    text[:at] + char + text[at + 1 :],
                    text[:at] + text[at + 1 :],
                    text[:at] + char + text[at:],
                    text[:at],
                    text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
                    text[:at] + text,
                    text[:at].upper() + text[at:],
                ]
            )
        )
    return text


@given(st.text(ALPHABET + "_pnmk1 王", max_size=80), st.text(ALPHABET, max_size=40))
def test_nothing_raises_on_hostile_text(text: str, tail: str) -> None:
    """Text made to look like tokens of this keyset and tenant opens to nothing and raises nothing."""
    tag = Keyset([Key("a2", bytes(range(32)))], "a2").for_tenant("default").tag("a2")
    for head in (f"pn_a2{tag}k", f"nm_a2{tag}s", f"ad_a2{tag}sr", f"id_b3{tag}k", f"pn_zz{tag}k", f"pn_a2{tag}v"):
        hostile = text + head + tail + text
        for container in Container:
            assert not any(
                isinstance(r, Restored) for r in OPERATOR.restore(OPERATOR.find(hostile), container=container)
            )
        assert OPERATOR.reverse([hostile, head + tail]) == [None, None]
