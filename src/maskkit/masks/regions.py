"""How much of an address a display mask shows: from the province to the district, never further.

Only the names in rules/cn/divisions.yaml are shown, each right behind the one before it: whatever else ends in 区, 县
or 市 may be an estate, a person or a number spelled out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from maskkit.data import lexicon
from maskkit.errors import RuleError

#: Autonomous and special regions by the short name that people write.
_REGIONS_SHORT: Final = ("内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门")
_ALL_DISTRICTS: Final = "市辖区"
#: More than any row of names has.
_LONGEST: Final = 48

#: Names by their first two characters, longest first.
_Names = Mapping[str, tuple[str, ...]]


class Region(NamedTuple):
    """The parts of an address that may be told; each is empty where it does not stand there."""

    province: str = ""
    city: str = ""
    district: str = ""


class _Divisions(NamedTuple):
    provinces: _Names
    provinces_short: _Names
    cities: _Names
    cities_short: _Names
    districts: _Names
    beginnings: frozenset[str]


class _Parts(NamedTuple):
    """Where the parts of an address end; what does not stand there ends where the one before it does."""

    province: int
    city: int
    before_district: int
    end: int


def region(address: str) -> Region:
    """Return province, city and district that `address` begins with."""
    parts = _parts(address, 0)
    return Region(
        address[: parts.province], address[parts.province : parts.city], address[parts.before_district : parts.end]
    )


def shown(address: str) -> str:
    """Return the beginning of `address` to its district: what a display mask leaves to be seen."""
    return address[: _parts(address, 0).end]


def shown_before(text: str, start: int, end: int) -> int:
    """Return where in ``text[start:end]`` what `shown` may leave begins so as to end at `end`; `end` for nowhere."""
    beginnings = _divisions().beginnings
    for begin in range(max(start, end - _LONGEST), end):
        if text[begin : begin + 2] in beginnings and _parts(text, begin).end == end:
            return begin
    return end


def _parts(text: str, start: int) -> _Parts:
    known = _divisions()
    province = _name_end(known.provinces, text, start)
    if province == start:
        short = _name_end(known.provinces_short, text, start)
        # 广东 before a city or a district: 江西路 is a street.
        if short > start and max(_city_end(known, text, short), _name_end(known.districts, text, short)) > short:
            province = short
    city = _city_end(known, text, province)
    at = city
    if at > start and text.startswith(_ALL_DISTRICTS, at):
        at += len(_ALL_DISTRICTS)
    return _Parts(province, city, at, _name_end(known.districts, text, at))


def _city_end(known: _Divisions, text: str, start: int) -> int:
    end = _name_end(known.cities, text, start)
    if end == start:
        short = _name_end(known.cities_short, text, start)
        # 深圳 only before a district: 南京路 is a street.
        if short > start and _name_end(known.districts, text, short) > short:
            end = short
    return end


def _name_end(names: _Names, text: str, start: int) -> int:
    """Return where the longest of `names` that begins at `start` ends; `start` for none."""
    for name in names.get(text[start : start + 2], ()):
        if text.startswith(name, start):
            return start + len(name)
    return start


@cache
def _divisions() -> _Divisions:
    # Read when the first address comes: most programs that mask never see one.
    data = lexicon("divisions")
    try:
        provinces, cities, districts = (data[key].split() for key in ("provinces", "prefectures", "counties"))
    except (KeyError, AttributeError):
        raise RuleError("rules/cn/divisions.yaml: cannot be read") from None
    levels = (
        _by_beginning(provinces),
        _by_beginning([*_REGIONS_SHORT, *(name[:-1] for name in provinces if name[-1] in "省市")]),
        _by_beginning(cities),
        _by_beginning(name[:-1] for name in cities if name[-1] == "市"),
        _by_beginning(districts),
    )
    return _Divisions(*levels, frozenset[str]().union(*levels))


def _by_beginning(names: Iterable[str]) -> _Names:
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        found[name[:2]].append(name)
    return {beginning: tuple(some) for beginning, some in found.items()}
