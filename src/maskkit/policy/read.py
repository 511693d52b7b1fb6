"""What one policy file says: read from its nodes, each part checked where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from maskkit.errors import UsageError, as_meant
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.operators.action import OPERATORS, Action, did_you_mean
from maskkit.operators.generalize import LEVELS
from maskkit.policy.model import folded
from maskkit.policy.source import LARGEST_LIST, Source, UnreadableError, read_text

ALL_ENTITIES: Final = (*ENTITIES, *FIELD_ENTITIES)
#: In `entities`: every entity that is not named.
REST: Final = "*"
#: In a field's `as`: no entity of its own, scan it.
TEXT: Final = "text"

_FIELD_WORDS: Final = (*ALL_ENTITIES, TEXT)
_RULE_KEYS: Final = ("as", "do", *OPERATORS)
_TOP_KEYS: Final = ("extends", "tenant", "audiences")
_LIST_KEYS: Final = ("file",)
#: Operators that take keys, all of them true or false.
_FLAGS: Final = {"mask": ("token_field", "vault"), "token": ("vault",)}
_NAME_KEYS: Final = ("model", "threshold")
_LIKELIHOOD: Final = re.compile(r"0\.(?=0*[1-9])[0-9]{1,6}")
_BOOLEANS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Wanted(NamedTuple):
    """An action whose `token_field` and `vault` may be left to the policy's own defaults."""

    action: Action
    token_field: bool | None = None
    vault: bool | None = None


class Rule(NamedTuple):
    """A line of `fields`."""

    names: tuple[str, ...]
    entity: str | None
    wanted: Wanted | None
    scan: bool


@dataclass(slots=True)
class Layer:
    """One file's own words, or one audience's; None where it says nothing."""

    extends: tuple[str, yaml.Node] | None = None
    profile: str | None = None
    names: str | None = None
    titles: bool | None = None
    token_field: bool | None = None
    vault: bool | None = None
    tenant: str | None = None
    allow: frozenset[str] = field(default=frozenset(), repr=False)
    deny: frozenset[str] = field(default=frozenset(), repr=False)
    entities: dict[str, Wanted] = field(default_factory=dict)
    fields: tuple[Rule, ...] = ()
    audiences: dict[str, Layer] = field(default_factory=dict)


