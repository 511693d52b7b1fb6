"""Made-up texts: labels where the names are, names of every kind, and nothing of a test set."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from maskkit.training.notes import REGISTERS, Notes, Row, facts, templates
from maskkit.training.people import KINDS, People, Surname, parts
from maskkit.training.pronouns import named
from maskkit.training.sources import SOURCES, cleaned, labelled
from maskkit.training.swap import Swapper

SURNAMES = [Surname("王", 95.0), Surname("李", 93.0), Surname("欧阳", 1.0), Surname("张", 90.0)]
SLOTS = re.compile(r"\{([^{}\"]*)\}")


def people(seed: int = 1) -> People:
    return People(random.Random(seed), SURNAMES)


def test_templates_are_whole() -> None:
    """Every template has its brackets closed and speaks only of slots that exist."""
    known = {"P", "Q", "L", "N", "F", "Y", *facts()}
    count = 0
    for register in REGISTERS:
        for line in templates(register):
            assert line.count("[") == line.count("]"), line
            assert {slot for slot in SLOTS.findall(line) if len(slot) == 1} <= known, line
            count += 1
    assert count >= 300


def test_labels_lie_on_names() -> None:
    """A label covers a name from end to end: no blank, no punctuation at its edges; negatives have none."""
    notes = Notes(random.Random(2), people())
    seen = 0
    for register in REGISTERS:
        for _ in range(200):
            row = notes.row(register)
            for start, end in row.spans:
                name = row.text[start:end]
                assert name
                assert name == name.strip(), row.text
                assert not set("，。：；0123456789") & set(name), row.text
                seen += 1
            assert "{P}" not in row.text
    assert seen > 1000
    assert not any(Notes(random.Random(3), people())._filled(line).spans for line in templates("negatives"))


def test_equal_seeds() -> None:
    """Equal seeds make equal texts."""
    first, second = (list(Notes(random.Random(5), people(5)).rows(50)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_names(kind: str) -> None:
    """Every kind of name is made."""
    made = {people(seed).of(kind) for seed in range(20)}
    assert all(made)
    assert len(made) > 3
    if kind == "dotted":
        assert all(set("·•・．.") & set(name) for name in made)
    if kind == "compound":
        assert all(name[:2] in parts()["compound"] or name[:4] in parts()["compound"] for name in made)


def test_swaps() -> None:
    """Names are exchanged one for one; everything else stays, and the labels move along."""
    row = Row("客户王建国称，王建国与张三是朋友", [(2, 5), (7, 10), (11, 13)])
    for seed in range(20):
        chance = random.Random(seed)
        swapped = Swapper(chance, People(chance, SURNAMES)).row(row)
        first, second, _ = (swapped.text[s:e] for s, e in swapped.spans)
        assert first == second
        assert re.fullmatch("客户.+称，.+与.+是朋友", swapped.text)


def test_names_for_pronouns() -> None:
    """A pronoun gives way to a name, 我们 and 其他 do not."""
    made = named(Row("张三说他明天还", [(0, 2)]), random.Random(1), people())
    assert made is not None
    assert len(made.spans) == 2
    assert made.text.startswith("张三说")
    assert made.text.endswith("明天还")
    assert named(Row("我们和其他人", []), random.Random(1), people()) is None


def test_cleaned() -> None:
    """Brackets at the edges of a label are none of the name, and names without a Han character are left out."""
    row = cleaned(Row("（王建国）与Lucy", [(0, 5), (6, 10)]))
    assert row.spans == [(1, 4)]


def _runs(text: str) -> set[str]:
    return {text[i : i + 16] for i in range(len(text) - 15) if _han(text[i : i + 16]) >= 11}


def _han(text: str) -> int:
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


def test_no_test_row_is_trained_on(shared: Path) -> None:
    """No training row is a test row or shares a run of 16 characters, 11 of them Han, with one; CVs may share runs."""
    trained = {s.name: list(labelled(shared / "corpora" / f"{s.name}.train.jsonl")) for s in SOURCES}
    for path in sorted((shared / "corpora").glob("*.test.jsonl")):
        rows = list(labelled(path))
        texts = {row.text for row in rows}
        runs = set() if path.name.startswith(("resume", "waybill")) else set().union(*(_runs(t) for t in texts))
        for name, own in trained.items():
            assert not [row.text for row in own if row.text in texts], (path.name, name)
            if name not in ("resume", "waybill"):
                assert not any(runs & _runs(row.text) for row in own), (path.name, name)
