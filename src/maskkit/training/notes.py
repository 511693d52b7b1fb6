"""Made-up texts with labelled names, composed from the templates of this package.

A template is a line: ``[a|b|]`` chooses, ``{P}`` is a person, ``{Q}`` one in a form, perhaps with blanks within,
``{L}`` a surname with a title, ``{N}`` one with 老 or 哥, ``{F}`` a surname, ``{Y}`` 王某; the rest are facts
(facts.yaml).
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Final, NamedTuple

import yaml

from maskkit.training.people import People, parts


class Row(NamedTuple):
    """A text and where its names are: half-open offsets in characters."""

    text: str
    spans: list[tuple[int, int]]


#: The registers: template files, and how many parts of a hundred each gets.
REGISTERS: Final[Mapping[str, int]] = {
    "notes": 30,
    "chat": 9,
    "sms": 6,
    "calls": 5,
    "letters": 10,
    "court": 9,
    "forms": 16,
    "other": 15,
    "negatives": 14,
}
_ROSTERS: Final = 0.05  # share of lists of people
_CHOICE: Final = re.compile(r"\[([^\[\]]*)\]")
_SLOT: Final = re.compile(r"\{([A-Za-z#0-9])\}")
_STOPS: Final = "，。；、！？"
_HALF: Final = str.maketrans("，。；：（）！？", ",.;:()!?")
_BLANK: Final = str.maketrans("，。；", "   ")
_LISTS: Final = {"O": "orgs", "G": "places", "R": "relations", "s": "streets"}


@cache
def templates(register: str) -> tuple[str, ...]:
    """Return the lines of a register's file."""
    lines = files("maskkit.training").joinpath("templates", f"{register}.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def _shares(lines: tuple[str, ...]) -> list[float]:
    """Return the running sums of how often each line is drawn: the more ways there are to read it, the oftener."""
    ways = ((choice.count("|") + 1 for choice in _CHOICE.findall(line)) for line in lines)
    return list(accumulate(1 + math.log2(math.prod(choices)) / 2.5 for choices in ways))


@cache
def facts() -> Mapping[str, Sequence[str]]:
    """Return the templates of facts.yaml by their letters, and the lists of people.yaml that are facts too."""
    held: dict[str, Sequence[str]] = yaml.safe_load(files("maskkit.training").joinpath("facts.yaml").read_text("utf-8"))
    return held | {letter: parts()[name] for letter, name in _LISTS.items()}


class Notes:
    """Composes texts.

    Args:
        rng: where chance comes from.
        people: who appears in them.
    """

    def __init__(self, rng: random.Random, people: People) -> None:
        self._rng = rng
        self._people = people
        self._callings: Mapping[str, Callable[[], tuple[str, str, str]]] = {
            "P": lambda: ("", people.any(), ""),
            "Q": lambda: ("", people.spaced(people.han()) if rng.random() < 0.12 else people.any(), ""),
            "L": lambda: ("", *people.title()),
            "N": self._familiar,
            "F": lambda: ("", people.surname(), ""),
            "Y": lambda: ("", people.surname(), self._pick(("某", "某某", "某", "××"))),
        }

    def rows(self, count: int) -> Iterator[Row]:
        """Yield `count` texts of all registers."""
        names, shares = list(REGISTERS), list(REGISTERS.values())
        for register in self._rng.choices(names, shares, k=count):
            yield self.roster() if self._rng.random() < _ROSTERS else self.row(register)

    def roster(self) -> Row:
        """Return a list of people, most often without anything between them."""
        text = self._pick(("", "", "名单：", "出席：", "代表名单\n", "（以姓氏笔画为序）"))
        joint = self._pick(("", "", "", "", " ", "\u3000", "、", "\n"))
        spans = []
        for _ in range(self._rng.randint(3, 30)):
            name = self._people.han() if self._rng.random() < 0.9 else self._people.unspaced()
            spans.append((len(text), len(text) + len(name)))
            text += name + self._pick(("",) * 12 + ("（女）", "（女，满族）")) + joint
        return Row(text, spans)

    def row(self, register: str) -> Row:
        """Return a text of this register: one template or a few."""
        made = self._filled(self._template(register))
        while len(made.text) < 90 and self._rng.random() < 0.3:
            joint = self._pick(("", " ", "。", "，", "；", "\n")) if made.text[-1:] not in "。！？；" else ""
            # Beside what has no name stands what has one, and the other way round.
            more = self._filled(self._template(register if self._rng.random() < 0.7 else "negatives"))
            offset = len(made.text) + len(joint)
            made = Row(made.text + joint + more.text, made.spans + [(s + offset, e + offset) for s, e in more.spans])
        return self._worn(made)

    def _template(self, register: str) -> str:
        lines = templates(register)
        return self._rng.choices(lines, cum_weights=_shares(lines))[0]

    def _filled(self, template: str) -> Row:
        chosen = self._chosen(template)
        # English and code hold names in Han characters, not with titles.
        latin = chosen.isascii()
        text = ""
        spans: list[tuple[int, int]] = []
        at = 0
        for match in _SLOT.finditer(chosen):
            text += chosen[at : match.start()]
            at = match.end()
            calling = self._callings.get(match[1])
            if calling is None:
                text += self._fact(match[1])
                continue
            before, name, after = ("", self._people.han(), "") if latin else calling()
            start = len(text) + len(before)
            spans.append((start, start + len(name)))
            text += before + name + after
        return Row(text + chosen[at:], spans)

    def _chosen(self, template: str) -> str:
        while (chosen := _CHOICE.sub(lambda match: self._pick(match[1].split("|")), template)) != template:
            template = chosen
        return template

    def _fact(self, letter: str) -> str:
        text = _SLOT.sub(lambda match: self._fact(match[1]), self._chosen(self._pick(facts()[letter])))
        return "".join(self._pick("0123456789") if char == "~" else char for char in text)

    def _familiar(self) -> tuple[str, str, str]:
        surname = self._people.surname()
        if self._rng.random() < 0.75:
            return self._pick("老小老小阿"), surname, ""
        return "", surname, self._pick(("哥", "姐", "叔", "总", "工", "姨"))

    def _worn(self, row: Row) -> Row:
        """Return the row as it may come: Traditional, or with half-width or without punctuation."""
        chance = self._rng.random()
        if chance < 0.04:
            return Row(self._people.traditional(row.text), row.spans)
        if chance < 0.12:
            return Row(row.text.translate(_HALF), row.spans)
        if chance < 0.17:
            return Row(row.text.translate(_BLANK), row.spans)
        if chance < 0.22:
            moved = [0]
            for char in row.text:
                moved.append(moved[-1] + (char not in _STOPS))
            kept = "".join(char for char in row.text if char not in _STOPS)
            return Row(kept, [(moved[start], moved[end]) for start, end in row.spans])
        return row

    def _pick(self, choices: Sequence[str]) -> str:
        return choices[int(self._rng.random() * len(choices))]
