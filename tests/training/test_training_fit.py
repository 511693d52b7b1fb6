"""A small training run, from texts to a model that finds names."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from maskkit.detection.detector import Detector
from maskkit.detection.persons.model import load_model
from maskkit.detection.persons.recognizer import ModelNames
from maskkit.errors import InputError, UsageError
from maskkit.training.batches import batches, cut_long
from maskkit.training.crf import _gradient
from maskkit.training.evaluate import Figures, measure
from maskkit.training.notes import Notes, Row
from maskkit.training.people import People, Surname
from maskkit.training.recipe import train


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the trainer's form, with few made-up rows."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "corpora").mkdir()
    (folder / "names").mkdir()
    (folder / "names" / "surnames.csv").write_text("surname,weight\n王,9\n李,8\n张,8\n赵,3\n欧阳,1\n", "utf-8")
    chance = random.Random(1)
    notes = Notes(chance, People(chance, [Surname("王", 9), Surname("李", 8), Surname("赵", 3)]))
    with (folder / "corpora" / "weibo.train.jsonl").open("w", encoding="utf-8") as file:
        for row in notes.rows(300):
            spans = [[start, end, "PERSON"] for start, end in row.spans]
            file.write(json.dumps({"text": row.text, "spans": spans}) + "\n")
    return folder


def test_a_trained_model_finds_names(data: Path, tmp_path: Path) -> None:
    """A model trained on little finds names in texts it has not seen; equal seeds make equal models."""
    said: list[str] = []
    model, again = (train(data, notes=600, told=said.append) for _ in range(2))
    np.testing.assert_array_equal(model.weights.values, again.weights.values)
    assert said
    assert model.about["sources"][0]["name"] == "weibo"
    path = tmp_path / "own.npz"
    model.save(path)
    assert load_model(path).about == model.about
    chance = random.Random(9)
    rows = list(Notes(chance, People(chance, [Surname("王", 9), Surname("张", 8)])).rows(200))
    figures = measure(Detector([ModelNames(model=path)]).detect_many, rows)
    assert figures.f1 > 0.6


def test_sources(data: Path) -> None:
    """A source that does not exist is refused, and so is a folder without any."""
    with pytest.raises(UsageError, match="no source"):
        train(data, without=["nowhere"])
    with pytest.raises(InputError, match=r"no corpora"):
        train(data, without=["weibo"])


def test_gradient() -> None:
    """The gradient is the slope of the log-likelihood."""
    chance = np.random.default_rng(3)
    scores = chance.normal(size=(2, 6, 4)).astype(np.float32)
    tags = np.array([[0, 1, 2, 3, 4, 0], [2, 4, 0, 0, 1, 0]], np.uint8)
    gradient, _ = _gradient(scores, tags)
    for place in ((0, 2, 1), (1, 3, 0), (0, 4, 3), (1, 1, 2)):
        up, down = scores.copy(), scores.copy()
        up[place] += 0.01
        down[place] -= 0.01
        slope = (_gradient(down, tags)[1] - _gradient(up, tags)[1]) / 0.02
        assert gradient[place] == pytest.approx(slope, abs=0.02)


def test_long_rows_are_cut() -> None:
    """A long row is cut where clauses end, never within a name, and loses nothing."""
    row = Row("客户来电，" * 40 + "王建国" * 40, [(200 + 3 * i, 203 + 3 * i) for i in range(40)])
    pieces = cut_long(row)
    assert "".join(piece.text for piece in pieces) == row.text
    assert sum(len(piece.spans) for piece in pieces) == 40
    assert all(piece.text[s:e] == "王建国" for piece in pieces for s, e in piece.spans)


def test_batches_hold_every_row() -> None:
    """Every text is in one batch, and its tags are those of its names."""
    rows = [Row("王", [(0, 1)]), Row("张三来电", [(0, 2)]), Row("欧阳建国", [(0, 4)])]
    made = batches(rows, np.random.default_rng(1))
    tags = sorted(tuple(line[line > 0]) for batch in made for line in batch.tags)
    assert tags == [(1,), (2, 3, 3, 4), (2, 4)]


def test_figures() -> None:
    """Precision, recall and F1 are those of exact spans; hidden counts what is wholly covered."""
    figures = Figures(gold=4, exact=2, hidden=3, false=1)
    assert figures.precision == pytest.approx(2 / 3)
    assert figures.recall == 0.5
    assert figures.f1 == pytest.approx(4 / 7)
