"""Paths, queries and forms on their way in."""

from __future__ import annotations

from collections.abc import Sequence

from maskkit import masks
from maskkit_proxy.bodies.fields import SUFFIX
from maskkit_proxy.config.model import Route
from maskkit_proxy.errors import RefusedError
from maskkit_proxy.inward.names import Ruled, reads_as_code
from maskkit_proxy.inward.values import Turned, refuse_plain, turn_back
from maskkit_proxy.tenants import View
from maskkit_proxy.wire.target import Parameter, encoded


def path_inward(view: View, segments: Sequence[tuple[str, str]]) -> str:
    """Return the path for the upstream: tokens turned back, plain values refused (422)."""
    turned = turn_back(view, [text for _, text in segments])
    refuse_plain(view, [part.rest for part in turned])
    return "/" + "/".join(
        encoded(part.text) if part.tokens else raw for (raw, _), part in zip(segments, turned, strict=True)
    )


def parameters_inward(
    view: View, ruled: Ruled, route: Route, parameters: Sequence[Parameter], written: list[str] | None = None
) -> str:
    """Return a query, or a form with the list to which fields `written` in plain are added, for the upstream.

    RefusedError: 422 for a parameter that is not listed, for one with a rule that holds anything but a token, for plain
    values; 403 for what names a field with a rule in any other way, and for SQL and expressions.
    """
    folded = _fold(parameters)
    turned = turn_back(view, [parameter.value for parameter, _ in folded])
    pieces: list[str] = []
    searched: list[str] = []
    for (parameter, shown), part in zip(folded, turned, strict=True):
        name = parameter.name
        check_name(ruled, route.params, name, part.rest)
        if written is not None and name in route.plain:
            written.append(name)
            pieces.append(f"{encoded(name)}={encoded(part.text)}" if part.tokens else parameter.raw)
            continue
        if ruled.entity(name) is not None:
            if not part.whole:
                raise RefusedError(422, "token_only", "a field with a rule takes a token and nothing else")
        else:
            searched += (name, part.rest)
        check_shown(shown, part)
        pieces.append(f"{encoded(name)}={encoded(part.text)}" if part.tokens else parameter.raw)
    refuse_plain(view, searched)
    return "&".join(pieces)


def check_name(ruled: Ruled, listed: frozenset[str] | None, name: str, rest: str) -> None:
    """Refuse a name that is not listed; what names a field with a rule but is not it; SQL and expressions."""
    if reads_as_code(name, rest):
        raise RefusedError(403, "expression")
    if listed is not None:
        if name not in listed:
            raise RefusedError(422, "unlisted_field")
    elif ruled.entity(name) is None and ruled.mentions(name):
        raise RefusedError(403, "names_a_ruled_field")
    if ruled.lists(rest) and not ruled.is_text(name):
        raise RefusedError(403, "names_a_ruled_field")


def check_shown(shown: str | None, part: Turned) -> None:
    """Refuse a display mask beside a token of another value."""
    if shown and part.entity is not None and shown != masks.display(part.entity, part.canonical):
        raise RefusedError(422, "mask_of_another_value")


def _fold(parameters: Sequence[Parameter]) -> list[tuple[Parameter, str | None]]:
    """Return the parameters with each ``x_token`` folded into the one ``x`` that the upstream knows, and its mask."""
    tokens = {p.name.removesuffix(SUFFIX): p for p in parameters if p.name.endswith(SUFFIX)}
    if not tokens:
        return [(parameter, None) for parameter in parameters]
    names = [p.name for p in parameters]
    if any(names.count(name) > 1 for base in tokens for name in (base, base + SUFFIX)):
        raise RefusedError(422, "more_than_one_value", "of a field with a token beside it")
    folded: list[tuple[Parameter, str | None]] = []
    for parameter in parameters:
        if parameter.name.endswith(SUFFIX):
            base = parameter.name.removesuffix(SUFFIX)
            if base not in names:
                folded.append((Parameter(parameter.raw, base, parameter.value), None))
        elif parameter.name in tokens:
            folded.append((Parameter("", parameter.name, tokens[parameter.name].value), parameter.value))
        else:
            folded.append((parameter, None))
    return folded
