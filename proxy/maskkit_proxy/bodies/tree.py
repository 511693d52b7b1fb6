"""A JSON document walked: every string, number and key goes into the batch with the place it goes back to."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from maskkit.detection.detector import Detector
from maskkit.detection.headers import TEXT, header_rule
from maskkit_proxy.bodies.batch import Batch
from maskkit_proxy.bodies.encoded import decoded, encoded
from maskkit_proxy.bodies.fields import Does, Field, Fields
from maskkit_proxy.bodies.links import Link, is_link
from maskkit_proxy.bodies.literals import DEPTH, Number, dumps, loads_exactly
from maskkit_proxy.bodies.own import Own
from maskkit_proxy.bodies.pieces import pieces_in
from maskkit_proxy.errors import RefusedError

#: Members that name what another member of the same object holds: {"field": "phone", "value": …}.
_NAMERS: Final = ("field", "name", "key", "column", "label", "字段", "字段名", "属性")
_NAMED: Final = ("value", "results", "values", "值")
#: The least digits that mean someone.
_DIGITS: Final = 7
_MILLION: Final = 10 ** (_DIGITS - 1)
#: The same for a number with a point in it, which only may be pieces of one: 139.12345678.
_PIECES: Final = 12
_NUMBER: Final = re.compile(r"\d{7}")
#: What a document in a string begins with.
_OPENS: Final = frozenset('{["\t\n\r ')
#: Words of one piece, and dates: nothing is found in them, so nobody looks.
_PLAIN: Final = re.compile(
    r"[A-Za-z]{0,24}(?:[_ -][a-z]{2,16}){0,3}"
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
#: Where an answer says how to go on: what stands there is sent back as it is.
_CURSORS: Final = re.compile(r"(?i)next|prev(?:ious)?|.*cursor|after|before|(?:next_?)?page_?token")
#: Links in running text, and words with percent-encoded characters.
_LINKS: Final = re.compile(r"((?:https?://|(?<![!-~])[!-~]{0,500}?%[0-9A-Fa-f]{2})[!#-;=?-~]*)")
_LINK: Final = re.compile(r"[%?=&]|://|~[0-9A-F]{2}")


class Walk:
    """Walks one document."""

    def __init__(self, fields: Fields, batch: Batch, own: Own | None = None) -> None:
        self._fields = fields
        self._batch = batch
        self._own = own

    @property
    def detector(self) -> Detector:
        """What finds PII under the policy of this walk."""
        return self._fields.view.detector

    def text(self, text: str) -> list[Any]:
        """Return a list with a text's new value, which is there once the batch is finished."""
        root: list[Any] = [text]
        self._scan(text, self._fields.root, root, 0)
        return root

    def table(self, rows: list[list[str]], *, named: bool) -> list[Any]:
        """Return rows of cells; where they are `named`, the first row holds the names of the columns."""
        root = self._fields.root
        if not named:
            return self._list(rows, root, 0)
        return [self._list(rows[0], root, 0), *self._rows(rows[1:], rows[0], root, 0)]

    def document(self, value: Any) -> list[Any]:
        """Return a list with the document's new value, which is there once the batch is finished."""
        root: list[Any] = [None]
        root[0] = self._value(value, self._fields.root, root, 0, 0)
        return root

    def _value(self, value: Any, field: Field, place: Any, key: Any, depth: int) -> Any:
        """Return what stands for a value, or what stands there until the batch is finished."""
        if depth > DEPTH:
            raise RefusedError(502, "malformed_json", "too deep")
        kind = type(value)
        if kind is dict:
            return self._object(value, field, depth)
        if kind is list:
            return self._list(value, field, depth)
        if value is None or kind is bool or field.does is Does.KEEP:
            return value
        place[key] = value
        if kind is str:
            self._string(value, field, place, key, None, depth)
        else:
            self._number(value, field, place, key, None)
        return place[key]

    def _object(self, data: dict[str, Any], above: Field, depth: int) -> dict[str, Any]:
        fields, children, typed = self._fields, above.children, self._batch.value
        named = _named(data) if ("value" in data or "results" in data or "值" in data or "values" in data) else None
        pieces = pieces_in(data)
        out: dict[str, Any] = {}
        odd_keys: list[str] = []
        for key, value in data.items():
            field = children.get(key) or fields.child(above, key)
            if field.does is Does.DROP:
                continue
            if field.is_data:
                odd_keys.append(key)
            if pieces is not None and key in pieces and field.does is not Does.KEEP:
                field = fields.piece(above, key, pieces[key])
            elif named is not None and key in _NAMED:
                field = fields.child(fields.child(above, named), key)
            kind = type(value)
            if kind is str:
                out[key] = value
                if not value:
                    continue
                beside = field.beside
                if beside is not None:
                    if beside in data:
                        beside = None
                    else:
                        out[beside] = None
                if field.column is None or value[0] in _OPENS:
                    self._string(value, field, out, key, beside, depth)
                else:
                    typed(field, out, key, beside, value, None)
            elif kind is dict:
                out[key] = self._value(value, field, out, key, depth + 1)
            elif kind is list:
                header = _headers(data).get(len(value[0])) if value and type(value[0]) is list else None
                if header is not None:
                    out[key] = self._rows(value, header, above, depth + 1)
                else:
                    out[key] = self._value(value, field, out, key, depth + 1)
            elif value is None or kind is bool or field.does is Does.KEEP:
                out[key] = value
            else:
                out[key] = value
                beside = field.beside if field.beside not in data else None
                if beside is not None:
                    out[beside] = None
                self._number(value, field, out, key, beside)
        if odd_keys:
            self._keys(out, odd_keys)
        return out

    def _list(self, data: list[Any], field: Field, depth: int) -> list[Any]:
        if len(data) > 1 and type(data[0]) is list and all(type(row) is list for row in data):
            header = _header_row(data[0])
            if header is not None:
                out = [self._list(data[0], self._fields.root, depth + 1)]
                return out + self._rows(data[1:], header, field, depth)
        made: list[Any] = [None] * len(data)
        for n, item in enumerate(data):
            made[n] = self._value(item, field, made, n, depth + 1)
        return made

    def _rows(self, rows: list[Any], header: list[str], above: Field, depth: int) -> list[Any]:
        """Walk rows whose cells are named by a list beside them, as Datasette answers; columns stay in their places."""
        columns = [self._fields.child(above, name) for name in header]
        out: list[Any] = []
        for row in rows:
            if type(row) is not list or len(row) != len(columns):
                made: list[Any] = [None]
                made[0] = self._value(row, above, made, 0, depth + 1)
                out.append(made[0])
                continue
            cells: list[Any] = [None] * len(row)
            for n, (cell, column) in enumerate(zip(row, columns, strict=True)):
                cells[n] = self._value(cell, column, cells, n, depth + 1)
            out.append(cells)
        return out

    def _string(self, text: str, field: Field, place: Any, key: Any, beside: str | None, depth: int) -> None:
        if text[:1] in _OPENS:
            nested = _document(text)
            if nested is not None:
                if beside is not None:
                    del place[beside]
                self._nested(nested, field, place, key, depth)
                return
        if self._own is not None and self._own.stands_in(text):
            text = place[key] = self._own.rewritten(text)
        does = field.does
        if field.column is not None:
            self._batch.value(field, place, key, beside, text, None)
        elif does is Does.SCAN and _PLAIN.fullmatch(text):
            self._batch.word(place, key, text)
        elif does is Does.SCAN:
            inside = decoded(text) if depth < DEPTH and not _NUMBER.search(text) else None
            if inside is not None:
                self._encoded(inside, text, field, place, key, depth)
            else:
                self._scan(text, field, place, key)

    def _scan(self, text: str, field: Field, place: Any, key: Any) -> None:
        """Search a text; links in it are cut into their pieces."""
        if not _LINK.search(text):
            self._batch.text(place, key, text, alone=_CURSORS.fullmatch(field.key) is not None)
            return
        parts: list[Any] = _LINKS.split(text) if not is_link(text) else ["", text, ""]
        for n, part in enumerate(parts):
            if n % 2 and is_link(part):
                parts[n] = Link(part, self._fields.view, self._own)
                parts[n].gather(self._batch)
            elif part:
                self._batch.text(parts, n, part)
        self._batch.later(lambda: place.__setitem__(key, "".join(map(str, parts))))

    def _encoded(self, inside: str, text: str, field: Field, place: Any, key: Any, depth: int) -> None:
        """Search what a string holds in base64."""
        inner: list[Any] = [inside]
        self._string(inside, field, inner, 0, None, depth + 1)

        def put() -> None:
            if inner[0] != inside:
                place[key] = encoded(inner[0], text)

        self._batch.later(put)

    def _nested(self, value: Any, field: Field, place: Any, key: Any, depth: int) -> None:
        """Walk a document that is a string of this one; it is written anew as one."""
        inner: list[Any] = [None]
        inner[0] = self._value(value, field, inner, 0, depth + 1)
        self._batch.later(lambda: place.__setitem__(key, dumps(inner[0]).decode()))

    def _number(self, value: Any, field: Field, place: Any, key: Any, beside: str | None) -> None:
        if type(value) is int and -_MILLION < value < _MILLION and field.column is None:
            return
        text, literal = _digits(value)
        if field.column is not None:
            self._batch.value(field, place, key, beside, text, literal)
            return
        if beside is not None:
            del place[beside]
        if field.does is Does.SCAN and len(text) >= (_DIGITS if text.isdecimal() else _PIECES):
            self._batch.text(place, key, text, literal=literal)

    def _keys(self, out: dict[str, Any], keys: list[str]) -> None:
        """Mask the keys that are data; an object whose keys would then meet is refused."""
        new = {key: [key] for key in keys}
        for key, place in new.items():
            self._batch.text(place, 0, key, alone=True)

        def rename() -> None:
            if all(place[0] == key for key, place in new.items()):
                return
            items = list(out.items())
            out.clear()
            for key, value in items:
                name = new[key][0] if key in new else key
                if name in out:
                    raise RefusedError(502, "masked_keys_meet")
                out[name] = value

        self._batch.later(rename)


