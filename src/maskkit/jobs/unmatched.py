"""What a policy says of fields that a file has not: a renamed column must not pass in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from maskkit.errors import InputError
from maskkit.policy import Policy

_MOST_SAID: Final = 20


def unmatched_fields(policy: Policy, fields: Sequence[tuple[str, str]]) -> list[str]:
    """Return the names of each field rule of the policy that matches none of `fields`, (name, dotted path) each.

    A path that many share ends with the names of its rule: ``*.phone (phone)``.
    """
    unmatched = []
    for rule in policy.fields:
        alone = replace(policy, fields=(rule,))  # since another rule may come before it
        names = ", ".join(rule.names)
        if not any(alone.field(name, path) or path.endswith(f"({names})") for name, path in fields):
            unmatched.append(names)
    return unmatched


def say_unmatched(unmatched: Sequence[str]) -> str:
    """Return the line that names field rules that match nothing; there is at least one."""
    more = f" and {len(unmatched) - _MOST_SAID} more" if len(unmatched) > _MOST_SAID else ""
    named = "; ".join(unmatched[:_MOST_SAID]) + more
    return f"the policy's field{'s' * (len(unmatched) > 1)} {named} match{'es' * (len(unmatched) == 1)} no column"


def refuse_unmatched(unmatched: Sequence[str]) -> None:
    """Raise InputError where there are any: what they are to hide may stand in a column of another name."""
    if unmatched:
        raise InputError(say_unmatched(unmatched), hint="correct the policy's fields, or leave out --strict")
