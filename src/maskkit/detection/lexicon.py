"""Word lists below rules/cn: read once, as they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from maskkit.data import rules_dir
from maskkit.errors import RuleError


@cache
def lexicon(name: str) -> Mapping[str, Any]:
    """Return the mapping that rules/cn/`name`.yaml holds. Raises RuleError where there is none."""
    path = rules_dir() / "cn" / f"{name}.yaml"
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise RuleError(f"rules/cn/{name}.yaml: cannot be read") from None
    if not isinstance(data, dict):
        raise RuleError(f"rules/cn/{name}.yaml: not a mapping")
    return data


def words(name: str, key: str) -> tuple[str, ...]:
    """Return the blank-separated words below `key` of rules/cn/`name`.yaml, longest first."""
    value = lexicon(name).get(key)
    if not isinstance(value, str):
        raise RuleError(f"rules/cn/{name}.yaml: {key} is no list of words")
    return tuple(sorted(dict.fromkeys(value.split()), key=len, reverse=True))
