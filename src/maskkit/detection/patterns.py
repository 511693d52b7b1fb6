"""The recogniser of everything that rules describe: patterns over runs of the folded view, then checks, then labels."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from maskkit.detection.compiled import MOST_DIGITS, THRESHOLDS, CompiledRule, compile_rule
from maskkit.detection.finders import Finders
from maskkit.detection.folding import BOUNDARY_BYTE
from maskkit.detection.labels import Labels
from maskkit.detection.prescan import Batch, touches
from maskkit.detection.runs import Offsets, Runs
from maskkit.detection.settle import settle
from maskkit.detection.view import View
from maskkit.model import Span
from maskkit.rules import KEEP, RuleSet, load_rules

#: The most that a match is worth behind a label that speaks against it, or inside a URL.
SUSPECT: Final = 0.35

#: From this score on, no further rule is tried on a run that one has matched whole.
_CERTAIN: Final = 0.9
#: How often a text is searched again with its findings out of the way; each round needs a run of four entities.
_ROUNDS: Final = 3
_SLACK: Final = 48
#: Kinds of runs that may hold a label themselves: MAC:00-1a-…, and those that are cut out of others.
_LABEL_INSIDE: Final = frozenset({"hex", "mail", "apart", "exponent"})
#: Characters beside a match that are looked at to tell whether it is all of its text.
_AROUND: Final = 8
_BOUNDARY: Final = bytes([BOUNDARY_BYTE])
_URL: Final = re.compile(rb"(?:://|www[.]|[.](?:com|cn|net|org|cc|io|me|top|xyz)/)[!#-+\--:=?-~]{0,2048}")


#: What examples are tried in.
_AROUND_EXAMPLES: Final = (("", ""), ("客户反映", "请尽快处理"), ("他说，", "。"), ("称", "后挂断"))
_AROUND_CELLS: Final = (("", ""), ("\t", " "), ("'", "\n"))


class PatternRecognizer:
    """Finds what `ruleset` describes.

    Args:
        ruleset: see `maskkit.rules.load_rules`.
        profile: ``balanced`` or ``strict``, see `THRESHOLDS`.

    Raises:
        RuleError: a pattern does not compile, or names a character that the fold does not tell from others.
    """

    name = "rules"

    def __init__(self, ruleset: RuleSet, *, profile: str = "balanced") -> None:
        self._threshold = THRESHOLDS[profile]
        self._labels = Labels(ruleset.labels)
        self._tables = {
            kind: _Table(kind, [compile_rule(rule) for rule in ruleset.rules if rule.runs == kind])
            for kind in dict.fromkeys(rule.runs for rule in ruleset.rules)
        }
        self.entities = frozenset(rule.entity for rule in ruleset.rules) - {KEEP}

    def find(self, batch: Batch) -> list[Span]:
        """Return all findings, offsets into ``batch.text``; they may overlap where two rules see different things."""
        spans = self._search(batch.text, batch.view)
        return spans + self._behind(batch, spans)

    def _search(self, text: str, view: View) -> list[Span]:
        search = _Search(text, view, self._labels, self._threshold)
        finders = Finders(view)
        find: dict[str, Callable[[], Runs]] = {
            "number": finders.numbers,
            "loose": finders.loose,
            "apart": finders.apart,
            "exponent": finders.exponents,
            "word": finders.words,
            "spaced": finders.spaced,
            "handle": finders.handles,
            "mail": finders.mails,
            "hex": finders.hexes,
            "plate": finders.plates,
        }
        for kind, table in self._tables.items():
            search.runs(table, find[kind]())
        return search.findings()

    def _behind(self, batch: Batch, spans: list[Span]) -> list[Span]:
        """Return what shows once the findings that it touches are out of the way, such as a MAC run into an ID.

        Without it a second pass over the masked text would find more than the first.
        """
        starts = batch.starts
        found: list[Span] = []
        new = spans
        for _ in range(_ROUNDS):
            touched = touches(batch.codes, new)
            if not len(touched):
                break
            texts = np.unique(_texts_of(touched, starts))
            part = Batch.of([batch.texts[text] for text in texts.tolist()])
            shifts = dict(zip(texts.tolist(), (starts[texts] - part.starts[:-1]).tolist(), strict=True))
            settled = settle([*spans, *found])
            lies_in = _texts_of([span.start for span in settled], starts).tolist()
            for span, text in zip(settled, lies_in, strict=True):
                if text in shifts:
                    part.covered.append((span.start - shifts[text], span.end - shifts[text]))
            new = self._search(part.text, part.view)
            moved = (starts[texts] - part.starts[:-1])[_texts_of([span.start for span in new], part.starts)].tolist()
            new = [s._replace(start=s.start + by, end=s.end + by) for s, by in zip(new, moved, strict=True)]
            found += new
        return found


def _texts_of(offsets: Sequence[int] | Offsets, starts: Offsets) -> Offsets:
    """Return the index of the text in which each offset lies."""
    return np.searchsorted(starts, np.asarray(offsets, np.int64), side="right") - 1


class _Fitting:
    """The rules that can match in a run: those to try first, which may settle it, and by label those that need one."""

    def __init__(self, rules: Collection[CompiledRule], *, one_label: bool) -> None:
        labelled = [compiled for compiled in rules if compiled.needs_label and one_label]
        self.first = tuple(compiled for compiled in rules if compiled not in labelled)
        self.beside: dict[str | None, tuple[CompiledRule, ...]] = {
            kind: tuple(compiled for compiled in labelled if kind in compiled.rule.context)
            for compiled in labelled
            for kind in compiled.rule.context
        }


class _Table(dict[tuple[int, int, bool], _Fitting]):
    """The rules of one kind of run, by what a run holds: (digits, signs, whole); few such keys exist: they are kept."""

    def __init__(self, kind: str, rules: Collection[CompiledRule]) -> None:
        super().__init__()
        self._rules = rules
        #: Whether a label before a run is a label of what begins inside it.
        self.one_label = kind not in _LABEL_INSIDE
        #: Whether it has nothing to say where a number is certain.
        self.gives_way = kind == "loose"

    def __missing__(self, key: tuple[int, int, bool]) -> _Fitting:
        digits, signs, whole = key
        fitting = _Fitting([c for c in self._rules if c.fits(digits, signs, whole)], one_label=self.one_label)
        if digits <= MOST_DIGITS:
            self[key] = fitting
        return fitting


class _Search:
    """One pass over one batch."""

    def __init__(self, text: str, view: View, labels: Labels, threshold: float) -> None:
        self._text = text
        self._view = view
        self._data = view.bytes
        self._label_before = labels.before
        self._label_near = labels.near
        self._threshold = threshold
        self._found: list[Span] = []
        self._certain: set[int] = set()  # where runs begin of which a rule is certain
        self._labelled: tuple[int, str | None] = (-1, None)  # where a label was looked for last, and its kind
        self._kept: list[Span] = []
        self._urls = [match.span() for match in _URL.finditer(self._data)] if b"/" in self._data else []

    def findings(self) -> list[Span]:
        """Return what was found, without what overlaps something that stays visible."""
        if not self._kept:
            return self._found
        kept = sorted(self._kept)
        starts = [span.start for span in kept]

        def visible(span: Span) -> bool:
            at = bisect_right(starts, span.end - 1) - 1
            return at >= 0 and kept[at].end > span.start

        return [span for span in self._found if not visible(span)]

    def runs(self, table: _Table, runs: Runs) -> None:
        """Try the fitting rules on each run; no further ones where one is certain of all of it."""
        for start, end, digits, whole, signs in zip(
            runs.starts, runs.ends, runs.digits, runs.whole, runs.signs, strict=True
        ):
            fitting = table[digits, signs, whole]
            if table.gives_way and start in self._certain:
                continue
            try_rules = self._whole if whole else self._within
            if fitting.first and try_rules(fitting.first, start, end, table.one_label):
                self._certain.add(start)
            elif fitting.beside and (rules := fitting.beside.get(self._label(start))):
                try_rules(rules, start, end, table.one_label)

    def _label(self, at: int) -> str | None:
        """Return the kind of the label before `at`; asked again, it has not to be looked for."""
        if at != self._labelled[0]:
            self._labelled = at, self._label_before(self._text, self._view.offset(at))
        return self._labelled[1]

    def _whole(self, rules: tuple[CompiledRule, ...], start: int, end: int, _one_label: bool) -> bool:
        """Try rules on a run in which a match can only begin where it begins; tell whether one is certain of it."""
        data, limit = self._data, end + _SLACK
        for compiled in rules:
            match = compiled.match(data, start, limit)
            if match:
                kind = self._label(start) if compiled.asks_label else None
                if self._report(compiled, match, kind) >= _CERTAIN and match.end() >= end:
                    return True
        return False

    def _within(self, rules: tuple[CompiledRule, ...], start: int, end: int, one_label: bool) -> bool:
        """Try rules at every place of a run; tell whether one is certain of all of it.

        One label before the run counts for what no blank sets apart from it; else the run may hold labels itself.
        """
        data, limit = self._data, end + _SLACK
        for compiled in rules:
            match = compiled.search(data, start, limit)
            certain = False
            while match and match.start() < end:
                at = match.start()
                kind = None
                if compiled.asks_label:
                    kind = self._label(start if one_label else at)
                    if kind and one_label and b" " in data[max(start, at - 64) : at].lstrip(b" (+"):
                        kind = None
                score = self._report(compiled, match, kind)
                certain = score >= _CERTAIN and at == start and match.end() >= end
                # what a match that fails took in may still begin one: 10.0.0.1 11010519491231002X
                match = compiled.search(data, match.end() if score else at + 1, limit)
            if certain:
                return True
        return False

    def _report(self, compiled: CompiledRule, match: re.Match[bytes], kind: str | None) -> float:
        """Take a match where its score suffices, and return that score, else 0."""
        rule, view, threshold = compiled.rule, self._view, self._threshold
        if rule.whole and not self._is_whole(*match.span()):
            return 0
        passed = True
        for group, check, left_out in compiled.checks:
            if not check(match[group].translate(compiled.value, left_out).decode("latin-1")):
                passed = False
                break
        score, beside = (rule.score, rule.beside) if passed else (rule.failed, rule.failed_beside)
        if beside < threshold and score < threshold:
            return 0
        if (not passed or compiled.needs_label) and self._data[match.end() : match.end() + 1] == b"*":
            return 0  # the open part of a mask that digits have run into
        if kind is not None:
            if kind in rule.context:
                score = beside
            elif kind in rule.unless:
                score = min(score, SUSPECT)
        elif not passed and self._label_near(self._text, *view.span(*match.span()), rule.context):
            score = beside
        if self._urls and not rule.in_url and kind not in rule.context and self._in_url(match.start()):
            score = min(score, SUSPECT)
        if score < threshold:
            return 0
        if rule.entity == KEEP:
            self._kept.append(Span(*view.span(*match.span()), KEEP))
            return score
        for group, entity in compiled.groups:
            start, end = match.span(group)
            if start >= 0:
                self._found.append(Span(*view.span(start, end), entity, score, rule.id))
        return score

    def _is_whole(self, start: int, end: int) -> bool:
        """Tell whether a text holds nothing else but blanks, and what spreadsheets put before a number."""
        data = self._data
        before = data[max(0, start - _AROUND) : start].rstrip(b" \t'")
        after = data[end : end + _AROUND].lstrip(b" \t\r\n")
        begins = before[-1:] == _BOUNDARY or (not before and start < _AROUND)
        return begins and (after[:1] == _BOUNDARY or (not after and len(data) - end < _AROUND))

    def _in_url(self, at: int) -> bool:
        before = bisect_right(self._urls, (at, len(self._data))) - 1
        return before >= 0 and self._urls[before][1] > at


def run_examples(ruleset: RuleSet | None = None) -> tuple[int, list[str]]:
    """Run every rule's own examples, alone and inside running Chinese text, those of cells with what may stand there.

    An example is looked for with its own rule alone, so no rule can lean on another.

    Returns:
        How many were tried, and each failure in words that name the rule.
    """
    ruleset = ruleset or load_rules()
    tried, failures = 0, []
    for rule in ruleset.rules:
        alone = replace(rule, entity="PHONE_NUMBER") if rule.entity == KEEP else rule
        recognizer = PatternRecognizer(RuleSet((alone,), ruleset.labels))
        for before, after in _AROUND_CELLS if rule.whole else _AROUND_EXAMPLES:
            tried += len(rule.match) + len(rule.reject)
            for text, surface in rule.match:
                whole = before + text + after
                if surface not in {whole[s.start : s.end] for s in recognizer.find(Batch.of([whole]))}:
                    failures.append(f"{rule.where}: does not find its example {text!r} after {before!r}")
            for text in rule.reject:
                if recognizer.find(Batch.of([before + text + after])):
                    failures.append(f"{rule.where}: finds something in {text!r} after {before!r}")
    return tried, failures