class Reader:
    """Reads one file into a layer; what is wrong goes to the source's problems."""

    def __init__(self, source: Source) -> None:
        self._source = source
        #: The lists beside the policy, which are part of it, and their bytes.
        self.lists: list[tuple[Path, bytes]] = []

    def layer(self, node: yaml.Node, where: str = "") -> Layer:
        """Return what the file says, or, at ``audiences.<name>``, what it says for one audience."""
        layer = Layer()
        keys: dict[str, Callable[[yaml.Node, str], object]] = {
            "profile": self._choice("balanced", "strict"),
            "names": self._names,
            "titles": self._boolean,
            "token_field": self._boolean,
            "vault": self._boolean,
            "allow": self._words,
            "deny": self._words,
            "entities": self._entities,
            "fields": self._fields,
        }
        if not where:
            keys |= {
                "extends": lambda value, at: (text, value) if (text := self._source.scalar(value, at)) else None,
                "tenant": self._choice("required", "optional"),
                "audiences": self._audiences,
            }
        for key, key_node, value, at in self._source.items(node, where, (*keys, *_TOP_KEYS)):
            if key not in keys:
                self._source.complain(key_node, at, "unknown key", did_you_mean(key, keys))
            elif (said := keys[key](value, at)) is not None:
                setattr(layer, key, said)
        return layer

    def _choice(self, *words: str) -> Callable[[yaml.Node, str], str | None]:
        def read(node: yaml.Node, where: str) -> str | None:
            text = self._source.scalar(node, where)
            if text is None or text in words:
                return text
            self._source.complain(node, where, "unknown word", did_you_mean(text, words))
            return None

        return read

    def _names(self, node: yaml.Node, where: str) -> str | None:
        """Return what finds names: a word, or ``{model: open, threshold: 0.2}`` as ``model:open@0.2``."""
        if not isinstance(node, yaml.MappingNode):
            return self._choice("model", "jieba", "off")(node, where)
        model, threshold = "full", ""
        for key, key_node, value, at in self._source.items(node, where, _NAME_KEYS):
            text = self._source.scalar(value, at) if key in _NAME_KEYS else ""
            if key not in _NAME_KEYS:
                self._source.complain(key_node, at, "unknown key", did_you_mean(key, _NAME_KEYS))
            elif key == "threshold" and text is not None and not _LIKELIHOOD.fullmatch(text):
                self._source.complain(value, at, "expected a number between 0 and 1", "0.5 is balanced, 0.12 strict")
            elif key == "threshold":
                threshold = f"@{text}"
            elif text in ("full", "open"):
                model = text
            elif text and text.endswith(".npz"):
                model = str(self._source.file.parent / text)
            elif text is not None:
                self._source.complain(value, at, "no model of names", "full, open, or a file of maskkit names train")
        return f"model:{model}{threshold}"

    def _boolean(self, node: yaml.Node, where: str) -> bool | None:
        text = self._source.scalar(node, where)
        if text is not None and text.lower() not in _BOOLEANS:
            self._source.complain(node, where, "expected true or false")
            return None
        return None if text is None else _BOOLEANS[text.lower()]

    def _words(self, node: yaml.Node, where: str) -> frozenset[str]:
        """Return the words of a list: inline, from ``{file: words.txt}``, or both mixed."""
        words: set[str] = set()
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if isinstance(item, yaml.MappingNode):
                for key, key_node, value, at in self._source.items(item, where, _LIST_KEYS):
                    if key not in _LIST_KEYS:
                        self._source.complain(key_node, at, "unknown key", "did you mean file?")
                    elif name := self._source.scalar(value, at):
                        words |= self._listed(name, value, at)
            elif (text := self._source.scalar(item, where)) is not None and text.strip():
                words.add(text.strip())
        return frozenset(words)

    def _listed(self, name: str, node: yaml.Node, where: str) -> set[str]:
        file = self._source.file.parent / name
        try:
            data, text = read_text(file, LARGEST_LIST)
        except UnreadableError as error:
            line = f" in line {error.line} of the list" if error.line else ""
            self._source.complain(node, where, error.what + line, error.hint or "it is looked for beside the policy")
            return set()
        self.lists.append((file, data))
        return {line.strip() for line in text.splitlines()} - {""}

    def _entities(self, node: yaml.Node, where: str) -> dict[str, Wanted]:
        entities = {}
        for key, key_node, value, at in self._source.items(node, where, (*ALL_ENTITIES, REST)):
            if key not in ALL_ENTITIES and key != REST:
                self._source.complain(key_node, at, "unknown entity", did_you_mean(key, ALL_ENTITIES))
            elif (wanted := self._action(value, at)) is not None:
                entities[key] = wanted
                for entity in ALL_ENTITIES if key == REST else [key]:
                    if not self._fits(wanted.action, entity, value, at):
                        break
        return entities

    def _fields(self, node: yaml.Node, where: str) -> tuple[Rule, ...]:
        rules = []
        seen: dict[str, int] = {}
        for key, key_node, value, at in self._source.items(node, where):
            names = tuple(split_names(key))
            if not all(names):
                self._source.complain(key_node, at, "a name is missing between the commas")
            for name in filter(None, map(folded, names)):
                first = seen.setdefault(name, key_node.start_mark.line + 1)
                if first != key_node.start_mark.line + 1:
                    self._source.complain(key_node, at, f"a name comes twice, first in line {first}")
            if (rule := self._rule(names, value, at)) is not None:
                rules.append(rule)
        return tuple(rules)

    def _rule(self, names: tuple[str, ...], node: yaml.Node, where: str) -> Rule | None:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        keys = {key.value for key, _ in pairs if isinstance(key, yaml.ScalarNode)}
        if not keys or (len(keys) == 1 and keys <= OPERATORS.keys()):
            wanted = self._action(node, where)
            if wanted is None:
                return None
            # A level says by itself what it is a level of.
            of = LEVELS.get(wanted.action.argument or "") if wanted.action.operator == "generalize" else None
            return Rule(names, of, wanted, False)
        entity: str | None = None
        wanted = None
        good = True
        for key, key_node, value, at in self._source.items(node, where, _RULE_KEYS):
            if key == "as":
                entity = self._source.scalar(value, at)
                if entity is not None and entity not in _FIELD_WORDS:
                    what = f"there is no entity {as_meant(entity, _FIELD_WORDS)}"
                    self._source.complain(value, at, what, did_you_mean(entity, _FIELD_WORDS))
                    good = False
            elif key == "do":
                wanted = self._action(value, at)
            else:
                self._source.complain(key_node, at, "unknown key", did_you_mean(key, _RULE_KEYS))
                good = False
        if not good:
            return None
        if entity == TEXT:
            if wanted is not None:
                self._source.complain(node, where, "text is scanned, nothing else can be done", "leave out do")
            return Rule(names, None, None, True)
        if wanted is not None and entity is not None:
            self._fits(wanted.action, entity, node, where)
        return Rule(names, entity, wanted, False)

    def _action(self, node: yaml.Node, where: str) -> Wanted | None:
        """Read ``mask``, ``{generalize: city}``, ``{replace: text}`` or ``{mask: {token_field: true}}``."""
        flags: dict[str, bool | None] = {}
        argument: str | None = None
        if isinstance(node, yaml.MappingNode):
            items = self._source.items(node, where, OPERATORS)
            if len(items) != 1:
                self._source.complain(node, where, "expected one operator", "as in {generalize: city}")
                return None
            operator, _, value, at = items[0]
            if operator in _FLAGS and isinstance(value, yaml.MappingNode):
                for key, key_node, flag, flag_at in self._source.items(value, at, _FLAGS[operator]):
                    if key not in _FLAGS[operator]:
                        hint = did_you_mean(key, _FLAGS[operator])
                        self._source.complain(key_node, flag_at, "unknown key", hint)
                        return None
                    flags[key] = self._boolean(flag, flag_at)
            elif (argument := self._source.scalar(value, at)) is None:
                return None
        elif (text := self._source.scalar(node, where)) is not None:
            operator = text
        else:
            return None
        try:
            return Wanted(Action(operator, argument), flags.get("token_field"), flags.get("vault"))
        except UsageError as error:
            self._source.complain(node, where, str(error), error.hint or "")
            return None

    def _fits(self, action: Action, entity: str, node: yaml.Node, where: str) -> bool:
        try:
            action.check(entity)
        except UsageError as error:
            self._source.complain(node, where, str(error), error.hint or "")
            return False
        return True

    def _audiences(self, node: yaml.Node, where: str) -> dict[str, Layer]:
        return {key: self.layer(value, at) for key, _, value, at in self._source.items(node, where)}


def split_names(key: str) -> list[str]:
    """Split ``姓名, name, "*.contact_name"`` at its commas; a name in quotes may hold some."""
    names = [""]
    quote = ""
    for char in key:
        if char == quote:
            quote = ""
        elif not quote and char in "\"'" and not names[-1].strip():
            quote = char
        elif not quote and char in ",，":
            names.append("")
        else:
            names[-1] += char
    return [name.strip() for name in names]
