"""Finding personal data: rules over runs of digits and letters, addresses, names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maskkit.model import Span


def detect(text: str, *, entities: Iterable[str] | None = None) -> list[Span]:
    """Return the personal data in a text: sorted spans, none overlapping another.

    Args:
        text: any text.
        entities: look for these only, such as ``{"PHONE_NUMBER"}``; None for all.

    Raises:
        UsageError: an entity that does not exist.
    """
    return detect_many([text], entities=entities)[0]


def detect_many(texts: Sequence[str], *, entities: Iterable[str] | None = None) -> list[list[Span]]:
    """Return ``[detect(text) for text in texts]``, many times faster.

    Raises:
        UsageError: an entity that does not exist.
    """
    from maskkit.detection.detector import build_detector  # numpy and the rules, only when something is looked for

    return build_detector(entities=None if entities is None else frozenset(entities)).detect_many(texts)
