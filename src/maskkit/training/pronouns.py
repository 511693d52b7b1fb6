"""Names where sentences say 他, 她, 你 or 我: the contexts of a name that no label shows."""

from __future__ import annotations

import random
import re
from typing import Final

from maskkit.training.notes import Row
from maskkit.training.people import People

#: A pronoun that stands for one person: not 其他, 自我, 我们, 我国.
_PRONOUN: Final = re.compile(r"(?<![其吉自无忘唯大小忠敌])[他她你我您](?![们国军党市省县院校厂司区乡村俩自家者辈方])")


def named(row: Row, rng: random.Random, people: People) -> Row | None:
    """Return the row with a name in place of one pronoun; None where it has none outside its names."""
    free = [m.start() for m in _PRONOUN.finditer(row.text) if all(not s <= m.start() < e for s, e in row.spans)]
    if not free:
        return None
    at = rng.choice(free)
    name = people.han() if rng.random() < 0.8 else people.unspaced()
    grown = len(name) - 1
    spans = [(s, e) if e <= at else (s + grown, e + grown) for s, e in row.spans]
    return Row(row.text[:at] + name + row.text[at + 1 :], sorted([*spans, (at, at + len(name))]))
