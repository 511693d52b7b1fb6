"""Word lists below rules/cn: read once, as they are."""

from __future__ import annotations

from maskkit.data import lexicon
from maskkit.errors import RuleError


def words(name: str, key: str) -> tuple[str, ...]:
    """Return the blank-separated words below `key` of rules/cn/`name`.yaml, longest first."""
    value = lexicon(name).get(key)
    if not isinstance(value, str):
        raise RuleError(f"rules/cn/{name}.yaml: {key} is no list of words")
    return tuple(sorted(dict.fromkeys(value.split()), key=len, reverse=True))
