"""Tables: what each column is, and a batch of columns masked row by row with the rows' own known values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from maskkit.detection import columns
from maskkit.detection.detector import Detector
from maskkit.errors import UsageError
from maskkit.masker.kernel import Kernel
from maskkit.masker.known import SEARCHED, add_known, searchable
from maskkit.masker.splice import inline_edits, splice
from maskkit.model import ENTITIES, FIELD_ENTITIES, Span
from maskkit.policy import Action, Policy

#: What `--columns` and `columns=` accept beside an entity: scan the cells, or leave the column as it is.
TEXT: Final = "text"
KEEP: Final = "keep"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What a column was taken for; `entity` and `action` None: text to scan.

    `by` says who decided: "given" (the caller), "policy", "header", "sample" or "text" (nobody could).
    """

    name: str
    entity: str | None
    action: Action | None
    by: str

    @property
    def kept(self) -> bool:
        """Tell whether the column goes through unread."""
        return self.action is not None and self.action.operator == "keep"

    @property
    def token_column(self) -> str | None:
        """The name of the column of tokens beside it, where the action asks for one."""
        return f"{self.name}_token" if self.action is not None and self.action.token_field else None


@dataclass(slots=True)
class ColumnCount:
    """Figures of one column: values masked, non-empty cells left as they were, numbers that Excel destroyed."""

    masked: int = 0
    left: int = 0
    destroyed: int = 0


@dataclass(frozen=True, slots=True)
class MaskedBatch:
    """New cells by column number (None: unchanged), columns of tokens to stand right after a column, row texts."""

    cells: Mapping[int, list[str | None]] = field(repr=False)
    beside: Mapping[int, list[str]] = field(repr=False)


def plan_columns(
    names: Sequence[str],
    sample: Sequence[Sequence[str]],
    policy: Policy,
    detector: Detector,
    *,
    given: Mapping[str, str] | None = None,
    strict: bool = False,
) -> list[ColumnPlan]:
    """Decide for each column: what was `given` for it, else the policy's fields, else header and sample.

    `sample` holds a list of cells per column. Raises UsageError for a given name that is no column, for a target that
    is no entity, and where `strict` is set for columns that neither policy nor header rules name.
    """
    given = dict(given or {})
    for name, target in given.items():
        if name not in names:
            raise UsageError(f"no column {name}", hint=f"columns: {', '.join(names)}")
        if target not in (*ENTITIES, *FIELD_ENTITIES, TEXT, KEEP):
            raise UsageError(
                f"column {name}: {target} is no entity",
                hint=f"one of {', '.join((*ENTITIES, *FIELD_ENTITIES, TEXT, KEEP))}",
            )
    plans = [_plan(name, cells, policy, detector, given.get(name)) for name, cells in zip(names, sample, strict=True)]
    if strict:
        strange = [plan.name for plan in plans if plan.by in ("sample", "text") and not columns.known_header(plan.name)]
        if strange:
            raise UsageError(
                f"columns that neither policy nor header rules name: {', '.join(strange)}",
                hint="name them in the policy's fields or with --columns NAME=ENTITY, NAME=text or NAME=keep",
            )
    return plans


def _plan(name: str, cells: Sequence[str], policy: Policy, detector: Detector, given: str | None) -> ColumnPlan:
    def plan(entity: str | None, by: str, action: Action | None = None) -> ColumnPlan:
        return ColumnPlan(name, entity, action or (policy.action(entity) if entity else None), by)

    if given is not None:
        if given == KEEP:
            return plan(None, "given", Action("keep"))
        return plan(None if given == TEXT else given, "given")
    return plan_field(name, name, cells, policy, detector)


def plan_field(
    name: str, path: str, cells: Sequence[str], policy: Policy, detector: Detector
) -> ColumnPlan:
    """Decide what a column or a field `name` at `path` is: the policy's fields, else header and sample."""
    rule = policy.field(name, path)
    guess = columns.guess_entity(name, cells, detector)
    if rule is None:
        entity, by, action = guess.entity, guess.by, None
    else:
        entity, by, action = rule.entity or guess.entity, "policy", rule.action
    return ColumnPlan(name, entity, action or (policy.action(entity) if entity else None), by)


