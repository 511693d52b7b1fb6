"""A strict JSON reader (RFC 8259) that says where every leaf stands, and never needs the whole file.

It takes text piece by piece, keeps the stack of open objects and arrays between pieces, and knows after which character
a batch may end. Duplicate keys, integers of any size and `-0` are kept apart as they are written; NaN, Infinity and
lone surrogates are refused, since what reads the output would.
"""

from __future__ import annotations

import json
import re
from typing import Final, Literal, NamedTuple

from maskkit.errors import InputError

#: Objects and arrays within each other: enough for any data, too few to hurt a recursive reader downstream.
DEPTH_LIMIT: Final = 512

Kind = Literal["string", "number", "bool", "null", "key"]
Path = tuple[str | int, ...]

_BODY: Final = r'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+'
_NUMBER: Final = r"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+"
_TOKEN: Final = re.compile(rf'[ \t\r\n]*+(?:("{_BODY}")|({_NUMBER})|(true|false|null)|([{{}}\[\],:]))')
#: A whole member with a scalar, and the comma after it: most of what files hold, in one step instead of four.
_MEMBER: Final = re.compile(
    rf'[ \t\r\n]*+("{_BODY}")[ \t\r\n]*+:[ \t\r\n]*+'
    rf'(?:("{_BODY}")|({_NUMBER})(?=[ \t\r\n,}}])|(true|false|null))(?:[ \t\r\n]*+(,))?+'
)
_OPEN_STRING: Final = re.compile(f'"{_BODY}')
_NUMBER_TAIL: Final = re.compile(r"[-+.0-9eE]*+\Z")
_BLANK: Final = re.compile(r"[ \t\r\n]*+")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_WORDS: Final = ("true", "false", "null", "NaN", "Infinity", "-Infinity")

#: A whole string body, and a whole scalar, as they may be written into a file.
BODY: Final = re.compile(_BODY)
SCALAR: Final = re.compile(rf'"{_BODY}"|{_NUMBER}|true|false|null')


class Leaf(NamedTuple):
    """A scalar, or the key of a member, with where it stands in the file.

    `path` are the keys and indices down to it, `key` is the nearest key on the way. `value` is the decoded string or
    the number as written. `record` counts the elements of the outermost array or the lines of JSONL from 1; it is 0
    for what stands outside of any. `start` and `end` are character offsets in the file, quotes included.
    A value in an object also knows where its key stands, and where the member before it ends; else these are -1.
    """

    path: Path
    key: str | None
    kind: Kind
    value: str
    record: int
    start: int
    end: int
    key_start: int = -1
    key_end: int = -1
    previous_end: int = -1

    @property
    def is_member(self) -> bool:
        """Whether this is the value of a member, so that one can be inserted after it."""
        return self.key_start >= 0

    def __repr__(self) -> str:
        return f"<{self.kind} leaf at {self.start}:{self.end} of record {self.record}>"


class _Frame:
    """An open object or array."""

    __slots__ = ("index", "is_object", "key", "key_end", "key_start", "path", "previous_end")

    def __init__(self, is_object: bool, path: Path, key: str | None) -> None:
        self.is_object = is_object
        self.path = path
        self.key = key  # of the current member; in an array, the nearest one above
        self.index = 0
        self.key_start = self.key_end = self.previous_end = -1


# What may come next.
_VALUE, _VALUE_OR_CLOSE, _KEY, _KEY_OR_CLOSE, _COLON, _COMMA_OR_CLOSE, _TOP = range(7)
_EXPECTED: Final = (
    "a value is missing",
    "a value or ] is missing",
    "a key is missing",
    "a key or } is missing",
    "a colon is missing",
    "a comma or a closing bracket is missing",
    "there is something after the end of the value",
)


