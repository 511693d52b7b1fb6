"""Cells of typed columns: what is PII in each, found without reading canonical values one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from maskkit import masks, tokens
from maskkit.detection.detector import Detector
from maskkit.detection.lexicon import words
from maskkit.detection.surnames import HAN, NAME, may_be_name
from maskkit.model import FIELD_ENTITIES, Span
from maskkit.normalize import FOLD

RECOGNIZER: Final = "column"

#: What stays outside: Excel's leading tab or apostrophe, and blanks.
_OUTER: Final = " \t\u00a0\u3000\ufeff"
_LEADING: Final = re.compile(rf"[{_OUTER}]*'?[{_OUTER}]*")
_DESTROYED: Final = re.compile(r"\s*[+-]?\d(?:\.\d{1,14})?[Ee]\+?\d{1,3}\s*")
#: 700, the operator, platform and user; 7000 before a mobile number hides that one.
_NUMBER_PROTECTION: Final = re.compile(r"700(?!01[3-9])\d{12}")
_LONG_NUMBER: Final = re.compile(r"\d[\d -]{5,}\d|[@＠]")
_HAN_RUN: Final = re.compile(f"[{HAN}]{{2,}}")

#: Values that are whole findings in a column of their entity, whatever a detector would say.
_CANONICAL: Final = {
    "PHONE_NUMBER": r"(?:\+?86[- ]?)?1[3-9]\d{9}|1[3-9]\d[- ]\d{4}[- ]\d{4}|0\d{2,3}-?\d{7,8}",
    "CN_RESIDENT_ID": r"\d{17}[\dXx]|\d{15}|\d{6}[- ]\d{8}[- ]\d{3}[\dXx]",
    "BANK_CARD": r"\d{13,19}|\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?",
    "PERSON": NAME,
    "EMAIL_ADDRESS": r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}",
    "CN_VEHICLE_REGISTRATION": rf"[{HAN}][A-Za-z][·. ]?[A-Za-z0-9]{{5,6}}",
    "BIRTH_DATE": r"[^_*\d]*+\d[^_*]*+",  # no token and no mask
    "AGE": r"\d{1,3}(?:\.0)?|[^\d*_]{1,4}\d{0,3}",
}


@cache
def _canonical(entity: str) -> re.Pattern[str]:
    """Compile the canonical forms, as they are or in Excel's ="…", with what stays outside around them."""
    form = _CANONICAL.get(entity, r"(?!)")
    return re.compile(rf"[{_OUTER}]*'?(?P<value>{form}|=\"(?:{form})\")[{_OUTER}]*", re.ASCII)


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(words("columns", "placeholders"))


def is_placeholder(cell: str) -> bool:
    """Tell whether a cell holds nothing: empty, 无, -, N/A, null, 未知 …."""
    return not cell or (cell := cell.strip(_OUTER + "'\r\n")) == "" or cell.lower() in _placeholders()


def destroyed_by_excel(cell: str) -> bool:
    """Tell whether a cell is a long number that a spreadsheet rounded: 1.10101E+17."""
    return _DESTROYED.fullmatch(cell) is not None


@cache
def _all_canonical(entity: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_CANONICAL.get(entity, r'(?!)')})\n)*+", re.ASCII)


def all_whole(entity: str, values: Sequence[str]) -> bool:
    """Tell by one match over a whole column that every cell is one canonical value and nothing else."""
    if entity in FIELD_ENTITIES:  # their forms may hold a line end
        return False
    joined = "\n".join(values) + "\n"
    return _all_canonical(entity).fullmatch(joined) is not None and _placeholders().isdisjoint(values)


