"""A recogniser of Presidio in maskkit's detector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from presidio_analyzer import EntityRecognizer

from maskkit.errors import UsageError
from maskkit.model import ENTITIES, Span

if TYPE_CHECKING:
    from maskkit.detection.prescan import Batch


class PresidioRecognizer:
    """A recogniser of Presidio as one of maskkit: its findings are settled against all others.

    Args:
        recognizer: one that needs no artifacts of an NLP engine.
        entities: what it finds and what maskkit calls it, as in ``{"IBAN_CODE": "BANK_CARD"}``; no others.

    Raises:
        UsageError: a name that is no entity of maskkit, or one that the recogniser does not find.
    """

    def __init__(self, recognizer: EntityRecognizer, entities: Mapping[str, str]) -> None:
        if not set(entities.values()) <= set(ENTITIES):
            raise UsageError("an entity is mapped to what is none of maskkit's", hint=f"one of {', '.join(ENTITIES)}")
        if not set(entities) <= set(recognizer.supported_entities):
            raise UsageError(
                "the recogniser finds no entity of that name", hint=f"one of {', '.join(recognizer.supported_entities)}"
            )
        self.name = str(recognizer.name)
        self.entities = frozenset(entities.values())
        self._recognizer = recognizer
        self._names = dict(entities)

    def find(self, batch: Batch) -> list[Span]:
        """Return what it finds in the texts of a batch."""
        spans: list[Span] = []
        for text, offset in zip(batch.texts, batch.starts.tolist(), strict=False):
            spans += (
                Span(offset + r.start, offset + r.end, self._names[r.entity_type], r.score, self.name)
                for r in self._recognizer.analyze(text, list(self._names), None) or ()
                if r.entity_type in self._names
            )
        return spans
