"""Turning the tokens of one file back, whatever the agency did around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from maskkit import masks
from maskkit.jobs.formats import naming, pick_format
from maskkit.masker import Masker
from maskkit.masker.restore import (
    RestoreCount,
    display_at,
    is_token,
    merge_beside,
    restore_edits,
    restore_texts,
    token_pairs,
)
from maskkit.masker.splice import Edit, splice
from maskkit.masker.table import SUFFIX
from maskkit.operators.token import Container, Restored, TokenOperator
from maskkit.tables.csv import CsvBatch, CsvReader
from maskkit.tables.files import Source, open_source
from maskkit.tables.json import JsonBatch, Raw, escape, read_json
from maskkit.tables.jsonlex import Leaf
from maskkit.tables.output import open_output
from maskkit.tables.text import read_lines

#: Rows that are looked at to tell whether a column holds the tokens of the one before it.
_PEEK = 1000


@dataclass(slots=True)
class Unmasked:
    """How many tokens of a file came back, and how many stayed, by reason.

    `guessed`: nothing in the masked file told its encoding, and what came back was written as UTF-8.
    """

    input: str
    output: str
    restored: int
    guessed: bool = False
    left: Counter[str] = field(default_factory=Counter)


def unmask_file(
    masker: Masker,
    path: str | Path,
    out: str | Path | None,
    *,
    format: str | None = None,
    encoding: str | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Unmasked:
    """Turn every token in the file `path` back into `out` (None or ``-``: stdout), which only its owner may read.

    A token that does not open stays as it is and is counted. What comes back stands in the audit before the output has
    its name. A failure leaves no output file; AuditError where nothing can be written into the audit.
    """
    masker.reveals.ready()
    with open_source(path, encoding) as source:
        kind = pick_format(source, format)
        operator, count = masker.tokens, RestoreCount()
        with open_output(out, source, private=True) as output, naming(source, output):
            if kind.kind == "csv":
                pieces = _unmask_csv(operator, source, kind.delimiter, count)
            elif kind.kind == "text":
                pieces = _unmask_text(operator, source, count)
            else:
                pieces = _unmask_json(operator, source, kind.kind == "jsonl", count)
            for text in pieces:
                output.write(text)
                progress(source.position)
            masker.reveals.record(count, file=source.name, sha256_in=source.sha256, sha256_out=output.sha256)
            output.commit()
        guessed = encoding is None and source.ascii_only and not output.ascii_only
        return Unmasked(source.name, output.name, count.restored, guessed, count.left)


def _unmask_csv(operator: TokenOperator, source: Source, delimiter: str, count: RestoreCount) -> Iterator[str]:
    # Rows that do not fit were let through by --lenient, or are the agency's: their tokens come back all the same.
    reader = CsvReader(source.blocks(), delimiter, lenient=True)
    rows = reader.peek(_PEEK + 1)
    pairs: dict[int, int] = {}
    if rows:
        sample = list(zip(*rows[1:], strict=True)) or [()] * len(rows[0])
        pairs = token_pairs(operator, rows[0], sample)
    beside = frozenset(pairs.values())
    if pairs:
        header = reader.header()
        yield _restored(operator, header, {}, beside, count)
    for batch in reader:
        yield _restored(operator, batch, pairs, beside, count)


def _restored(
    operator: TokenOperator, batch: CsvBatch, pairs: Mapping[int, int], beside: Collection[int], count: RestoreCount
) -> str:
    """Return a batch with its tokens turned back, column by column, and without the columns `beside`."""
    cells: dict[int, Sequence[str | None]] = {}
    for j in range(batch.n_columns):
        if j in pairs:
            cells[j] = merge_beside(operator, batch.column(j), batch.column(pairs[j]), count)
        elif j not in beside:
            new = restore_texts(operator, batch.column(j), count)
            if any(value is not None for value in new):
                cells[j] = new
    return batch.render(cells, drop=beside, misfits=_restored_rows(operator, batch.misfits, count))


def _restored_rows(
    operator: TokenOperator, rows: Sequence[Sequence[str]], count: RestoreCount
) -> list[list[str | None]]:
    """Return the new cells of rows that do not fit the table, None for those that stay."""
    new = iter(restore_texts(operator, [cell for row in rows for cell in row], count))
    return [list(islice(new, len(row))) for row in rows]


def _unmask_text(operator: TokenOperator, source: Source, count: RestoreCount) -> Iterator[str]:
    for lines in read_lines(source.blocks()):
        text = "".join(lines)
        edits = restore_edits(operator, [text], [operator.find(text)], count)[0]
        yield splice(text, [edit for edit, _ in edits])


def _unmask_json(operator: TokenOperator, source: Source, lines: bool, count: RestoreCount) -> Iterator[str]:
    for batch in read_json(source.blocks(), lines=lines):
        _restore_leaves(operator, batch, count)
        yield batch.render()


def _restore_leaves(operator: TokenOperator, batch: JsonBatch, count: RestoreCount) -> None:
    leaves = [leaf for leaf in batch.leaves if leaf.kind in ("string", "key")]
    pairs = {n: n + 2 for n in range(len(leaves) - 2) if _has_token_beside(operator, leaves, n)}
    going = {beside - 1 for beside in pairs.values()}
    found = [[] if n in going else operator.find(leaf.value) for n, leaf in enumerate(leaves)]
    opened = restore_edits(operator, [leaf.value for leaf in leaves], found, count, container=Container.JSON)
    for n, beside in pairs.items():
        if not opened[beside]:  # the token does not open, so it stays where it is
            continue
        text, value = leaves[n].value, opened[beside][0][1]
        shown = masks.display(value.entity, value.canonical)
        at = display_at(text, shown)
        if at >= 0:
            opened[n] = [((at, at + len(shown), value.value), value)]
        elif not text:
            opened[n] = [((0, 0, value.value), value)]
        else:  # someone wrote in it: the value comes after what is there
            opened[n] = [*opened[n], ((len(text), len(text), f"({value.value})"), value)]
        opened[beside] = []
        batch.drop(leaves[beside])
    for leaf, edits in zip(leaves, opened, strict=True):
        if len(edits) == 1 and leaf.kind == "string" and edits[0][0] == (0, len(leaf.value), edits[0][1].value):
            batch.replace_raw(leaf, edits[0][1].raw)
        elif edits:
            batch.splice(leaf, [_written(edit, value) for edit, value in edits])


def _has_token_beside(operator: TokenOperator, leaves: Sequence[Leaf], n: int) -> bool:
    """Tell whether leaf `n` is a member with one right after it that holds its token."""
    leaf, key, beside = leaves[n : n + 3]
    return (
        (leaf.kind, key.kind, beside.kind) == ("string", "key", "string")
        and leaf.is_member
        and key.value == f"{leaf.path[-1]}{SUFFIX}"
        and beside.path == (*leaf.path[:-1], key.value)
        and is_token(operator, beside.value)
    )


def _written(edit: Edit, value: Restored) -> Edit:
    """Return an edit of part of a string with the value as it was written in JSON, escapes and all."""
    start, end, text = edit
    body = value.raw[1:-1] if value.raw.startswith('"') else escape(value.value)
    if text == value.value:
        return start, end, Raw(body)
    return start, end, Raw(f"({body})")
