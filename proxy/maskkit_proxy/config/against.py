"""A configuration held against captured answers: rules that match nothing, and fields that no rule names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from maskkit.detection.headers import header_rule
from maskkit.errors import InputError
from maskkit_proxy.bodies.literals import loads
from maskkit_proxy.config.model import Config, Route
from maskkit_proxy.errors import RefusedError

#: Keys that a message may repeat; any other may be a value.
_SAYABLE: Final = re.compile(r"(?!.*\d{4})[\w.-]{1,80}")
_BOOLEAN: Final = (bool, type(None))


def check_against(config: Config, capture: Path) -> list[str]:
    """Return what is wrong: each route's rules that match no field of the capture, fields that nothing names.

    The capture is an answer of the upstream in JSON, or a list of some. A renamed column is masked by nobody's rule and
    nobody notices; here someone does. Raises InputError for a capture that cannot be read.
    """
    try:
        document = loads(capture.read_bytes())
    except OSError as error:
        raise InputError(f"{capture}: {(error.strerror or 'unreadable').lower()}") from None
    except RefusedError as refused:
        raise InputError(f"{capture}: {refused.detail}") from None
    paths = dict.fromkeys(_paths(document, ()))
    problems: dict[str, None] = {}
    for route in config.routes:
        for problem in (*_unused(route, list(paths)), *_unnamed(route, list(paths))):
            problems[f"{capture}: {route.pattern}: {problem}"] = None
    return list(problems)


def _paths(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the path of every scalar, list positions left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, path)
    elif path and not isinstance(value, _BOOLEAN):
        yield path


def _unused(route: Route, paths: list[tuple[str, ...]]) -> Iterator[str]:
    matched = {id(route.policy.field(path[-1], ".".join(path))) for path in paths}
    for rule in route.policy.fields:
        if id(rule) not in matched:
            yield f"the rule of {_said(rule.names[0])} matches nothing"


def _unnamed(route: Route, paths: list[tuple[str, ...]]) -> Iterator[str]:
    for path in paths:
        dotted = ".".join(path)
        if route.policy.field(path[-1], dotted) is None and header_rule(path[-1]) is None:
            yield f"no rule names {_said(dotted)}"


def _said(name: str) -> str:
    return name if _SAYABLE.fullmatch(name) else "a field whose name may be a value"
