"""Masking one file of any format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from maskkit.detection import columns
from maskkit.errors import InputError, LeakError, UsageError
from maskkit.jobs.formats import naming, pick_format
from maskkit.jobs.leaks import LeakCheck
from maskkit.jobs.misfits import mask_rows
from maskkit.jobs.unmatched import refuse_unmatched, unmatched_fields
from maskkit.masker import Masker
from maskkit.masker.fields import FieldMasker
from maskkit.masker.table import (
    SAMPLE,
    SUFFIX,
    ColumnCount,
    ColumnPlan,
    TableMasker,
    masked_names,
    plan_columns,
    refuse_strange,
    safe_names,
)
from maskkit.operators.token import Container
from maskkit.tables.csv import CsvBatch, CsvReader
from maskkit.tables.files import Source, open_source
from maskkit.tables.json import JsonBatch, read_json
from maskkit.tables.output import Output, open_output
from maskkit.tables.sniff import Format
from maskkit.tables.text import read_lines


@dataclass(frozen=True, slots=True)
class MaskOptions:
    """How a file is read, and how careful to be. None: decided by content.

    `columns` says what columns are; `strict` refuses columns that neither policy nor header rules name; `lenient` lets
    rows through that do not fit, searched as text; `check` searches the output for what was masked.
    """

    format: str | None = None
    encoding: str | None = None
    header: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    lenient: bool = False
    check: bool = False


@dataclass(slots=True)
class Masked:
    """What was done to a file. `plans` and `counts` go together; names in which something was found are not shown.

    Where the output does not tell its encoding, whoever turns it back has to name it. `unmatched` are names of the
    policy's fields that the file lacks.
    """

    input: str
    output: str
    input_sha256: str
    output_sha256: str
    format: str
    encoding: str
    tells_encoding: bool
    rows: int
    misfits: int
    misfit_values: int
    checked: bool
    plans: list[ColumnPlan]
    counts: list[ColumnCount]
    unmatched: list[str]


@dataclass(slots=True)
class _Tally:
    """Figures that the formats fill in as they go."""

    rows: int = 0
    misfits: int = 0
    misfit_values: int = 0
    plans: list[ColumnPlan] = field(default_factory=list)
    counts: list[ColumnCount] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)


def mask_file(
    masker: Masker,
    path: str | Path,
    out: str | Path | None,
    options: MaskOptions | None = None,
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> Masked:
    """Mask the file `path` (``-``: stdin) into `out` (None or ``-``: stdout); a failure leaves no output file.

    Raises InputError for what cannot be read as what it is, UsageError for a call that does not fit the file, LeakError
    where the check finds a masked value in the output.
    """
    options = options or MaskOptions()
    with open_source(path, options.encoding) as source:
        kind = pick_format(source, options.format)
        leaks = LeakCheck() if options.check else None
        masker.kernel.observer = leaks.remember if leaks else None
        tally = _Tally()
        with open_output(out, source, private=False, spool=options.check) as output, naming(source, output):
            for text in _masked(masker, source, kind, options, tally):
                output.write(text)
                progress(source.position)
            if leaks is not None:
                _refuse_leaks(leaks, output)
            tells_encoding = output.tells_encoding()
            output.commit()
        return Masked(
            input=source.name,
            output=output.name,
            input_sha256=source.sha256,
            output_sha256=output.sha256,
            format=kind.kind,
            encoding=str(source.encoding),
            tells_encoding=tells_encoding,
            rows=tally.rows,
            misfits=tally.misfits,
            misfit_values=tally.misfit_values,
            checked=options.check,
            plans=[
                replace(plan, name=name)
                for plan, name in zip(
                    tally.plans, safe_names([plan.name for plan in tally.plans], masker.detector), strict=True
                )
            ],
            counts=tally.counts,
            unmatched=tally.unmatched,
        )


def _refuse_leaks(leaks: LeakCheck, output: Output) -> None:
    hits = leaks.search(output.reread())
    if hits:
        still = "1 masked value still stands" if hits == 1 else f"{hits:,} masked values still stand"
        raise LeakError(
            f"{output.name}: {still} in the output; it was not written",
            hint="a kept column or field holds them, or a text where nothing found them: mask it too",
        )


def _masked(masker: Masker, source: Source, kind: Format, options: MaskOptions, tally: _Tally) -> Iterator[str]:
    if kind.kind != "csv":
        wrong = [name for name, on in (("--columns", options.columns), ("--strict", options.strict)) if on]
        if wrong and kind.kind == "text":
            raise UsageError(f"{wrong[0]} is for tables, and {source.name} is running text", hint="--format csv")
    if kind.kind == "csv":
        yield from _mask_csv(masker, source, kind.delimiter, options, tally)
    elif kind.kind == "text":
        yield from _mask_text(masker, source, tally)
    else:
        yield from _mask_json(masker, source, kind.kind == "jsonl", options, tally)


def _mask_csv(masker: Masker, source: Source, delimiter: str, options: MaskOptions, tally: _Tally) -> Iterator[str]:
    reader = CsvReader(source.blocks(), delimiter, lenient=options.lenient)
    rows = reader.peek(SAMPLE + 1)
    if not rows:
        yield from (batch.text for batch in reader)
        return
    header = options.header
    if header is None:
        header = columns.has_header(rows[0], rows[1:], masker.detector)
    names = rows[0] if header else [str(j + 1) for j in range(len(rows[0]))]
    _refuse_twice(names, options.columns)
    sample = [list(cells) for cells in zip(*(rows[1:] if header else rows), strict=True)] or [[] for _ in names]
    plans = plan_columns(names, sample, masker.policy, masker.detector, given=options.columns, strict=options.strict)
    table = TableMasker(plans, masker.kernel, masker.detector, inline=not header)
    tally.plans, tally.counts = plans, table.counts
    tally.unmatched = unmatched_fields(masker.policy, [(name, name) for name in names])
    if options.strict:
        refuse_unmatched(tally.unmatched)
    if header:
        yield _render_header(reader.header(), plans, masker, source)
    width = len(names) + (sum(plan.token_column is not None for plan in plans) if header else 0)
    for batch in reader:
        done = table.mask({j: batch.column(j) for j, plan in enumerate(plans) if not plan.kept})
        misfits = batch.misfits
        _refuse_width(batch, misfits, width)
        tally.rows += batch.n_rows + len(misfits)
        tally.misfits += len(misfits)
        new, masked = mask_rows(masker, misfits, delimiter)
        tally.misfit_values += masked
        yield batch.render(done.cells, insert=done.beside, misfits=new)


def _refuse_width(batch: CsvBatch, misfits: Sequence[Sequence[str]], width: int) -> None:
    """Raise InputError for a row as wide as the masked table: turned back, it would lose cells as a row of that."""
    for record, cells in zip(batch.misfit_records.tolist(), misfits, strict=True):
        if len(cells) == width:
            raise InputError(
                f"row {batch.first_row + record} has {width} cells, which is what rows have once tokens stand beside",
                hint="repair that row, or use a policy without tokens beside",
            )


def _render_header(header: CsvBatch, plans: list[ColumnPlan], masker: Masker, source: Source) -> str:
    names = [plan.name for plan in plans]
    there = set(names)
    replaced, inserted = {}, {}
    for j, (plan, shown) in enumerate(zip(plans, masked_names(names, masker.kernel, masker.detector), strict=True)):
        if shown != plan.name:
            replaced[j] = [shown]
        if plan.token_column is None:
            continue
        if plan.token_column in there:
            told = safe_names([plan.token_column], masker.detector) == [plan.token_column]
            raise InputError(
                f"{source.name}: there is a column {plan.token_column if told else 'of that name'} already, where the "
                f"tokens of column {j + 1} would go",
                hint="rename it, or use a policy without a token beside",
            )
        inserted[j] = [f"{shown}{SUFFIX}"]
    return header.render(replaced, insert=inserted)


def _refuse_twice(names: list[str], given: Mapping[str, str]) -> None:
    for name in given:
        if names.count(name) > 1:
            raise InputError(
                f"{names.count(name)} columns have one name that --columns gives",
                hint="--no-header, then columns are 1, 2, 3",
            )


def _mask_text(masker: Masker, source: Source, tally: _Tally) -> Iterator[str]:
    plan = ColumnPlan("text", None, None, "text")
    table = TableMasker([plan], masker.kernel, masker.detector)
    tally.plans, tally.counts = [plan], table.counts
    for lines in read_lines(source.blocks()):
        new = table.mask({0: lines}).cells[0]
        tally.rows += len(lines)
        yield "".join(line if value is None else value for line, value in zip(lines, new, strict=True))


def _mask_json(masker: Masker, source: Source, lines: bool, options: MaskOptions, tally: _Tally) -> Iterator[str]:
    fields = FieldMasker(masker.policy, masker.kernel, masker.detector, given=options.columns)
    record = 0
    for batch in read_json(source.blocks(), lines=lines):
        _mask_leaves(batch, fields)
        # What is no list and no lines is one record, whose leaves stand around none.
        record = max(record, *(leaf.record or 1 for leaf in batch.leaves), 0)
        yield batch.render()
    tally.rows = record
    tally.plans = list(fields.plans.values())
    fields.refuse_unused()
    tally.unmatched = unmatched_fields(masker.policy, [(path.rpartition(".")[2], path) for path in fields.plans])
    if options.strict:
        refuse_strange(tally.plans, masker.detector)
        refuse_unmatched(tally.unmatched)
    # Keys of objects are no fields, but what was found in them is masked too.
    keys = [path for path, count in fields.counts.items() if count.masked and path not in fields.plans]
    tally.plans += [ColumnPlan(path, None, None, "text") for path in keys]
    tally.counts = [fields.counts[path] for path in (*fields.plans, *keys)]


def _mask_leaves(batch: JsonBatch, fields: FieldMasker) -> None:
    leaves = [leaf for leaf in batch.leaves if leaf.kind in ("string", "number", "key")]
    held = {(leaf.record, leaf.path) for leaf in leaves if leaf.kind == "key"}

    def raw(n: int, start: int, end: int) -> str:
        leaf = leaves[n]
        return batch.raw(leaf) if leaf.kind == "number" else f'"{batch.raw_slice(leaf, start, end)}"'

    for leaf, change in zip(leaves, fields.mask(leaves, container=Container.JSON, raw=raw), strict=True):
        if change is None:
            continue
        if leaf.kind == "number":
            batch.replace(leaf, change.edits[0][2])
        else:
            batch.splice(leaf, change.edits)
        if change.beside is not None:
            if (leaf.record, (*leaf.path[:-1], f"{leaf.path[-1]}{SUFFIX}")) in held:
                where = f"record {leaf.record}: " if leaf.record else ""
                raise InputError(
                    f"{where}a key that ends in {SUFFIX} is there already, where a token would go",
                    hint="rename it, or use a policy without a token beside",
                )
            batch.insert(leaf, SUFFIX, change.beside)
