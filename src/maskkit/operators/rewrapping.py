"""Tokens of older keys to tokens of the primary key, their values seen by nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from maskkit import tokens
from maskkit.errors import InputError
from maskkit.operators.opening import Container, Failure, Restored
from maskkit.operators.token import TokenOperator
from maskkit.tokens import Token


def rewrap(operator: TokenOperator, found: Sequence[Token]) -> list[str | Failure]:
    """Return for each token the one that the primary key makes of the same value in the same surface, or why not.

    Each new token is opened again: InputError where one does not come back as the old one did.
    """
    # JSON is the container that shows all of a surface: elsewhere a mark is not obeyed, and would be lost.
    opened = operator.restore(found, container=Container.JSON)
    made: list[str | Failure] = [one if isinstance(one, Failure) else "" for one in opened]
    by_entity: dict[str, list[tuple[int, Restored]]] = defaultdict(list)
    for i, one in enumerate(opened):
        if isinstance(one, Restored):
            by_entity[one.entity].append((i, one))
    for entity, rows in by_entity.items():
        new = operator.apply(
            [one.value for _, one in rows], entity, container=Container.JSON, raws=[one.raw for _, one in rows]
        )
        again = operator.restore([_whole(token) for token in new], container=Container.JSON)
        if again != [one for _, one in rows]:
            raise InputError("a token does not come back as it was; nothing was changed")
        for (i, _), token in zip(rows, new, strict=True):
            made[i] = token
    return made


def _whole(text: str) -> Token:
    token = tokens.whole(text)
    if token is None:
        raise InputError("a value has no token of its own; nothing was changed")
    return token
