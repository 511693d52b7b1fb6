"""How a value was written, in four bytes where that can be told, so that every byte of it comes back.

From the highest bit::

    2  container   `MARK_NONE`, `MARK_NUMBER` (a bare JSON number), `MARK_ESCAPED` (a JSON string in ASCII)
    2  wrap        which of `normalize.WRAPS` stands around it
    1  wide        letters and digits are full-width
    1  case        letters in the other case (x, plates; MAC addresses in upper case); phones: the trunk 0 is there
    5  style       phones: `PHONE_STYLES`; names: which of `MIDDLE_DOTS`; e-mail, MAC addresses and dates: their own
    4  separator   which of `SEPARATORS` stands in the gaps
    17 gaps        bit k from the right: between characters k and k + 1. Phones: the upper four say how the extension
                   is joined (`EXTENSIONS`)

`describe` proposes and `render` decides: a description stands only if it renders to the very same text. All tables are
for ever; a free place may be filled, since nothing was ever written with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from maskkit.normalize import COUNTRY_CODE, MIDDLE_DOTS, WRAPS, unwrap

MARK_NONE: Final = 0
MARK_NUMBER: Final = 1
MARK_ESCAPED: Final = 2

#: First byte of a long surface: what follows is the text itself, or the JSON literal that stood there.
TEXT: Final = b"\0"
LITERAL: Final = b"\1"

SEPARATORS: Final = "- .\u3000－．—–·_\u00a0\u200b\u200d\ufeff\u2011\u2010"

#: c: country code, a: area code with its 0. The first is the canonical form, the second has no country code.
PHONE_STYLES: Final = (
    *("", "", "+{c}", "+{c} ", "+{c}-", "00{c}", "00{c} ", "00{c}-", "{c}", "{c} ", "{c}-"),
    *("({c})", "({c}) ", "({c})-", "(+{c})", "(+{c}) ", "(+{c})-", "（{c}）", "（+{c}）"),
    *("+{c}(0)", "+{c} (0)", "+{c} (0) ", "+{c}-(0)", "＋{c}", "＋{c} "),
    *("({a})", "({a}) ", "({a})-", "（{a}）", "+{c}."),
)
EXTENSIONS: Final = (
    "-",
    "转",
    "#",
    "x",
    "ext",
    "ext.",
    " 转",
    " 转 ",
    " ext ",
    " ext. ",
    "分机",
    " 分机",
    ",",
    "*",
    "－",
    "轉",
)

_AS_IS: Final = 0
_LOCAL: Final = 1
#: How many gaps can be told of; of a phone four bits less.
GAPS: Final = 17
PHONE_GAPS: Final = 13
_PLAIN_DIGITS: Final = re.compile(r"[0-9]+")
_WIDE: Final = {
    code: code + 0xFEE0 for code in map(ord, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}
_NARROW: Final = {wide: code for code, wide in _WIDE.items()}
_OTHER_CASE: Final = frozenset(
    {"CN_RESIDENT_ID", "CN_VEHICLE_REGISTRATION", "CN_PASSPORT", "CN_TRAVEL_PERMIT", "CN_USCC"}
)
_EMAIL_STYLES: Final = 3
_MAC_JOINS: Final = (":", "-", "")
_DATE_FORMS: Final = (
    *("{y}-{m}-{d}", "{y}/{m}/{d}", "{y}.{m}.{d}", "{y}年{m}月{d}日", "{y}{m}{d}", "{y}年{m}月{d}"),
    *("{y}-{M}-{D}", "{y}/{M}/{D}", "{y}.{M}.{D}", "{y}年{M}月{D}日", "{y}年{M}月{D}"),
)


class Surface(NamedTuple):
    """The fields of the four bytes."""

    mark: int = MARK_NONE
    wrap: int = 0
    wide: int = 0
    case: int = 0
    style: int = 0
    separator: int = 0
    gaps: int = 0

    def number(self) -> int:
        """Return the four bytes as a number."""
        value = 0
        for part, width in zip(self, _WIDTHS, strict=True):
            value = value << width | part
        return value

    @classmethod
    def of(cls, number: int) -> Surface:
        """Undo `number`."""
        parts = []
        for width in reversed(_WIDTHS):
            parts.append(number & ((1 << width) - 1))
            number >>= width
        return cls(*reversed(parts))


_WIDTHS: Final = (2, 2, 1, 1, 5, 4, 17)


def describe(entity: str, canonical: str, text: str) -> Surface | None:
    """Return how `text` writes the `canonical` value, the mark left out; None where that cannot be told."""
    as_is = Surface()
    if text == canonical and render(entity, canonical, as_is) == text:
        return as_is
    wrap, inside = unwrap(text)
    narrow = inside.translate(_NARROW)
    for part in _proposals(entity, canonical, narrow):
        surface = part._replace(wrap=wrap, wide=int(narrow != inside))
        if render(entity, canonical, surface) == text:
            return surface
    return None


def render(entity: str, canonical: str, surface: Surface) -> str | None:
    """Return the text that `surface` describes, the mark left out; None for fields that describe none."""
    body = _body(entity, canonical, surface)
    if body is None:
        return None
    before, after = WRAPS[surface.wrap]
    return before + (body.translate(_WIDE) if surface.wide else body) + after


def _proposals(entity: str, canonical: str, text: str) -> Iterator[Surface]:
    """Yield what `text`, neither wrapped nor full-width, may be."""
    match entity:
        case "PHONE_NUMBER":
            yield from _phone_proposals(canonical, text)
        case "EMAIL_ADDRESS":
            yield from (Surface(style=style) for style in range(_EMAIL_STYLES))
        case "MAC_ADDRESS":
            yield from (Surface(style=style, case=case) for style in range(len(_MAC_JOINS)) for case in (0, 1))
        case "BIRTH_DATE":
            yield from (Surface(style=style) for style in range(len(_DATE_FORMS)))
        case "PERSON":
            for style in range(len(MIDDLE_DOTS) + 1):
                yield from _gap_proposals(_dotted(canonical, style), text, Surface(style=style))
        case _:
            case_ = int(entity in _OTHER_CASE and canonical.lower() != canonical and text != text.upper())
            yield from _gap_proposals(canonical.lower() if case_ else canonical, text, Surface(case=case_))


def _body(entity: str, canonical: str, surface: Surface) -> str | None:
    style = surface.style
    match entity:
        case "PHONE_NUMBER":
            return _phone_body(canonical, surface)
        case "EMAIL_ADDRESS" if style < _EMAIL_STYLES:
            local, at, domain = canonical.rpartition("@")
            return local + at + (domain, domain.upper(), domain.capitalize())[style]
        case "MAC_ADDRESS" if style < len(_MAC_JOINS):
            joined = canonical.replace(":", _MAC_JOINS[style])
            return joined.upper() if surface.case else joined
        case "BIRTH_DATE" if style < len(_DATE_FORMS):
            year, _, month_day = canonical.partition("-")
            month, _, day = month_day.partition("-")
            return _DATE_FORMS[style].format(y=year, m=month, d=day, M=month.lstrip("0"), D=day.lstrip("0"))
        case "PERSON" if style <= len(MIDDLE_DOTS):
            return _with_gaps(_dotted(canonical, style), surface)
        case "EMAIL_ADDRESS" | "MAC_ADDRESS" | "BIRTH_DATE" | "PERSON":
            return None
    return _with_gaps(canonical.lower() if surface.case else canonical, surface)


def _dotted(name: str, style: int) -> str:
    return name.replace("·", (*MIDDLE_DOTS, ".")[style]) if style else name


def _phone_proposals(canonical: str, text: str) -> Iterator[Surface]:
    number, dash, extension = canonical.partition("-")
    joins = range(1)
    if dash:
        if not text.endswith(extension):
            return
        text = text[: -len(extension)]
        joins = range(len(EXTENSIONS))
    for join in joins:
        if dash and not text.endswith(EXTENSIONS[join]):
            continue
        written = text[: -len(EXTENSIONS[join])] if dash else text
        for style in range(len(PHONE_STYLES)):
            for trunk in (0, 1):
                parts = _phone_parts(number, style, trunk)
                if parts is not None and written.startswith(parts[0]):
                    start = Surface(case=trunk, style=style, gaps=join << PHONE_GAPS)
                    yield from _gap_proposals(parts[1], written[len(parts[0]) :], start)


def _phone_body(canonical: str, surface: Surface) -> str | None:
    number, dash, extension = canonical.partition("-")
    parts = _phone_parts(number, surface.style, surface.case)
    if parts is None:
        return None
    joined = EXTENSIONS[surface.gaps >> PHONE_GAPS] + extension if dash else ""
    gaps = surface._replace(gaps=surface.gaps & ((1 << PHONE_GAPS) - 1))
    return parts[0] + _with_gaps(parts[1], gaps) + joined


def _phone_parts(number: str, style: int, trunk: int) -> tuple[str, str] | None:
    """Return what stands before the digits of a phone, and the digits, for a style with or without trunk 0."""
    if style >= len(PHONE_STYLES):
        return None
    if style == _AS_IS:
        return None if trunk else ("", number)
    if "{a}" in PHONE_STYLES[style]:
        area = 3 if number[1:2] in ("1", "2") else 4
        return (PHONE_STYLES[style].format(a=number[:area]), number[area:]) if number[:1] == "0" and not trunk else None
    code, national = "86", number.removeprefix("0")
    if number[:1] == "+":
        found = COUNTRY_CODE.match(number, 1)
        if found is None:
            return None
        code, national = found[0], number[found.end() :]
    return PHONE_STYLES[style].format(c=code), "0" * trunk + national


def _gap_proposals(plain: str, text: str, start: Surface) -> Iterator[Surface]:
    """Yield `start` with the gaps that make `text` of `plain`, where one separator in some of 17 places does."""
    if plain == text:
        yield start
        return
    extra = len(text) - len(plain)
    if not 0 < extra <= GAPS:
        return
    gaps, at, separator = 0, 0, ""
    for k, char in enumerate(plain):
        here = text[at : at + 1]
        if here != char:
            if not k or k > GAPS or here != (separator or here):
                return
            separator = here
            gaps |= 1 << (k - 1)
            at += 1
        if text[at : at + 1] != char:
            return
        at += 1
    if at == len(text) and separator and separator in SEPARATORS:
        yield start._replace(separator=SEPARATORS.index(separator), gaps=start.gaps | gaps)


def _with_gaps(plain: str, surface: Surface) -> str:
    if not surface.gaps:
        return plain
    separator = SEPARATORS[surface.separator]
    last = len(plain) - 1
    return "".join(char + separator * (surface.gaps >> k & 1 and k < last) for k, char in enumerate(plain))
