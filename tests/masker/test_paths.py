"""Fields of records: how many there are stays within bounds, and what is said of one name stays said of it."""

from __future__ import annotations

from filejobs import quick_masker

from maskkit import Keyset
from maskkit.masker.fields import FieldMasker
from maskkit.masker.paths import MOST_KEYS, FieldPaths, keys_of
from maskkit.masker.records import mask_record
from maskkit.operators.action import Action
from maskkit.policy import FieldRule


def test_lists_have_no_positions() -> None:
    """All items of a list are one field."""
    assert keys_of(("a", 0, "b", 17)) == ("a", "b")


def test_an_object_with_many_keys_is_a_map() -> None:
    """Keys at one place stay fields up to a number, and are data beyond it, at every depth."""
    paths = FieldPaths(most=2)
    paths.learn([("a",), ("b",), ("a", "x"), ("b", "y"), ()])
    assert paths.gathered(("a", "x")) == ("a", "x")
    paths.learn([("c",), ("c", "y")])
    assert paths.gathered(("a", "x")) == ("*", "x")
    assert paths.gathered(("new",)) == ("*",)
    paths.learn([("d", "x"), ("d", "y"), ("d", "z")])
    assert paths.gathered(("a", "x", "phone")) == ("*", "*", "phone")
    assert paths.gathered(()) == ()


def test_too_many_keys_in_all() -> None:
    """However objects nest, keys that come after a number of them are data; those that were there stay fields."""
    paths = FieldPaths(most=9, most_in_all=3)
    paths.learn([("a",), ("a", "b"), ("a", "c"), ("a", "d"), ("z",)])
    assert paths.gathered(("a", "b")) == ("a", "b")
    assert paths.gathered(("a", "new", "b")) == ("a", "*", "*")
    paths.learn([("new",), ("new", "x")])
    assert paths.gathered(("new", "x")) == ("*", "*")


def fields_of(keyset: Keyset, record: object, *rules: FieldRule, given: dict[str, str] | None = None) -> FieldMasker:
    masker = quick_masker(keyset, "display")
    policy = type(masker.policy)(masker.policy.name, "", masker.policy.entities, fields=rules, names="off")
    fields = FieldMasker(policy, masker.kernel, masker.detector, given=given)
    mask_record(record, fields)
    return fields


def test_customers_as_keys(keyset: Keyset) -> None:
    """However many customers a record is keyed by, each kind of field has one plan, by its own name."""
    customer = {"phone": "13800138000", "note": "13900139000", "id": "C1"}
    fields = fields_of(keyset, {f"1380013{n:04}": customer for n in range(MOST_KEYS + 1)})
    assert {name: plan.taken_for for name, plan in fields.plans.items()} == {
        "*.phone": "PHONE_NUMBER",
        "*.note": "text",
        "*.id": "text",
    }
    assert fields.counts["*.phone"].masked == MOST_KEYS + 1


def test_many_fields_keep_what_is_said_of_them(keyset: Keyset) -> None:
    """In an object with very many keys those that policy, caller or header rules name are what these say."""
    record: dict[str, object] = {f"note{n}": "x" for n in range(MOST_KEYS)}
    record |= {"phone": "12345", "secret": "abc", "given": "12345", "ä": {"phone": "1", "own": "1"}}
    rules = (FieldRule(("secret",), action=Action("redact")), FieldRule(("ä.own",), action=Action("keep")))
    fields = fields_of(keyset, record, *rules, given={"given": "PHONE_NUMBER"})
    assert {name: (plan.taken_for, plan.by) for name, plan in fields.plans.items()} == {
        "* (text)": ("text", "header"),
        "* (PHONE_NUMBER)": ("PHONE_NUMBER", "header"),
        "* (secret)": ("any", "policy"),
        "given": ("PHONE_NUMBER", "given"),
        "*.phone": ("PHONE_NUMBER", "header"),
        "*.own (ä.own)": ("kept", "policy"),
    }


def test_a_path_that_is_given(keyset: Keyset) -> None:
    """A whole path that the caller names is a field of its own, among however many."""
    record = {f"c{n}": {"x": "12345"} for n in range(MOST_KEYS + 1)}
    fields = fields_of(keyset, record, given={"c7.x": "PHONE_NUMBER"})
    assert {name: plan.taken_for for name, plan in fields.plans.items()} == {"*.x": "text", "c7.x": "PHONE_NUMBER"}
