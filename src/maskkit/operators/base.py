"""The operator protocol, and the table that makes one from an action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from maskkit.errors import KeysetError, UsageError
from maskkit.operators.action import Action
from maskkit.operators.display import Display
from maskkit.operators.generalize import Generalize
from maskkit.operators.plain import Keep, Redact, Replace

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys


class Operator(Protocol):
    """Replaces a column of values, all of one entity."""

    @property
    def name(self) -> str:
        """The word that policies use."""

    @property
    def reversible(self) -> bool:
        """Whether the value comes back from what is written, with the keyset."""

    def apply(self, values: Sequence[str], entity: str) -> list[str]:
        """Return what stands for each of `values`: same length, same order."""


def build(action: Action, keys: TenantKeys | None = None) -> Operator:
    """Return the operator of `action`; `keys` is the tenant's, for those that need one (else KeysetError).

    Vaulted tokens need a vault too, which `TokenOperator` takes; here they are refused (UsageError). The token that
    `token_field` asks for is an operator of its own: ``build(Action("token"), keys)``.
    """
    match action.operator:
        case "mask":
            return Display()
        case "redact":
            return Redact()
        case "replace":
            return Replace(action.argument)
        case "keep":
            return Keep()
        case "generalize":
            return Generalize(action.argument or "")
    if keys is None:
        raise KeysetError(f"{action.operator} needs a keyset", hint="maskkit keys create")
    # Those with a key load the ciphers, which policies without one never need.
    if action.operator == "hash":
        from maskkit.operators.hashing import Hash

        return Hash(keys)
    if action.vault:
        raise UsageError("a vaulted token needs a vault", hint="TokenOperator(keys, VaultPlace(keys, where))")
    from maskkit.operators.token import TokenOperator

    return TokenOperator(keys)
