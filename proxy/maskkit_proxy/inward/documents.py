"""JSON on its way in: read strictly, tokens turned back in every value and key, plain values refused."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

import orjson

from maskkit_proxy.bodies.fields import SUFFIX
from maskkit_proxy.bodies.literals import Number, dumps
from maskkit_proxy.config.model import Route
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.inward.names import Ruled
from maskkit_proxy.inward.parameters import check_name, check_shown
from maskkit_proxy.inward.values import refuse_plain, turn_back
from maskkit_proxy.tenants import View

_DEPTH: Final = 50


def document_inward(view: View, ruled: Ruled, route: Route, raw: bytes, written: list[str]) -> bytes:
    """Return a JSON body as it goes on, and add the fields `written` in plain.

    RefusedError as for parameters, 400 for what is no JSON or has a key twice.
    """
    document = _Document(view, ruled, route, written)
    value = document.value(_read(raw), None, 0)
    refuse_plain(view, document.searched)
    return dumps(value)


class _Document:
    def __init__(self, view: View, ruled: Ruled, route: Route, written: list[str]) -> None:
        self.searched: list[str] = []
        self._view = view
        self._ruled = ruled
        self._route = route
        self._written = written

    def value(self, value: Any, name: str | None, depth: int, shown: str | None = None) -> Any:
        """Return what the upstream gets for a value of the nearest key `name`."""
        if depth > _DEPTH:
            raise _refused("too deep")
        if isinstance(value, dict):
            if name is not None and self._ruled.entity(name) is not None:
                raise RefusedError(403, "names_a_ruled_field", "an operator on it")
            return self._object(value, depth)
        if isinstance(value, list):
            return [self.value(item, name, depth + 1) for item in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._string(value, name, shown)
        if name is not None and self._ruled.entity(name) is not None:
            raise _token_only()
        self.searched.append((value.literal if isinstance(value, Number) else str(value)).lstrip("-"))
        return value

    def _object(self, data: dict[str, Any], depth: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        keys = turn_back(self._view, list(data))
        for (name, value), key in zip(data.items(), keys, strict=True):
            base = name.removesuffix(SUFFIX)
            if base != name:
                if base not in data:
                    out[base] = self._member(base, value, depth)
            elif name + SUFFIX in data:
                out[name] = self._member(name, data[name + SUFFIX], depth, value if isinstance(value, str) else "")
            else:
                if not key.tokens:
                    self.searched.append(name)
                # A token's letters spell no name of a field.
                out[key.text] = self._member(key.rest.strip() if key.tokens else name, value, depth)
        return out

    def _member(self, name: str, value: Any, depth: int, shown: str | None = None) -> Any:
        if name in self._route.plain and shown is None:
            self._written.append(name)
            return self._plain(value)
        check_name(self._ruled, self._route.body, name, "")
        return self.value(value, name, depth + 1, shown)

    def _plain(self, value: Any) -> Any:
        """Pass a field that may be written in plain, with the tokens in it turned back."""
        if isinstance(value, str):
            return turn_back(self._view, [value])[0].text
        if isinstance(value, (dict, list)):
            raise RefusedError(422, "plain_value", "a field that takes plain values takes no lists or objects")
        return value

    def _string(self, text: str, name: str | None, shown: str | None) -> Any:
        part = turn_back(self._view, [text])[0]
        if name is not None and self._ruled.entity(name) is not None:
            if not part.whole:
                raise _token_only()
        else:
            if name is not None:
                check_name(self._ruled, None if self._route.body is None else frozenset({name}), name, part.rest)
            self.searched.append(part.rest)
        check_shown(shown, part)
        return orjson.Fragment(part.literal) if part.literal is not None else part.text


def _read(raw: bytes) -> Any:
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_unique,
            parse_float=Number,
            parse_int=Number,
            parse_constant=_constant,
        )
    except UnicodeDecodeError:
        raise _refused("not UTF-8") from None
    except RecursionError:
        raise _refused("too deep") from None
    except ValueError:
        raise _refused("not JSON") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _refused("a key twice")
    return made


def _constant(word: str) -> NoReturn:
    raise _refused(f"{word} is not JSON")


def _token_only() -> RefusedError:
    return RefusedError(422, "token_only", "a field with a rule takes a token and nothing else")


def _refused(what: str) -> RefusedError:
    return RefusedError(400, "malformed_json", what)
