"""The labelled corpora: what each is, under which terms, and its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from maskkit.detection.persons.titles import without_title
from maskkit.errors import InputError
from maskkit.training.notes import Row

_EDGES: Final = '（(）)《》“”"、，：: '


class Source(NamedTuple):
    """A corpus.

    Attributes:
        name: as in its file's name.
        origin: where it is from.
        terms: what its origin says of its licence.
        commercial: whether these terms allow commercial use.
    """

    name: str
    origin: str
    terms: str
    commercial: bool


SOURCES: Final = (
    Source("pfr199801", "People's Daily, January 1998, tagged by PKU", "published for research", False),
    Source("msra", "SIGHAN bakeoff 2006", "research use", False),
    Source("cluener", "CLUENER2020", "none stated; academic use", False),
    Source("weibo", "Peng and Dredze, golden-horse", "CC BY-SA 3.0", True),
    Source("resume", "Zhang and Yang 2018", "none stated", False),
    Source("uner_gsd", "Universal NER over UD Chinese GSD, Traditional", "CC BY-SA 4.0", True),
    Source("uner_gsdsimp", "Universal NER over UD Chinese GSD, Simplified", "CC BY-SA 4.0", True),
    Source("waybill", "courier forms published with PaddleNLP", "Apache-2.0", True),
)


def labelled(path: Path) -> Iterator[Row]:
    """Yield the rows of a JSONL file of ``{"text", "spans": [[start, end, label], …]}``, PERSON only.

    Raises:
        InputError: a line is no such row.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                data = json.loads(line)
                spans = sorted((int(s[0]), int(s[1])) for s in data["spans"] if s[2] == "PERSON")
                yield Row(str(data["text"]), spans)
            except (ValueError, KeyError, TypeError, IndexError):
                hint = 'each line is {"text": "…", "spans": [[start, end, "PERSON"], …]}'
                raise InputError(f"{path.name}: line {number}: no labelled text", hint=hint) from None


def cleaned(row: Row) -> Row:
    """Return the row with surnames alone where titles were part of names, and without names that have no Han character.

    Corpora differ in whether 女士 belongs to 王女士; brackets and punctuation at the edges of a name are slips.
    """
    spans = []
    for start, end in row.spans:
        name = row.text[start:end]
        start += len(name) - len(name.lstrip(_EDGES))
        end -= len(name) - len(name.rstrip(_EDGES))
        first, last = without_title(row.text[start:end])
        if any("\u3400" <= char <= "\u9fff" for char in row.text[start:end]):
            spans.append((start + first, start + last))
    return Row(row.text, spans)
