"""Tables: what each column is, and a batch of columns masked row by row with the rows' own known values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from maskkit import masks, tokens
from maskkit.detection import columns
from maskkit.detection.detector import Detector
from maskkit.errors import InputError, PolicyError, UsageError, as_said
from maskkit.masker.headings import shows_nobody
from maskkit.masker.kernel import Kernel, Replaced
from maskkit.masker.known import SEARCHED, add_known, searchable
from maskkit.masker.splice import inline_edits, splice
from maskkit.model import ENTITIES, FIELD_ENTITIES, Span
from maskkit.policy import Action, Policy

#: What `--columns` and `columns=` accept beside an entity: scan the cells, or leave the column as it is.
TEXT: Final = "text"
KEEP: Final = "keep"

#: What a column or key of tokens beside display forms is called after.
SUFFIX: Final = "_token"

#: Cells of a column that are looked at to decide what it is.
SAMPLE: Final = 1000

#: Operators that replace a whole cell whatever it is.
ENTITY_FREE: Final = frozenset({"keep", "redact", "replace"})


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What a column was taken for; `entity` and `action` None: text to scan; `entity` alone None: whole cells.

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
    def operator(self) -> str:
        """The word for what is done, as reports and messages show it."""
        if self.action is None:
            return "scan"
        token = "vaulted token" if self.action.vault else "token"
        if self.action.token_field:
            return f"{self.action.operator} + {token}"
        return token if self.action.operator == "token" else self.action.operator

    @property
    def taken_for(self) -> str:
        """The entity, or what else the column is, as reports and messages show it."""
        return self.entity or ("kept" if self.kept else "text" if self.action is None else "any")

    @property
    def token_column(self) -> str | None:
        """The name of the column of tokens beside it, where the action asks for one."""
        return self.name + SUFFIX if self.action is not None and self.action.token_field else None


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
            shown = name if safe_names([name], detector) == [name] else as_said(name)
            raise UsageError(f"there is no column {shown}", hint=f"columns: {', '.join(safe_names(names, detector))}")
        check_target(target)
    plans = [
        given_plan(name, given[name], policy) if name in given else plan_field(name, name, cells, policy, detector)
        for name, cells in zip(names, sample, strict=True)
    ]
    if strict:
        refuse_strange(plans, detector)
    if policy.needs_key:
        _refuse_token_columns(names, sample, detector)
    return plans


def _refuse_token_columns(names: Sequence[str], sample: Sequence[Sequence[str]], detector: Detector) -> None:
    """Raise InputError for a column that would be taken for one of tokens once the table is turned back, and go.

    That is a column X_token right after a column X. Where it holds tokens and X what masking left, it is masked.
    """
    for j in range(1, len(names)):
        if names[j] != names[j - 1] + SUFFIX:
            continue
        filled = [cell for cell in sample[j] if cell]
        beside = [was for was, cell in zip(sample[j - 1], sample[j], strict=True) if was.strip() and cell]
        if not filled or not all(map(tokens.whole, filled)) or not all(map(_is_masked, beside)):
            raise InputError(
                f"there is a column {safe_names(names, detector)[j]} already, as a column of tokens would be called",
                hint="rename it, or use a policy without tokens",
            )


def _is_masked(cell: str) -> bool:
    return masks.is_mask(cell.strip()) or tokens.whole(cell.strip()) is not None


def check_target(target: str) -> None:
    """Raise UsageError where `target` is nothing that a column or field could be."""
    if target not in (*ENTITIES, *FIELD_ENTITIES, TEXT, KEEP):
        raise UsageError(
            f"there is no entity {as_said(target)} that a column could be",
            hint=f"one of {', '.join((*ENTITIES, *FIELD_ENTITIES, TEXT, KEEP))}",
        )


def refuse_strange(plans: Sequence[ColumnPlan], detector: Detector) -> None:
    """Raise InputError for columns that neither policy nor header rules name: the schema may have drifted."""
    names = safe_names([plan.name for plan in plans], detector)
    strange = [
        name
        for name, plan in zip(names, plans, strict=True)
        if plan.by in ("sample", "text") and not columns.known_header(plan.name)
    ]
    if strange:
        raise InputError(
            f"columns that neither policy nor header rules name: {', '.join(strange)}",
            hint="name them in the policy's fields or with --columns NAME=ENTITY, NAME=text or NAME=keep",
        )


def safe_names(names: Sequence[str], detector: Detector) -> list[str]:
    """Return column names as messages and reports may show them: none in which something was found or might be."""
    found = detector.detect_many(names)
    return [
        name if shows_nobody(name) and not any(_is_somebody(name, span) for span in spans) else f"column {j}"
        for j, (name, spans) in enumerate(zip(names, found, strict=True), 1)
    ]


def _is_somebody(name: str, span: Span) -> bool:
    """Tell whether a finding in a heading counts in messages: a word of headings is no person."""
    return span.entity != "PERSON" or not shows_nobody(name[span.start : span.end])


def in_header(name: str, span: Span) -> bool:
    """Tell whether a finding in a heading counts: what a rule names is no person, whatever a model takes 银行 for."""
    return span.entity != "PERSON" or not columns.known_header(name)


def masked_names(names: Sequence[str], kernel: Kernel, detector: Detector) -> list[str]:
    """Return column names with what is found in them masked as in running text."""
    spans = [
        [span for span in found if in_header(name, span)]
        for name, found in zip(names, detector.detect_many(names), strict=True)
    ]
    return [
        splice(name, row)
        for name, row in zip(names, inline_edits(kernel, names, spans, kernel.policy.action), strict=True)
    ]


def given_plan(name: str, target: str, policy: Policy) -> ColumnPlan:
    """Return the plan for a column or field that the caller says is `target`."""
    if target == KEEP:
        return ColumnPlan(name, None, Action("keep"), "given")
    if target == TEXT:
        return ColumnPlan(name, None, None, "given")
    return ColumnPlan(name, target, policy.action(target), "given")


def plan_field(name: str, path: str, cells: Sequence[str], policy: Policy, detector: Detector) -> ColumnPlan:
    """Decide what a column or a field `name` at `path` is: the policy's fields, else header and sample."""
    rule = policy.field(name, path)
    if rule is not None and rule.scan:
        return ColumnPlan(name, None, None, "policy")
    guess = columns.guess_entity(name, cells, detector)
    if rule is None:
        return ColumnPlan(name, guess.entity, policy.action(guess.entity) if guess.entity else None, guess.by)
    entity = rule.entity or guess.entity
    action = rule.action or (policy.action(entity) if entity else None)
    if entity is None and action is not None and action.operator not in ENTITY_FREE:
        names = ", ".join(rule.names)  # the policy's words: the name of the field itself may be personal data
        raise PolicyError(
            f"policy {policy.name}: field {names}: nothing tells what entity {action.operator} is for",
            hint=f"write {names}: {{as: ENTITY, do: {action.operator}}}",
        )
    return ColumnPlan(name, entity, action, "policy")


