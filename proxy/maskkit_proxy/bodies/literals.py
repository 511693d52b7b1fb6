"""JSON in and out without losing a digit: 20-digit integers, 1.10 and -0 come out as they went in."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

import orjson

from maskkit_proxy.errors import RefusedError

DEPTH: Final = 200
_LARGEST: Final = 18

#: All that is no part of a number.
_NO_NUMBER: Final = bytes(byte for byte in range(256) if byte not in b"0123456789.eE+-")
_BOM: Final = b"\xef\xbb\xbf"


class Number:
    """A number kept as it is written. No dataclass, which orjson would write as an object."""

    __slots__ = ("literal",)

    def __init__(self, literal: str) -> None:
        self.literal = literal


def loads(raw: bytes) -> Any:
    """Return a document's value. Of duplicate keys the last counts; a number that is no 64-bit integer is a float.

    RefusedError (502) names what is no JSON (RFC 8259): NaN, half a surrogate pair, too deep, anything else.
    """
    try:
        return orjson.loads(raw.removeprefix(_BOM))
    except orjson.JSONDecodeError:
        return loads_exactly(raw)  # which has names for it


def keeps_numbers(raw: bytes, value: Any) -> bool:
    """Tell whether `value`, written, has the numbers of the document it was read from, digit by digit."""
    return raw.translate(None, _NO_NUMBER) == dumps(value).translate(None, _NO_NUMBER)


def loads_exactly(raw: bytes) -> Any:
    """Return a document's value; numbers that Python would change are `Number`. Slower than `loads`."""
    raw = raw.removeprefix(_BOM)
    try:
        value = json.loads(raw.decode(), parse_float=_float, parse_int=_int, parse_constant=_refuse_constant)
        orjson.dumps(value, default=_fragment)
    except UnicodeDecodeError:
        raise _refused("not UTF-8") from None
    except RecursionError:
        raise _refused("too deep") from None
    except orjson.JSONEncodeError:
        raise _refused("half a surrogate pair, or too deep") from None
    except ValueError:
        raise _refused("not JSON") from None
    return value


def dumps(value: Any) -> bytes:
    """Return a value as JSON in UTF-8."""
    try:
        return orjson.dumps(value, default=_fragment)
    except orjson.JSONEncodeError:
        raise _refused("too deep") from None


def _float(literal: str) -> float | Number:
    value = float(literal)
    return value if repr(value) == literal else Number(literal)


def _int(literal: str) -> int | Number:
    return int(literal) if len(literal) <= _LARGEST and literal != "-0" else Number(literal)


def _fragment(value: Any) -> orjson.Fragment:
    if isinstance(value, Number):
        return orjson.Fragment(value.literal)
    raise TypeError


def _refuse_constant(word: str) -> NoReturn:
    raise RefusedError(502, "malformed_json", f"{word} is not JSON")


def _refused(what: str) -> RefusedError:
    return RefusedError(502, "malformed_json", what)
