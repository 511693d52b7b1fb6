"""The kernel: a column of values goes in, a column of the same length comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from maskkit.errors import KeysetError
from maskkit.keys.keyset import TenantKeys
from maskkit.operators.base import Operator, build
from maskkit.operators.token import Container, TokenOperator
from maskkit.operators.vault_place import VaultPlace
from maskkit.policy import Action, Policy


@dataclass(frozen=True, slots=True)
class Replaced:
    """What stands for each value, and the token beside it where the action asks for one."""

    shown: list[str] = field(repr=False)
    beside: list[str] | None = field(repr=False, default=None)

    def inline(self) -> list[str]:
        """Return the form for running text: ``138****5678(token)``."""
        if self.beside is None:
            return self.shown
        return [f"{shown}({token})" for shown, token in zip(self.shown, self.beside, strict=True)]


class Kernel:
    """Applies a policy's actions to columns of one entity, with the keys of one tenant and the vault at `vault`."""

    def __init__(self, policy: Policy, keys: TenantKeys | None, vault: str | Path | None = None) -> None:
        if policy.needs_key and keys is None:
            raise KeysetError(f"policy {policy.name} makes tokens and needs a keyset", hint="maskkit keys create")
        self.policy = policy
        #: Told of every column that is masked: the entity and the values.
        self.observer: Callable[[str, Sequence[str]], None] | None = None
        self.keys = keys
        self.tokens = TokenOperator(keys, VaultPlace(keys, vault)) if keys is not None else None
        self._operators: dict[Action, Operator] = {}

    def apply(
        self,
        values: Sequence[str],
        entity: str,
        action: Action,
        *,
        container: Container = Container.PLAIN,
        raws: Sequence[str | None] | None = None,
    ) -> Replaced:
        """Replace a column of `values`, all taken for `entity`.

        `raws` are the values as they stood in the container (a JSON literal's inside), where that is not plain text.
        """
        if not values:
            return Replaced([], [] if action.token_field else None)
        if self.observer is not None and action.operator != "keep":
            self.observer(entity, values)
        if action.operator == "token":
            return Replaced(self._token(values, entity, action, container, raws))
        shown = self._operator(action).apply(values, entity)
        if action.token_field:
            return Replaced(shown, self._token(values, entity, action, container, raws))
        return Replaced(shown)

    def _token(
        self,
        values: Sequence[str],
        entity: str,
        action: Action,
        container: Container,
        raws: Sequence[str | None] | None,
    ) -> list[str]:
        if self.tokens is None:
            raise KeysetError("a token needs a keyset", hint="maskkit keys create")
        return self.tokens.apply(values, entity, container=container, raws=raws, vault=action.vault)

    def _operator(self, action: Action) -> Operator:
        if action not in self._operators:
            self._operators[action] = build(action, self.keys)
        return self._operators[action]