class TableMasker:
    """Masks batches of one table; counts per column as it goes."""

    def __init__(
        self, plans: Sequence[ColumnPlan], kernel: Kernel, detector: Detector, *, inline: bool = False
    ) -> None:
        """With `inline` tokens stand in brackets in the cells, since no column beside can be named."""
        self.plans = plans
        self._inline = inline
        self.counts = [ColumnCount() for _ in plans]
        self._kernel = kernel
        self._detector = detector

    def mask(self, batch: Mapping[int, Sequence[str]]) -> MaskedBatch:
        """Mask a batch: a list of cells, all of one length, for each column number that is not kept."""
        cells: dict[int, list[str | None]] = {}
        beside: dict[int, list[str]] = {}
        known: list[_Known] = []
        for j, values in batch.items():
            plan = self.plans[j]
            if plan.action is None:
                continue
            if plan.entity is None:
                cells[j] = self._all(j, values, plan.action)
                continue
            cells[j], tokens, held = self._typed(j, values, plan.entity, plan.action)
            if tokens is not None:
                beside[j] = tokens
            if plan.entity in SEARCHED:
                known.append(_Known.of(plan.entity, held))
        for j, values in batch.items():
            if self.plans[j].action is None:
                cells[j] = self._scanned(j, values, known)
        return MaskedBatch(cells, beside)

    def _all(self, j: int, values: Sequence[str], action: Action) -> list[str | None]:
        """Replace every cell that is not blank, whatever it holds."""
        at = [i for i, value in enumerate(values) if value.strip()]
        new: list[str | None] = [None] * len(values)
        for i, shown in zip(at, self._kernel.apply([values[i] for i in at], "VALUE", action).shown, strict=True):
            new[i] = shown
        self.counts[j].masked += len(at)
        return new

    def _typed(
        self, j: int, values: Sequence[str], entity: str, action: Action
    ) -> tuple[list[str | None], list[str] | None, Sequence[str]]:
        """Mask a typed column: new cells, tokens beside them, and what each cell holds for certain ("": nothing).

        Whole cells are replaced by one operator call, cells with several findings inline.
        """
        count = self.counts[j]
        if columns.all_whole(entity, values):
            count.masked += len(values)
            done = self._kernel.apply(values, entity, action)
            return list(done.inline()) if self._inline else list(done.shown), self._beside(done), values
        whole: list[tuple[int, int, int]] = []
        several: list[tuple[int, list[Span]]] = []
        for i, spans in enumerate(columns.match_cells(entity, values, self._detector)):
            if spans is None:
                count.left += bool(values[i].strip())
            elif len(spans) == 1 and spans[0].entity == entity and is_whole(values[i], spans[0]):
                whole.append((i, spans[0].start, spans[0].end))
            else:
                several.append((i, spans))
                count.masked += len(spans)
        count.masked += len(whole)
        count.destroyed += sum(map(columns.destroyed_by_excel, values))

        new: list[str | None] = [None] * len(values)
        held = [""] * len(values)
        for i, start, end in whole:
            held[i] = values[i][start:end]
        done = self._kernel.apply([held[i] for i, _, _ in whole], entity, action)
        for (i, start, end), shown in zip(whole, done.inline() if self._inline else done.shown, strict=True):
            new[i] = values[i][:start] + shown + values[i][end:]
        tokens = self._beside(done)
        if tokens is not None:
            made = iter(tokens)
            tokens = [""] * len(values)
            for i, _, _ in whole:
                tokens[i] = next(made)

        def act(found: str) -> Action:
            return action if found == entity else self._kernel.policy.action(found)

        texts = [values[i] for i, _ in several]
        edits = inline_edits(self._kernel, texts, [spans for _, spans in several], act)
        for (i, _), text, row in zip(several, texts, edits, strict=True):
            new[i] = splice(text, row)
        return new, tokens, held

    def _beside(self, done: Replaced) -> list[str] | None:
        return None if self._inline else done.beside

    def _scanned(self, j: int, values: Sequence[str], known: Sequence[_Known]) -> list[str | None]:
        """Mask a column of texts: what detection finds, and what the rows' typed columns hold."""
        spans = self._detect(values)
        longest = max(map(len, values), default=0)
        ascii_only = "".join(values).isascii()
        for entity, column, shortest, foreign in known:
            if longest < shortest or (ascii_only and foreign):
                continue
            for i, (value, text) in enumerate(zip(column, values, strict=True)):
                if value and value in text and searchable(value):
                    spans[i] = add_known(text, spans[i], [(entity, value)])
        edits = inline_edits(self._kernel, values, spans, self._kernel.policy.action)
        self.counts[j].masked += sum(map(len, edits))
        return [splice(values[i], row) if row else None for i, row in enumerate(edits)]

    def _detect(self, values: Sequence[str]) -> list[list[Span]]:
        """Look at each different cell once: a status or a date stands in a column many times."""
        different = dict.fromkeys(values)
        if len(different) > 0.8 * len(values):
            return self._detector.detect_many(values)
        found = dict(zip(different, self._detector.detect_many(list(different)), strict=True))
        return [found[value] for value in values]


class _Known(NamedTuple):
    """What a typed column holds for certain, with what tells quickly that a text cannot hold any of it."""

    entity: str
    values: Sequence[str]
    shortest: int
    foreign: bool

    @classmethod
    def of(cls, entity: str, values: Sequence[str]) -> _Known:
        """Look at a column once: the shortest value, and whether none is ASCII."""
        filled = [value for value in values if value]
        return cls(entity, values, min(map(len, filled), default=1), not any(map(str.isascii, filled)))


def is_whole(value: str, span: Span) -> bool:
    """Tell whether `span` is all of the cell but blanks and Excel's leading tab or apostrophe."""
    return not value[: span.start].strip(" \t'\u3000") and not value[span.end :].strip()
