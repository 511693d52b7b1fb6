"""A model's sums and its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from maskkit.detection.persons.features import PAD, REACH
from maskkit.detection.persons.model import SHIPPED, TAGS, load_model
from maskkit.errors import UsageError

TEXT = "\n\n\n\n客户王建国来电，称其妻李秀英（电话13800138000）已还。\n\n\n\n\n\n\n\n"


def codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), "<u4")


@pytest.mark.parametrize("name", SHIPPED)
def test_sums(name: str) -> None:
    """The sums in lanes equal those of the weights, taken one by one."""
    model = load_model(name)
    text = codes(TEXT)
    rows = model.features.rows(text)
    expected = np.zeros((len(text), len(TAGS)))
    for kind in rows:
        for start, row in enumerate(kind.tolist()):
            for column, position in enumerate(REACH):
                if 0 <= start + position < len(text):
                    expected[start + position] += model.weights.values[row, column] * model.weights.unit
    got = model.scores(text)
    np.testing.assert_allclose(got[PAD : -PAD - 1], expected[PAD : -PAD - 1], atol=1e-4)


def test_file(tmp_path: Path) -> None:
    """A model that is saved and read again scores as before, and says the same of itself."""
    model = load_model("open")
    path = tmp_path / "model.npz"
    model.save(path)
    assert path.stat().st_size < 10_000_000
    again = load_model(path)
    np.testing.assert_array_equal(again.scores(codes(TEXT)), model.scores(codes(TEXT)))
    assert again.about == model.about


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a model"])
def test_no_model(tmp_path: Path, content: bytes) -> None:
    """A file that is no model is refused, and its content is not repeated."""
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no model of names"):
        load_model(str(path))


def test_sources_are_named() -> None:
    """Each shipped model says what it was made of and under which terms; the open one only of what commerce may use."""
    from maskkit.training.sources import SOURCES

    barred = {source.name for source in SOURCES if not source.commercial}
    for name in SHIPPED:
        sources = load_model(name).about["sources"]
        assert all(source["terms"] for source in sources)
        used = {source["name"] for source in sources}
        assert "made up" in used
        assert name == "full" or not used & barred
