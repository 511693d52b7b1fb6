"""Unmasking: every token of a text back to the value, and the display form that stood before it gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from maskkit import masks
from maskkit.masker.splice import Edit, splice
from maskkit.masker.table import SUFFIX, is_whole
from maskkit.model import Span
from maskkit.operators.display import Display
from maskkit.operators.token import Container, Restored, TokenOperator
from maskkit.tokens import HEAD_LENGTH, Token, whole


@dataclass(slots=True)
class RestoreCount:
    """How many tokens came back, by their first nine characters (entity, key, tenant); how many stayed, by reason."""

    opened: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)

    @property
    def restored(self) -> int:
        """How many came back."""
        return self.opened.total()


def restore_edits(
    operator: TokenOperator,
    texts: Sequence[str],
    found: Sequence[Sequence[Token]],
    count: RestoreCount,
    *,
    container: Container = Container.PLAIN,
) -> list[list[tuple[Edit, Restored]]]:
    """Return, for each text and the tokens `found` in it, the edits that put the values back, each with its value.

    Where ``display(token)`` stands and the display form is that value's, both and the brackets go; else the token
    alone is replaced. Tokens that do not open stay; `count` says how many and why.
    """
    opened = iter(operator.restore([token for row in found for token in row], container=container))
    edits: list[list[tuple[Edit, Restored]]] = []
    for text, row in zip(texts, found, strict=True):
        edits.append([])
        for token in row:
            value = next(opened)
            if isinstance(value, Restored):
                count.opened[token.text[:HEAD_LENGTH]] += 1
                edits[-1].append(((*_place(text, token, value), value.value), value))
            else:
                count.left[value] += 1
    return edits


def restore_texts(operator: TokenOperator, texts: Sequence[str], count: RestoreCount) -> list[str | None]:
    """Return the texts with their tokens turned back, None for those that stay."""
    if not any("_" in text for text in texts):
        return [None] * len(texts)
    new = operator.reverse(texts)
    rest = [i for i, text in enumerate(texts) if new[i] is None and "_" in text]
    count.opened.update(text[:HEAD_LENGTH].lower() for text, value in zip(texts, new, strict=True) if value is not None)
    found = [operator.find(texts[i]) for i in rest]
    for i, row in zip(rest, restore_edits(operator, [texts[i] for i in rest], found, count), strict=True):
        if row:
            new[i] = splice(texts[i], [edit for edit, _ in row])
    return new


def _place(text: str, token: Token, value: Restored) -> tuple[int, int]:
    """Return the place that `value` takes: the token's, or that of ``display(token)``."""
    start, end = token.start, token.end
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        shown = masks.display(value.entity, value.canonical)
        if text.endswith(shown, 0, start - 1):
            return start - 1 - len(shown), end + 1
    return start, end


def token_pairs(operator: TokenOperator, names: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[int, int]:
    """Return which columns have their tokens in the column right after them, `sample` being cells of each column.

    That is a column ``<column>_token`` in which every cell that is not empty is a token of this keyset, and some
    open: where none does (another tenant's file), all stays as it is.
    """
    return {
        j - 1: j
        for j in range(1, len(names))
        if names[j] == names[j - 1] + SUFFIX and _are_tokens(operator, [cell for cell in sample[j] if cell])
    }


def _are_tokens(operator: TokenOperator, cells: Sequence[str]) -> bool:
    return all(is_token(operator, cell) for cell in cells) and (not cells or any(operator.reverse(cells)))


def is_token(operator: TokenOperator, cell: str) -> bool:
    """Tell whether a cell is one token and nothing else."""
    found = operator.find(cell)
    return len(found) == 1 and (found[0].start, found[0].end) == (0, len(cell))


def display_at(cell: str, shown: str) -> int:
    """Return where a cell holds the display form `shown` and nothing else but what stays outside; -1 where not."""
    start = cell.find(shown) if shown else -1
    return start if start >= 0 and is_whole(cell, Span(start, start + len(shown), "")) else -1


def merge_beside(
    operator: TokenOperator, cells: Sequence[str], tokens: Sequence[str], count: RestoreCount
) -> list[str | None]:
    """Return a column's cells with the values of the tokens beside them in place of the display forms.

    Nothing is lost: where a cell no longer is the display form, because someone wrote in it, the value comes after
    what is there, in brackets; so does a token that does not open. Alone it comes where the cell was emptied.
    """
    new = restore_texts(operator, cells, count)
    values = restore_texts(operator, tokens, count)
    alone: dict[str, list[int]] = defaultdict(list)
    for i, token in enumerate(tokens):
        if token:
            one = whole(token) if values[i] is not None else None
            alone[one.entity if one else ""].append(i)
    for entity, rows in alone.items():
        back = [value if (value := values[i]) is not None else tokens[i] for i in rows]
        masked = Display().apply(back, entity) if entity else [""] * len(rows)
        for i, value, shown in zip(rows, back, masked, strict=True):
            cell = cells[i]
            if cell == shown or not cell:
                new[i] = value
                continue
            start = display_at(cell, shown)
            if start >= 0:
                new[i] = cell[:start] + value + cell[start + len(shown) :]
            else:
                new[i] = f"{was if (was := new[i]) is not None else cell}({value})"
    return new
