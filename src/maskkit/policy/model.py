"""A policy as the masker sees it: checked, complete, immutable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from maskkit.errors import UsageError, as_said
from maskkit.operators.action import Action, did_you_mean

_WILD: Final = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What the policy says of fields or columns of these names; a name with ``*`` or ``?`` is a glob.

    `entity` None: as header and sample say. `action` None: as the policy says for the entity. `scan`: the field is
    text, in which entities are looked for, whatever its header.
    """

    names: tuple[str, ...]
    entity: str | None = None
    action: Action | None = None
    scan: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """Who sees what of which entity and field. `entities` has an action for every entity."""

    name: str
    #: Of the bytes of the policy file, of those it extends and of its lists, in this order.
    sha256: str
    entities: Mapping[str, Action] = field(repr=False)
    fields: tuple[FieldRule, ...] = field(default=(), repr=False)
    profile: str = "balanced"
    names: str = "model"
    titles: bool = True
    needs_tenant: bool = False
    allow: frozenset[str] = field(default=frozenset(), repr=False)
    deny: frozenset[str] = field(default=frozenset(), repr=False)
    audiences: Mapping[str, Policy] = field(default_factory=dict, repr=False)
    #: All that it was read from: the policy file, those it extends and its lists.
    files: tuple[Path, ...] = field(default=(), repr=False)
    _exact: dict[str, FieldRule] = field(default_factory=dict, init=False, repr=False)
    _globs: list[tuple[re.Pattern[str], FieldRule]] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        for rule in self.fields:
            for name in map(folded, rule.names):
                if _WILD.search(name):
                    self._globs.append((_compiled(name), rule))
                else:
                    self._exact.setdefault(name, rule)

    @property
    def needs_key(self) -> bool:
        """Tell whether anything here makes tokens or keyed hashes."""
        actions = [*self.entities.values(), *(rule.action for rule in self.fields if rule.action)]
        return any(action.needs_key for action in actions)

    def for_audience(self, name: str) -> Policy:
        """Return the policy as it is for an audience; UsageError where it has none of that name."""
        if name not in self.audiences:
            shown = [audience for audience in self.audiences if as_said(audience) == audience]
            hint = "its file names them, below audiences" if self.audiences else "it has no audiences"
            hint = did_you_mean(name, shown) if shown else hint
            raise UsageError(f"policy {self.name} has no audience {as_said(name)}", hint=hint)
        return self.audiences[name]

    def action(self, entity: str) -> Action:
        """Return what is done to values of `entity`."""
        return self.entities[entity]

    def field(self, name: str, path: str | None = None) -> FieldRule | None:
        """Return the rule for a column or key `name`, at the dotted `path` where it is in a document.

        Exact names come first, then globs in the order of the file; a name alone is its own path. Latin letters of
        either case are alike, so are full-width ones.
        """
        place = folded(name if path is None else path)
        exact = self._exact.get(place) or self._exact.get(folded(name))
        if exact is not None:
            return exact
        return next((rule for glob, rule in self._globs if glob.fullmatch(place)), None)


def folded(name: str) -> str:
    """Return the form in which names of fields are compared."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _compiled(glob: str) -> re.Pattern[str]:
    """Compile a glob: ``*.phone`` is the last part of a path, and a path of that part alone."""
    anywhere = "(?:.*\\.)?" if glob.startswith("*.") else ""
    parts = re.split(r"([*?])", glob.removeprefix("*.") if anywhere else glob)
    return re.compile(
        anywhere + "".join({"*": ".*", "?": "."}.get(part) or re.escape(part) for part in parts), re.DOTALL
    )
