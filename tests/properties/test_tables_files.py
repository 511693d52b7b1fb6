"""From bytes to bytes: in any encoding nothing is lost in any reader, and any bytes at all are kept or refused."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maskkit.errors import InputError
from maskkit.tables.csv import CsvReader
from maskkit.tables.encoding import Encoding
from maskkit.tables.files import open_source
from maskkit.tables.json import read_json
from maskkit.tables.output import open_output
from maskkit.tables.text import read_lines

ENCODINGS = [
    Encoding("utf-8"),
    Encoding("utf-8", codecs.BOM_UTF8),
    Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", codecs.BOM_UTF16_BE),
    Encoding("gb18030"),
]
TEXTS = st.text(st.sampled_from('王建国電𠮷é,"\r\n\t a1'), max_size=40)
HEADER = "姓名,手机号,身份证号,催收记录\n"


def through(blocks: Iterator[str], reader: str) -> Iterator[str]:
    """The text as a reader of one format gives it back."""
    if reader == "csv":
        for batch in CsvReader(blocks, ",", lenient=True):
            yield batch.render({j: batch.column(j) for j in range(batch.n_columns)}, misfits=batch.misfits)
    elif reader == "json":
        for piece in read_json(blocks, lines=True):
            yield piece.render()
    elif reader == "text":
        for lines in read_lines(blocks):
            yield from lines
    else:
        yield from blocks


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
@pytest.mark.parametrize("reader", ["blocks", "csv", "text"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, size=st.integers(1, 50))
def test_bytes_come_back(encoding: Encoding, reader: str, text: str, size: int, tmp_path: Path) -> None:
    """A file in each encoding is told right and written back byte for byte, whatever the block size."""
    # Without a header two characters could be valid in both UTF-8 and GB18030, and nobody could tell.
    data = encoding.bom + (HEADER + text).encode(encoding.codec)
    (tmp_path / "in").write_bytes(data)
    with open_source(tmp_path / "in") as source, open_output(tmp_path / "out", source, private=True) as out:
        assert source.encoding == encoding
        try:
            for block in through(source.blocks(size), reader):
                out.write(block)
        except InputError:
            assert reader == "csv", "only an unclosed quote may be refused"
            return
        out.commit()
    assert (tmp_path / "out").read_bytes() == data
    assert source.sha256 == out.sha256


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(st.binary(max_size=40), st.lists(st.sampled_from(HEADER.encode("gbk")), max_size=40).map(bytes)),
    bom=st.sampled_from(["", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]),
    reader=st.sampled_from(["blocks", "csv", "json", "text"]),
    encoding=st.sampled_from([None, "utf-8", "gbk", "big5", "cp932", "cp1252", "utf-16-le", "euc_kr", "big5hkscs"]),
)
def test_any_bytes_are_kept_or_refused(
    data: bytes, bom: bytes | str, reader: str, encoding: str | None, tmp_path: Path
) -> None:
    """Whatever the bytes, they come back the same or are refused with an InputError."""
    data = bom + data if isinstance(bom, bytes) else data
    (tmp_path / "in").write_bytes(data)
    try:
        with open_source(tmp_path / "in", encoding) as source:
            text = "".join(through(source.blocks(7), reader))
    except InputError:
        return
    assert source.encoding.bom + text.encode(source.encoding.codec) == data
