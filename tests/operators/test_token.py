"""The token operator: values to tokens and back."""

from __future__ import annotations

import json

import pytest

from maskkit.errors import InputError
from maskkit.keys.keyset import Key, Keyset, Status, TenantKeys
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.operators.token import Container, Failure, Restored, TokenOperator
from maskkit.tokens import find_spans, token_key

SECRET = bytes(range(32))


def keyset(a2: Status = "enabled") -> Keyset:
    """Return a keyset of two keys, b3 of them primary."""
    return Keyset([Key("a2", SECRET, a2), Key("b3", bytes(32))], "b3")


def old() -> TokenOperator:
    """Return an operator from before b3 was added."""
    return TokenOperator(Keyset([Key("a2", SECRET)], "a2").for_tenant("default"))


@pytest.fixture
def keys() -> TenantKeys:
    return keyset().for_tenant("default")


@pytest.fixture
def operator(keys: TenantKeys) -> TokenOperator:
    return TokenOperator(keys)


def back(operator: TokenOperator, text: str, container: Container = Container.PLAIN) -> list[Restored | Failure]:
    return operator.restore(operator.find(text), container=container)


def value(result: Restored | Failure) -> str:
    assert isinstance(result, Restored)
    return result.value


CANONICAL = {
    "PERSON": ["王", "王建", "王建国", "欧阳建国", "𠮷田", "Li"],
    "PHONE_NUMBER": [
        "13800138000",
        "02131221234",
        "04318512345-6",
        "+85291234567",
        "85123456",
        "95588",
        "02131221234-158",
    ],
    "CN_RESIDENT_ID": ["11010119900101123X", "110101199001011234", "110101900101123"],
    "BANK_CARD": ["6222021234567", "6222021234567890123", "9999999999999999999"],
    "CN_VEHICLE_REGISTRATION": ["沪A12345", "京AD12345", "粤Z1234港", "使014578"],
    "QQ_NUMBER": ["10001", "1234567890"],
    "AGE": ["35"],
}


@pytest.mark.parametrize(("entity", "values"), CANONICAL.items())
def test_canonical_values_take_36_characters(operator: TokenOperator, entity: str, values: list[str]) -> None:
    """Phones, IDs, cards, plates and names of up to four characters are one block."""
    made = operator.apply(values, entity)
    assert {len(token) for token in made} == {36}
    assert operator.reverse(made) == values


SURFACES = {
    "PHONE_NUMBER": [
        *("138-0013-8000", "138 0013 8000", "１３８００１３８０００", '="13800138000"', "+86 138 0013 8000"),
        *(
            "008613800138000",
            "86-138-0013-8000",
            "(+86)13800138000",
            "013800138000",
            "138.0013.8000",
            "１３８－００１３－８０００",
        ),
        *(
            "138\u200b00138000",
            "13800138000转1234",
            "(021)31221234",
            "021-3122-1234转158",
            "+86-21-31221234",
            "+86 021 31221234",
        ),
        *("00852-91234567", "852-9123-4567", "0912-345-678", "+1 202 555 0123", "（021）31221234", "+86(0)21-31221234"),
    ],
    "CN_RESIDENT_ID": [
        "11010119900101123x",
        "110101 19900101 123X",
        "１１０１０１１９９００１０１１２３Ｘ",
        "'110101199001011234",
    ],
    "BANK_CARD": ["6222 0212 3456 7890 123", "6222-0212-3456-7890"],
    "PERSON": ["王　建国", "王 建 国"],
    "CN_VEHICLE_REGISTRATION": ["沪A·12345", "沪A 12345", "沪a12345"],
}


@pytest.mark.parametrize(("entity", "values"), SURFACES.items())
def test_common_surfaces_take_64_characters(operator: TokenOperator, entity: str, values: list[str]) -> None:
    """What people write and Excel adds is told in four bytes."""
    made = operator.apply(values, entity)
    assert max(map(len, made)) <= 64
    assert [value(back(operator, token)[0]) for token in made] == values


LONG = {
    "PHONE_NUMBER": ["一三八00138000", "138--00138000", "+44 (0)20 7946-0958", " 13800138000 ", "无此号", "a" * 5000],
    "PERSON": ["买买提·吐尔逊", "买买提.吐尔逊", "Zhang San", "王 建　国", "司马\n相如"],
    "EMAIL_ADDRESS": ["a@qq.com", "A@QQ.COM", "a＠qq.com"],
    "ADDRESS": ["上海市浦东新区张江路1号1室", "a\x00b"],
    "BIRTH_DATE": ["1990-03-07", "1990/3/7", "19900307", "1990年3月7日", "1990-13-45", "90后"],
    "MAC_ADDRESS": ["AA-BB-CC-DD-EE-FF", "aabb.ccdd.eeff"],
    "WECHAT_ID": ["wx_id-1"],
}