class TableMasker:
    """Masks batches of one table; counts per column as it goes."""

    def __init__(self, plans: Sequence[ColumnPlan], kernel: Kernel, detector: Detector) -> None:
        self.plans = plans
        self.counts = [ColumnCount() for _ in plans]
        self._kernel = kernel
        self._detector = detector

    def mask(self, batch: Mapping[int, Sequence[str]]) -> MaskedBatch:
        """Mask a batch: a list of cells, all of one length, for each column number that is not kept."""
        cells: dict[int, list[str | None]] = {}
        beside: dict[int, list[str]] = {}
        known: list[tuple[str, list[str]]] = []
        for j, values in batch.items():
            plan = self.plans[j]
            if plan.entity is not None and plan.action is not None:
                matches = columns.match_cells(plan.entity, values, self._detector)
                cells[j], tokens = self._typed(j, values, matches, plan.entity, plan.action)
                if tokens is not None:
                    beside[j] = tokens
                if plan.entity in SEARCHED:
                    known.append((plan.entity, _known_values(values, matches)))
        for j, values in batch.items():
            if self.plans[j].entity is None:
                cells[j] = self._scanned(j, values, known)
        return MaskedBatch(cells, beside)

    def _typed(
        self, j: int, values: Sequence[str], matches: Sequence[list[Span] | None], entity: str, action: Action
    ) -> tuple[list[str | None], list[str] | None]:
        """Mask a typed column: whole cells by one operator call, cells with several findings inline."""
        count = self.counts[j]
        whole: list[tuple[int, Span]] = []
        several: list[int] = []
        for i, spans in enumerate(matches):
            if spans is None:
                count.left += bool(values[i].strip())
            elif len(spans) == 1 and is_whole(values[i], spans[0]):
                whole.append((i, spans[0]))
            else:
                several.append(i)
                count.masked += len(spans)
        count.masked += len(whole)
        count.destroyed += sum(map(columns.destroyed_by_excel, values))

        new: list[str | None] = [None] * len(values)
        tokens = [""] * len(values) if action.token_field else None
        done = self._kernel.apply([values[i][span.start : span.end] for i, span in whole], entity, action)
        for (i, span), shown in zip(whole, done.shown, strict=True):
            new[i] = values[i][: span.start] + shown + values[i][span.end :]
        if tokens is not None and done.beside is not None:
            for (i, _), token in zip(whole, done.beside, strict=True):
                tokens[i] = token

        def act(found: str) -> Action:
            return action if found == entity else self._kernel.policy.action(found)

        edits = inline_edits(self._kernel, [values[i] for i in several], [matches[i] for i in several], act)
        for i, row in zip(several, edits, strict=True):
            new[i] = splice(values[i], row)
        return new, tokens

    def _scanned(
        self, j: int, values: Sequence[str], known: Sequence[tuple[str, Sequence[str]]]
    ) -> list[str | None]:
        """Mask a column of texts: what detection finds, and what the rows' typed columns hold."""
        spans = self._detector.detect_many(values)
        for entity, column in known:
            for i, (value, text) in enumerate(zip(column, values, strict=True)):
                if value and value in text:
                    spans[i] = add_known(text, spans[i], [(entity, value)])
        edits = inline_edits(self._kernel, values, spans, self._kernel.policy.action)
        self.counts[j].masked += sum(map(len, edits))
        return [splice(values[i], row) if row else None for i, row in enumerate(edits)]


def is_whole(value: str, span: Span) -> bool:
    """Tell whether `span` is all of the cell but blanks and Excel's leading tab or apostrophe."""
    return not value[: span.start].strip(" \t'\u3000") and not value[span.end :].strip()


def _known_values(values: Sequence[str], matches: Sequence[list[Span] | None]) -> list[str]:
    """Return what each cell holds for certain, "" where that is nothing to look for."""
    found = []
    for value, spans in zip(values, matches, strict=True):
        cut = value[spans[0].start : spans[0].end] if spans and len(spans) == 1 else ""
        found.append(cut if searchable(cut) else "")
    return found
