"""Outputs: whole or not at all, never the input, in the encoding of the source."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from pathlib import Path

import pytest

from maskkit.errors import InputError, UsageError
from maskkit.tables.encoding import Encoding
from maskkit.tables.files import Source, open_source
from maskkit.tables.output import open_output

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "in.csv").write_bytes("王,1\n".encode("utf-8-sig"))
    source = open_source(tmp_path / "in.csv")
    source.close()
    return source


class Stdout(io.TextIOWrapper):
    """A stdout that is kept, and may say that it is a terminal."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8") -> None:
        self.kept = io.BytesIO()
        self.kept.isatty = lambda: terminal  # type: ignore[method-assign]
        super().__init__(self.kept, encoding=encoding)


def test_a_file_is_there_after_commit_only(source: Source, tmp_path: Path) -> None:
    """Until commit the old file stands; afterwards the new one, and nothing else in the folder."""
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")
    with open_output(target, source, private=False) as out:
        out.write("李,2\n")
        assert target.read_text(encoding="utf-8") == "old"
        assert "".join(out.reread(3)) == "李,2\n"
        out.write("x")
        out.commit()
    data = "李,2\nx".encode("utf-8-sig")
    assert target.read_bytes() == data
    assert out.sha256 == hashlib.sha256(data).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_nothing(error: type[BaseException], source: Source, tmp_path: Path) -> None:
    """Whatever ends the work before commit, the part file is removed and the old file stands."""
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")

    def work() -> None:
        with open_output(tmp_path / "out.csv", source, private=True) as out:
            out.write("half")
            raise error

    with pytest.raises(error):
        work()
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@POSIX
def test_modes(source: Source, tmp_path: Path) -> None:
    """Masked files get what the umask gives, unmasked ones are 0600 from the first byte, replaced files included."""
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")
    (tmp_path / "out.csv").chmod(0o644)
    umask = os.umask(0o027)
    try:
        for private, mode in ((False, 0o640), (True, 0o600)):
            with open_output(tmp_path / "out.csv", source, private=private) as out:
                (part,) = tmp_path.glob("*.part")
                assert stat.S_IMODE(part.stat().st_mode) == mode
                out.commit()
            assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == mode
    finally:
        os.umask(umask)


@pytest.mark.parametrize("how", ["same", "relative", "symlink", "hardlink", "folder link"])
def test_the_output_is_the_input(how: str, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The input is recognised by any path and never written to."""
    target = tmp_path / "other.csv"
    if how == "same":
        target = tmp_path / "in.csv"
    elif how == "relative":
        (tmp_path / "sub").mkdir()
        monkeypatch.chdir(tmp_path / "sub")
        target = Path("../in.csv")
    elif how == "symlink":
        target.symlink_to(tmp_path / "in.csv")
    elif how == "hardlink":
        target.hardlink_to(tmp_path / "in.csv")
    else:
        (tmp_path / "sub").symlink_to(tmp_path)
        target = tmp_path / "sub" / "in.csv"
    with pytest.raises(UsageError, match="is the input"):
        open_output(target, source, private=False)
    assert (tmp_path / "in.csv").read_bytes() == "王,1\n".encode("utf-8-sig")


def test_redirected_stdin_and_stdout_are_seen_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`maskkit mask - -o FILE < FILE` and `maskkit mask FILE >> FILE` would eat their own input."""
    path = tmp_path / "in.csv"
    path.write_text("a\n", encoding="utf-8")
    with path.open(encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with open_source("-") as source, pytest.raises(UsageError, match="is the input"):
            open_output(path, source, private=False)
    with path.open("a", encoding="utf-8") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        with open_source(path) as source, pytest.raises(UsageError, match="is the input"):
            open_output(None, source, private=False)


def test_nothing_is_there_before_it_is_entered(source: Source, tmp_path: Path) -> None:
    """The part file is made where leaving removes it: a signal in between finds none."""
    before = set(tmp_path.iterdir())
    open_output(tmp_path / "out.csv", source, private=False)
    assert set(tmp_path.iterdir()) == before


def test_a_link_is_followed(source: Source, tmp_path: Path) -> None:
    """An output that is a symbolic link replaces the file it points to."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "sub" / "real.csv")
    with open_output(tmp_path / "link.csv", source, private=False) as out:
        out.write("x")
        out.commit()
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "sub" / "real.csv").read_bytes() == b"\xef\xbb\xbfx"


def test_what_cannot_be_written(source: Source, tmp_path: Path) -> None:
    """A missing folder and a folder in the file's place are errors of the input."""
    with pytest.raises(InputError, match="there is no folder"):
        open_output(tmp_path / "none" / "out.csv", source, private=False)
    with pytest.raises(InputError, match="is a folder"):
        open_output(tmp_path, source, private=False)


def test_a_character_that_the_encoding_has_not(source: Source, tmp_path: Path) -> None:
    """A restored value that Big5 cannot hold is named as such, without the value."""
    source.encoding = Encoding("big5")
    with open_output(tmp_path / "out.csv", source, private=True) as out, pytest.raises(InputError) as error:
        out.write("这")
    assert "这" not in str(error.value)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there is no such device")
def test_a_device_is_written_to_and_not_replaced(source: Source) -> None:
    """`-o /dev/null` leaves the device what it is."""
    for spool in (False, True):
        with open_output("/dev/null", source, private=True, spool=spool) as out:
            out.write("x")
            out.commit()
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("path", [None, "-"])
@pytest.mark.parametrize("spool", [False, True])
def test_stdout(path: str | None, spool: bool, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stdout gets the bytes of the source's encoding; spooled, it gets nothing before commit, and can be reread."""
    stdout = Stdout()
    monkeypatch.setattr(sys, "stdout", stdout)
    with open_output(path, source, private=False, spool=spool) as out:
        out.write("李")
        if spool:
            assert stdout.kept.getvalue() == b""
            assert "".join(out.reread()) == "李"
        out.commit()
    assert stdout.kept.getvalue() == "李".encode("utf-8-sig")


def test_a_spool_that_is_not_committed(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed its check never reaches stdout."""
    stdout = Stdout()
    monkeypatch.setattr(sys, "stdout", stdout)
    with open_output(None, source, private=False, spool=True) as out:
        out.write("李")
    assert stdout.kept.getvalue() == b""


def test_a_terminal_of_another_encoding(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets only what it can show."""
    monkeypatch.setattr(sys, "stdout", Stdout(terminal=True))
    with open_output(None, source, private=False) as out:
        out.commit()
    source.encoding = Encoding("gb18030")
    with pytest.raises(UsageError, match="terminal"):
        open_output(None, source, private=False)
