"""The public names."""

from __future__ import annotations

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
    ]


def test_every_public_name_loads() -> None:
    """Each public name can be had and has a docstring."""
    for name in maskkit.__all__:
        assert getattr(maskkit, name).__doc__
