"""What a model is trained on, and how: the whole recipe, from the corpora to the weights."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from maskkit.detection.persons.features import Features
from maskkit.detection.persons.model import NameModel
from maskkit.errors import InputError, UsageError
from maskkit.training.alphabet import learned
from maskkit.training.batches import batches, cut_long
from maskkit.training.crf import fit
from maskkit.training.notes import Notes, Row
from maskkit.training.pack import packed
from maskkit.training.people import People, Surname, simplified
from maskkit.training.pronouns import named
from maskkit.training.sources import SOURCES, Source, cleaned, labelled
from maskkit.training.swap import Swapper
from maskkit.training.vocabulary import vocabulary

_MEMBERS: Final = 3  # fits whose weights are averaged, each with made-up texts of its own
_NOTES: Final = 40_000
_EPOCHS: Final = 2
_RATE: Final = 0.2


def train(
    data: Path,
    *,
    without: Collection[str] = (),
    extra: Sequence[Path] = (),
    seed: int = 0,
    notes: int = _NOTES,
    told: Callable[[str], None] = lambda _: None,
) -> NameModel:
    """Return a model.

    Args:
        data: a folder with ``corpora/*.train.jsonl`` and ``names/``.
        without: sources that are left out.
        extra: further labelled files.
        seed: where chance comes from; equal seeds make equal models.
        notes: how many texts are made up.
        told: is told how it goes.

    Raises:
        InputError: a file is missing or holds something else.
        UsageError: no such source.
    """
    for name in set(without) - {source.name for source in SOURCES}:
        raise UsageError(f"{name}: no source", hint=f"one of {', '.join(source.name for source in SOURCES)}")
    sources = [s for s in SOURCES if s.name not in without and _path(data, s).is_file()]
    if not sources and not extra:
        raise InputError(f"{data}: no corpora/*.train.jsonl")
    surnames = _surnames(data)
    real = [cleaned(row) for path in (*(_path(data, s) for s in sources), *extra) for row in labelled(path)]
    chance = random.Random(seed)  # noqa: S311 - equal seeds must make equal models
    people = People(chance, surnames, [*_historical(data, surnames), *_given(real, surnames)])
    alphabet = learned(real, [s.text for s in surnames])
    mixed = np.random.default_rng(seed)
    members = [
        batches([*real, *_again(real, chance, people), *Notes(chance, people).rows(notes)], mixed)
        for _ in range(_MEMBERS)
    ]
    slots, kinds = vocabulary(alphabet, members[0], _dictionary())
    told(f"{len(real)} labelled texts, {sum(len(b.codes) for b in members[0])} with made-up ones, {len(kinds)} n-grams")
    features = Features(alphabet, slots)
    weights = [fit(features, kinds, made, mixed, epochs=_EPOCHS, rate=_RATE, told=told) for made in members]
    return packed(alphabet, slots, np.mean(weights, axis=0), _about(sources, extra, seed, notes))


def _path(data: Path, source: Source) -> Path:
    return data / "corpora" / f"{source.name}.train.jsonl"


def _again(real: Sequence[Row], chance: random.Random, people: People) -> Iterator[Row]:
    """Yield the labelled texts with other people in them, and with people where pronouns were."""
    swapper = Swapper(chance, people)
    for row in real:
        if row.spans:
            yield swapper.row(row)
        for piece in cut_long(row):
            grown = named(piece, chance, people)
            if grown is not None:
                yield grown


def _surnames(data: Path) -> list[Surname]:
    path = data / "names" / "surnames.csv"
    if not path.is_file():
        raise InputError(f"{path}: missing", hint="a line for each surname: surname,weight")
    lines = path.read_text("utf-8").split()[1:]
    return [Surname(name, float(weight)) for name, _, weight in (line.partition(",") for line in lines)]


def _historical(data: Path, surnames: Sequence[Surname]) -> Iterator[str]:
    """Yield the given names of people of the past."""
    path = data / "names" / "historical_names.txt"
    if path.is_file():
        plain = str.maketrans(dict(simplified()))
        yield from _after_surnames(path.read_text("utf-8").translate(plain).split(), surnames)


def _given(real: Sequence[Row], surnames: Sequence[Surname]) -> Iterator[str]:
    yield from _after_surnames((row.text[s:e] for row in real for s, e in row.spans), surnames)


def _after_surnames(names: Iterable[str], surnames: Sequence[Surname]) -> Iterator[str]:
    known = {surname.text for surname in surnames}
    for name in names:
        if 2 <= len(name) <= 3 and name[0] in known and all("\u3400" <= char <= "\u9fff" for char in name):
            yield name[1:]


def _dictionary() -> Path:
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise UsageError("training needs jieba's dictionary", hint="pip install 'maskkit[jieba]'")
    return Path(spec.origin).parent / "dict.txt"


def _about(sources: Sequence[Source], extra: Sequence[Path], seed: int, notes: int) -> dict[str, Any]:
    """Say what the model was made of: names and terms, no path."""
    return {
        "sources": [{"name": s.name, "origin": s.origin, "terms": s.terms} for s in sources]
        + [{"name": "own", "origin": f"{len(extra)} further files", "terms": "the trainer's"}] * bool(extra)
        + [
            {"name": "made up", "origin": f"{notes} texts from maskkit's templates", "terms": "Apache-2.0"},
            {"name": "names", "origin": "wainshine/Chinese-Names-Corpus", "terms": "Apache-2.0"},
            {"name": "words", "origin": "jieba's dictionary", "terms": "MIT"},
            {"name": "characters", "origin": "OpenCC's TSCharacters", "terms": "Apache-2.0"},
        ],
        "seed": seed,
    }
