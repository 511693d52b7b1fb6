"""The few data types that every layer shares. None of them shows a plain value in its repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

#: Kinds of PII that detection finds in text: Presidio's name where it has one.
ENTITIES: Final = (
    "PERSON",
    "PHONE_NUMBER",
    "CN_RESIDENT_ID",
    "BANK_CARD",
    "ADDRESS",
    "EMAIL_ADDRESS",
    "CN_PASSPORT",
    "CN_TRAVEL_PERMIT",
    "CN_VEHICLE_REGISTRATION",
    "CN_USCC",
    "WECHAT_ID",
    "QQ_NUMBER",
    "IP_ADDRESS",
    "MAC_ADDRESS",
)

#: Kinds that only a column or field can have, since nothing in running text tells them.
FIELD_ENTITIES: Final = ("BIRTH_DATE", "AGE")


class Span(NamedTuple):
    """One finding: half-open offsets in Python characters. Holds no text."""

    start: int
    end: int
    entity: str
    score: float = 1.0
    recognizer: str = ""


@dataclass(frozen=True, slots=True)
class TextResult:
    """A masked text, and the spans of the input that were replaced."""

    text: str = field(repr=False)
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class UnmaskResult:
    """A restored text; how many tokens came back and how many stayed (unknown, damaged, another tenant's)."""

    text: str = field(repr=False)
    restored: int
    left: int