def _named(data: dict[str, Any]) -> str | None:
    """Return the name of a rule that a member gives for what another one holds."""
    for namer in _NAMERS:
        name = data.get(namer)
        if type(name) is str:
            rule = header_rule(name)
            if rule is not None and rule.entity != TEXT:
                return name
    return None


def _headers(data: dict[str, Any]) -> dict[int, list[str]]:
    """Return the lists of names in an object that also holds rows, by their length."""
    return {
        len(value): value
        for value in data.values()
        if type(value) is list and value and all(type(name) is str for name in value)
    } or _described(data)


def _described(data: dict[str, Any]) -> dict[int, list[str]]:
    """Return the names in a list of objects that describe columns: [{"name": "phone", "type": "TEXT"}, …]."""
    return {
        len(value): [item["name"] for item in value]
        for value in data.values()
        if type(value) is list and value and all(type(item) is dict and type(item.get("name")) is str for item in value)
    }


def _header_row(row: list[Any]) -> list[str] | None:
    """Return the first of some rows if it names their columns."""
    names = [name for name in row if type(name) is str]
    return names if len(names) == len(row) and any(map(header_rule, names)) else None


def _document(text: str) -> Any:
    """Return the document that a string holds, None where it is just a string."""
    if not text.lstrip().startswith(("{", "[", '"')):
        return None
    try:
        value = loads_exactly(text.encode())
    except (RefusedError, UnicodeEncodeError):
        return None
    return value if isinstance(value, (dict, list, str)) else None


def _digits(value: int | float | Number) -> tuple[str, str]:
    """Return the digits of a number that is whole, however it is written, and its literal."""
    literal = value.literal if isinstance(value, Number) else repr(value)
    if type(value) is int:
        return literal.lstrip("-"), literal
    number = Decimal(literal)
    if number.adjusted() < 20 and number == int(number):
        return str(abs(int(number))), literal
    return literal.lstrip("-"), literal
