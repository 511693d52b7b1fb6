"""The life of a keyset, and what its tokens do meanwhile."""

from __future__ import annotations

import pytest

from maskkit import Masker
from maskkit.errors import KeysetError, UsageError
from maskkit.keys import lifecycle, tenant
from maskkit.keys.keyset import Key, Keyset
from maskkit.operators.opening import Failure
from maskkit.operators.token import Restored, TokenOperator
from maskkit.tokens import find

VALUES = {"PHONE_NUMBER": "138-0013-8000", "EMAIL_ADDRESS": "wang.wu@example.com", "PERSON": "王建国"}


def made(keyset: Keyset, who: str = "default") -> dict[str, str]:
    """Return a token of each value."""
    operator = TokenOperator(keyset.for_tenant(who))
    return {entity: operator.apply([value], entity)[0] for entity, value in VALUES.items()}


def opened(keyset: Keyset, tokens: dict[str, str], who: str = "default") -> set[str]:
    """Return what became of the tokens: ``value`` for those that came back right, else the failure."""
    operator = TokenOperator(keyset.for_tenant(who))
    found = set()
    for entity, token in tokens.items():
        [result] = operator.restore(operator.find(token))
        if isinstance(result, Restored):
            found.add("value" if result.value == VALUES[entity] else "another value")
        else:
            found.add(result.value)
    return found


def key_of(tokens: dict[str, str]) -> str:
    [key_id] = {found.key_id for token in tokens.values() for found in find(token)}
    return key_id


def test_the_rotation_matrix() -> None:
    """In each stage of a key the primary makes tokens, and exactly the enabled keys open what they made."""
    before = Keyset.create()
    old = before.primary.id
    added = lifecycle.add(before)
    new = added.info()[-1].id
    promoted = lifecycle.promote(added, new)
    disabled = lifecycle.disable(promoted, old)
    enabled = lifecycle.enable(disabled, old)
    destroyed = lifecycle.destroy(lifecycle.disable(enabled, old), old)
    by_old, by_new = made(before), made(promoted)

    stages = [
        # keyset, who makes, what becomes of the old key's tokens, and of the new key's
        (before, old, "value", None),
        (added, old, "value", "value"),
        (promoted, new, "value", "value"),
        (disabled, new, "unknown", "value"),
        (enabled, new, "value", "value"),
        (destroyed, new, "unknown", "value"),
    ]
    for keyset, maker, of_old, of_new in stages:
        assert key_of(made(keyset)) == maker == keyset.primary.id
        assert opened(keyset, by_old) == {of_old}
        # A keyset that has never heard of the key takes its token for another keyset's.
        assert opened(keyset, by_new) == {of_new or Failure.UNKNOWN_KEY.value}
    assert {key.status for key in destroyed.versions() if not key.secret} == {"destroyed"}


def test_the_rotation_matrix_of_a_masker() -> None:
    """Masking and unmasking of texts goes the same way: what no enabled key opens stays, counted."""
    before = Keyset.create()
    after = lifecycle.rotate(before)
    text = Masker(keyset=before).text("电话13800138000").text
    for keyset, restored in (
        (before, 1),
        (after, 1),
        (lifecycle.disable(after, before.primary.id), 0),
        (lifecycle.enable(lifecycle.disable(after, before.primary.id), before.primary.id), 1),
        (lifecycle.destroy(lifecycle.disable(after, before.primary.id), before.primary.id), 0),
    ):
        back = Masker(keyset=keyset).unmask(text)
        assert (back.restored, back.left) == (restored, 1 - restored)
        assert back.text == ("电话13800138000" if restored else text)


@pytest.mark.parametrize("first", ["aes", "sm"])
@pytest.mark.parametrize("second", ["aes", "sm"])
def test_suites_live_side_by_side(first: str, second: str) -> None:
    """A keyset may hold keys of both suites, and each opens what it made; a new key is of the primary's suite."""
    keyset = lifecycle.rotate(Keyset.create("sm" if first == "sm" else "aes"), "sm" if second == "sm" else "aes")
    assert [key.suite for key in keyset.info()] == [first, second]
    assert lifecycle.rotate(keyset).primary.suite == second
    older = lifecycle.promote(keyset, keyset.info()[0].id)
    assert opened(keyset, made(older)) == opened(keyset, made(keyset)) == {"value"}


def test_nothing_changes_in_place() -> None:
    """Each step gives another keyset; the one it was given is as it was, and the signing key outlives them all."""
    keyset = Keyset.create()
    before = keyset.info()
    later = lifecycle.add_tenant(lifecycle.rotate(keyset), "a")
    later = lifecycle.destroy(lifecycle.disable(later, before[0].id), before[0].id)
    assert keyset.info() == before
    assert not keyset.has_tenant("a")
    assert later.signing_key().private_bytes_raw() == keyset.signing_key().private_bytes_raw()


