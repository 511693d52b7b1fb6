"""Policy files as YAML nodes, with nothing in them that YAML could use against the reader.

A policy is a small subset of YAML 1.1: one document of nested mappings, lists and scalars. Scalars are read as the
text that stands there, so that ``names: off`` is no boolean and a list of allowed words holds no numbers. Anchors and
aliases (which a few lines can blow up to gigabytes), tags and deep nesting are refused before anything is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import yaml

_DEEPEST: Final = 10


class Problem(NamedTuple):
    """One thing that is wrong: where it stands and what helps."""

    file: Path
    line: int | None
    field: str
    what: str
    hint: str = ""

    @property
    def message(self) -> str:
        """``file:line: field: what``, without what is unknown."""
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        return ": ".join(filter(None, (place, self.field, self.what)))

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


@dataclass(slots=True)
class Source:
    """One file being read: its bytes, and the problems found in it so far."""

    file: Path
    problems: list[Problem]
    data: bytes = field(default=b"", repr=False)

    def complain(self, node: yaml.Node | None, where: str, what: str, hint: str = "") -> None:
        """Note a problem at a node."""
        self.problems.append(Problem(self.file, node.start_mark.line + 1 if node else None, where, what, hint))

    def read(self) -> yaml.MappingNode | None:
        """Return the mapping that the file holds, None where that failed."""
        try:
            self.data = self.file.read_bytes()
        except OSError as error:
            self.problems.append(
                Problem(self.file, None, "", error.strerror.lower() if error.strerror else "unreadable")
            )
            return None
        try:
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            self.problems.append(Problem(self.file, line, "", "not UTF-8", "save the file as UTF-8"))
            return None
        try:
            if refused := _refused(text):
                self.problems.append(Problem(self.file, *refused))
                return None
            node = yaml.compose(text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = error.problem or "not YAML"
            self.problems.append(Problem(self.file, mark.line + 1 if mark else None, "", what, _advice(what)))
            return None
        except yaml.YAMLError:
            self.problems.append(Problem(self.file, None, "", "a character that YAML does not allow"))
            return None
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, "", "not a policy", "it is made of lines like  entities: …")
            return None
        return node

    def items(self, node: yaml.Node, where: str) -> list[tuple[str, yaml.Node, yaml.Node]]:
        """Return (key, key node, value node) of a mapping; what is none, and keys that come twice, are problems."""
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, where, "expected keys and values")
            return []
        seen: dict[str, tuple[str, yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.complain(key, where, "a key must be one word or line")
            elif key.value in seen:
                first = seen[key.value][1].start_mark.line + 1
                self.complain(key, within(where, key.value), f"comes twice, first in line {first}")
            else:
                seen[key.value] = (key.value, key, value)
        return list(seen.values())

    def scalar(self, node: yaml.Node, where: str) -> str | None:
        """Return a scalar's text."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.complain(node, where, "expected one word or text")
        return None


def within(where: str, key: str) -> str:
    """Return the dotted name of a key in a mapping."""
    return f"{where}.{key}" if where else key


def _refused(text: str) -> tuple[int, str, str, str] | None:
    """Return (line, field, what, hint) of the first thing in `text` that policies do not have."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            return line, "", "aliases (*name) are not allowed", 'put globs in quotes: "*.name"'
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            return line, "", "anchors (&name) are not allowed", "put such text in quotes"
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            return line, "", "tags (!name) are not allowed", "put such text in quotes"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return line, "", "nested too deep", ""
    return None


def _advice(what: str) -> str:
    """Return what helps with an error of the YAML parser; each stands in a policy for one habit."""
    if "'\\t'" in what:
        return "indent with spaces, not tabs"
    if "alphabetic or numeric" in what or "block end" in what:
        return 'put globs in quotes and after a plain name: phone, "*.phone": …'
    return ""