@pytest.mark.parametrize(("entity", "values"), LONG.items())
def test_everything_else_comes_back_too(operator: TokenOperator, entity: str, values: list[str]) -> None:
    """Whatever stood there comes back to the byte."""
    made = operator.apply(values, entity)
    assert [value(back(operator, token)[0]) for token in made] == values
    assert operator.reverse(made) == values


def test_one_value_has_one_key(operator: TokenOperator) -> None:
    """However it is written, all before the surface is the same, for every entity that has a canonical form."""
    for surfaces in (SURFACES["PHONE_NUMBER"][:12], ["沪A12345", *SURFACES["CN_VEHICLE_REGISTRATION"]]):
        entity = "PHONE_NUMBER" if "138" in surfaces[0] else "CN_VEHICLE_REGISTRATION"
        assert len({token_key(token) for token in operator.apply(surfaces, entity)}) == 1


@pytest.mark.parametrize("entity", [*ENTITIES, *FIELD_ENTITIES])
def test_other_entity_tenant_and_key_make_other_tokens(entity: str) -> None:
    """Files join within one tenant and entity, and nowhere else."""
    bodies = {
        TokenOperator(Keyset([Key("a2", secret)], "a2").for_tenant(tenant)).apply(["13800138000"], which)[0][9:]
        for secret in (SECRET, bytes(32))
        for tenant in ("default", "agency-a")
        for which in (entity, "PERSON" if entity == "AGE" else "AGE")
    }
    assert len(bodies) == 8


def test_the_empty_value_stays_empty(operator: TokenOperator) -> None:
    """It has nothing to hide, in JSON neither."""
    assert operator.apply(["", "王"], "PERSON")[0] == ""
    assert operator.apply([""], "PERSON", container=Container.JSON, raws=['""']) == [""]
    assert operator.apply([], "PERSON") == []


def test_lone_surrogates_are_refused(operator: TokenOperator) -> None:
    """No encoding can write half a pair; the message does not show it."""
    for value in ("\ud800", "王建国\udfff王建国", "1\ud800"):
        for column in ([value], [value] * 100):
            with pytest.raises(InputError, match="surrogate") as caught:
                operator.apply(column, "PERSON")
            assert value not in str(caught.value)
            assert caught.value.__cause__ is None
            assert caught.value.__suppress_context__


def test_a_column_is_its_values() -> None:
    """A long mixed column gives what each value gives alone, and comes back."""
    operator = old()
    for entity, values in [*CANONICAL.items(), *SURFACES.items(), *LONG.items()]:
        column = [*values, *CANONICAL.get(entity, []), ""] * 40
        made = operator.apply(column, entity)
        assert made == [operator.apply([value], entity)[0] for value in column]
        assert operator.reverse(made) == [value or None for value in column]


def test_remarks_edited_around_tokens(operator: TokenOperator) -> None:
    """Tokens come back wherever they stand, glued to anything."""
    phone, name = operator.apply(["13800138000"], "PHONE_NUMBER")[0], operator.apply(["王　建国"], "PERSON")[0]
    text = f"已联系{name}{phone}abc，{phone}_1，x{name}9"
    assert [value(result) for result in back(operator, text)] == ["王　建国", "13800138000", "13800138000", "王　建国"]


class TestJson:
    """A container's own form comes back in that container alone."""

    @pytest.mark.parametrize(
        ("literal", "length"),
        [('"\\u738b\\u5efa\\u56fd"', 62), ('"王建国"', 36), ('"王\\u5efa国"', 87), ('"\\u738B\\u5EFA\\u56FD"', 98)],
    )
    def test_strings(self, operator: TokenOperator, literal: str, length: int) -> None:
        """Escapes come back as they were; elsewhere the text does. Python's own escapes fit the short form."""
        [token] = operator.apply([json.loads(literal)], "PERSON", container=Container.JSON, raws=[literal])
        assert len(token) <= length
        [in_json], [plain] = back(operator, token, Container.JSON), back(operator, token)
        assert isinstance(in_json, Restored)
        assert (in_json.raw, in_json.value) == (literal, "王建国")
        assert isinstance(plain, Restored)
        assert (plain.raw, plain.value) == ("王建国", "王建国")

    def test_numbers(self, operator: TokenOperator) -> None:
        """A bare number comes back bare, and joins with the string."""
        literals = ["13800138000", '"13800138000"', None]
        made = operator.apply(["13800138000"] * 3, "PHONE_NUMBER", container=Container.JSON, raws=literals)
        assert [len(token) for token in made] == [62, 36, 36]
        assert len(set(map(token_key, made))) == 1
        results = [back(operator, token, Container.JSON)[0] for token in made]
        assert [result.raw for result in results if isinstance(result, Restored)] == [
            "13800138000",
            '"13800138000"',
            '"13800138000"',
        ]

    def test_a_token_from_a_table(self, operator: TokenOperator) -> None:
        """What was masked in a CSV file comes back in JSON as a proper literal."""
        [token] = operator.apply(['王"\n'], "PERSON")
        [result] = back(operator, token, Container.JSON)
        assert isinstance(result, Restored)
        assert json.loads(result.raw) == '王"\n'

    def test_escaped_surface(self, operator: TokenOperator) -> None:
        """A mark and a surface go together."""
        literal = json.dumps("王　建国")
        [token] = operator.apply(["王　建国"], "PERSON", container=Container.JSON, raws=[literal])
        [result] = back(operator, token, Container.JSON)
        assert isinstance(result, Restored)
        assert (len(token), result.raw, result.value, result.canonical) == (62, literal, "王　建国", "王建国")


