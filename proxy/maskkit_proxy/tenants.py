"""What the policy, the keys and the detector are for one tenant and audience, and what they did before."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

from maskkit.detection.detector import build_detector
from maskkit.errors import KeysetError
from maskkit.keys.keyset import Keyset
from maskkit.masker.kernel import Kernel
from maskkit.masker.known import SEARCHED, searchable
from maskkit.model import Span
from maskkit.normalize import canonical
from maskkit.operators.token import Container, TokenOperator
from maskkit.policy import Action, Policy

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")

#: A value, a number with its literal.
Wanted: TypeAlias = str | tuple[str, str]

#: What bytes.translate is told to leave out.
NO_DIGITS: Final = bytes(byte for byte in range(256) if byte not in b"0123456789")
ASCII: Final = bytes(range(128))
#: So many digits tell a value by themselves, whatever stands between them.
_TELLING: Final = 7
#: Values held a column, and texts in which nothing was found.
_HELD: Final = 40_000


class Recent(Generic[KeyT, ValueT]):
    """A bounded map that forgets what was not asked for lately: two generations, of which the older one goes."""

    __slots__ = ("_old", "_size", "young")

    def __init__(self, size: int = _HELD) -> None:
        self._size = size
        #: What was asked for lately; who is in a hurry looks here first.
        self.young: dict[KeyT, ValueT] = {}
        self._old: dict[KeyT, ValueT] = {}

    def get(self, key: KeyT) -> ValueT | None:
        """Return what is held for `key`."""
        value = self.young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self.put(key, value)
        return value

    def put(self, key: KeyT, value: ValueT) -> None:
        """Hold a value."""
        if len(self.young) >= self._size:
            self._old, self.young = self.young, {}
        self.young[key] = value


class Known:
    """A value to look for in the whole answer, and by which of its bytes the last check looks for it first."""

    __slots__ = ("beyond_ascii", "digits", "entity", "raw", "value")

    def __init__(self, entity: str, value: str) -> None:
        self.entity = entity
        self.value = value
        self.raw = value.encode()
        digits = self.raw if self.raw.isdigit() else self.raw.translate(None, NO_DIGITS)
        self.digits = digits if len(digits) >= _TELLING else None
        self.beyond_ascii = None if self.digits or value.isascii() else self.raw.translate(None, ASCII)

    def __repr__(self) -> str:
        return f"Known({self.entity!r})"


class Shown(NamedTuple):
    """What stands for a value, the token beside it, and what to look for elsewhere; None where it is too short."""

    text: str
    token: str | None
    known: Known | None

    def inline(self) -> str:
        """Return the form for running text."""
        return self.text if self.token is None else f"{self.text}({self.token})"


class Read(NamedTuple):
    """What was found in a text, and whether anything in it is written apart."""

    spans: tuple[Span, ...]
    apart: bool


class Column:
    """Values of one entity under one action, for one tenant: masked together, remembered one by one.

    A bare number has another token than the same digits in a string, so it is held under its literal too.
    """

    __slots__ = ("_kernel", "action", "entity", "held")

    def __init__(self, kernel: Kernel, entity: str, action: Action) -> None:
        self.entity = entity
        self.action = action
        self.held: Recent[Wanted, Shown] = Recent()
        self._kernel = kernel

    def masked(self, wanted: Iterable[Wanted], noted: Mapping[str, Known]) -> dict[Wanted, Shown]:
        """Return what stands for each value: what is held, and one call of the kernel for the rest.

        What is `noted` of values already is not made again.
        """
        done: dict[Wanted, Shown] = {}
        fresh: list[Wanted] = []
        for one in wanted:
            shown = self.held.get(one)
            if shown is None:
                fresh.append(one)
            else:
                done[one] = shown
        if fresh:
            values = [one if isinstance(one, str) else one[0] for one in fresh]
            literals = [None if isinstance(one, str) else one[1] for one in fresh]
            made = self._kernel.apply(values, self.entity, self.action, container=Container.JSON, raws=literals)
            sought = self.entity in SEARCHED
            beside: Sequence[str | None] = made.beside or [None] * len(fresh)
            put = self.held.put
            for one, value, text, token in zip(fresh, values, made.shown, beside, strict=True):
                known = noted.get(value)
                if known is None and sought and searchable(value):
                    known = Known(self.entity, value)
                shown = done[one] = Shown(text, token, known)
                put(one, shown)
        return done


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
        #: What was found in short texts.
        self.read: Recent[str, Read] = Recent()
        self._index_key: bytes | None = None
        self._columns: dict[tuple[str, Action, bool], Column] = {}

    def __repr__(self) -> str:
        return f"View(tenant={self.tenant!r}, policy={self.policy.name!r})"

    @property
    def tokens(self) -> TokenOperator:
        """The operator that makes and opens this tenant's tokens."""
        if self.kernel.tokens is None:
            raise KeysetError("tokens need a keyset")
        return self.kernel.tokens

    def index(self, entity: str, value: str) -> bytes:
        """Return what stands for a person where persons are only counted: keyed, and the same however it is written."""
        keys = self.kernel.keys
        if keys is None:
            raise KeysetError("persons are counted with a keyset")
        if self._index_key is None:
            self._index_key = keys.derive(keys.primary, "", "person count", 32)
        said = f"{entity}\0{canonical(entity, value)}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, key=self._index_key, digest_size=16).digest()

    def column(self, entity: str, action: Action, *, sure: bool = True) -> Column:
        """Return the column of an entity and action; apart where a key only may mean the entity."""
        key = (entity, action, sure)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = Column(self.kernel, entity, action)
        return column
