"""Fields: the leaves of records (a JSON file's, a Python object's), typed by policy or key, or searched as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Final, Protocol

from maskkit import tokens
from maskkit.detection import columns
from maskkit.detection.detector import Detector
from maskkit.detection.headers import header_rule
from maskkit.errors import InputError, UsageError, as_said
from maskkit.masker.kernel import Kernel
from maskkit.masker.known import SEARCHED, KnownInRecords, add_known
from maskkit.masker.paths import ANY, FieldPaths, PathKey, keys_of
from maskkit.masker.splice import Edit, inline_edits
from maskkit.masker.table import (
    SUFFIX,
    ColumnCount,
    ColumnPlan,
    check_target,
    given_plan,
    is_whole,
    plan_field,
    safe_names,
)
from maskkit.model import Span
from maskkit.operators.token import Container
from maskkit.policy import Action, Policy

#: Fields that a hint lists.
_MOST_SAID: Final = 50
#: More than any number that detection knows has.
_MOST_DIGITS: Final = 20


class Leaf(Protocol):
    """One scalar of a record, as text; a `key` leaf is the name of a member, its path that of the member.

    `kind` is "string", "number" or "key". `record` 0 is what stands around all records: what it holds is known in each.
    """

    @property
    def record(self) -> int:
        """Number of the record."""

    @property
    def path(self) -> PathKey:
        """Keys and indices down to it."""

    @property
    def value(self) -> str:
        """The string, or the number as written."""

    @property
    def kind(self) -> str:
        """What it is."""


@dataclass(frozen=True, slots=True)
class FieldEdits:
    """How one leaf changes: edits of its value, and the token that stands in a member right after it."""

    edits: list[Edit] = field(repr=False)
    beside: str | None = field(repr=False, default=None)


RawSlice = Callable[[int, int, int], str | None]


class FieldMasker:
    """Masks batches of leaves; what a field is stays decided once its path was first seen."""

    def __init__(
        self, policy: Policy, kernel: Kernel, detector: Detector, *, given: Mapping[str, str] | None = None
    ) -> None:
        """Take what the policy says, and before it what is `given` for a key or a dotted path."""
        self.plans: dict[str, ColumnPlan] = {}
        self._given = dict(given or {})
        for target in self._given.values():
            check_target(target)
        self.counts: dict[str, ColumnCount] = defaultdict(ColumnCount)
        self._around: list[tuple[str, str]] = []
        self._paths = FieldPaths()
        self._policy = policy
        self._kernel = kernel
        self._detector = detector

    def mask(
        self,
        leaves: Sequence[Leaf],
        *,
        container: Container = Container.PLAIN,
        raw: RawSlice | None = None,
    ) -> list[FieldEdits | None]:
        """Return for each leaf how it changes, None where it stays.

        `raw(leaf number, start, end)` gives a part of a value as it stands in the container. Leaves of one record share
        what its typed fields hold; a record's leaves come in one call.
        """
        values = [leaf.value for leaf in leaves]
        paths = self._fields(leaves)
        by_path: dict[str, list[int]] = defaultdict(list)
        scanned: list[int] = []
        for n, leaf in enumerate(leaves):
            if leaf.kind == "key":
                scanned.append(n)
            else:
                by_path[paths[n]].append(n)

        spans: list[list[Span]] = [[] for _ in leaves]
        known: dict[int, list[tuple[str, str]]] = defaultdict(list, {0: self._around})
        whole: dict[tuple[str, Action], list[int]] = defaultdict(list)
        inline: dict[Action | None, list[int]] = defaultdict(list)
        for path, numbers in by_path.items():
            plan = self._plan(path, leaves[numbers[0]], [values[n] for n in numbers])
            if plan.kept:
                continue
            if plan.action is None:
                scanned += numbers
                continue
            if plan.entity is None:
                filled = [n for n in numbers if values[n].strip()]
                for n in filled:
                    spans[n] = [Span(0, len(values[n]), "VALUE")]
                whole["VALUE", plan.action] += filled
                self.counts[path].masked += len(filled)
                continue
            matches = columns.match_cells(plan.entity, [values[n] for n in numbers], self._detector)
            for n, found in zip(numbers, matches, strict=True):
                if found is None:
                    self.counts[path].left += bool(values[n].strip())
                    continue
                spans[n] = found if leaves[n].kind == "string" else [Span(0, len(values[n]), plan.entity)]
                self.counts[path].masked += len(spans[n])
                self.counts[path].destroyed += columns.destroyed_by_excel(values[n])
                if len(spans[n]) == 1 and spans[n][0].entity == plan.entity and is_whole(values[n], spans[n][0]):
                    whole[plan.entity, plan.action].append(n)
                    cut = values[n][spans[n][0].start : spans[n][0].end]
                    if plan.entity in SEARCHED:
                        known[leaves[n].record].append((plan.entity, cut))
                else:
                    inline[plan.action].append(n)

        held = KnownInRecords(known)
        read = [_whole_number(values[n]) if leaves[n].kind == "number" else values[n] for n in scanned]
        for n, found in zip(scanned, self._detector.detect_many(read), strict=True):
            here = held.within(values[n], leaves[n].record)
            spans[n] = add_known(values[n], found, here) if here else found
            if leaves[n].kind == "key" and spans[n] and columns.known_header(values[n]):
                # What a key is called is no name of a person, whatever a model takes 银行 for.
                spans[n] = [span for span in spans[n] if span.entity != "PERSON"]
            if leaves[n].kind == "number" and spans[n]:
                spans[n] = [spans[n][0]._replace(start=0, end=len(values[n]))]
            self.counts[paths[n]].masked += len(spans[n])
            inline[None].append(n)

        masked_keys = {(leaf.record, leaf.path) for n, leaf in enumerate(leaves) if leaf.kind == "key" and spans[n]}
        result: list[FieldEdits | None] = [None] * len(leaves)
        for (entity, action), numbers in whole.items():
            cuts = [values[n][spans[n][0].start : spans[n][0].end] for n in numbers]
            raws = [raw(n, spans[n][0].start, spans[n][0].end) for n in numbers] if raw else None
            done = self._kernel.apply(cuts, entity, action, container=container, raws=raws)
            for k, n in enumerate(numbers):
                edit = (spans[n][0].start, spans[n][0].end, done.shown[k])
                if done.beside is None or _names_another(leaves[n], masked_keys):
                    result[n] = FieldEdits([edit], done.beside[k] if done.beside else None)
                else:
                    result[n] = FieldEdits([(*edit[:2], f"{done.shown[k]}({done.beside[k]})")])
        for given, numbers in inline.items():
            self._inline(given, numbers, leaves, spans, result, container, raw)
        _refuse_token_keys(leaves, result)
        return result

    def _inline(
        self,
        action: Action | None,
        numbers: Sequence[int],
        leaves: Sequence[Leaf],
        spans: Sequence[Sequence[Span]],
        result: list[FieldEdits | None],
        container: Container,
        raw: RawSlice | None,
    ) -> None:
        edits = inline_edits(
            self._kernel,
            [leaves[n].value for n in numbers],
            [spans[n] for n in numbers],
            (lambda entity: action) if action is not None else self._policy.action,
            container=container,
            raw=(lambda k, start, end: raw(numbers[k], start, end)) if raw else None,
        )
        for n, row in zip(numbers, edits, strict=True):
            if row:
                result[n] = FieldEdits(row)

    def _fields(self, leaves: Sequence[Leaf]) -> list[str]:
        """Return what field each leaf is of: its dotted path, or the one that it shares with others."""
        paths = [keys_of(leaf.path) for leaf in leaves]
        self._paths.learn(paths)
        return [self._field(path, self._paths.gathered(path)) for path in paths]

    def _field(self, path: tuple[str, ...], gathered: tuple[str, ...]) -> str:
        """Return what field a path is of; what is said of one name, by caller, policy or header, stays said of it."""
        own = ".".join(path)
        if gathered == path or own in self._given:
            return own
        shared = ".".join(gathered)
        if path[-1] in self._given:
            return ".".join((*gathered[:-1], path[-1]))
        rule = self._policy.field(path[-1], own)
        if rule is not None and rule is not self._policy.field(gathered[-1], shared):
            return f"{shared} ({', '.join(rule.names)})"
        header = header_rule(path[-1]) if gathered[-1] == ANY else None
        return f"{shared} ({header.entity})" if header is not None else shared

    def _plan(self, field: str, leaf: Leaf, sample: Sequence[str]) -> ColumnPlan:
        plan = self.plans.get(field)
        if plan is None:
            path = keys_of(leaf.path)
            name, dotted = path[-1] if path else "", ".".join(path)
            given = self._given.get(dotted, self._given.get(name))
            if given is not None:
                plan = given_plan(field, given, self._policy)
            else:
                plan = replace(plan_field(name, dotted, sample, self._policy, self._detector), name=field)
            self.plans[field] = plan
        return plan

    def refuse_unused(self) -> None:
        """Raise UsageError for a given name that was no field."""
        for name in self._given:
            if not any(name in (path, path.rpartition(".")[2]) for path in self.plans):
                raise UsageError(
                    f"there is no field {as_said(name)}",
                    hint=f"fields: {', '.join(safe_names(list(self.plans)[:_MOST_SAID], self._detector))}",
                )


def _refuse_token_keys(leaves: Sequence[Leaf], result: Sequence[FieldEdits | None]) -> None:
    """Raise InputError for a member X_token right after X whose token would be taken for that of X when turned back."""
    for n, change in enumerate(result):
        if change is None or n < 2 or not (leaves[n].path and str(leaves[n].path[-1]).endswith(SUFFIX)):
            continue
        leaf, before = leaves[n], leaves[n - 2]
        beside = (*before.path[:-1], f"{before.path[-1]}{SUFFIX}") if before.path else ()
        if (
            leaf.kind != "key"
            and before.kind != "key"
            and (leaf.record, leaf.path) == (before.record, beside)
            and change.edits == [(0, len(leaf.value), change.edits[0][2])]
            and tokens.whole(change.edits[0][2])
        ):
            raise InputError(
                f"{f'record {leaf.record}: ' if leaf.record else ''}a key that ends in {SUFFIX} holds a value right "
                "after the key that its token would be taken for",
                hint="rename it, or use a policy without tokens",
            )


def _names_another(leaf: Leaf, masked_keys: Collection[tuple[int, PathKey]]) -> bool:
    """Tell whether a member beside this one can be called after it: no item of a list, lone value, or masked key."""
    return bool(leaf.path) and isinstance(leaf.path[-1], str) and (leaf.record, leaf.path) not in masked_keys


def _whole_number(text: str) -> str:
    """Return the digits of a number that is whole however it is written (1.38e10, 13800138000.0), else the text."""
    if text.isdecimal():
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:  # a date, in a Python record
        return text
    return str(abs(int(number))) if number.adjusted() < _MOST_DIGITS and number == int(number) else text
