"""maskkit finds and masks Chinese personal data, and gives it back by token.

::

    import maskkit

    masker = maskkit.Masker(policy="tokens", keyset=maskkit.Keyset.open(path, passphrase=...), tenant="agency-a")
    masker.text("客户王建国电话13800138000").text

Names load when they are first used, so that importing maskkit costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maskkit.detection import detect, detect_many
    from maskkit.detection.detector import Recognizer
    from maskkit.errors import InputError, KeysetError, LeakError, MaskkitError, PolicyError, UsageError
    from maskkit.keys.keyset import Keyset
    from maskkit.masker import Masker
    from maskkit.model import Span, TextResult, UnmaskResult
    from maskkit.policy import Policy, load_policy
    from maskkit.tokens import token_key

__all__ = [
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

_HOMES = {
    "maskkit.detection": ("detect", "detect_many"),
    "maskkit.detection.detector": ("Recognizer",),
    "maskkit.errors": ("InputError", "KeysetError", "LeakError", "MaskkitError", "PolicyError", "UsageError"),
    "maskkit.keys.keyset": ("Keyset",),
    "maskkit.masker": ("Masker",),
    "maskkit.model": ("Span", "TextResult", "UnmaskResult"),
    "maskkit.policy": ("Policy", "load_policy"),
    "maskkit.tokens": ("token_key",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'maskkit' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
