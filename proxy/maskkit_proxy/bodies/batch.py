"""One answer's values, gathered from wherever they stand, masked together and put back.

Three kinds come in: values of fields with a rule, texts to search, numbers to search. What the rules found is then
looked for in all texts of the same answer, and every entity and action is one call of the kernel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from maskkit.detection.cells import all_whole, match_cells
from maskkit.detection.surnames import has_surname
from maskkit.masker.known import SEARCHED, add_known, searchable
from maskkit.masker.splice import splice
from maskkit.model import Span
from maskkit_proxy.bodies.fields import Does, Field, compact
from maskkit_proxy.bodies.finder import Finder
from maskkit_proxy.bodies.literals import Number
from maskkit_proxy.bodies.markup import without_markup
from maskkit_proxy.bodies.spread import may_be_spread, spread_places
from maskkit_proxy.tenants import Column, Known, Read, Shown, View, Wanted

#: A dict or a list; the key or position in it.
Place: TypeAlias = Any
Key: TypeAlias = Any

#: Longer texts are searched anew each time.
_REMEMBERED: Final = 200
#: Entities that detection finds by their form: found once in a text, they are looked for in all others.
_FORMED: Final = frozenset({"PHONE_NUMBER", "CN_RESIDENT_ID", "BANK_CARD", "EMAIL_ADDRESS", "CN_PASSPORT", "CN_USCC"})


class Value(NamedTuple):
    """A value of a field with a rule; `beside` is the key for its token, None where both go inline."""

    place: Place
    key: Key
    beside: str | None
    text: str
    wanted: Wanted


@dataclass(slots=True)
class Text:
    """A text to search; `alone`: tokens stand without a display form. With a `literal`, a number to replace whole."""

    place: Place
    key: Key
    text: str = field(repr=False)
    alone: bool = False
    literal: str | None = field(repr=False, default=None)
    spans: list[Span] = field(default_factory=list)


class Batch:
    """What one answer holds."""

    def __init__(self, view: View, *, tokens_only: bool = False) -> None:
        self._known: dict[str, Known] = {}
        self.counts: dict[str, int] = defaultdict(int)
        #: Values of the fields that say whom the answer is about.
        self.persons: set[tuple[str, str]] = set()
        self._view = view
        self._tokens_only = tokens_only
        self._typed: dict[Field, list[Value]] = defaultdict(list)
        self._texts: list[Text] = []
        self._words: list[tuple[Place, Key, str]] = []
        self._later: list[Callable[[], None]] = []

    @property
    def known(self) -> Collection[Known]:
        """The values whose absence is checked before the answer leaves."""
        return self._known.values()

    def note(self, known: Iterable[Known]) -> None:
        """Take values that another part of the answer holds."""
        self._known.update((one.value, one) for one in known)

    def value(self, field_: Field, place: Place, key: Key, beside: str | None, text: str, literal: str | None) -> None:
        """Take a value of a field with a rule; what was masked before is put in its place at once."""
        column = field_.column
        assert column is not None
        if field_.is_subject:
            self.persons.add((column.entity, text))
        wanted = text if literal is None else (text, literal)
        shown = column.held.young.get(wanted)
        if shown is None:
            self._typed[field_].append(Value(place, key, beside, text, wanted))
        else:
            self._put(column, shown, place, key, beside)

    def text(self, place: Place, key: Key, text: str, *, alone: bool = False, literal: str | None = None) -> None:
        """Take a text to search, or a number with its `literal`."""
        self._texts.append(Text(place, key, text, alone or self._tokens_only, literal))

    def word(self, place: Place, key: Key, text: str) -> None:
        """Take a text in which only a value known from elsewhere can be."""
        self._words.append((place, key, text))

    def later(self, act: Callable[[], None]) -> None:
        """Call `act` once all is put back: what was called for first happens first."""
        self._later.append(act)

    def finish(self) -> None:
        """Mask everything and put it back."""
        wanted: dict[Column, dict[Wanted, None]] = defaultdict(dict)
        typed = [
            (column, self._sort(field_, values))
            for field_, values in self._typed.items()
            if (column := field_.column) is not None
        ]
        for column, values in typed:
            wanted[column].update(dict.fromkeys(value.wanted for value in values))
        plans: list[_Plan] = []
        if self._words:
            self._look_at_words()
        if self._texts:
            self._search()
            plans = [plan for text in self._texts if (plan := self._plan(text, wanted)).edits]
        done = {column: column.masked(ones, self._known) for column, ones in wanted.items() if ones}
        for column, values in typed:
            for value in values:
                self._put(column, done[column][value.wanted], value.place, value.key, value.beside)
        for text, edits in plans:
            new = [(span.start, span.end, done[column][one].inline()) for span, column, one in edits]
            text.place[text.key] = splice(text.text, new)
        for act in self._later:
            act()

    def _put(self, column: Column, shown: Shown, place: Place, key: Key, beside: str | None) -> None:
        self.counts[column.entity] += 1
        if shown.known is not None:
            self._known[shown.known.value] = shown.known
        if beside is None:
            place[key] = shown.inline()
        else:
            place[key] = shown.text
            place[beside] = shown.token

    def _sort(self, field_: Field, values: list[Value]) -> list[Value]:
        """Return the values that are masked whole; the rest joins the texts, with findings or without."""
        entity = field_.entity
        texts = [value.text for value in values]
        if field_.does is Does.WHOLE or (field_.sure and all_whole(entity, texts)):
            matches: Sequence[list[Span] | None] = ()
            whole = values
        else:
            matches = match_cells(entity, texts, self._view.detector) if field_.sure else _kinds(entity, texts)
            whole = []
        for value, spans in zip(values, matches, strict=False):
            if spans is not None and len(spans) == 1 and spans[0][:2] == (0, len(value.text)):
                whole.append(value)
                continue
            if value.beside is not None:
                del value.place[value.beside]
            value.place[value.key] = value.text if type(value.wanted) is str else Number(value.wanted[1])
            literal = None if type(value.wanted) is str else value.wanted[1]
            self._texts.append(Text(value.place, value.key, value.text, self._tokens_only, literal, spans or []))
            for span in spans or ():
                self._note(span.entity, value.text[span.start : span.end])
        if self._texts or self._words:  # else it is noted when it is put back
            for value in whole:
                self._note(entity, value.text)
        return whole

    def _note(self, entity: str, value: str) -> None:
        """Remember what a field's rule found, to be looked for in the whole answer."""
        if value not in self._known and entity in SEARCHED and searchable(value):
            self._known[value] = Known(entity, value)

    def _look_at_words(self) -> None:
        """Let those words be searched in which a value of Latin letters may stand."""
        latin = [one.value for one in self._known.values() if one.value.isascii() and not one.value[:1].isdigit()]
        for place, key, text in self._words if latin else ():
            if any(value in text for value in latin):
                self._texts.append(Text(place, key, text))

    def _search(self) -> None:
        """Find what is in the texts, then what is known from elsewhere in the answer."""
        read = self._view.read
        marked = self._unsplit()
        seen = {text.text: read.get(text.text) for text in self._texts}
        fresh = [string for string, known in seen.items() if known is None]
        if fresh:
            for string, spans in zip(fresh, self._view.detector.detect_many(fresh), strict=True):
                made = seen[string] = Read(tuple(spans), may_be_spread(string))
                if len(string) <= _REMEMBERED:
                    read.put(string, made)
        apart: set[str] = set()
        for text in self._texts:
            one = seen[text.text]
            assert one is not None
            text.spans = text.spans or list(one.spans)
            if one.apart:
                apart.add(text.text)
        for text in self._texts:
            for span in text.spans:
                if span.entity in _FORMED:
                    self._note(span.entity, text.text[span.start : span.end])
        if not self._known:
            return
        finder = Finder((one.entity, one.value) for one in self._known.values())
        for text, plain in marked:
            if any(value not in text.text for _, value in finder.within(plain)):
                text.text, text.spans = plain, self._view.detector.detect(plain)
        for text in self._texts:
            known = finder.within(text.text)
            if text.text in apart:
                known += spread_places(text.text, finder)
            if known:
                text.spans = add_known(text.text, text.spans, known)

    def _unsplit(self) -> list[tuple[Text, str]]:
        """Take texts without their markup where only so a value is whole; return the others with markup, read so."""
        marked = [
            (text, plain)
            for text in self._texts
            if text.literal is None and not text.spans and (plain := without_markup(text.text)) is not None
        ]
        if not marked:
            return []
        left = []
        for (text, plain), spans in zip(marked, self._view.detector.detect_many([p for _, p in marked]), strict=True):
            if any(plain[span.start : span.end] not in text.text for span in spans):
                text.text = plain
            else:
                left.append((text, plain))
        return left

    def _plan(self, text: Text, wanted: dict[Column, dict[Wanted, None]]) -> _Plan:
        """Decide what each finding in a text becomes, and ask for it."""
        plan = _Plan(text, [])
        spans = text.spans
        if text.literal is not None and spans:  # a number is a string afterwards, so it goes as one
            spans = [spans[0]._replace(start=0, end=len(text.text))]
        for span in spans:
            action = self._view.policy.action(span.entity)
            if action.operator == "keep":
                continue
            column = self._view.column(span.entity, compact(action) if text.alone else action)
            value = text.text[span.start : span.end]
            one = value if text.literal is None else (value, text.literal)
            self.counts[span.entity] += 1
            wanted[column][one] = None
            plan.edits.append((span, column, one))
        return plan


class _Plan(NamedTuple):
    """What becomes of the findings in a text."""

    text: Text
    edits: list[tuple[Span, Column, Wanted]]


def _kinds(entity: str, texts: list[str]) -> list[list[Span] | None]:
    """Tell which values under a key that says little are of its kind: ``name`` may be a person's or a table's."""
    return [[Span(0, len(text), entity)] if _is_kind(entity, text) else None for text in texts]


def _is_kind(entity: str, text: str) -> bool:
    if entity == "PERSON":
        return has_surname(text) or (
            text.isascii() and " " in text.strip() and text.istitle() and all_whole(entity, [text])
        )
    return all_whole(entity, [text])
