"""One answer's values, gathered from wherever they stand, masked together and put back.

Three kinds come in: values of fields with a rule, texts to search, numbers to search. What the rules found is then
looked for in all texts of the same answer, and every (entity, action) is one call of the kernel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from maskkit.detection.cells import all_whole, match_cells
from maskkit.detection.surnames import has_surname
from maskkit.masker.known import SEARCHED, add_known, searchable
from maskkit.masker.splice import splice
from maskkit.model import Span
from maskkit.operators.token import Container
from maskkit.policy import Action
from maskkit_proxy.bodies.fields import Field, compact
from maskkit_proxy.bodies.spread import spread_places
from maskkit_proxy.tenants import Shown, View

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
    literal: str | None


@dataclass(slots=True)
class Text:
    """A text to search; `alone`: tokens stand without a display form. `number`: it is replaced whole."""

    place: Place
    key: Key
    text: str = field(repr=False)
    alone: bool = False
    literal: str | None = field(repr=False, default=None)
    spans: list[Span] = field(default_factory=list)


class Batch:
    """What one answer holds; `known` are the values whose absence is checked before it leaves."""

    def __init__(self, view: View, *, tokens_only: bool = False) -> None:
        self.known: dict[tuple[str, str], None] = {}
        self.counts: dict[str, int] = defaultdict(int)
        self._view = view
        self._tokens_only = tokens_only
        self._typed: dict[tuple[str, Action, bool], list[Value]] = {}
        self._texts: list[Text] = []
        self._later: list[Callable[[], None]] = []
        self._wanted: dict[tuple[str, Action], dict[str, tuple[str, str | None]]] = {}

    def value(self, field_: Field, value: Value) -> None:
        """Take a value of a field with a rule."""
        action = field_.action
        assert action is not None
        key = (field_.entity, compact(action) if self._tokens_only else action, field_.sure)
        values = self._typed.get(key)
        if values is None:
            values = self._typed[key] = []
        values.append(value)

    def text(self, place: Place, key: Key, text: str, *, alone: bool = False, literal: str | None = None) -> None:
        """Take a text to search, or a number with its `literal`."""
        self._texts.append(Text(place, key, text, alone or self._tokens_only, literal))

    def later(self, act: Callable[[], None]) -> None:
        """Call `act` once all is put back: what was called for first happens first."""
        self._later.append(act)

    def finish(self) -> None:
        """Mask everything and put it back."""
        puts = [
            put
            for (entity, action, sure), values in self._typed.items()
            for put in self._sort(entity, action, sure, values)
        ]
        self._search()
        edits = self._plan_texts()
        done = self._mask()
        for value, entity, action in puts:
            shown, token = done[entity, action][_cached_as(value.text, value.literal)]
            if token is None:
                value.place[value.key] = shown
            elif value.beside is None:
                value.place[value.key] = f"{shown}({token})"
            else:
                value.place[value.key] = shown
                value.place[value.beside] = token
        for text, planned in zip(self._texts, edits, strict=True):
            if planned:
                text.place[text.key] = splice(
                    text.text,
                    [(span.start, span.end, _inline(done[span.entity, action][key])) for span, action, key in planned],
                )
        for act in self._later:
            act()

    def _sort(
        self, entity: str, action: Action, sure: bool, values: list[Value]
    ) -> Iterable[tuple[Value, str, Action]]:
        """Yield the values that are masked whole; the rest joins the texts, with findings or without."""
        held = self._view.shown(entity, action)
        odd = [value for value in values if held.get(_cached_as(value.text, value.literal)) is None]
        texts = [value.text for value in odd]
        left: set[int] = set()
        if texts and not (sure and all_whole(entity, texts)):
            matches = match_cells(entity, texts, self._view.detector) if sure else _kinds(entity, texts)
            for value, spans in zip(odd, matches, strict=True):
                if spans is None or not (len(spans) == 1 and spans[0][:2] == (0, len(value.text))):
                    left.add(id(value))
                    if value.beside is not None:
                        del value.place[value.beside]
                    value.place[value.key] = value.text
                    self._texts.append(
                        Text(value.place, value.key, value.text, self._tokens_only, value.literal, spans or [])
                    )
                    for span in spans or ():
                        self._note(span.entity, value.text[span.start : span.end])
        for value in values:
            if id(value) in left:
                continue
            self.counts[entity] += 1
            self._note(entity, value.text)
            self._want(entity, action, value.text, value.literal)
            yield value, entity, action

    def _note(self, entity: str, value: str) -> None:
        """Remember what a field's rule found, to be looked for in the whole answer."""
        if entity in SEARCHED and searchable(value):
            self.known[entity, value] = None

    def _search(self) -> None:
        """Find what is in the texts, then what is known from elsewhere in the answer."""
        clean = self._view.clean
        fresh = [text for text in self._texts if not text.spans and clean.get(text.text) is None]
        unique = list(dict.fromkeys(text.text for text in fresh))
        found = dict(zip(unique, self._view.detector.detect_many(unique), strict=True)) if unique else {}
        for text in fresh:
            text.spans = found[text.text]
        for string in unique:
            if not found[string] and len(string) <= _REMEMBERED:
                clean.put(string, True)
        for text in self._texts:
            for span in text.spans:
                if span.entity in _FORMED:
                    self.known[span.entity, text.text[span.start : span.end]] = None
        if not self.known or not self._texts:
            return
        joined = "\0".join(text.text for text in self._texts)
        here = [pair for pair in self.known if pair[1] in joined]
        for text in self._texts:
            known = [pair for pair in here if pair[1] in text.text] if here else []
            known += spread_places(text.text, self.known)
            if known:
                text.spans = add_known(text.text, text.spans, known)

    def _plan_texts(self) -> list[list[tuple[Span, Action, str]]]:
        """Decide what each finding becomes, and ask for it."""
        plans: list[list[tuple[Span, Action, str]]] = []
        for text in self._texts:
            plan: list[tuple[Span, Action, str]] = []
            spans = text.spans
            if text.literal is not None and spans:  # a number is a string afterwards, so it goes as one
                spans = [spans[0]._replace(start=0, end=len(text.text))]
            for span in spans:
                action = self._view.policy.action(span.entity)
                if action.operator == "keep":
                    continue
                action = compact(action) if text.alone else action
                value = text.text[span.start : span.end]
                self.counts[span.entity] += 1
                self._want(span.entity, action, value, text.literal)
                plan.append((span, action, _cached_as(value, text.literal)))
            plans.append(plan)
        return plans

    def _want(self, entity: str, action: Action, value: str, literal: str | None) -> None:
        key = (entity, action)
        wanted = self._wanted.get(key)
        if wanted is None:
            wanted = self._wanted[key] = {}
        wanted[_cached_as(value, literal)] = (value, literal)

    def _mask(self) -> dict[tuple[str, Action], dict[str, Shown]]:
        """Return what stands for each value asked for: what is held, and one call of the kernel for the rest."""
        done: dict[tuple[str, Action], dict[str, Shown]] = {}
        for (entity, action), wanted in self._wanted.items():
            held = self._view.shown(entity, action)
            made = done[entity, action] = {}
            fresh: list[str] = []
            for key in wanted:
                shown = held.get(key)
                if shown is None:
                    fresh.append(key)
                else:
                    made[key] = shown
            if fresh:
                values, literals = zip(*(wanted[key] for key in fresh), strict=True)
                new = self._view.kernel.apply(values, entity, action, container=Container.JSON, raws=literals)
                beside: Sequence[str | None] = new.beside or [None] * len(fresh)
                for key, pair in zip(fresh, zip(new.shown, beside, strict=True), strict=True):
                    made[key] = pair
                    held.put(key, pair)
        return done


def _cached_as(value: str, literal: str | None) -> str:
    """Return the key under which a value is held: a bare number has another token than the same digits in a string."""
    return value if literal is None else f"\0{literal}\0{value}"


def _inline(shown: Shown) -> str:
    return shown[0] if shown[1] is None else f"{shown[0]}({shown[1]})"


def _kinds(entity: str, texts: list[str]) -> list[list[Span] | None]:
    """Tell which values under a key that says little are of its kind: ``name`` may be a person's or a table's."""
    return [[Span(0, len(text), entity)] if _is_kind(entity, text) else None for text in texts]


def _is_kind(entity: str, text: str) -> bool:
    if entity == "PERSON":
        return has_surname(text) or (
            text.isascii() and " " in text.strip() and text.istitle() and all_whole(entity, [text])
        )
    return all_whole(entity, [text])
