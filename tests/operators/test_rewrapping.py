"""Tokens of older keys to tokens of the primary one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maskkit.errors import InputError, KeysetError
from maskkit.keys import lifecycle
from maskkit.keys.keyset import Key, Keyset
from maskkit.operators.opening import Failure
from maskkit.operators.rewrapping import rewrap
from maskkit.operators.token import Container, TokenOperator

DOCUMENT = json.loads((Path(__file__).parents[1] / "vectors" / "tokens_v1.json").read_text("utf-8"))
KEYS = [Key(key["id"], bytes.fromhex(key["secret"])) for key in DOCUMENT["keys"]]


@pytest.mark.parametrize("suite", ["aes", "sm"])
@pytest.mark.parametrize("vector", DOCUMENT["vectors"], ids=lambda vector: vector["token"][:16])
def test_every_surface_is_kept(vector: dict[str, Any], suite: str) -> None:
    """The new token is the one that the primary key would have made of the same text in the same container."""
    new = Key("x5", bytes(32), suite="sm" if suite == "sm" else "aes")
    operator = TokenOperator(Keyset([*KEYS, new], "x5").for_tenant(vector["tenant"]))
    literal = vector.get("literal")
    container = Container.JSON if literal else Container.PLAIN
    expected = operator.apply([vector["text"]], vector["entity"], container=container, raws=[literal])
    found = operator.find(vector["token"])
    assert operator.needs_rewrap(found[0])
    assert rewrap(operator, found) == expected
    assert not operator.needs_rewrap(operator.find(expected[0])[0])
    assert len(expected[0]) == len(vector["token"])


def test_what_does_not_open_stays() -> None:
    """A token of a disabled key, of another tenant or keyset, and a damaged one: each with its reason, in its place."""
    keyset = lifecycle.rotate(Keyset.create())
    old, new = (key.id for key in keyset.info())
    older = lifecycle.promote(keyset, old)
    token = TokenOperator(older.for_tenant("default")).apply(["13800138000"], "PHONE_NUMBER")[0]
    other = TokenOperator(older.for_tenant("b")).apply(["13800138000"], "PHONE_NUMBER")[0]
    text = f"{token},{other},{token[:-3]},{token}"
    operator = TokenOperator(keyset.for_tenant("default"))
    done = rewrap(operator, operator.find(text))
    assert done[0] == done[3] == TokenOperator(keyset.for_tenant("default")).apply(["13800138000"], "PHONE_NUMBER")[0]
    assert done[1:3] == [Failure.OTHER_TENANT, Failure.DAMAGED]
    assert not isinstance(done[0], Failure)
    assert done[0][3:5] == new
    disabled = TokenOperator(lifecycle.disable(keyset, old).for_tenant("default"))
    assert rewrap(disabled, disabled.find(token)) == [Failure.UNKNOWN_KEY]


def test_a_tenant_that_was_added_moves_to_its_salt() -> None:
    """What was made before the tenant was added can be retired once it is rewrapped."""
    keyset = Keyset.create()
    token = TokenOperator(keyset.for_tenant("a")).apply(["13800138000"], "PHONE_NUMBER")[0]
    keyset = lifecycle.add_tenant(keyset, "a")
    operator = TokenOperator(keyset.for_tenant("a"))
    [moved] = rewrap(operator, operator.find(token))
    retired = TokenOperator(lifecycle.retire_tenant(keyset, "a").for_tenant("a"))
    assert retired.restore(retired.find(str(moved))) == [Failure.RETIRED]
    with pytest.raises(KeysetError, match="is retired"):
        rewrap(retired, retired.find(token))


def test_a_token_that_comes_back_otherwise_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each new token is opened: where it gives another value than the old one, nothing is changed."""
    keyset = Keyset.create()
    token = TokenOperator(keyset.for_tenant("a")).apply(["13800138000"], "PHONE_NUMBER")[0]
    operator = TokenOperator(lifecycle.rotate(keyset).for_tenant("a"))
    real = TokenOperator.apply

    def wrong(self: TokenOperator, values: list[str], entity: str, **how: Any) -> list[str]:
        return real(self, ["13900139000" for _ in values], entity)

    monkeypatch.setattr(TokenOperator, "apply", wrong)
    with pytest.raises(InputError, match="does not come back") as caught:
        rewrap(operator, operator.find(token))
    assert "139" not in str(caught.value)
