"""Operators that look at no value: redact, replace, keep."""

from __future__ import annotations

from collections.abc import Sequence


class Redact:
    """Removes the value: the empty string stands for it."""

    name = "redact"
    reversible = False

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return as many empty strings as there are `values`."""
        del entity
        return [""] * len(values)


class Replace:
    """Puts one text for every value: the given one, else the entity's name, ``<PHONE_NUMBER>``."""

    name = "replace"
    reversible = False

    def __init__(self, text: str | None = None) -> None:
        self._text = text

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return the text once for each of `values`."""
        return [f"<{entity}>" if self._text is None else self._text] * len(values)


class Keep:
    """Leaves the value as it is."""

    name = "keep"
    reversible = False

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return `values`."""
        del entity
        return list(values)