class TestFailures:
    """Each token that does not come back has its reason, and the others come back all the same."""

    def test_rotation(self) -> None:
        """Old tokens open while their key is enabled; new ones are made with the primary key."""
        [token] = old().apply(["王建国"], "PERSON")
        now = TokenOperator(keyset().for_tenant("default"))
        assert value(back(now, token)[0]) == "王建国"
        assert now.reverse([token]) == ["王建国"]
        assert now.apply(["王建国"], "PERSON")[0][3:5] == "b3"
        disabled = TokenOperator(keyset(a2="disabled").for_tenant("default"))
        assert back(disabled, token) == [Failure.UNKNOWN_KEY]
        assert disabled.reverse([token]) == [None]
        destroyed = Keyset([Key("a2", b"", "destroyed"), Key("b3", bytes(32))], "b3").for_tenant("default")
        assert back(TokenOperator(destroyed), token) == [Failure.UNKNOWN_KEY]

    def test_reasons(self, operator: TokenOperator) -> None:
        """Another keyset's, another tenant's, a damaged, a vaulted and a good one, in one text."""
        [good] = operator.apply(["王建国"], "PERSON")
        foreign = good[:3] + "zz" + good[5:]
        other = TokenOperator(keyset().for_tenant("agency-a")).apply(["王建国"], "PERSON")[0]
        damaged = good[:20] + ("a" if good[20] != "a" else "b") + good[21:]
        vaulted = good[:8] + "v" + good[9:]
        cut = good[:-3]
        results = back(operator, " ".join([foreign, other, damaged, vaulted, cut, good]))
        assert results[:-1] == [
            Failure.UNKNOWN_KEY,
            Failure.OTHER_TENANT,
            Failure.DAMAGED,
            Failure.NO_VAULT,
            Failure.DAMAGED,
        ]
        assert value(results[-1]) == "王建国"
        assert operator.reverse([foreign, other, damaged, vaulted, cut, good, "x" + good, ""]) == [None] * 5 + [
            "王建国",
            None,
            None,
        ]

    def test_a_surface_belongs_to_its_body(self, operator: TokenOperator) -> None:
        """A short or long surface cut from one token and put on another is damaged."""
        made = operator.apply(["138-0013-8000", "13900138000", "138--00138000"], "PHONE_NUMBER")
        for donor in (made[0], made[2]):
            swapped = made[1][:-1] + donor[35:]
            assert find_spans(swapped) == [(0, len(swapped))]
            assert back(operator, swapped) == [Failure.DAMAGED]
            assert operator.reverse([swapped]) == [None]

    def test_one_damaged_cell_in_a_column(self, operator: TokenOperator) -> None:
        """In a long column of tokens only the damaged cells stay."""
        values = [str(13800138000 + i) for i in range(200)]
        made = operator.apply(values, "PHONE_NUMBER")
        made[7] = made[7][:30] + "aaaaa" + "a"
        made[9] = "已还清"
        made[11] = made[11][:-1] + "b"
        made[13] = "（" * 36
        back = operator.reverse(made)
        assert [i for i, value in enumerate(back) if value is None] == [7, 9, 11, 13]
        assert [value for value in back if value] == [v for i, v in enumerate(values) if i not in (7, 9, 11, 13)]


def test_nothing_shows_a_value(operator: TokenOperator) -> None:
    """Neither the operator nor what it restored has the value in its repr."""
    [token] = operator.apply(["138-0013-8000"], "PHONE_NUMBER")
    shown = repr((operator, back(operator, token)))
    assert "0013" not in shown
    assert "13800138000" not in shown
