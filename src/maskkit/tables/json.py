"""JSON and JSONL changed in place: batches of leaves, of which only those that change are written anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from maskkit.tables.jsonlex import BODY, SCALAR, Leaf, Lexer

#: Characters after which a record that has not ended is handed out in parts, cut after an object or array in it.
RECORD_SIZE: Final = 1 << 23

#: Characters that may stand without any object or array ending among them.
VALUE_LIMIT: Final = 1 << 26

#: One character of a string's body as it is written.
_UNIT: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
_COMMA: Final = re.compile(r'[ \t\r\n]*+(,[ \t\r\n]*+)"')
_BLANK: Final = " \t\r\n"


class Raw(str):
    """Text that is already written as part of a JSON string's body, escapes and all."""

    __slots__ = ()


def escape(value: str, *, ascii_only: bool = False) -> Raw:
    """Return the value as the body of a JSON string."""
    return Raw(json.dumps(value, ensure_ascii=ascii_only)[1:-1])


class JsonBatch:
    """A piece of a file with its leaves in order; changes are gathered and written out by `render`.

    A leaf may be changed once, and have a sibling inserted besides.
    """

    def __init__(self, text: str, base: int, leaves: list[Leaf]) -> None:
        self.text = text
        self.leaves = leaves
        self._base = base
        self._edits: list[tuple[int, int, str]] = []
        self._read: tuple[Leaf, str, list[int] | None] | None = None

    def raw(self, leaf: Leaf) -> str:
        """Return the leaf as it is written, quotes included."""
        return self.text[leaf.start - self._base : leaf.end - self._base]

    def raw_slice(self, leaf: Leaf, start: int, end: int) -> str:
        """Return how characters `start` to `end` of a string or key are written."""
        body, offsets = self._body(leaf)
        return body[start:end] if offsets is None else body[offsets[start] : offsets[end]]

    def is_escaped(self, leaf: Leaf) -> bool:
        r"""Tell whether the leaf is written in the style that escapes all but ASCII as `\u`."""
        raw = self.raw(leaf)
        return raw.isascii() and "\\u" in raw

    def replace(self, leaf: Leaf, value: str) -> None:
        """Make the leaf, of whatever kind, a string; escapes are used beyond ASCII if it used them."""
        self._edit(leaf.start, leaf.end, f'"{escape(value, ascii_only=self.is_escaped(leaf))}"')

    def replace_raw(self, leaf: Leaf, literal: str) -> None:
        """Make the leaf what `literal`, a whole JSON string, number, `true`, `false` or `null`, says."""
        if not SCALAR.fullmatch(literal) or (leaf.kind == "key" and not literal.startswith('"')):
            raise ValueError("this is no JSON literal that can stand there")
        self._edit(leaf.start, leaf.end, literal)

    def splice(self, leaf: Leaf, edits: Sequence[tuple[int, int, str]]) -> None:
        """Replace parts of a string or key, given in its decoded characters, sorted; `Raw` ones go in as they are."""
        _, offsets = self._body(leaf)
        ascii_only = self.is_escaped(leaf)
        for start, end, value in edits:
            if not isinstance(value, Raw):
                value = escape(value, ascii_only=ascii_only)
            elif not BODY.fullmatch(value):
                raise ValueError("this is no part of a JSON string")
            if offsets is not None:
                start, end = offsets[start], offsets[end]
            self._edit(leaf.start + 1 + start, leaf.start + 1 + end, value)

    def insert(self, leaf: Leaf, suffix: str, value: str) -> None:
        """Insert a member right after this one, its key with `suffix`; spaced as the members there are."""
        if not leaf.is_member:
            raise ValueError("only a member of an object can have a sibling")
        key = self._slice(leaf.key_start + 1, leaf.key_end - 1)
        colon = self._slice(leaf.key_end, leaf.start)
        literal = f'"{escape(value, ascii_only=self.is_escaped(leaf))}"'
        self._edit(leaf.end, leaf.end, f'{self._comma(leaf)}"{key}{escape(suffix)}"{colon}{literal}')

    def drop(self, leaf: Leaf) -> None:
        """Remove a member that has another before it, with the comma between: the very bytes that `insert` added."""
        if leaf.previous_end < 0:
            raise ValueError("only a member that has another before it can be dropped")
        self._edit(leaf.previous_end, leaf.end, "")

    def render(self) -> str:
        """Return the text with all changes made."""
        pieces, done = [], 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            pieces += [self.text[done:start], new]
            done = end
        return "".join((*pieces, self.text[done:]))

    def _body(self, leaf: Leaf) -> tuple[str, list[int] | None]:
        """Return the body of a string or key, and where each decoded character begins in it; None: nothing is escaped.

        The last one is kept: a text of a million values is asked for by value.
        """
        if self._read is None or self._read[0] is not leaf:
            body = self.raw(leaf)[1:-1]
            self._read = leaf, body, _offsets(body)
        return self._read[1:]

    def _edit(self, start: int, end: int, new: str) -> None:
        self._edits.append((start - self._base, end - self._base, new))

    def _slice(self, start: int, end: int) -> str:
        return self.text[start - self._base : end - self._base]

    def _comma(self, leaf: Leaf) -> str:
        """Return a comma with the blanks that follow commas in this object."""
        if leaf.previous_end >= 0:
            between = self._slice(leaf.previous_end, leaf.key_start)
            return between[between.index(",") :]
        following = _COMMA.match(self.text, leaf.end - self._base)
        if following:
            return following[1]
        start = leaf.key_start - self._base
        while start and self.text[start - 1] in _BLANK:
            start -= 1
        blank = self.text[start : leaf.key_start - self._base]
        if "\n" in blank:
            return "," + blank
        return ", " if self._slice(leaf.key_end, leaf.start).endswith(" ") else ","


def read_json(
    blocks: Iterable[str],
    *,
    lines: bool = False,
    record_size: int = RECORD_SIZE,
    value_limit: int = VALUE_LIMIT,
) -> Iterator[JsonBatch]:
    """Yield batches of whole records from blocks of text: one JSON value, or with `lines` one in each line.

    Memory stays flat whatever the file's size: a record longer than `record_size` comes in several batches with the
    same record number. `InputError` names line and column of what is not JSON, or of a value beyond `value_limit`.
    """
    lexer = Lexer(lines=lines)
    for block in blocks:
        lexer.feed(block, final=False)
        for end, n_leaves in (lexer.record_end, lexer.value_end):
            if end > lexer.base and (end == lexer.record_end[0] or len(lexer.text) > record_size):
                yield JsonBatch(*_taken(lexer, end, n_leaves))
                break
        if len(lexer.text) > value_limit:
            raise lexer.error(0, f"a value that goes on for more than {value_limit} characters")
    lexer.feed("", final=True)
    if lexer.text:
        yield JsonBatch(*_taken(lexer, lexer.base + len(lexer.text), len(lexer.leaves)))


def _taken(lexer: Lexer, end: int, n_leaves: int) -> tuple[str, int, list[Leaf]]:
    base = lexer.base
    text, leaves = lexer.take(end, n_leaves)
    return text, base, leaves


def _offsets(body: str) -> list[int] | None:
    """Return where each decoded character of a body begins, and the end; None if nothing in it is escaped."""
    if "\\" not in body:
        return None
    return [*(unit.start() for unit in _UNIT.finditer(body)), len(body)]
