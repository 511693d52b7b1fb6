"""JSON: strict, in place, with every leaf's place known."""

from __future__ import annotations

import pytest

from maskkit.errors import InputError
from maskkit.tables.json import JsonBatch, Raw, escape, read_json
from maskkit.tables.jsonlex import DEPTH_LIMIT, Leaf


def one(text: str, *, lines: bool = False) -> JsonBatch:
    (batch,) = read_json([text], lines=lines)
    return batch


def leaf(batch: JsonBatch, value: str) -> Leaf:
    return next(leaf for leaf in batch.leaves if leaf.value == value)


def test_leaves() -> None:
    """Keys and scalars come in order, with path, nearest key and kind; duplicate keys and big numbers as written."""
    batch = one('{"a": {"13800138000": [1.10, "x", true]}, "a": 123456789012345678901234567890, "b": null}')
    assert [(leaf.path, leaf.key, leaf.kind, leaf.value) for leaf in batch.leaves] == [
        (("a",), "a", "key", "a"),
        (("a", "13800138000"), "13800138000", "key", "13800138000"),
        (("a", "13800138000", 0), "13800138000", "number", "1.10"),
        (("a", "13800138000", 1), "13800138000", "string", "x"),
        (("a", "13800138000", 2), "13800138000", "bool", "true"),
        (("a",), "a", "key", "a"),
        (("a",), "a", "number", "123456789012345678901234567890"),
        (("b",), "b", "key", "b"),
        (("b",), "b", "null", "null"),
    ]


