"""An action: an operator with its parameter, checked when it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from maskkit.errors import UsageError, as_meant
from maskkit.operators.generalize import LEVELS

#: Every operator, and whether it takes an argument: never, maybe, always.
OPERATORS: Final = {
    "mask": "never",
    "token": "never",
    "hash": "never",
    "redact": "never",
    "replace": "maybe",
    "keep": "never",
    "generalize": "always",
}
#: Operators that need the keyset of a tenant.
KEYED: Final = frozenset({"token", "hash"})


@dataclass(frozen=True, slots=True)
class Action:
    """An operator's name and its argument: a level for `generalize`, the text to put for `replace`.

    `token_field` asks `mask` for the token beside what is shown; `vault` for tokens whose value lies in a vault alone.
    Raises UsageError for what no operator can do.
    """

    operator: str
    argument: str | None = None
    token_field: bool = False
    vault: bool = False

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise UsageError(
                f"there is no operator {as_meant(self.operator, OPERATORS)}",
                hint=did_you_mean(self.operator, OPERATORS),
            )
        takes = OPERATORS[self.operator]
        if self.argument is not None and takes == "never":
            raise UsageError(f"{self.operator} takes no argument", hint=f"write just: {self.operator}")
        if self.argument is None and takes == "always":
            raise UsageError(f"{self.operator} needs an argument", hint="as in {generalize: year}")
        if self.operator == "generalize" and self.argument not in LEVELS:
            level = str(self.argument)
            raise UsageError(f"there is no level {as_meant(level, LEVELS)}", hint=did_you_mean(level, LEVELS))
        if self.token_field and self.operator != "mask":
            raise UsageError("token_field goes with mask only", hint=f"{self.operator} has nothing to stand beside")
        if self.vault and not self.makes_tokens:
            raise UsageError("vault goes with tokens only", hint=f"{self.operator} makes none")

    @property
    def makes_tokens(self) -> bool:
        """Tell whether tokens stand in the place of values, or beside them."""
        return self.operator == "token" or self.token_field

    @property
    def needs_key(self) -> bool:
        """Tell whether this cannot be done without a keyset."""
        return self.operator in KEYED or self.token_field

    def check(self, entity: str) -> None:
        """Raise UsageError where this cannot be done to values of `entity`: a year of a phone number."""
        if self.operator == "generalize" and self.argument is not None and LEVELS[self.argument] != entity:
            raise UsageError(
                f"cannot generalize {entity} to {self.argument}",
                hint=f"{self.argument} is for {LEVELS[self.argument]}",
            )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names what `word` may have meant, and otherwise all that is known."""
    words = {name.casefold(): name for name in known}
    asked = word.casefold()
    close = get_close_matches(asked, words, n=1) or [name for name in words if asked and asked in name][:1]
    return f"did you mean {words[close[0]]}?" if close else f"one of {', '.join(words.values())}"
