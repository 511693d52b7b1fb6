"""Inputs: containers are refused by their first bytes, blocks cut nothing in two."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import sqlite3
import sys
import zipfile
from pathlib import Path

import pytest

from maskkit.errors import InputError
from maskkit.tables.files import open_source

TEXT = "姓名,手机号\r\n王建国,13800138000\r\n𠮷田,说明\r\n"


class Pipe(io.TextIOWrapper):
    """A stdin that is no real file."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))


def containers() -> list[tuple[str, bytes]]:
    workbook = io.BytesIO()
    with zipfile.ZipFile(workbook, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    return [
        ("xlsx", workbook.getvalue()),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)),
        ("Parquet", b"PAR1\x15\x04\x15" + bytes(20) + b"PAR1"),
        ("gzip", gzip.compress(TEXT.encode())),
    ]


@pytest.mark.parametrize(("name", "data"), containers(), ids=[name for name, _ in containers()])
def test_spreadsheets_are_told_how_to_be_saved(name: str, data: bytes, tmp_path: Path) -> None:
    """An .xlsx, .xls, .parquet, .zip or .gz is refused by its content, whatever its name."""
    path = tmp_path / "cases.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as error:
        open_source(path)
    assert error.value.hint == "set the ID, card and phone columns to text, then save as CSV UTF-8"
    assert name in str(error.value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("PDF", b"%PDF-1.7\n"),
        ("xz", lzma.compress(b"x")),
        ("bzip2", bz2.compress(b"x")),
        ("zstd", b"\x28\xb5\x2f\xfd\x00"),
        ("SQLite", b"SQLite format 3\x00"),
    ],
)
def test_other_containers_are_named(name: str, data: bytes, tmp_path: Path) -> None:
    """Other containers are named, with a hint of what to do."""
    (tmp_path / "cases.csv").write_bytes(data)
    with pytest.raises(InputError, match=name) as error:
        open_source(tmp_path / "cases.csv")
    assert error.value.hint


def test_a_real_database_is_refused(tmp_path: Path) -> None:
    """What SQLite itself writes is known by its first bytes."""
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("create table t (a)")
    connection.close()
    with pytest.raises(InputError, match="SQLite"):
        open_source(tmp_path / "x.db")


def test_text_that_begins_like_a_container_is_text(tmp_path: Path) -> None:
    """A header that begins with BZh is no bzip2 file."""
    (tmp_path / "x.csv").write_text("BZhang,b\n", encoding="utf-8")
    with open_source(tmp_path / "x.csv") as source:
        assert list(source.blocks()) == ["BZhang,b\n"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom", "gb18030"])
def test_blocks_join_to_the_text(encoding: str, size: int, tmp_path: Path) -> None:
    """No block ends inside a character or a CRLF, whatever its size, and the hash is that of the bytes."""
    data = b"\xfe\xff" + TEXT.encode("utf-16-be") if encoding == "utf-16-be-bom" else TEXT.encode(encoding)
    (tmp_path / "in.csv").write_bytes(data)
    with open_source(tmp_path / "in.csv") as source:
        blocks = list(source.blocks(size))
        assert source.sha256 == hashlib.sha256(data).hexdigest()
        assert source.position == source.size == len(data)
    assert "".join(blocks) == TEXT
    assert not any(block.endswith("\r") for block in blocks)
    assert all(blocks)


def test_a_last_carriage_return_is_kept(tmp_path: Path) -> None:
    """A lone CR at the very end belongs to the last block."""
    (tmp_path / "in.csv").write_bytes(b"a\r")
    with open_source(tmp_path / "in.csv") as source:
        assert "".join(source.blocks(1)) == "a\r"


def test_head_consumes_nothing(tmp_path: Path) -> None:
    """The head is the beginning of the text; reading it leaves the blocks whole."""
    (tmp_path / "in.csv").write_bytes(TEXT.encode("utf-16"))
    with open_source(tmp_path / "in.csv") as source:
        assert source.head(16) == TEXT[:8]
        assert "".join(source.blocks()) == TEXT


def test_an_empty_file_is_a_text(tmp_path: Path) -> None:
    """An empty file, and one that holds a BOM alone, have no blocks."""
    for data in (b"", b"\xef\xbb\xbf"):
        (tmp_path / "in.csv").write_bytes(data)
        with open_source(tmp_path / "in.csv") as source:
            assert source.head() == ""
            assert list(source.blocks()) == []


def test_stdin_is_read_like_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stdin goes through the same detection, though it cannot be rewound."""
    monkeypatch.setattr(sys, "stdin", Pipe(TEXT.encode("gb18030")))
    with open_source("-") as source:
        assert (source.name, source.path) == ("stdin", None)
        assert source.encoding.codec == "gb18030"
        assert "".join(source.blocks(7)) == TEXT


def test_stdin_may_be_a_container_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gzip file on stdin is refused as one on disk is."""
    monkeypatch.setattr(sys, "stdin", Pipe(gzip.compress(b"x")))
    with pytest.raises(InputError, match="gzip"):
        open_source("-")


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """A missing file and a folder are errors of the input."""
    with pytest.raises(InputError, match="there is no file"):
        open_source(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        open_source(tmp_path)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """Bytes that were not there in the first pass are an error, not a traceback."""
    path = tmp_path / "in.csv"
    path.write_bytes(b"a\n" * 10)
    with open_source(path) as source:
        path.write_bytes(b"\xff\n" * 10)
        with pytest.raises(InputError, match="changed while it was read"):
            list(source.blocks())


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="pipes have no path")
def test_a_pipe_is_spooled() -> None:
    """A pipe can be read only once and still gets a first pass."""
    read, write = os.pipe()
    os.write(write, TEXT.encode("gb18030"))
    os.close(write)
    try:
        with open_source(f"/dev/fd/{read}") as source:
            assert "".join(source.blocks()) == TEXT
    finally:
        os.close(read)
