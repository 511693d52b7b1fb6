"""JSON in place: what is not changed keeps its bytes, values are Python's, and no way of cutting the input matters."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from maskkit.errors import InputError
from maskkit.tables.json import JsonBatch, Raw, read_json

CHARS = st.sampled_from('a"\\/王𠮷\n\x7f\u2028 1')
TEXTS = st.text(CHARS, max_size=6)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A JSON text in one of the styles that serializers write."""
    return json.dumps(
        draw(VALUES),
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, None, 1, "\t"])),
        separators=draw(st.sampled_from([None, (",", ":"), (" ,\r\n", " : ")])),
    )


def cut(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def batches(text: str, size: int, *, record_size: int = 1 << 20, lines: bool = False) -> list[JsonBatch]:
    return list(read_json(cut(text, size), record_size=record_size, lines=lines))


def flat(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], str]]:
    """What json.loads says of keys and scalars, in order."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in [((*path, key), key), *flat(value[key], (*path, key))]]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in flat(item, (*path, i))]
    return [(path, value if isinstance(value, str) else json.dumps(value))]


@given(files(), st.integers(1, 20), st.sampled_from([1, 10, 1 << 20]))
def test_leaves_are_those_of_json_loads(text: str, size: int, record_size: int) -> None:
    """Paths and values of all leaves are Python's, and rendering gives the text back."""
    found = batches(text, size, record_size=record_size)
    assert "".join(batch.render() for batch in found) == text
    leaves = [leaf for batch in found for leaf in batch.leaves]
    assert [(leaf.path, leaf.value) for leaf in leaves] == flat(json.loads(text))
    assert all(text[leaf.start : leaf.end] == batch.raw(leaf) for batch in found for leaf in batch.leaves)


@given(st.lists(files().filter(lambda text: "\n" not in text), max_size=5), st.integers(1, 20), st.booleans())
def test_json_lines(values: list[str], size: int, end: bool) -> None:
    """Every line is a record; blank lines and a missing last line end are kept."""
    text = "\r\n\n".join(values) + ("\n" if end else "")
    found = batches(text, size, lines=True)
    assert "".join(batch.render() for batch in found) == text
    assert [(leaf.record, leaf.path, leaf.value) for batch in found for leaf in batch.leaves] == [
        (i, *leaf) for i, value in enumerate(values, 1) for leaf in flat(json.loads(value))
    ]


@given(st.text(st.sampled_from('{}[]:,"\\u12d8e0. -+truefalsnNIiy\n王'), max_size=14), st.integers(1, 5))
def test_strict_as_the_standard(text: str, size: int) -> None:
    """Accepted is what json.loads accepts, without NaN, Infinity and lone surrogates; whatever the block size."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        json.dumps(json.loads(text, parse_constant=refuse), ensure_ascii=False).encode()
        expected = True
    except ValueError:
        expected = False
    outcomes = []
    for n in (size, 1000):
        try:
            outcomes.append("".join(batch.render() for batch in batches(text, n)))
        except InputError as error:
            outcomes.append(f"error: {error}")
    assert outcomes[0] == outcomes[1]
    assert (outcomes[0] == text) == expected


@given(files(), st.integers(1, 20), st.sampled_from([1, 1 << 20]))
def test_dropping_what_was_inserted_brings_the_bytes_back(text: str, size: int, record_size: int) -> None:
    """Insert a sibling after every member, drop it again: the same text, however it is cut."""
    out = []
    for batch in batches(text, size, record_size=record_size):
        for leaf in filter(lambda leaf: leaf.is_member, batch.leaves):
            batch.insert(leaf, "_token\x00", "PH_x")
        out.append(batch.render())
    widened = "".join(out)
    json.loads(widened)
    back = []
    for batch in batches(widened, size, record_size=record_size):
        for leaf in filter(lambda leaf: leaf.is_member, batch.leaves):
            if leaf.key is not None and leaf.key.endswith("_token\x00"):
                batch.drop(leaf)
        back.append(batch.render())
    assert "".join(back) == text
    if size > 1:
        assert widened == "".join(_inserted(text, size - 1))


def _inserted(text: str, size: int) -> list[str]:
    out = []
    for batch in batches(text, size):
        for leaf in filter(lambda leaf: leaf.is_member, batch.leaves):
            batch.insert(leaf, "_token\x00", "PH_x")
        out.append(batch.render())
    return out


@given(files(), st.data())
def test_spliced_parts(text: str, data: st.DataObject) -> None:
    """A part replaced and put back raw gives the same bytes; replaced by text it reads as that text."""
    (batch,) = batches(text, 1 << 20)
    expected, changed = [], []
    for leaf in batch.leaves:
        if leaf.kind != "string":
            continue
        start = data.draw(st.integers(0, len(leaf.value)))
        end = data.draw(st.integers(start, len(leaf.value)))
        new = data.draw(TEXTS)
        changed.append((leaf, start, end, new, batch.raw_slice(leaf, start, end)))
        expected.append(leaf.value[:start] + new + leaf.value[end:])
        batch.splice(leaf, [(start, end, new)])
    edited = batch.render()
    (after,) = batches(edited, 1 << 20)
    strings = [leaf for leaf in after.leaves if leaf.kind == "string"]
    assert [leaf.value for leaf in strings] == expected
    for leaf, (_, start, _, new, raw) in zip(strings, changed, strict=True):
        after.splice(leaf, [(start, start + len(new), Raw(raw))])
    assert after.render() == text