@pytest.mark.parametrize(
    ("text", "lines", "records"),
    [
        ('"a"', False, [0]),
        ('{"a": 1, "b": 2}', False, [0, 0, 0, 0]),
        ('["a", ["b", "c"], {"d": ["e"]}]', False, [1, 2, 2, 3, 3]),
        ('{"n": 1, "data": [{"a": 1}, {"a": [2, 3]}], "m": [4]}', False, [0, 0, 0, 1, 1, 2, 2, 2, 0, 3]),
        ('{"a": [1, 2]}\n[3, 4]\n\n5\n', True, [1, 1, 1, 2, 2, 3]),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_records(text: str, lines: bool, records: list[int], size: int) -> None:
    """An element of the outermost array is a record, or a line; what stands outside of any array is record 0."""
    blocks = [text[i : i + size] for i in range(0, len(text), size)]
    assert [leaf.record for batch in read_json(blocks, lines=lines) for leaf in batch.leaves] == records


def test_batches_hold_whole_records() -> None:
    """A record is cut only when it is longer than a record may be, and then after an object or array in it."""
    text = '[{"a": [1], "b": {"c": 2}}, {"d": 3}]'
    whole = list(read_json(text))
    assert [batch.text for batch in whole] == ['[{"a": [1], "b": {"c": 2}}', ', {"d": 3}', "]"]
    parts = list(read_json(text, record_size=5))
    assert [batch.text for batch in parts] == ['[{"a": [1]', ', "b": {"c": 2}', "}", ', {"d": 3}', "]"]
    assert [leaf.record for batch in parts for leaf in batch.leaves] == [1, 1, 1, 1, 1, 2, 2]


def test_memory_stays_flat() -> None:
    """One object of a million members is handed out in parts."""
    blocks = ['{"data": {', *(f'"{i}": {{"a": [{i}]}},' for i in range(20_000)), '"x": 1}}']
    sizes = [len(batch.text) for batch in read_json(blocks, record_size=1000)]
    assert max(sizes) < 1100
    assert sum(sizes) == sum(map(len, blocks))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: there is no value"),
        ('{\n  "a": nan}', "line 2, column 8: something that is not JSON"),
        ('{"a": NaN}', "line 1, column 7: NaN is not JSON"),
        ("[Infinity]", "line 1, column 2: Infinity is not JSON"),
        ("[-Infinity]", "line 1, column 2: -Infinity is not JSON"),
        ('["\\ud800"]', "line 1, column 2: a string with a lone surrogate escape"),
        ('["\\udc00\\ud800"]', "line 1, column 2: a string with a lone surrogate escape"),
        ('{"\\ud83d": 1}', "line 1, column 2: a string with a lone surrogate escape"),
        ('["a\nb"]', "line 1, column 4: a control character in a string"),
        ('["a\\x"]', "line 1, column 4: a wrong escape in a string"),
        ('["a\\u12"]', "line 1, column 4: a wrong escape in a string"),
        ('["abc', "line 1, column 2: a string that is never closed"),
        ("[1, 2", "line 1, column 6: the file ends before the value does"),
        ('{"a"}', "line 1, column 5: a colon is missing"),
        ("[1 2]", "line 1, column 4: a comma or a closing bracket is missing"),
        ("[1,]", "line 1, column 4: a value is missing"),
        ('{"a": 1,}', "line 1, column 9: a key is missing"),
        ("{1: 2}", "line 1, column 2: a key or } is missing"),
        ("[1}", "line 1, column 3: a comma or a closing bracket is missing"),
        ("[01]", "line 1, column 3: a comma or a closing bracket is missing"),
        ("1 2", "line 1, column 3: there is something after the end of the value"),
        ("]", "line 1, column 1: a value is missing"),
        ("[+1]", "line 1, column 2: something that is not JSON"),
        ("[1.]", "line 1, column 3: something that is not JSON"),
        ("\ufeff[]", "line 1, column 1: something that is not JSON"),
        ("{'a': 1}", "line 1, column 2: something that is not JSON"),
        ("[" * (DEPTH_LIMIT + 1), f"column {DEPTH_LIMIT + 1}: more than {DEPTH_LIMIT} objects and arrays"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_errors_name_line_and_column(text: str, message: str, size: int) -> None:
    """What is not JSON is refused with its place, without what stands there, wherever the blocks are cut."""
    with pytest.raises(InputError) as error:
        list(read_json([text[i : i + size] for i in range(0, len(text), size)]))
    assert message in str(error.value)
    assert error.value.__cause__ is None


def test_lines_and_depth() -> None:
    """JSONL may be empty, holds one value a line, and names the line of an error; the depth limit itself is allowed."""
    assert list(read_json([], lines=True)) == []
    assert one("\n", lines=True).render() == "\n"
    with pytest.raises(InputError, match="line 2, column 4: two values in one line"):
        list(read_json(["{}\n{} {}\n"], lines=True))
    with pytest.raises(InputError, match="line 3, column 2: a key or } is missing"):
        list(read_json(["{}\n", "{}\n", "{", "1}"], lines=True))
    assert one("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT).leaves == []


def test_a_value_without_an_end() -> None:
    """A string that goes on and on is given up at the limit, not at the end of the file."""
    blocks = iter(['["', *["x" * 100] * 50])
    with pytest.raises(InputError, match="more than 1000 characters"):
        list(read_json(blocks, value_limit=1000))
    assert next(blocks)


@pytest.mark.parametrize(
    ("raw", "new", "written"),
    [
        ('"王"', "李", '"李"'),
        ('"\\u738b"', "李", '"\\u674e"'),
        ('"\\u738b"', "PH_abc", '"PH_abc"'),
        ('"a"', "李", '"李"'),
        ('"a"', 'q"\\\n\x01', '"q\\"\\\\\\n\\u0001"'),
        ("13800138000", "PH_abc", '"PH_abc"'),
        ("null", "x", '"x"'),
    ],
)
def test_replaced_leaves(raw: str, new: str, written: str) -> None:
    """A leaf becomes a string that is written in the leaf's own style."""
    batch = one(f'[{raw} , {{"k":{raw}}}]')
    for found in batch.leaves:
        if found.kind != "key":
            batch.replace(found, new)
    assert batch.render() == f'[{written} , {{"k":{written}}}]'


def test_keys_are_replaced() -> None:
    """A key that is a phone number can be replaced like a value."""
    batch = one('{"13800138000" : "13800138000"}')
    batch.replace(batch.leaves[0], "PH_abc")
    assert batch.render() == '{"PH_abc" : "13800138000"}'


def test_raw_literals() -> None:
    """A string can become the bare number that it was; what is no literal is refused."""
    batch = one('{"a": "PH_abc"}')
    batch.replace_raw(batch.leaves[1], "13800138000")
    assert batch.render() == '{"a": 13800138000}'
    for found, literal in ((1, "01"), (1, "1, 2"), (1, '"'), (0, "1"), (1, "")):
        with pytest.raises(ValueError, match="no JSON literal"):
            batch.replace_raw(batch.leaves[found], literal)


def test_spliced_strings() -> None:
    """Parts are given in decoded characters; every other byte of the literal stays, escapes in any style included."""
    raw = r'["\u738B\/\ud842\udfb7 x 13800138000\u002c\t𠮷 李"]'
    batch = one(raw)
    text = batch.leaves[0].value
    assert text == "王/𠮷 x 13800138000,\t𠮷 李"
    start = text.index("138")
    assert batch.raw_slice(batch.leaves[0], 0, 3) == r"\u738B\/\ud842\udfb7"
    assert batch.raw_slice(batch.leaves[0], start, start + 12) == r"13800138000\u002c"
    batch.splice(
        batch.leaves[0], [(0, 1, "李"), (2, 3, Raw(r"\u738B")), (start, start + 11, 'T"'), (len(text), len(text), "!")]
    )
    assert batch.render() == r'["李\/\u738B x T\"\u002c\t𠮷 李!"]'
    with pytest.raises(ValueError, match="no part of a JSON string"):
        batch.splice(batch.leaves[0], [(0, 1, Raw('"'))])


def test_escape() -> None:
    """Text is escaped as a serializer would, in either style."""
    assert escape('王"𠮷\n') == '王\\"𠮷\\n'
    assert escape("王𠮷", ascii_only=True) == r"\u738b\ud842\udfb7"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"p":"1"}', '{"p":"1","p_token":"T"}'),
        ('{"p": "1"}', '{"p": "1", "p_token": "T"}'),
        ('{"p":"1","q":2}', '{"p":"1","p_token":"T","q":2}'),
        ('{"p": "1", "q": 2}', '{"p": "1", "p_token": "T", "q": 2}'),
        ('{"o": 0, "p": "1"}', '{"o": 0, "p": "1", "p_token": "T"}'),
        ('{"o" : 0 ,"p" : "1" }', '{"o" : 0 ,"p" : "1","p_token" : "T" }'),
        ('{\n  "p": "1"\n}', '{\n  "p": "1",\n  "p_token": "T"\n}'),
        ('{\n\t"o": 0,\n\t"p": "1"\n}', '{\n\t"o": 0,\n\t"p": "1",\n\t"p_token": "T"\n}'),
    ],
)
def test_inserted_members(text: str, expected: str) -> None:
    """A sibling is spaced as its object is, and dropping it brings the bytes back."""
    batch = one(text)
    batch.insert(leaf(batch, "1"), "_token", "T")
    assert batch.render() == expected
    back = one(expected)
    back.drop(leaf(back, "T"))
    assert back.render() == text


def test_inserted_keys_keep_their_escapes() -> None:
    """The sibling's key is written as the key is; insert goes together with replace."""
    batch = one(r'{"\u624b\u673a": 13800138000}')
    batch.insert(batch.leaves[1], "_token", "T")
    batch.replace(batch.leaves[1], "138****8000")
    assert batch.render() == r'{"\u624b\u673a": "138****8000", "\u624b\u673a_token": "T"}'


def test_what_has_no_sibling() -> None:
    """An element of an array has no key to name a sibling by; a first member has no comma to go with it."""
    batch = one('["a", {"b": "c"}]')
    with pytest.raises(ValueError, match="only a member"):
        batch.insert(leaf(batch, "a"), "_token", "T")
    with pytest.raises(ValueError, match="another before it"):
        batch.drop(leaf(batch, "c"))


def test_a_leaf_does_not_show_its_value() -> None:
    """Neither value nor key stands in a leaf's repr."""
    assert "13800138000" not in repr(one('{"13800138000": "13800138000"}').leaves)


def test_a_string_of_many_values() -> None:
    """Parts of one long string with escapes are asked for one by one in linear time."""
    batch = one('"' + r"\n13800138000" * 100_000 + '"')
    text = batch.leaves[0]
    assert {batch.raw_slice(text, start, start + 12) for start in range(0, len(text.value), 12)} == {r"\n13800138000"}
