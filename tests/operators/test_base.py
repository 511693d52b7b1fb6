"""Actions, and the operators that they name."""

from collections.abc import Callable

import pytest

from maskkit.errors import KeysetError, UsageError
from maskkit.keys.keyset import Keyset
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.operators.action import OPERATORS, Action, did_you_mean
from maskkit.operators.base import build

ARGUMENTS = {"generalize": "year"}


@pytest.mark.parametrize("operator", OPERATORS)
def test_build(operator: str) -> None:
    """Each action builds the operator that it names, which keeps length and order."""
    keys = Keyset.create().for_tenant("a")
    built = build(Action(operator, ARGUMENTS.get(operator)), keys)
    assert built.name == operator
    assert built.reversible == (operator == "token")
    entity = "BIRTH_DATE"
    values = ["1990-03-07", "1985-01-01", "1990-03-07"]
    shown = built.apply(values, entity)
    assert len(shown) == len(values)
    assert shown[0] == shown[2]
    assert built.apply([], entity) == []


@pytest.mark.parametrize("operator", ["token", "hash"])
def test_no_keyset(operator: str) -> None:
    """What needs a key says so, with the command that makes one."""
    with pytest.raises(KeysetError, match=f"{operator} needs a keyset") as caught:
        build(Action(operator))
    assert caught.value.hint == "maskkit keys create"


def test_redact_replace_keep() -> None:
    """Redact leaves nothing, replace the entity's name or the given text, keep everything."""
    values = ["13800138000", ""]
    assert build(Action("redact")).apply(values, "PHONE_NUMBER") == ["", ""]
    assert build(Action("replace")).apply(values, "PHONE_NUMBER") == ["<PHONE_NUMBER>"] * 2
    assert build(Action("replace", "已隐藏")).apply(values, "PHONE_NUMBER") == ["已隐藏"] * 2
    assert build(Action("replace", "")).apply(values, "PHONE_NUMBER") == ["", ""]
    assert build(Action("keep")).apply(values, "PHONE_NUMBER") == values


@pytest.mark.parametrize(
    ("make", "message", "hint"),
    [
        (lambda: Action("tokne"), "there is no operator tokne", "did you mean token?"),
        (lambda: Action("surrogate"), "there is no operator of that name", None),
        (lambda: Action("mask", "x"), "mask takes no argument", "write just: mask"),
        (lambda: Action("generalize"), "generalize needs an argument", "as in {generalize: year}"),
        (lambda: Action("generalize", "cty"), "there is no level cty", "did you mean city?"),
        (lambda: Action("token", token_field=True), "token_field goes with mask only", None),
        (
            lambda: Action("generalize", "year").check("ADDRESS"),
            "cannot generalize ADDRESS to year",
            "year is for BIRTH_DATE",
        ),
    ],
)
def test_wrong_actions(make: Callable[[], object], message: str, hint: str | None) -> None:
    """An action that nothing can do is refused when it is made, and says what would do."""
    with pytest.raises(UsageError) as caught:
        make()
    assert str(caught.value) == message
    assert hint is None or caught.value.hint == hint


def test_needs_key() -> None:
    """Tokens, hashes and masks with a token beside need the keyset, nothing else does."""
    assert {name for name in OPERATORS if Action(name, ARGUMENTS.get(name)).needs_key} == {"token", "hash"}
    assert Action("mask", token_field=True).needs_key


def test_every_entity_can_be_masked() -> None:
    """Each operator but generalize takes each entity."""
    for operator in set(OPERATORS) - {"generalize"}:
        for entity in (*ENTITIES, *FIELD_ENTITIES):
            Action(operator).check(entity)


def test_did_you_mean() -> None:
    """A near miss, in either case, names what was meant; a far one lists all there is."""
    assert did_you_mean("phone", ["PERSON", "PHONE_NUMBER"]) == "did you mean PHONE_NUMBER?"
    assert did_you_mean("persn", ["PERSON", "PHONE_NUMBER"]) == "did you mean PERSON?"
    assert did_you_mean("zzz", ["PERSON", "PHONE_NUMBER"]) == "one of PERSON, PHONE_NUMBER"
