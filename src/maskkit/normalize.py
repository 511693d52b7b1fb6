"""Surface form -> canonical value: what is the same value, however it is written.

Canonical values are for ever: a token of today must join with one of ten years from now. So everything here is frozen
but for entities that are new, and nothing leans on a library whose data changes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from maskkit.escapes import unescape

HAN_DIGITS: Final = dict(
    zip("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳叄參陸两兩", "00123456789112345678923" + "3622", strict=True)
)

#: The zeros of the decimal digits of Unicode 14, hexadecimal; the other nine follow each.
_ZEROS: Final = """
660 6F0 7C0 966 9E6 A66 AE6 B66 BE6 C66 CE6 D66 DE6 E50 ED0 F20 1040 1090 17E0 1810 1946 19D0 1A80 1A90 1B50 1BB0 1C40
1C50 A620 A8D0 A900 A9D0 A9F0 AA50 ABF0 FF10 104A0 10D30 11066 110F0 11136 111D0 112F0 11450 114D0 11650 116C0 11730
118E0 11950 11C50 11D50 11DA0 16A60 16AC0 16B50 1D7CE 1D7D8 1D7E2 1D7EC 1D7F6 1E140 1E2F0 1E950 1FBF0
"""
#: Digits in another dress (²₁①⑴⒈❶): where a row of them begins, hexadecimal, and the digits in it.
_DRESSED_DIGITS: Final = """
B2:23 B9:1 1369:123456789 19DA:1 2070:0 2074:456789 2080:0123456789 2460:123456789 2474:123456789 2488:123456789 24EA:0
24F5:123456789 24FF:0 2776:123456789 2780:123456789 278A:123456789 10A40:1234 10E60:123456789 11052:123456789 1F100:0
1F101:0123456789
"""
_DECIMALS: Final = {int(zero, 16) + k: str(k) for zero in _ZEROS.split() for k in range(10)}
_DIGITS: Final = _DECIMALS | {
    int(first, 16) + k: digit
    for first, digits in (row.split(":") for row in _DRESSED_DIGITS.split())
    for k, digit in enumerate(digits)
}
#: Blocks of letters and signs in another dress: letterlike and enclosed, small forms, mathematical, squared.
_DRESSED: Final = ((0x2100, 0x2150), (0x2460, 0x2500), (0xFE50, 0xFE70), (0x1D400, 0x1D800), (0x1F130, 0x1F150))

#: str.translate table: every decimal digit of Unicode, letters and signs in another dress, full-width Latin and
#: punctuation to ASCII. Keeps length: one character in, one character out.
FOLD: Final[dict[int, str]] = {
    **{
        cp: plain
        for first, end in _DRESSED
        for cp in range(first, end)
        if cp not in _DIGITS and len(plain := unicodedata.normalize("NFKC", chr(cp))) == 1 and "!" <= plain <= "~"
    },
    **_DECIMALS,
    **{cp: chr(cp - 0xFEE0) for cp in range(0xFF01, 0xFF5F) if not 0xFF10 <= cp <= 0xFF19},
    0x3000: " ",
}

#: FOLD with Han numerals (一三八… and 壹叁捌…) and digits in another dress (①³⑧…) as digits too. They stand where no
#: number is meant, before an item of a list or as a footnote, so they are none to those who look for digits alone.
FOLD_HAN: Final[dict[int, str]] = _DIGITS | FOLD | {ord(c): d for c, d in HAN_DIGITS.items()}

#: Characters that take no room of their own and so may hide inside a number: zero-width spaces, joiners, BOM, soft
#: hyphen, directional marks; what draws a line or a key around a character (1\ufe0f\u20e3), variation selectors, tags.
ZERO_WIDTH: Final = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u034f\u061c\u180e"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    + "".join(
        chr(cp)
        for first, last in (
            *((0x332, 0x338), (0x20DD, 0x20E5), (0xFE00, 0xFE0F)),
            *((0xE0000, 0xE007F), (0xE0100, 0xE01EF)),
        )
        for cp in range(first, last + 1)
    )
)

#: What Excel exports write around a number that must stay a text: before and after.
WRAPS: Final = (("", ""), ('="', '"'), ("'", ""), ("\t", ""))

#: The middle dots of names, the canonical one first.
MIDDLE_DOTS: Final = "·•・‧∙⋅･"

#: Country codes whose national numbers may begin with 0 (ITU-T E.164 and the national plans): there it is no trunk
#: prefix. Italy, San Marino, Côte d'Ivoire, Benin, Gabon, Congo.
_ZERO_IS_NUMBER: Final = frozenset({"39", "378", "225", "229", "241", "242"})

#: Longer ones are no number of any kind; they stay as they are.
_LONGEST_NUMBER: Final = 80

_NO_ZERO_WIDTH: Final = dict.fromkeys(map(ord, ZERO_WIDTH))
_CLEAN: Final[dict[int, str | None]] = {**FOLD, **_NO_ZERO_WIDTH}
_CLEAN_HAN: Final[dict[int, str | None]] = {**FOLD_HAN, **_NO_ZERO_WIDTH}
_SEPARATORS: Final = re.compile(r"[\s\-./_()\[\]·•‐‑‒–—―−・]+")
#: Also what people write between digits that elsewhere joins an extension, and for digits.
_LOOSE_SEPARATORS: Final = re.compile(rf"(?:{_SEPARATORS.pattern}|[~*,;、‧∙⋅･]+)+")
_LIKE_DIGITS: Final = str.maketrans("OoIl洞拐勾", "0011079")
_SPACES: Final = re.compile(r"\s+")

_AREA: Final = r"(?:10|2\d|[3-9]\d\d)"
_MOBILE: Final = re.compile(r"(?:(?:\+|00)?86\+?)?0?(1[3-9]\d{9})", re.ASCII)
_LANDLINE: Final = re.compile(rf"(?:0|(?:\+|00)?860?)({_AREA}[1-9]\d{{6,7}})", re.ASCII)
_TAIWAN_MOBILE: Final = re.compile(r"0(9\d{8})", re.ASCII)
_NEIGHBOUR: Final = re.compile(r"(?:852|853)[2-9]\d{7}|8860?[2-9]\d{7,8}", re.ASCII)
_INTERNATIONAL: Final = re.compile(r"(?:\+|00)([1-9]\d{6,15})", re.ASCII)
_LOCAL: Final = re.compile(r"[2-9]\d{6,7}", re.ASCII)
#: ITU-T E.164: 1 and 7, the two-digit codes, three digits for all others.
COUNTRY_CODE: Final = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9]\d\d", re.ASCII)
_EXTENSION: Final = re.compile(
    r"(.*?)\s*\(?(?:[转轉]?(?:分[机機][号號]?|[内內][线線])|[转轉]|ext\.?|[#x,;*])[:\s]*(\d{1,6})\)?",
    re.ASCII | re.IGNORECASE,
)
_DASH_EXTENSION: Final = re.compile(r"(.*\d)\s*[-–—]\s*(\d{1,6})", re.ASCII)

_ID: Final = re.compile(r"\d{17}[\dX]|\d{15}", re.ASCII)
_CARD: Final = re.compile(r"\d{13,19}", re.ASCII)
_USCC: Final = re.compile(r"[0-9A-Z]{18}")
_DOCUMENT: Final = re.compile(r"[0-9A-Z]{6,20}")
_PLATE: Final = re.compile(r"[\u4e00-\u9fff][0-9A-Z][0-9A-Z]{3,5}[0-9A-Z\u4e00-\u9fff]{1,2}")
_QQ: Final = re.compile(r"\d{5,12}", re.ASCII)
_MAC: Final = re.compile(r"[0-9a-f]{12}")
_HAN: Final = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_DOT: Final = re.compile(rf"[{MIDDLE_DOTS}]|(?<={_HAN})\.(?={_HAN})")
_DATE: Final = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})日?|(\d{4})(\d\d)(\d\d)", re.ASCII)


def canonical(entity: str, surface: str) -> str:
    """Return the canonical value of what is written as `surface`; what is not understood is its own.

    Total. docs/reference/tokens.md has the rules of each entity.
    """
    read = _READERS.get(entity)
    return (read(unescape(surface)) if read else None) or surface


def has_form(entity: str) -> bool:
    """Tell whether values of `entity` have a canonical form; else each is its own."""
    return entity in _READERS


def is_canonical(entity: str) -> Callable[[str], object]:
    """Return what tells that a value of `entity` is canonical beyond doubt; of the others some are, too."""
    return _PLAIN.get(entity, _NEVER).fullmatch


def are_canonical(entity: str, values: Sequence[str]) -> bool:
    """Tell whether all values of a column are canonical beyond doubt, by looking at it as a whole."""
    lengths, form = _PLAIN_COLUMNS.get(entity, _NO_COLUMN)
    if not set(map(len, values)) <= lengths:
        return False
    joined = "".join(values)
    if entity == "PHONE_NUMBER" and not (set(joined[::11]) <= {"1"} and set(joined[1::11]) <= set("3456789")):
        return False
    if entity == "CN_RESIDENT_ID" and (count := joined.count("X")):
        if joined[17::18].count("X") != count:
            return False
        joined = joined.replace("X", "0")
    return form.fullmatch(joined) is not None


def unwrap(surface: str) -> tuple[int, str]:
    """Return which of `WRAPS` is around `surface`, and what is inside."""
    for number, (before, after) in enumerate(WRAPS[1:], 1):
        if surface.startswith(before) and surface.endswith(after) and len(surface) > len(before + after):
            return number, surface[len(before) : len(surface) - len(after)]
    return 0, surface


def _inside(surface: str) -> str:
    return unwrap(surface)[1]


def _number(surface: str) -> str:
    """Return what is written in ASCII, separators still inside; empty for what is too long to be a number."""
    if len(surface) > _LONGEST_NUMBER:
        return ""
    return _inside(surface).translate(_CLEAN_HAN).strip()


def _compact(surface: str) -> str:
    return _SEPARATORS.sub("", _number(surface)).upper()


def _loose(surface: str) -> str:
    """Return the digits of a number written so that no machine reads it: 138~0013~8000, 13800l38OOO, 幺三八洞洞…."""
    return _LOOSE_SEPARATORS.sub("", _number(surface).translate(_LIKE_DIGITS)).upper()


def _phone(surface: str) -> str | None:
    text = _number(surface)
    if (found := _DASH_EXTENSION.fullmatch(text)) and (number := _subscriber(found[1])) and number[0] in "01":
        return f"{number}-{found[2]}"
    if number := _subscriber(text):
        return number
    if (found := _EXTENSION.fullmatch(text)) and (number := _subscriber(found[1])):
        return f"{number}-{found[2]}"
    mobile = _MOBILE.fullmatch(_loose(surface))
    return mobile[1] if mobile else None


def _subscriber(text: str) -> str | None:
    digits = _SEPARATORS.sub("", text)
    if found := _MOBILE.fullmatch(digits):
        return found[1]
    if found := _LANDLINE.fullmatch(digits):
        return "0" + found[1]
    if found := _TAIWAN_MOBILE.fullmatch(digits):
        return "+886" + found[1]
    if found := _INTERNATIONAL.fullmatch(digits):
        return international(found[1])
    if found := _NEIGHBOUR.fullmatch(digits):
        return international(digits)
    return digits if _LOCAL.fullmatch(digits) else None


def international(digits: str) -> str | None:
    """Return country code and national number, joined behind a plus, without the trunk 0 between them."""
    found = COUNTRY_CODE.match(digits)
    if found is None:
        return None
    code, national = found[0], digits[found.end() :]
    if code not in _ZERO_IS_NUMBER:
        national = national.removeprefix("0")
    return f"+{code}{national}" if len(national) > 3 else None


def _person(surface: str) -> str:
    text = _SPACES.sub("", _inside(surface).translate(_CLEAN))
    return _DOT.sub("·", text)


def _email(surface: str) -> str | None:
    local, at, domain = _inside(surface).translate(_CLEAN).strip().rpartition("@")
    return f"{local}@{domain.lower()}" if at else None


def _mac(surface: str) -> str | None:
    digits = _compact(surface).replace(":", "").lower()
    return ":".join(digits[k : k + 2] for k in range(0, 12, 2)) if _MAC.fullmatch(digits) else None


def _ip(surface: str) -> str:
    return _inside(surface).translate(_CLEAN).strip().lower()


def _date(surface: str) -> str | None:
    found = _DATE.fullmatch(_number(surface))
    if found is None:
        return None
    year, month, day = (found[1], found[3], found[4]) if found[1] else found.groups()[4:]
    return f"{year}-{int(month):02}-{int(day):02}"


def _compact_as(form: re.Pattern[str], *written: Callable[[str], str]) -> Callable[[str], str | None]:
    """Return the reader of what has `form` in upper case without separators, or as one of `written` reads it."""

    def read(surface: str) -> str | None:
        return next((text for one in (_compact, *written) if form.fullmatch(text := one(surface))), None)

    return read


_READERS: Final[dict[str, Callable[[str], str | None]]] = {
    "PERSON": _person,
    "PHONE_NUMBER": _phone,
    "CN_RESIDENT_ID": _compact_as(_ID, _loose),
    "BANK_CARD": _compact_as(_CARD, _loose),
    "EMAIL_ADDRESS": _email,
    "CN_PASSPORT": _compact_as(_DOCUMENT),
    "CN_TRAVEL_PERMIT": _compact_as(_DOCUMENT),
    "CN_VEHICLE_REGISTRATION": _compact_as(_PLATE),
    "CN_USCC": _compact_as(_USCC),
    "QQ_NUMBER": _compact_as(_QQ),
    "IP_ADDRESS": _ip,
    "MAC_ADDRESS": _mac,
    "BIRTH_DATE": _date,
}

_NEVER: Final = re.compile(r"(?!)")
#: Forms that are canonical beyond doubt.
_PLAIN: Final = {
    "PHONE_NUMBER": re.compile(r"1[3-9]\d{9}", re.ASCII),
    "CN_RESIDENT_ID": _ID,
    "BANK_CARD": _CARD,
    "PERSON": re.compile(rf"{_HAN}+"),
    "EMAIL_ADDRESS": re.compile(r"[A-Za-z0-9._+-]+@[a-z0-9.-]+"),
    "BIRTH_DATE": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    "IP_ADDRESS": re.compile(r"[0-9a-f.:]+"),
    "MAC_ADDRESS": re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"),
    "CN_PASSPORT": _DOCUMENT,
    "CN_TRAVEL_PERMIT": _DOCUMENT,
    "CN_USCC": _USCC,
    "QQ_NUMBER": _QQ,
}
#: The same for a whole column, joined: the lengths of its values and the characters they may hold.
_ONLY_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_PLAIN_COLUMNS: Final = {
    "PHONE_NUMBER": (frozenset({11}), _ONLY_DIGITS),
    "CN_RESIDENT_ID": (frozenset({18}), _ONLY_DIGITS),
    "BANK_CARD": (frozenset(range(13, 20)), _ONLY_DIGITS),
    "PERSON": (frozenset(range(1, 40)), re.compile(rf"{_HAN}+")),
}
_NO_COLUMN: Final = (frozenset[int](), _NEVER)
