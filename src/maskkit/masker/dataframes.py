"""Whole tables of other libraries: masked as the command line masks a file, and turned back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from maskkit.detection import columns as cells
from maskkit.detection.detector import Detector
from maskkit.errors import InputError
from maskkit.masker import frames
from maskkit.masker.kernel import Kernel
from maskkit.masker.restore import RestoreCount, merge_beside, restore_texts, token_pairs
from maskkit.masker.table import SAMPLE, SUFFIX, TableMasker, masked_names, plan_columns
from maskkit.operators.token import TokenOperator

TableT = TypeVar("TableT")


def mask_table(
    table: TableT, kernel: Kernel, detector: Detector, *, given: Mapping[str, str] | None, strict: bool
) -> TableT:
    """Return `table` masked; `given` says what columns are, `strict` refuses those that nobody names.

    Raises InputError where a column of tokens would take the name of another, for personal data in the index, and for
    columns whose cells are neither text nor numbers and that nobody keeps.
    """
    held = frames.columns_of(table)
    _refuse_index(table, detector)
    samples = [_sample(column) for column in held.values()]
    plans = plan_columns(list(held), samples, kernel.policy, detector, given=given, strict=strict)
    names = masked_names(list(held), kernel, detector)
    texts = {
        j: _texts(column, name)
        for j, (plan, column, name) in enumerate(zip(plans, held.values(), names, strict=True))
        if not plan.kept
    }
    done = TableMasker(plans, kernel, detector).mask(texts)
    out: dict[str, Any] = {}
    for j, (plan, name) in enumerate(zip(plans, names, strict=True)):
        column = held[plan.name]
        _put(out, name, frames.replaced(column, done.cells[j]) if j in done.cells else column)
        if j in done.beside:
            if name + SUFFIX in held:
                raise InputError(
                    f"there is a column {name}{SUFFIX} already, where the tokens would go",
                    hint="rename it, or use a policy without a token beside",
                )
            _put(out, name + SUFFIX, frames.new_column(column, name + SUFFIX, done.beside[j]))
    return frames.table_like(table, out)


def unmask_table(table: TableT, operator: TokenOperator, count: RestoreCount) -> TableT:
    """Return `table` with its tokens turned back, names of columns too; a column beside display forms goes."""
    held = frames.columns_of(table)
    texts = [frames.filled(frames.strings_of(frames.cells_of(column))) for column in held.values()]
    names = list(held)
    back = restore_texts(operator, names, count)
    pairs = token_pairs(operator, names, texts)
    out: dict[str, Any] = {}
    for j, (name, column) in enumerate(held.items()):
        if j in pairs:
            new = merge_beside(operator, texts[j], texts[pairs[j]], count)
        elif j in pairs.values():
            continue
        else:
            new = restore_texts(operator, texts[j], count)
        _put(out, back[j] or name, frames.replaced(column, new))
    return frames.table_like(table, out)


def _put(out: dict[str, Any], name: str, column: Any) -> None:
    if name in out:
        raise InputError("two columns would have one name", hint="rename one of them")
    out[name] = column


def _sample(column: Any) -> list[str]:
    """Return the first cells of a column as text, none where they are not: that it is refused comes after the plan."""
    try:
        return frames.filled(frames.texts_of(frames.cells_of(column[:SAMPLE])))
    except InputError:
        return []


def _texts(column: Any, name: str) -> list[str]:
    try:
        return frames.filled(frames.texts_of(frames.cells_of(column)))
    except InputError as error:
        raise InputError(
            f"column {name}: {error}", hint=f'columns={{"{name}": "keep"}} leaves it as it is, unread'
        ) from None


def _refuse_index(table: Any, detector: Detector) -> None:
    """Raise InputError where the index of a pandas data frame holds personal data: an index stays as it is."""
    for name, labels in frames.index_columns(table).items():
        texts = frames.filled(frames.texts_of(labels))
        guess = cells.guess_entity(name, texts[:SAMPLE], detector)
        if guess.entity is not None or any(detector.detect_many(texts)):
            raise InputError("the index holds personal data, and an index is not masked", hint="df.reset_index()")