def test_steps_that_cannot_be() -> None:
    """The primary key is neither disabled nor destroyed, an enabled one not destroyed, a destroyed one never back."""
    keyset = lifecycle.rotate(Keyset.create())
    old, new = (key.id for key in keyset.info())
    disabled = lifecycle.disable(keyset, old)
    destroyed = lifecycle.destroy(disabled, old)
    for step, given, key_id, message in (
        (lifecycle.disable, keyset, new, "is primary"),
        (lifecycle.destroy, keyset, new, "is enabled"),
        (lifecycle.destroy, keyset, old, "is enabled"),
        (lifecycle.enable, keyset, old, "is enabled already"),
        (lifecycle.disable, disabled, old, "is disabled already"),
        (lifecycle.promote, disabled, old, "is disabled and cannot"),
        (lifecycle.promote, destroyed, old, "is destroyed and cannot"),
        (lifecycle.enable, destroyed, old, "secret is gone"),
        (lifecycle.disable, destroyed, old, "secret is gone"),
        (lifecycle.destroy, destroyed, old, "is destroyed already"),
        (lifecycle.enable, keyset, "zz", "has no key"),
        (lifecycle.promote, keyset, "13800138000", "has no key of that name"),
    ):
        with pytest.raises(KeysetError, match=message) as caught:
            step(given, key_id)
        assert caught.value.hint


def test_the_end_of_a_contract() -> None:
    """A retired tenant's tokens never open again, and every other tenant's and key's go on opening."""
    keyset = lifecycle.add_tenant(lifecycle.add_tenant(Keyset.create(), "agency-a"), "agency-b")
    earlier = made(keyset, "agency-a")
    keyset = lifecycle.rotate(keyset)
    gone, stays, default = (made(keyset, who) for who in ("agency-a", "agency-b", "default"))
    assert opened(keyset, gone, "agency-a") == opened(keyset, earlier, "agency-a") == {"value"}
    retired = lifecycle.retire_tenant(keyset, "agency-a")
    for who in ("agency-a", "agency-b", "default"):
        assert opened(retired, gone, who) == opened(retired, earlier, who) == {"retired tenant"}
    assert opened(retired, stays, "agency-b") == opened(retired, default) == {"value"}
    assert opened(retired, stays, "agency-a") == opened(retired, default, "agency-b") == {"other tenant"}
    assert all(not one.salt for one in retired.tenants() if one.name == "agency-a")
    with pytest.raises(KeysetError, match="agency-a is retired"):
        made(retired, "agency-a")


def test_a_tenant_that_is_added_later() -> None:
    """What was made before keeps its tag and opens, before and after the retirement; what comes after has another."""
    keyset = Keyset.create()
    before = made(keyset, "agency-a")
    keyset = lifecycle.add_tenant(keyset, "agency-a")
    after = made(keyset, "agency-a")
    assert {token[5:8] for token in before.values()} != {token[5:8] for token in after.values()}
    assert opened(keyset, before, "agency-a") == opened(keyset, after, "agency-a") == {"value"}
    retired = lifecycle.retire_tenant(keyset, "agency-a")
    assert opened(retired, before, "agency-a") == {"value"}
    assert opened(retired, after, "agency-a") == {"retired tenant"}


def test_a_tag_tells_before_from_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a new salt gives a tag that the tenant has had, another salt is taken, for every key with a secret."""
    keyset = lifecycle.rotate(Keyset.create())
    keyset = lifecycle.disable(keyset, keyset.info()[0].id)
    real, seen = tenant.derive, list[bytes]()

    def derive(key: Key, salt: bytes, name: str, entity: str, use: str, length: int) -> bytes:
        seen.append(salt)
        same = salt and salt == next(one for one in seen if one) and key.status == "disabled"
        return real(key, b"" if same else salt, name, entity, use, length)

    monkeypatch.setattr(tenant, "derive", derive)
    [added] = lifecycle.add_tenant(keyset, "a").tenants()
    assert added.salt != next(one for one in seen if one)


def test_tenants_that_cannot_be() -> None:
    """No name twice, none that cannot be printed, no retirement of one that was never added or is retired."""
    keyset = lifecycle.add_tenant(Keyset.create(), "机构甲")
    with pytest.raises(KeysetError, match="already"):
        lifecycle.add_tenant(keyset, "机构甲")
    for name in ("", " a", "a\n", "a\u200b", "x" * 101):
        with pytest.raises(UsageError):
            lifecycle.add_tenant(keyset, name)
    with pytest.raises(KeysetError, match="never added"):
        lifecycle.retire_tenant(keyset, "default")
    retired = lifecycle.retire_tenant(keyset, "机构甲")
    with pytest.raises(KeysetError, match="was retired on"):
        lifecycle.retire_tenant(retired, "机构甲")
    with pytest.raises(KeysetError, match="already"):
        lifecycle.add_tenant(retired, "机构甲")


def test_the_default_tenant_can_be_added() -> None:
    """Files made without a tenant can have an end too, from then on."""
    keyset = lifecycle.add_tenant(Keyset.create(), "default")
    tokens = made(keyset)
    assert opened(lifecycle.retire_tenant(keyset, "default"), tokens) == {"retired tenant"}
