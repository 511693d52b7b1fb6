"""The data files: the folder rules/ of the repository, which the wheel carries inside the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from maskkit.errors import RuleError


def rules_dir() -> Path:
    """Return the folder rules/ of the source checkout or editable install, else the wheel's copy of it."""
    checkout = Path(__file__).resolve().parents[2] / "rules"
    return checkout if checkout.is_dir() else Path(__file__).resolve().parent / "_rules"


@cache
def lexicon(name: str) -> Mapping[str, Any]:
    """Return the mapping that rules/cn/`name`.yaml holds, read once. Raises RuleError where there is none."""
    path = rules_dir() / "cn" / f"{name}.yaml"
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise RuleError(f"rules/cn/{name}.yaml: cannot be read") from None
    if not isinstance(data, dict):
        raise RuleError(f"rules/cn/{name}.yaml: not a mapping")
    return data
