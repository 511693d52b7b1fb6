"""Tokens of older keys to tokens of the primary key, their values seen by nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from maskkit import tokens
from maskkit.errors import InputError
from maskkit.operators.opening import Container, Failure, Restored
from maskkit.operators.token import TokenOperator
from maskkit.tokens import HEAD_LENGTH, KEY_WRAP, NO_SURFACE, PLAIN_LENGTH, Token


def rewrap(operator: TokenOperator, found: Sequence[Token]) -> list[str | Failure]:
    """Return for each token the one that the primary key makes of the same value in the same surface, or why not.

    Each new token is opened again: InputError where one does not come back as the old one did.
    """
    made: list[str | Failure | None] = [None] * len(found)
    plain: dict[str, list[int]] = defaultdict(list)
    for i, token in enumerate(found):
        if token.whole and _is_plain(token):
            plain[token.text[:HEAD_LENGTH]].append(i)
    for rows in plain.values():
        for i, new in zip(rows, _rewrap_plain(operator, [found[i] for i in rows]), strict=True):
            made[i] = new
    rest = [i for i, new in enumerate(made) if new is None]
    whole = dict(zip(rest, _rewrap_whole(operator, [found[i] for i in rest]), strict=True))
    return [whole[i] if new is None else new for i, new in enumerate(made)]


def _rewrap_plain(operator: TokenOperator, old: Sequence[Token]) -> list[str | None]:
    """Rewrap tokens of one head without surface, a column at a time; None for those that do not open."""
    values = operator.reverse([token.text for token in old])
    good = [value for value in values if value is not None]
    if not good:
        return [None] * len(old)
    new = operator.apply(good, old[0].entity)
    lengths = [len(token.text) for token, value in zip(old, values, strict=True) if value is not None]
    if operator.reverse(new) != good or [len(token) for token in new] != lengths:
        raise _changed()
    left = iter(new)
    return [None if value is None else next(left) for value in values]


def _rewrap_whole(operator: TokenOperator, old: Sequence[Token]) -> list[str | Failure]:
    """Rewrap tokens with all of their surface, or say why they do not open."""
    # JSON is the container that shows all of a surface: elsewhere a mark is not obeyed, and would be lost.
    opened = operator.restore(old, container=Container.JSON)
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
            raise _changed()
        for (i, _), token in zip(rows, new, strict=True):
            made[i] = token
    return made


def _is_plain(token: Token) -> bool:
    if token.kind == KEY_WRAP:
        return len(token.text) == PLAIN_LENGTH
    return token.text == tokens.token_key(token.text) + NO_SURFACE


def _whole(text: str) -> Token:
    token = tokens.whole(text)
    if token is None:
        raise _changed()
    return token


def _changed() -> InputError:
    return InputError("a token does not come back as it was; nothing was changed")
