"""What each key of a JSON document is: decided once a path, from the policy, the key's own rule, and the keys above."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, Literal

from maskkit.detection.headers import TEXT, header_rule
from maskkit.policy import Action
from maskkit_proxy.tenants import Column, View

SUFFIX: Final = "_token"
#: Paths that are remembered; keys may be values, and a hostile upstream may send new ones for ever.
_MOST: Final = 20_000
#: Keys that say nothing themselves: what they hold is what the key above says.
_GENERIC: Final = frozenset("value values val v label text title key item items results result raw old new 值".split())
#: Keys of pieces that join to a value: too short to be one, and telling beside the rest.
_PIECES: Final = {
    **dict.fromkeys("姓 名 xing ming".split(), "PERSON"),
    **dict.fromkeys("id_last4 id_last6 idlast4 idlast6 身份证后四位 身份证后六位 证件后四位".split(), "CN_RESIDENT_ID"),
    **dict.fromkeys("phone_last4 phonelast4 mobile_last4 手机尾号 手机后四位 号码后四位".split(), "PHONE_NUMBER"),
    **dict.fromkeys("card_last4 cardlast4 卡尾号 卡号后四位".split(), "BANK_CARD"),
}
#: Keys of schemas, which are never searched. What holds a longer number is data.
_SCHEMA: Final = re.compile(r"(?!.*\d{5})[A-Za-z_$@.:/-][A-Za-z0-9_$@.:/ -]{0,63}", re.ASCII)
_WHOLE: Final = ("redact", "replace")

Others = Literal["scan", "drop", "keep"]


class Does(Enum):
    """What is done with what a key holds."""

    SCAN = auto()
    TYPED = auto()
    WHOLE = auto()
    KEEP = auto()
    DROP = auto()


@dataclass(slots=True, eq=False)
class Field:
    """One path, list positions left out. `is_data`: the key itself is a value and no word of a schema."""

    key: str = field(repr=False)
    path: str = field(repr=False)
    does: Does
    entity: str = ""
    action: Action | None = None
    sure: bool = False
    is_data: bool = False
    column: Column | None = field(default=None, repr=False)
    is_subject: bool = False
    children: dict[str, Field] = field(default_factory=dict, repr=False)
    #: The key of the token beside it.
    beside: str | None = field(default=None, repr=False)


class Fields:
    """The paths seen so far by one view. `tokens_only`: no display form beside a token. `subject`: who is counted."""

    def __init__(
        self, view: View, others: Others = "scan", *, tokens_only: bool = False, subject: frozenset[str] = frozenset()
    ) -> None:
        self.view = view
        self.policy = view.policy
        self._tokens_only = tokens_only
        self._subject = subject
        self.root = Field("", "", Does.SCAN if others != "keep" else Does.KEEP)
        self._others = {"scan": Does.SCAN, "drop": Does.DROP, "keep": Does.KEEP}[others]
        self._count = 0

    def child(self, above: Field, key: str) -> Field:
        """Return the field of `key` in `above`."""
        known = above.children.get(key)
        if known is not None:
            return known
        made = self._make(above, key)
        if self._count < _MOST:
            self._count += 1
            above.children[key] = made
        return made

    def piece(self, above: Field, key: str, entity: str) -> Field:
        """Return the field of a `key` that holds a piece of a value of `entity`, as the keys beside it tell."""
        name = f"\0{key}"
        known = above.children.get(name)
        if known is None:
            known = above.children[name] = self._make(above, key, entity)
        return known

    def _make(self, above: Field, key: str, piece_of: str | None = None) -> Field:
        path = f"{above.path}.{key}" if above.path else key
        plan = self._typed(piece_of, None, sure=True) if piece_of else self._plan(above, key, path)
        does, entity, action, sure = plan
        made = Field(key, path, does, entity, action, sure)
        made.is_data = does is Does.SCAN and not _SCHEMA.fullmatch(key) and header_rule(key) is None
        if action is not None:
            made.action = action = compact(action) if self._tokens_only else action
            made.is_subject = bool(self._subject) and (key in self._subject or path in self._subject)
            made.column = self.view.column(entity, action, sure=sure)
            made.beside = key + SUFFIX if action.token_field else None
        return made

    def _plan(self, above: Field, key: str, path: str) -> tuple[Does, str, Action | None, bool]:
        rule = self.policy.field(key, path)
        header = header_rule(key)
        if rule is not None:
            entity = rule.entity or (header.entity if header and header.entity != TEXT else None)
            if rule.scan:
                return Does.SCAN, "", None, False
            if rule.action is not None and rule.action.operator == "keep":
                return Does.KEEP, "", None, False
            if rule.action is not None and rule.action.operator in _WHOLE:
                return Does.WHOLE, entity or "VALUE", rule.action, True
            if entity is not None:
                return self._typed(entity, rule.action, sure=True)
        if key in _PIECES:
            return self._typed(_PIECES[key], None, sure=True)
        if header is not None:
            return (
                (Does.SCAN, "", None, False) if header.entity == TEXT else self._typed(header.entity, None, header.sure)
            )
        if key in _GENERIC and above.does is Does.TYPED:
            return self._typed(above.entity, above.action, sure=False)
        return Does.KEEP if above.does is Does.KEEP else self._others, "", None, False

    def _typed(self, entity: str, action: Action | None, sure: bool) -> tuple[Does, str, Action | None, bool]:
        done = action or self.policy.action(entity)
        return (Does.KEEP, "", None, False) if done.operator == "keep" else (Does.TYPED, entity, done, sure)


def compact(action: Action) -> Action:
    """Return what stands where there is no room for two: in URLs, keys, cursors and headers the token alone."""
    return Action("token", vault=action.vault) if action.token_field else action
