"""Policy files as YAML nodes, with nothing in them that YAML could use against the reader.

A policy is a small subset of YAML 1.1: one document of nested mappings, lists and scalars. Scalars are read as the
text that stands there, so that ``names: off`` is no boolean and a list of allowed words holds no numbers. Anchors and
aliases (which a few lines can blow up to gigabytes), tags and deep nesting are refused before anything is built.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from maskkit.errors import as_meant

#: The most bytes that a policy, and a list of words beside one, may have.
LARGEST_POLICY: Final = 1 << 20
LARGEST_LIST: Final = 16 << 20

_DEEPEST: Final = 10
#: Names of columns and audiences that a message may repeat: no letter but Latin ones, no digit.
_PLAIN: Final = re.compile(r"[A-Za-z_.*?-]{1,40}")
_UNSAID: Final = "…"


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


class Item(NamedTuple):
    """A key with its value, and the field's dotted name as a message may say it."""

    key: str
    node: yaml.Node
    value: yaml.Node
    at: str


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
            self.data, text = read_text(self.file, LARGEST_POLICY)
        except UnreadableError as error:
            self.problems.append(Problem(self.file, error.line, "", error.what, error.hint))
            return None
        try:
            if refused := _refused(text):
                self.problems.append(Problem(self.file, *refused))
                return None
            node = yaml.compose(text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else None
            self.problems.append(Problem(self.file, line, "", *_told(error.problem or "")))
            return None
        except yaml.YAMLError:
            self.problems.append(Problem(self.file, None, "", "a character that YAML does not allow"))
            return None
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, "", "not a policy", "it is made of lines like  entities: …")
            return None
        return node

    def items(self, node: yaml.Node, where: str, known: Iterable[str] | None = None) -> list[Item]:
        """Return the items of a mapping; what is none, and keys that come twice, are problems.

        `known`: the keys that there can be; None where a key is the name of a column or an audience.
        """
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, where, "expected keys and values")
            return []
        seen: dict[str, Item] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.complain(key, where, "a key must be one word or line")
                continue
            at = within(where, _shown(key.value, known))
            if key.value in seen:
                self.complain(key, at, f"comes twice, first in line {seen[key.value].node.start_mark.line + 1}")
            else:
                seen[key.value] = Item(key.value, key, value, at)
        return list(seen.values())

    def scalar(self, node: yaml.Node, where: str) -> str | None:
        """Return a scalar's text."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.complain(node, where, "expected one word or text")
        return None


class UnreadableError(Exception):
    """A file that is not read: what is wrong, in which line, and what helps."""

    def __init__(self, what: str, line: int | None = None, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.hint = hint


def read_text(file: Path, most: int) -> tuple[bytes, str]:
    """Return the bytes and the UTF-8 text of a regular file of at most `most` bytes; raise UnreadableError."""
    try:
        # Asked before it is opened: to open a pipe is to wait for whoever writes into it.
        if not stat.S_ISREG(file.stat().st_mode):
            raise UnreadableError("not a regular file")
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:
        raise UnreadableError((getattr(error, "strerror", None) or "unreadable").lower()) from None
    if len(data) > most:
        raise UnreadableError(f"larger than {most >> 20} MB")
    try:
        return data, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError("not UTF-8", line, "save the file as UTF-8") from None


def within(where: str, key: str) -> str:
    """Return the dotted name of a key in a mapping."""
    return f"{where}.{key}" if where else key


def _shown(key: str, known: Iterable[str] | None) -> str:
    """Return a key as a message may repeat it: a file of data taken for a policy has keys that may be values."""
    if known is None:
        return key if _PLAIN.fullmatch(key) else _UNSAID
    words = tuple(known)
    return key if key in words or as_meant(key, words) == key else _UNSAID


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


def _told(problem: str) -> tuple[str, str]:
    """Return an error of the YAML parser in words of our own, which quote nothing of the file, and what helps."""
    return next((said for mark, said in _MISTAKES.items() if mark in problem), ("not YAML", ""))


_GLOBS: Final = 'put globs in quotes and after a plain name: phone, "*.phone": …'
#: By a part of what PyYAML says; each stands in a policy for one habit.
_MISTAKES: Final = {
    "'\\t'": ("a tab", "indent with spaces, not tabs"),
    "alphabetic or numeric": ("a star or another sign before a name", _GLOBS),
    "block end": ("more after what is complete, or a line that is indented differently", _GLOBS),
    "another document": ("a second document", "a policy is one document: leave out the line ---"),
    "mapping values": ("a colon where none can stand", "put text that holds a colon in quotes"),
    "quoted scalar": ("a quote that is not closed", ""),
    "unexpected end": ("a quote that is not closed", ""),
    "',' or": ("a bracket that is not closed", ""),
    "find expected ':'": ("a key without a colon", "as in  profile: strict"),
    "escape character": ("a backslash in double quotes", "put such text in single quotes"),
    "cannot start any token": ("a sign that no text begins with", "put such text in quotes"),
}
