"""What the policy, the keys and the detector are for one tenant and audience, and what they did before."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from maskkit.detection.detector import build_detector
from maskkit.errors import KeysetError
from maskkit.keys.keyset import Keyset
from maskkit.masker.kernel import Kernel
from maskkit.operators.token import TokenOperator
from maskkit.policy import Action, Policy

ValueT = TypeVar("ValueT")

#: What stands for a value, and the token beside it.
Shown = tuple[str, str | None]


class Recent(Generic[ValueT]):
    """A bounded map that forgets what was not asked for lately: two generations, of which the older one goes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[str, ValueT] = {}
        self._old: dict[str, ValueT] = {}

    def get(self, key: str) -> ValueT | None:
        """Return what is held for `key`."""
        value = self._young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self.put(key, value)
        return value

    def put(self, key: str, value: ValueT) -> None:
        """Hold a value."""
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
        self._young[key] = value


#: Values held an action and entity, and texts in which nothing was found.
_VALUES: Final = 40_000


class View:
    """How one tenant and audience sees data; shared by all its requests."""

    def __init__(self, policy: Policy, keyset: Keyset | None, tenant: str, audience: str | None = None) -> None:
        self.policy = policy.for_audience(audience) if audience else policy
        self.tenant = tenant
        self.kernel = Kernel(self.policy, keyset.for_tenant(tenant) if keyset is not None else None)
        self.detector = build_detector(
            profile=self.policy.profile,
            names=self.policy.names,
            titles=self.policy.titles,
            allow=self.policy.allow,
            deny=self.policy.deny,
        )
        self._shown: dict[tuple[str, Action], Recent[Shown]] = {}
        self.clean: Recent[bool] = Recent(_VALUES)

    def __repr__(self) -> str:
        return f"View(tenant={self.tenant!r}, policy={self.policy.name!r})"

    @property
    def tokens(self) -> TokenOperator:
        """The operator that makes and opens this tenant's tokens."""
        if self.kernel.tokens is None:
            raise KeysetError("tokens need a keyset")
        return self.kernel.tokens

    def shown(self, entity: str, action: Action) -> Recent[Shown]:
        """Return what stood for values of `entity` before."""
        key = (entity, action)
        held = self._shown.get(key)
        if held is None:
            held = self._shown[key] = Recent(_VALUES)
        return held
