"""Every JSON literal that is masked comes back byte for byte, whatever it is taken for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from filejobs import quick_masker, round_trip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maskkit import Keyset, Masker
from maskkit.model import ENTITIES, FIELD_ENTITIES

EVERY = (*ENTITIES, *FIELD_ENTITIES)

NUMBERS = st.one_of(
    st.sampled_from(
        """
        0 -0 1 35 120 1900 1990 2024 199003 19900307 199003071 1.0 0.5 -5 -5e1 1E5 1e400 1E+2 2e-3 -0.0E-0 1990.3
        13800138000 -13800138000 1.38e10 13800138000.0 8613800138000 1380013800 62213911 95588 700123456789012
        110105194912310021 11010519491231002 1101051949123100211 110105491231002 6222021234567890123 1e16
        123456789012345678
        """.split()
    ),
    st.from_regex(r"-?(?:0|[1-9][0-9]{0,24})(?:\.[0-9]{1,8})?(?:[eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{9,18}", fullmatch=True),
)

CORES = st.one_of(
    st.sampled_from(
        """
        6 － 1990-03-07 1990年3月7日 1990 13800138000 138-0013-8000 +86（021）3122-1234 110105194912310021
        11010519491231002x 王建国 买买提·吐尔逊 a@QQ.com A@b aa:bb:cc:dd:ee:ff AABBCCDDEEFF ="1" 'x \\ /
        京A·12345 京a12345 35岁 [] {} null
        """.split()
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    st.text('0123456789-/.年月日@:xX+" ', min_size=1, max_size=19),
)


def written(char: str, way: int) -> str:
    """Return a character of a JSON string in one of the ways in which it may be written."""
    units = char.encode("utf-16-be")
    codes = [units[k : k + 2].hex() for k in range(0, len(units), 2)]
    short = json.dumps(char, ensure_ascii=False)[1:-1]
    ways = (short, short, "".join(rf"\u{code}" for code in codes), "".join(rf"\u{code.upper()}" for code in codes))
    return r"\/" if char == "/" and way == 0 else ways[way]


@st.composite
def strings(draw: st.DrawFn) -> str:
    """Draw a JSON string, full-width or not, with escapes in any style, mixed too."""
    core = draw(CORES)
    if draw(st.booleans()):
        core = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in core)
    way = draw(st.sampled_from((0, 1, 2, 3, None)))
    ways = [way if way is not None else draw(st.integers(0, 3)) for _ in core]
    return '"' + "".join(written(char, one) for char, one in zip(core, ways, strict=True)) + '"'


@pytest.fixture(scope="module", params=["tokens", "agency"])
def masker(request: pytest.FixtureRequest, keyset: Keyset, tmp_path_factory: pytest.TempPathFactory) -> Masker:
    """A masker with a field of every entity, called by its name."""
    fields = "".join(f"  {entity}: {{as: {entity}}}\n" for entity in EVERY)
    path = tmp_path_factory.mktemp("policy") / "every.yaml"
    path.write_text(f"extends: {request.param}\nnames: off\nfields:\n{fields}", encoding="utf-8")
    return Masker(path, keyset=keyset, tenant="agency-a")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.one_of(NUMBERS, NUMBERS, strings()), min_size=4, max_size=12))
def test_every_literal_comes_back(masker: Masker, tmp_path: Path, literals: list[str]) -> None:
    """Numbers of every form and strings with escapes of every style, in a field of every entity."""
    records = [f'{{"{entity}": {literal}}}' for literal in literals for entity in EVERY]
    data = f"[{','.join(records)}]".encode()
    trip = round_trip(masker, tmp_path, "a.json", data)
    assert trip.restored == data
    assert not trip.unmask.left
    json.loads(trip.masked)


def test_short_dates_and_numbers(keyset: Keyset, tmp_path: Path) -> None:
    """Numbers and characters in a date's field that are no date come back as they were, and they do not show."""
    data = r'{"生日":[1900,1,35,1.0,-5e1,0.5,1E5,199003,1e400,19900307,"\uff16","1990-03-07"]}'.encode()
    trip = round_trip(quick_masker(keyset), tmp_path, "a.json", data)
    assert trip.restored == data
    assert len(re.findall(rb"bd_", trip.masked)) == 12