def match_cells(entity: str, values: Sequence[str], detector: Detector) -> list[list[Span] | None]:
    """Return what is PII in each cell of a column of `entity`; equal results share one list.

    None: the cell stays as it is (a placeholder, token, display mask; a 700 number among phones). One span over all of
    the cell but blanks and Excel's leading tab or apostrophe: a whole value, and every cell in which nothing is found
    or in which something suspicious would be left. Else the findings.
    """
    placeholders = _placeholders()
    canonical = _canonical(entity).fullmatch
    whole: dict[tuple[int, int], list[Span]] = {}
    matches: list[list[Span] | None] = []
    odd: dict[str, list[int]] = {}
    for i, value in enumerate(values):
        found = canonical(value)
        # The forms of fields are wide enough for N/A.
        if found and value not in placeholders and not (entity in FIELD_ENTITIES and is_placeholder(value)):
            where = found.span(1)
            spans = whole.get(where)
            if spans is None:
                spans = whole[where] = [Span(*where, entity, 1.0, RECOGNIZER)]
            matches.append(spans)
        else:
            matches.append(None)
            odd.setdefault(value, []).append(i)
    for value, spans_or_none in _read(entity, [value for value in odd if value], detector).items():
        for i in odd[value]:
            matches[i] = spans_or_none
    return matches


def _read(entity: str, values: Sequence[str], detector: Detector) -> dict[str, list[Span] | None]:
    """Read different cells one by one."""
    read: dict[str, list[Span] | None] = {}
    scanned: list[str] = []
    for value in values:
        start, end = inner(value)
        cell = value[start:end]
        if (
            is_placeholder(cell)
            or masks.is_mask(cell)
            or (entity == "PHONE_NUMBER" and _NUMBER_PROTECTION.fullmatch(cell.translate(FOLD)))
        ):
            read[value] = None
        elif _is_whole(entity, cell):
            read[value] = [Span(start, end, entity, 1.0, RECOGNIZER)]
        else:
            scanned.append(value)
    for value, spans in zip(scanned, detector.detect_many(scanned) if scanned else (), strict=True):
        read[value] = _settled(entity, value, spans)
    return read


def inner(value: str) -> tuple[int, int]:
    """Return where a cell's value begins and ends: without blanks and Excel's leading tab or apostrophe."""
    leading = _LEADING.match(value)
    start = leading.end() if leading else 0
    end = len(value.rstrip(_OUTER + "\r\n"))
    return (start, end) if start < end else (0, len(value.rstrip(_OUTER)))


def _is_whole(entity: str, cell: str) -> bool:
    """Tell whether no reading is needed to know that a cell is one value: addresses without numbers of other kinds."""
    if ("_" in cell and tokens.find_spans(cell)) or ("*" in cell and masks.find_masks(cell)):
        return False
    if entity == "ADDRESS":
        return not _LONG_NUMBER.search(cell.translate(FOLD))
    return entity in ("BIRTH_DATE", "AGE")


def _settled(entity: str, value: str, spans: list[Span]) -> list[Span] | None:
    """Decide on a cell that was scanned: its findings, or all of it where they leave something suspicious."""
    start, end = inner(value)
    covered = [(span.start, span.end) for span in spans]
    left_alone = tokens.find_spans(value) + masks.find_masks(value)
    rest = _rest(value, start, end, covered + left_alone)
    if not left_alone:
        if not spans or any(_suspicious(entity, value[a:b]) for a, b in rest):
            return [Span(start, end, entity, 1.0, RECOGNIZER)]
        return spans
    doubtful = [Span(a, b, entity, 1.0, RECOGNIZER) for a, b in rest if _suspicious(entity, value[a:b])]
    return sorted(spans + doubtful) or None


def _rest(value: str, start: int, end: int, covered: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return what of ``value[start:end]`` no span covers, without blanks around it."""
    rest = []
    for a, b in [*sorted(covered), (end, end)]:
        piece = value[start:a]
        if piece.strip():
            rest.append((start + len(piece) - len(piece.lstrip()), a - len(piece) + len(piece.rstrip())))
        start = max(start, b)
    return rest


def _suspicious(entity: str, rest: str) -> bool:
    """Tell whether what findings leave of a cell may still show someone."""
    if sum(char.isdecimal() for char in rest) >= 4:
        return True
    if entity == "PERSON":
        return any(may_be_name(run) for run in _HAN_RUN.findall(rest))
    return entity == "ADDRESS" and sum(char.isalnum() for char in rest) >= 4