class Lexer:
    """Leaves of the text fed so far.

    `text` is what has not been taken yet and begins at offset `base` of the file; `leaves` are those in it. A batch may
    end at `record_end`, after a whole record; or, where a record is too long, at `value_end`, after an object or array.
    """

    def __init__(self, *, lines: bool) -> None:
        self.text = ""
        self.base = 0
        self.leaves: list[Leaf] = []
        self.record_end = (0, 0)
        self.value_end = (0, 0)
        self._lines = lines
        self._position = 0
        self._state = _VALUE
        self._stack: list[_Frame] = []
        self._array_depth = 0  # of the outermost array: 1 for one at the top, 0 for none
        self._records = 0
        self._record = 0
        self._top_end = -1
        self._line = 1
        self._line_start = 0

    def take(self, end: int, n_leaves: int) -> tuple[str, list[Leaf]]:
        """Take the text before offset `end` of the file, and the leaves in it."""
        size = end - self.base
        text, self.text = self.text[:size], self.text[size:]
        leaves, self.leaves = self.leaves[:n_leaves], self.leaves[n_leaves:]
        newlines = text.count("\n")
        if newlines:
            self._line += newlines
            self._line_start = self.base + text.rindex("\n") + 1
        self.base = end
        self._position -= size
        self.record_end = (self.record_end[0], max(0, self.record_end[1] - n_leaves))
        self.value_end = (self.value_end[0], max(0, self.value_end[1] - n_leaves))
        return text, leaves

    def feed(self, more: str, *, final: bool) -> None:
        """Read on; a token that `more` leaves unfinished waits for the rest unless it is the `final` piece."""
        self.text += more
        text, base = self.text, self.base
        position = self._position
        match, match_member = _TOKEN.match, _MEMBER.match
        while True:
            if self._state in (_KEY, _KEY_OR_CLOSE):
                member = match_member(text, position)
                if member is not None:
                    self._member(member)
                    position = member.end()
                    continue
            token = match(text, position)
            if token is None:
                self._check_rest(position, final)
                break
            what, end = token.lastindex or 0, token.end()
            start = token.start(what)
            if what == 2 and not final and _NUMBER_TAIL.match(text, end):
                break
            if what == 4:
                self._punctuation(text[start], start, end + base)
            elif what == 1 and self._state in (_KEY, _KEY_OR_CLOSE):
                self._key(self._string(token[1], start), start + base, end + base)
            else:
                self._scalar(token, what, start, end + base)
            position = end
        self._position = position

    def _member(self, member: re.Match[str]) -> None:
        frame, base, record = self._stack[-1], self.base, self._record
        what = 2 if member[2] is not None else 3 if member[3] is not None else 4
        (key_start, key_end), (start, end) = member.span(1), member.span(what)
        key = self._string(member[1], key_start)
        kind, value = self._decoded(what - 1, member[what], start)
        path = (*frame.path, key)
        key_start, key_end, start, end = base + key_start, base + key_end, base + start, base + end
        self.leaves += (
            Leaf(path, key, "key", key, record, key_start, key_end),
            Leaf(path, key, kind, value, record, start, end, key_start, key_end, frame.previous_end),
        )
        frame.previous_end = end
        self._state = _KEY if member[5] else _COMMA_OR_CLOSE

    def _key(self, key: str, start: int, end: int) -> None:
        frame = self._stack[-1]
        frame.key, frame.key_start, frame.key_end = key, start, end
        self.leaves.append(Leaf((*frame.path, key), key, "key", key, self._record, start, end))
        self._state = _COLON

    def _scalar(self, token: re.Match[str], what: int, start: int, end: int) -> None:
        path, key, frame = self._begin_value(start)
        kind, value = self._decoded(what, token[what], start)
        member = (frame.key_start, frame.key_end, frame.previous_end) if frame is not None else ()
        self.leaves.append(Leaf(path, key, kind, value, self._record, start + self.base, end, *member))
        self._end_value(end)

    def _punctuation(self, char: str, start: int, end: int) -> None:
        stack, state = self._stack, self._state
        if char == ",":
            if state != _COMMA_OR_CLOSE:
                raise self.error(start, _EXPECTED[state])
            frame = stack[-1]
            frame.index += 1
            self._state = _KEY if frame.is_object else _VALUE
        elif char == ":":
            if state != _COLON:
                raise self.error(start, _EXPECTED[state])
            self._state = _VALUE
        elif char in "{[":
            path, key, _ = self._begin_value(start)
            if len(stack) == DEPTH_LIMIT:
                raise self.error(start, f"more than {DEPTH_LIMIT} objects and arrays within each other")
            stack.append(_Frame(char == "{", path, key))
            if char == "[" and not self._array_depth and not self._lines:
                self._array_depth = len(stack)
            self._state = _KEY_OR_CLOSE if char == "{" else _VALUE_OR_CLOSE
        else:
            is_object = char == "}"
            closes = state in (_COMMA_OR_CLOSE, _KEY_OR_CLOSE if is_object else _VALUE_OR_CLOSE)
            if not closes or not stack or stack[-1].is_object != is_object:
                raise self.error(start, _EXPECTED[state])
            if len(stack) == self._array_depth:
                self._array_depth = 0
            stack.pop()
            self._end_value(end)
            self.value_end = (end, len(self.leaves))

    def _begin_value(self, start: int) -> tuple[Path, str | None, _Frame | None]:
        """Check that a value may begin here; return its path, nearest key and the object it is a member of."""
        if self._state == _TOP and self._lines:
            between = self.text[max(0, self._top_end - self.base) : start]
            if self._top_end >= self.base and "\n" not in between and "\r" not in between:
                raise self.error(start, "two values in one line")
        elif self._state not in (_VALUE, _VALUE_OR_CLOSE):
            raise self.error(start, _EXPECTED[self._state])
        if len(self._stack) == self._array_depth and (self._stack or self._lines):
            self._records += 1
            self._record = self._records
        if not self._stack:
            return (), None, None
        frame = self._stack[-1]
        if not frame.is_object:
            return (*frame.path, frame.index), frame.key, None
        assert frame.key is not None
        return (*frame.path, frame.key), frame.key, frame

    def _end_value(self, end: int) -> None:
        if not self._stack:
            self._state, self._top_end = _TOP, end
        else:
            self._state = _COMMA_OR_CLOSE
            self._stack[-1].previous_end = end
        if len(self._stack) == self._array_depth:
            self._record = 0
            self.record_end = (end, len(self.leaves))

    def _decoded(self, what: int, raw: str, start: int) -> tuple[Kind, str]:
        if what == 1:
            return "string", self._string(raw, start)
        if what == 2:
            return "number", raw
        return ("null" if raw == "null" else "bool"), raw

    def _string(self, raw: str, start: int) -> str:
        if "\\" not in raw:
            return raw[1:-1]
        value: str = json.loads(raw)
        if _SURROGATE.search(value):
            raise self.error(start, "a string with a lone surrogate escape")
        return value

    def _check_rest(self, position: int, final: bool) -> None:
        """Return where more text may make a token of the rest; raise what is wrong with it otherwise."""
        text = self.text
        blank = _BLANK.match(text, position)
        start = blank.end() if blank else position
        if start == len(text):
            if final and self._stack:
                raise self.error(start, "the file ends before the value does")
            if final and self._state == _VALUE and not self._lines:
                raise self.error(start, "there is no value")
            return
        string = _OPEN_STRING.match(text, start)
        if string is not None:
            end = string.end()
            if end == len(text) or (text[end] == "\\" and len(text) - end < 6 and not final):
                if final:
                    raise self.error(start, "a string that is never closed")
                return
            what = "a wrong escape" if text[end] == "\\" else "a control character"
            raise self.error(end, f"{what} in a string")
        rest = text[start : start + 9]
        if not final and any(word.startswith(rest) for word in _WORDS):
            return
        for word in _WORDS[3:]:
            if rest.startswith(word):
                raise self.error(start, f"{word} is not JSON")
        raise self.error(start, "something that is not JSON")

    def error(self, position: int, message: str) -> InputError:
        """Return an error that names the line and column, both from 1, of a position in `text`."""
        newlines = self.text.count("\n", 0, position)
        line_start = self.base + self.text.rindex("\n", 0, position) + 1 if newlines else self._line_start
        column = self.base + position - line_start + 1
        return InputError(f"line {self._line + newlines}, column {column}: {message}")
