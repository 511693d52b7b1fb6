"""Finding display masks in a text, so that what is masked already is left alone.

Only exactly the forms that the operators write count: ``王**建国`` and ``138****56789`` are none. Masks that touch
(``王**138****5678``) count where the row of them as a whole stands free. A name's mask right after a Han character is
left out: 王建国** may be a name in a markup of stars, and to take its last character for a mask would show the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from maskkit.masks.forms import COMPOUND_SURNAMES, FULL, MAIL_DOMAINS
from maskkit.masks.regions import shown, shown_before
from maskkit.model import ENTITIES, FIELD_ENTITIES

_HAN: Final = r"\u3400-\u9fff\U00020000-\U0003ffff"
_DOMAINS: Final = "|".join(map(re.escape, sorted(MAIL_DOMAINS, key=len, reverse=True)))
#: How many stars stand first in a row -> how many characters may stand before them, and the forms.
_FORMS: Final[dict[int, tuple[int, tuple[str, ...]]]] = {
    1: (
        10,
        (
            r"[0-9]{1,3}\.[0-9]{1,3}\.\*\.\*(?!\.)",
            r"(?<!:)[0-9a-f]{1,4}:[0-9a-f]{1,4}:\*(?!:)",
        ),
    ),
    2: (
        9,
        (
            r"(?:[0-9A-Fa-f]{2}:){3}\*\*:\*\*:\*\*(?!:)",
            r"[0-9]{4}-\*\*-\*\*(?!-)",
        ),
    ),
    3: (
        2,
        (
            rf"[A-Za-z0-9]?\*{{3}}@(?:(?:{_DOMAINS})(?![.\-][A-Za-z0-9])|\*{{3}})",
            r"[\u4e00-\u9fff][A-Z]\*{3}[0-9A-Z][0-9A-Z挂学警港澳领试超]",
            r"[A-Za-z0-9]\*{3}[A-Za-z0-9_-]{2}",
        ),
    ),
    4: (
        5,
        (
            r"1[0-9]{2}\*{4}[0-9]{4}",
            r"0[0-9]{2,3}-\*{4}[0-9]{3,4}",
            r"\+[0-9]{1,3} \*{4}[0-9]{3,4}",
            r"[0-9]{4} \*{4} \*{4} [0-9]{4}",
            r"[0-9A-Z]?\*{4}[0-9A-Z]{4}",
            r"\*{4}[0-9]{3}",
        ),
    ),
    10: (
        4,
        (r"[0-9A-Z]{4}\*{10}[0-9A-Z]{4}",),
    ),
}
#: What is a mask only as far as nothing goes on with it.
_LOOSE: Final = {2: rf"|(?P<name>[A-Za-z{_HAN}]\*\*)", 3: r"|(?<!\w)\*{3}(?![\w@])"}
#: What else the operators write: a keyed hash, and the entity's name in angle brackets.
_MARKS: Final = rf"hash_[a-z2-7]{{28}}|<(?:{'|'.join(ENTITIES + FIELD_ENTITIES)})>"

_WHOLE: Final = re.compile(
    "|".join(
        (
            *(form for _, forms in _FORMS.values() for form in forms),
            _MARKS,
            rf"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[A-Za-z{_HAN}])\*\*",
            r"\*{3}",
        )
    )
)
_LONGEST: Final = 256

_STARS: Final = re.compile(r"\*+")
_MARK: Final = re.compile(_MARKS)
_BY_STARS: Final = {
    stars: (before, re.compile("|".join(forms) + _LOOSE.get(stars, ""))) for stars, (before, forms) in _FORMS.items()
}
_REGION_ENDINGS: Final = tuple("省市区县旗州盟")
_AFTER_STARS: Final = 24


def is_mask(text: str) -> bool:
    """Tell whether the whole of `text` is one display mask."""
    if len(text) > _LONGEST or not ("*" in text or text[:1] in tuple("h<")):
        return False
    if _WHOLE.fullmatch(text):
        return True
    return text.endswith(FULL) and shown(text) + FULL == text


def find_masks(text: str) -> list[tuple[int, int]]:
    """Return where display masks stand in `text`: half-open spans, sorted, disjoint."""
    found = list(_starred(text)) if "*" in text else []
    if "hash_" in text or "<" in text:
        found += [(*mark.span(), False) for mark in _MARK.finditer(text)]
        found.sort()
    return list(_free(text, found))


def _starred(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, is a name's) of what has a mask's form, whatever stands beside it."""
    at = last = 0
    for stars in _STARS.finditer(text):
        before_stars = last
        first, last = stars.span()
        if first < at:
            continue
        if last - first == len(FULL) and text[first - 1 : first] in _REGION_ENDINGS:
            begin = shown_before(text, max(at, before_stars), first)
            if begin < first:
                yield begin, last, False
                at = last
                continue
        if last - first not in _BY_STARS:
            continue
        before, forms = _BY_STARS[last - first]
        found = forms.search(text, max(at, first - before), last + _AFTER_STARS)
        if found is None or found.start() > first:
            continue
        start, at = found.span()
        name = found.lastgroup is not None
        yield start - (name and text[start - 1 : start + 1] in COMPOUND_SURNAMES), at, name


def _free(text: str, found: list[tuple[int, int, bool]]) -> Iterator[tuple[int, int]]:
    """Yield those of `found` that stand free, alone or in a row of them that touch."""
    row: list[tuple[int, int, bool]] = []
    for number, mask in enumerate(found):
        row.append(mask)
        if number + 1 < len(found) and found[number + 1][0] == mask[1]:
            continue
        start, _, first_is_name = row[0]
        _, end, last_is_name = mask
        before, after = text[start - 1 : start], text[end : end + 1]
        # 1101…002X** is no name that begins with X.
        of_number = first_is_name and before.isascii() and before.isalnum()
        if not (of_number or _joined(before, text[start]) or _continued(text[end - 1], after, last_is_name)):
            doubtful = first_is_name and before.isalpha()
            yield from (place[:2] for place in row[doubtful:])
        row = []


def _joined(left: str, right: str) -> bool:
    """Tell whether two neighbouring characters make one number, one Latin word or one row of stars."""
    if not left or "*" in left + right:
        return left == "*" or (right == "*" and left.isascii() and left.isalnum())
    return (
        left.isascii()
        and right.isascii()
        and ((left.isdigit() and right.isdigit()) or (left.isalpha() and right.isalpha()))
    )


def _continued(last: str, following: str, name: bool) -> bool:
    """Tell whether what follows a mask goes on with it: for a name any letter or middle dot may be its rest."""
    if last == "*":
        return following == "*" or (name and (following.isalpha() or following in tuple("·•・")))
    return _joined(last, following) if following else False
