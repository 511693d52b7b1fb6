"""Looking up what a policy says of a field."""

import pytest

from maskkit.operators.action import Action
from maskkit.policy.model import FieldRule, Policy
from maskkit.policy.read import split_names

RULES = (
    FieldRule(("*.phone", "tel*"), "PHONE_NUMBER"),
    FieldRule(("home_phone", "Borrower.Name", "金额[元]"), "PERSON"),
    FieldRule(("*",), None, Action("keep")),
)


@pytest.fixture
def policy() -> Policy:
    return Policy("p", "", {}, RULES)


@pytest.mark.parametrize(
    ("name", "path", "rule"),
    [
        ("phone", None, 0),
        ("PHONE", None, 0),
        ("borrower.phone", None, 0),
        ("phone", "contacts.phone", 0),
        ("phone", "a.b.c.phone", 0),
        ("Tel2", None, 0),
        ("home_phone", None, 1),
        ("home_phone", "x.home_phone", 1),
        ("name", "borrower.name", 1),
        ("name", "guarantor.name", 2),
        ("金额[元]", None, 1),
        ("金额元", None, 2),
        ("xphone", None, 2),
        ("  Home_Phone ", None, 1),
        ("ｈｏｍｅ＿ｐｈｏｎｅ", None, 1),
    ],
)
def test_field(policy: Policy, name: str, path: str | None, rule: int) -> None:
    """Exact names and paths come before globs, globs in order; case and full width of Latin letters do not matter."""
    assert policy.field(name, path) is RULES[rule]


def test_no_rule() -> None:
    """A field that nothing names has no rule."""
    assert Policy("p", "", {}).field("x") is None


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("姓名", ["姓名"]),
        ('姓名, name, "*.contact_name"', ["姓名", "name", "*.contact_name"]),
        ("姓名，手机", ["姓名", "手机"]),
        ('"a, b", c', ["a, b", "c"]),
        ("'a', \"b\"", ["a", "b"]),
        ("金额(元), x", ["金额(元)", "x"]),
        ('5" disk, y', ['5" disk', "y"]),
        ("a,, b", ["a", "", "b"]),
        ("a,", ["a", ""]),
        ("", [""]),
        (",", ["", ""]),
        ('"open', ["open"]),
    ],
)
def test_split_names(key: str, names: list[str]) -> None:
    """Names are parted at commas of either width; quotes hold a name together."""
    assert split_names(key) == names
