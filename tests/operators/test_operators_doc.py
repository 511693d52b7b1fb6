"""docs/reference/operators.md shows what the operators do."""

import re
from pathlib import Path

import pytest

from maskkit.masks import display, is_mask
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.operators.action import OPERATORS
from maskkit.operators.generalize import LEVELS, Generalize

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "operators.md").read_text(encoding="utf-8")
MASKS = re.findall(r"^\| `([A-Z_]+)` \| (\S.*) \| `(\S.*)` \|$", TEXT, re.MULTILINE)
COARSER = re.findall(r"^\| `([a-z]+)` \| `([A-Z_]+)` \| (\S.*) \| (\S+) \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("entity", "value", "shown"), MASKS)
def test_masks(entity: str, value: str, shown: str) -> None:
    """Each mask in the table is the one that is written."""
    assert display(entity, value) == shown


def test_hash() -> None:
    """The hash that is shown has the form of one."""
    [example] = set(re.findall(r"`(hash_\w+)`", TEXT))
    assert is_mask(example)


def test_every_entity_stands_there() -> None:
    """The table of masks has every entity."""
    assert {entity for entity, _, _ in MASKS} == {*ENTITIES, *FIELD_ENTITIES}


@pytest.mark.parametrize(("level", "entity", "values", "expected"), COARSER)
def test_levels(level: str, entity: str, values: str, expected: str) -> None:
    """Each value in the table of levels becomes what stands beside it."""
    assert set(Generalize(level).apply(values.split(", "), entity)) == {expected}


def test_every_level_and_operator_stands_there() -> None:
    """The tables have every level and every operator."""
    assert {(level, entity) for level, entity, _, _ in COARSER} == set(LEVELS.items())
    assert all(f"| `{operator}` |" in TEXT for operator in OPERATORS)
