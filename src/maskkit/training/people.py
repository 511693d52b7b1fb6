"""Made-up people: names of every kind that Chinese texts hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import yaml

#: How often each kind of name is drawn where any may stand.
KINDS: Final[Mapping[str, float]] = {
    "three": 50,
    "two": 21,
    "rare": 7,
    "compound": 5,
    "married": 3.5,
    "four": 0.7,
    "dotted": 3.5,
    "undotted": 2,
    "tibetan": 1.8,
    "mongolian": 2,
    "yi": 2.2,
    "foreign": 2,
    "sounds": 1,
    "japanese": 1.2,
    "korean": 0.7,
    "traditional": 1.5,
    "spaced": 1.5,
}
_DOTS: Final = "······•・．."


class Surname(NamedTuple):
    """A surname and how many people bear it, in any unit."""

    text: str
    weight: float


@cache
def parts() -> Mapping[str, tuple[str, ...]]:
    """Return the lists of people.yaml; what is listed twice is twice as likely."""
    data = yaml.safe_load(files("maskkit.training").joinpath("people.yaml").read_text("utf-8"))
    return {key: tuple(value.split()) for key, value in data.items()}


@cache
def simplified() -> Mapping[str, str]:
    """Return the Simplified form of each Traditional character."""
    _, _, pairs = files("maskkit.training").joinpath("traditional.txt").read_text("utf-8").partition("\n")
    return {pair[0]: pair[1] for pair in pairs.split()}


class People:
    """Draws names.

    Args:
        rng: where chance comes from.
        surnames: with how many bear them.
        given: given names met elsewhere, drawn beside the made-up ones.
    """

    def __init__(self, rng: random.Random, surnames: Sequence[Surname], given: Sequence[str] = ()) -> None:
        self._rng = rng
        single = [s for s in surnames if len(s.text) == 1]
        self._single = [s.text for s in single]
        self._weights = [s.weight for s in single]
        # Half the draws flatten the weights, or what one in ten thousand bears would never be seen.
        self._flat = [s.weight**0.5 for s in single]
        self._all = [s.text for s in surnames]
        self._known = frozenset(self._all)
        self._given = list(given)
        self._traditional: dict[str, list[str]] = {}
        for old, new in simplified().items():
            self._traditional.setdefault(new, []).append(old)
        self._makers: Mapping[str, Callable[[], str]] = {
            "three": lambda: self.surname() + self._two(),
            "two": lambda: self.surname() + self._one(),
            "rare": lambda: self._pick(self._rare()) + (self._two() if rng.random() < 0.65 else self._one()),
            "compound": lambda: self._part("compound") + (self._two() if rng.random() < 0.6 else self._one()),
            "married": lambda: self.surname() + self.surname() + (self._two() if rng.random() < 0.75 else self._one()),
            "four": lambda: self.surname() + self._one() + self._two(),
            "dotted": self._dotted,
            "undotted": lambda: self._part("uyghur_first") + self._part("uyghur_first") * (rng.random() < 0.7),
            "tibetan": lambda: "".join(self._part("tibetan") for _ in range(1 if rng.random() < 0.15 else 2)),
            "mongolian": self._mongolian,
            "yi": lambda: self._part("yi") + self._part("yi_tail"),
            "foreign": self._foreign,
            "sounds": lambda: "".join(self._part("syllables") for _ in range(rng.randint(2, 5))),
            "japanese": lambda: self._part("japanese_first") + self._part("japanese_last"),
            "korean": lambda: self._pick("金朴李崔郑姜安全") + self._part("korean_given"),
            "traditional": lambda: self.traditional(self.han()),
            "spaced": lambda: self.spaced(self.han()),
        }
        self._kinds, self._shares = list(KINDS), list(KINDS.values())

    def any(self) -> str:
        """Return a name of any kind."""
        return self.of(self._rng.choices(self._kinds, self._shares)[0])

    def unspaced(self) -> str:
        """Return a name of any kind in one piece."""
        return self.any().replace(" ", "").replace("\u3000", "")

    def is_surname(self, text: str) -> bool:
        """Tell whether `text` is a known surname."""
        return text in self._known

    def of(self, kind: str) -> str:
        """Return a name of this kind."""
        return self._makers[kind]()

    def han(self) -> str:
        """Return a name of two to four Han characters."""
        return self.of(self._rng.choices(("three", "two", "rare", "compound"), (62, 26, 6, 6))[0])

    def surname(self) -> str:
        """Return a surname of one character."""
        weights = self._weights if self._rng.random() < 0.65 else self._flat
        return self._rng.choices(self._single, weights)[0]

    def title(self) -> tuple[str, str]:
        """Return a surname, and what people of that name are called after it."""
        surname = self._part("compound") if self._rng.random() < 0.04 else self.surname()
        return surname, self._part("titles")

    def traditional(self, text: str) -> str:
        """Return `text` in Traditional characters."""
        return "".join(self._pick(self._traditional.get(c, [c])) for c in text)

    def spaced(self, name: str) -> str:
        """Return a name as forms print it, with blanks between its characters."""
        gap = self._pick((" ", "\u3000", "  ", "\u3000\u3000", " ", "\u3000"))
        if len(name) == 3 and self._rng.random() < 0.4:
            return name[0] + gap + name[1:]
        return gap.join(name) if len(name) < 4 else name[:2] + gap + name[2:]

    def _rare(self) -> Sequence[str]:
        return parts()["rare"] if self._rng.random() < 0.5 else self._all

    def _one(self) -> str:
        if self._given and self._rng.random() < 0.3:
            given = self._pick(self._given)
            return given if len(given) == 1 else self._pick(given)
        return self._char()

    def _two(self) -> str:
        chance = self._rng.random()
        if self._given and chance < 0.3:
            given = self._pick(self._given)
            if len(given) == 2:
                return given
        if chance < 0.55:
            return self._part("given")
        if chance < 0.61:
            return self._char() * 2
        return self._char() + self._char()

    def _char(self) -> str:
        chars = parts()["male" if self._rng.random() < 0.5 else "female"]
        # The lists are roughly in order of frequency.
        return chars[min(int(self._rng.expovariate(3.2 / len(chars))), len(chars) - 1)]

    def _dotted(self) -> str:
        names = [self._part("uyghur_first"), self._part("uyghur_first")]
        return self._pick(_DOTS).join(names)

    def _mongolian(self) -> str:
        chance = self._rng.random()
        if chance < 0.4:
            return self._part("mongolian")
        return self._part("mongolian") + self._part("mongolian_tail" if chance < 0.8 else "mongolian")

    def _foreign(self) -> str:
        dot = "·" if self._rng.random() < 0.75 else self._pick(_DOTS)
        chance = self._rng.random()
        if chance < 0.25:
            return self._part("foreign_last" if chance < 0.15 else "foreign_first")
        last = self._part("foreign_last") if chance < 0.8 else self.of("sounds")
        names = [self._part("foreign_first"), last]
        if self._rng.random() < 0.1:
            names.insert(1, self._part("foreign_first"))
        return dot.join(names)

    def _part(self, key: str) -> str:
        return self._pick(parts()[key])

    def _pick(self, choices: Sequence[str]) -> str:
        return choices[int(self._rng.random() * len(choices))]
