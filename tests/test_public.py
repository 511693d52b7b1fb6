"""The public names."""

from __future__ import annotations

import inspect

import pytest

import maskkit


def test_public_names_are_pinned() -> None:
    """What `maskkit` offers changes only on purpose."""
    assert maskkit.__all__ == [
        "InputError",
        "Keyset",
        "KeysetError",
        "LeakError",
        "Masker",
        "MaskkitError",
        "Policy",
        "PolicyError",
        "Recognizer",
        "Span",
        "TextResult",
        "UnmaskResult",
        "UsageError",
        "detect",
        "detect_many",
        "load_policy",
        "token_key",
    ]


def test_every_public_name_loads() -> None:
    """Each public name can be had and has a docstring."""
    for name in maskkit.__all__:
        assert getattr(maskkit, name).__doc__


def test_names_are_found_by_dir_and_unknown_ones_are_not() -> None:
    """`dir` lists what loads later; a name that is none is an AttributeError as everywhere."""
    assert set(maskkit.__all__) <= set(dir(maskkit))
    name = "nope"
    with pytest.raises(AttributeError, match=name):
        getattr(maskkit, name)


def test_detect_many_is_detect_for_each() -> None:
    """Many texts at once are found in as each is alone, also with entities named; strings come as they are."""
    texts = ["客户王建国电话13800138000", "", "卡号6222021234567890128", "138", "00138000", "王", "建国说"]
    assert maskkit.detect_many(texts) == [maskkit.detect(text) for text in texts]
    only = maskkit.detect_many(texts, entities={"BANK_CARD"})
    assert only == [maskkit.detect(text, entities=["BANK_CARD"]) for text in texts]
    assert {span.entity for spans in only for span in spans} == {"BANK_CARD"}
    with pytest.raises(maskkit.UsageError):
        maskkit.detect("x", entities={"NAME"})


def test_token_key_is_one_for_all_ways_to_write_a_value() -> None:
    """What joins two files is the part of a token that does not change with the surface."""
    masker = maskkit.Masker(keyset=maskkit.Keyset.create())
    tokens = masker.column(
        ["13800138000", "138-0013-8000", "１３８００１３８０００", "+86 13800138000"], "PHONE_NUMBER"
    )
    assert len(set(tokens)) == 4
    assert len(set(map(maskkit.token_key, tokens))) == 1
    with pytest.raises(maskkit.InputError):
        maskkit.token_key("13800138000")


def test_every_public_class_and_function_is_typed() -> None:
    """Each parameter and result of the public functions and of Masker and Keyset has a type."""
    for thing in (maskkit.Masker, maskkit.Keyset):
        for name, member in inspect.getmembers(thing, inspect.isfunction):
            if not name.startswith("_") or name == "__init__":
                signature = inspect.signature(member)
                assert signature.return_annotation is not inspect.Signature.empty, f"{thing.__name__}.{name}"
                assert member.__doc__ or name == "__init__", f"{thing.__name__}.{name}"
