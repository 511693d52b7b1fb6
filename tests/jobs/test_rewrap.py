"""Moving the tokens of a file to the primary key."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import threading
from pathlib import Path

import pytest
from filejobs import quick_masker

from maskkit import Keyset
from maskkit.errors import InputError, UsageError
from maskkit.jobs import rewrap as module
from maskkit.jobs.mask import MaskOptions, mask_file
from maskkit.jobs.rewrap import rewrap_file
from maskkit.jobs.unmask import unmask_file
from maskkit.keys import lifecycle
from maskkit.operators.token import TokenOperator

CSV = (
    "姓名,手机号,备注\r\n"
    '王建国,138-0013-8000,"电话 ""13900139000""，\r\n邮箱 wang@example.com"\r\n'
    '李芳,="13700137000",无\r\n'
)
JSON = '{"手机号": 13800138000, "备注": "电话13900139000\\n\\u738b", "13600136000": ["１３５００１３５０００"]}'
FILES = {
    "utf-8.csv": CSV.encode(),
    "bom.csv": b"\xef\xbb\xbf" + CSV.encode(),
    "utf-16.csv": "\ufeff".encode("utf-16-le") + CSV.replace(",", "\t").encode("utf-16-le"),
    "gbk.csv": CSV.encode("gb18030"),
    "a.json": JSON.encode(),
    "a.jsonl": '{"手机号": "13800138000"}\n{"手机号": 13900139000}\n'.encode(),
    "a.txt": "客户王建国，电话13800138000。\n另一个 138 0013 8000\r".encode(),
}


def token_keys(data: bytes) -> set[str]:
    """Return the ids of the keys whose tokens stand in a file."""
    text = data.replace(b"\x00", b"").decode("latin-1")
    return set(re.findall(r"(?:nm|pn|em)_([a-z2-7]{2})[a-z2-7]{30}", text))


@pytest.fixture
def rotated(keyset: Keyset) -> Keyset:
    return lifecycle.rotate(keyset)


def operator(keyset: Keyset, tenant: str = "agency-a") -> TokenOperator:
    return TokenOperator(keyset.for_tenant(tenant))


@pytest.mark.parametrize("policy", ["tokens", "agency"])
@pytest.mark.parametrize("name", FILES)
def test_all_but_the_tokens_stays(tmp_path: Path, keyset: Keyset, rotated: Keyset, name: str, policy: str) -> None:
    """In every format and encoding a rewrapped file differs in its tokens only, and comes back without the old key."""
    source, masked, back = tmp_path / name, tmp_path / f"masked-{name}", tmp_path / f"back-{name}"
    source.write_bytes(FILES[name])
    mask_file(quick_masker(keyset, policy), source, masked, MaskOptions())
    before = masked.read_bytes()
    done = rewrap_file(operator(rotated), masked)
    after = masked.read_bytes()
    assert done.moved > 0
    assert not done.left
    assert token_keys(before) == {keyset.primary.id}
    assert token_keys(after) == {rotated.primary.id}
    wide = 2 if name.startswith("utf-16") else 1
    apart = [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    pattern = rb"[a-z2-7]{2}_[a-z2-7]{20,}" if wide == 1 else rb"(?:[a-z2-7_]\x00){23,}"
    inside = {n for found in re.finditer(pattern, after) for n in range(*found.span())}
    assert set(apart) <= inside
    without = lifecycle.disable(rotated, keyset.primary.id)
    unmask_file(quick_masker(without), masked, back)
    assert back.read_bytes() == FILES[name]
    assert rewrap_file(operator(rotated), masked).kept == done.moved


def test_into_another_file(tmp_path: Path, keyset: Keyset, rotated: Keyset) -> None:
    """With an output the input stays; the output replaces what was there."""
    path, out = tmp_path / "a.txt", tmp_path / "b.txt"
    path.write_text(quick_masker(keyset).text("电话13800138000").text, encoding="utf-8")
    out.write_text("old")
    before = path.read_bytes()
    done = rewrap_file(operator(rotated), path, out)
    assert (done.moved, done.output) == (1, str(out))
    assert path.read_bytes() == before
    assert token_keys(out.read_bytes()) == {rotated.primary.id}
    assert {found.name for found in tmp_path.iterdir()} == {"a.txt", "b.txt"}
    with pytest.raises(InputError, match="there is no file"):
        rewrap_file(operator(rotated), tmp_path / "missing", out)


def test_tokens_that_do_not_open_stay(tmp_path: Path, keyset: Keyset, rotated: Keyset) -> None:
    """Other tenants', other keysets' and damaged tokens are counted by reason and stay as they are."""
    mine, theirs = (quick_masker(keyset, tenant=who).text("电话13800138000").text for who in ("agency-a", "b"))
    foreign = quick_masker(Keyset.create()).text("电话13800138000").text
    path = tmp_path / "a.txt"
    path.write_text(f"{mine}\n{theirs}\n{foreign}\n{mine[:-4]}\n{mine[:9]}", encoding="utf-8")
    before = path.read_text("utf-8").splitlines()
    done = rewrap_file(operator(rotated), path)
    after = path.read_text("utf-8").splitlines()
    assert after[0] != before[0]
    assert after[1:] == before[1:]
    assert done.moved == 1
    assert done.left.total() == 4
    assert done.left["other tenant"] == 1


def test_a_file_that_needs_nothing_is_not_touched(tmp_path: Path, keyset: Keyset) -> None:
    """Where every token is the primary key's, the file is the very same one, and nothing is left beside."""
    path = tmp_path / "a.txt"
    path.write_text(quick_masker(keyset).text("电话13800138000").text, encoding="utf-8")
    before = path.stat()
    done = rewrap_file(operator(keyset), path)
    assert (done.moved, done.kept) == (0, 1)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(tmp_path.iterdir()) == [path]


def test_blocks_cut_no_token(tmp_path: Path, keyset: Keyset, rotated: Keyset, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the file is cut into blocks while it is read, the outcome is the same."""
    masker = quick_masker(keyset)
    text = "，".join(masker.texts([f"电话1380013{n:04}" for n in range(50)])[n].text for n in range(50))
    path = tmp_path / "a.txt"
    outcomes = set()
    for size in (1, 7, 36, 100, 1 << 22):
        path.write_text(text + text.replace("，", ""), encoding="utf-8")
        monkeypatch.setattr("maskkit.tables.files.Source.blocks.__defaults__", (size,))
        assert rewrap_file(operator(rotated), path).moved == 100
        outcomes.add(path.read_bytes())
    assert len(outcomes) == 1


def test_a_run_without_end(tmp_path: Path, rotated: Keyset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters and digits without end are no text: an error, and the file as it was."""
    monkeypatch.setattr(module, "_LIMIT", 1000)
    path = tmp_path / "a.txt"
    path.write_text("a" * 5000)
    with pytest.raises(InputError, match="run of more than"):
        rewrap_file(operator(rotated), path)
    assert path.read_text() == "a" * 5000
    assert list(tmp_path.iterdir()) == [path]


def _lie(path: Path, sha256: str, name: str) -> None:
    raise InputError(f"{name} does not read back as it was written")


def _denied(source: Path, target: Path) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    ("where", "what"), [("maskkit.jobs.rewrap._check_written", _lie), ("maskkit.jobs.rewrap.shutil.copymode", _denied)]
)
def test_any_failure_leaves_the_old_file(
    tmp_path: Path, keyset: Keyset, rotated: Keyset, monkeypatch: pytest.MonkeyPatch, where: str, what: object
) -> None:
    """A disk that lies or a folder that may not be written leaves the file, and nothing beside it."""
    path = tmp_path / "a.txt"
    path.write_text(quick_masker(keyset).text("电话13800138000").text, encoding="utf-8")
    before = path.read_bytes()
    monkeypatch.setattr(where, what)
    with pytest.raises(InputError):
        rewrap_file(operator(rotated), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_read_back_is_what_was_written(tmp_path: Path) -> None:
    """One other bit on the disk is told."""
    path = tmp_path / "a"
    path.write_bytes(b"a")
    with pytest.raises(InputError, match="does not read back"):
        module._check_written(path, "0" * 64, "a")


def test_a_file_that_changes_meanwhile(tmp_path: Path, keyset: Keyset, rotated: Keyset) -> None:
    """Rows that someone appends while the file is read are not lost."""
    path = tmp_path / "a.txt"
    path.write_text(quick_masker(keyset).text("电话13800138000").text, encoding="utf-8")

    def append(done: int) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write("more")

    with pytest.raises(InputError, match="changed while"):
        rewrap_file(operator(rotated), path, progress=append)
    assert path.read_text("utf-8").endswith("more")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_mode_and_link_stay(tmp_path: Path, keyset: Keyset, rotated: Keyset) -> None:
    """In place, the file keeps its mode, and a link to it stays one."""
    path, link = tmp_path / "a.txt", tmp_path / "link"
    path.write_text(quick_masker(keyset).text("电话13800138000").text, encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    assert rewrap_file(operator(rotated), link).moved == 1
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_a_pipe_is_not_replaced(tmp_path: Path, keyset: Keyset, rotated: Keyset) -> None:
    """What comes through a pipe needs an output of its own, and then is rewrapped like a file."""
    pipe, out = tmp_path / "pipe", tmp_path / "b.txt"
    os.mkfifo(pipe)
    text = quick_masker(keyset).text("电话13800138000").text
    for given in (None, out):
        writer = threading.Thread(target=pipe.write_text, args=(text, "utf-8"))
        writer.start()
        if given is None:
            with pytest.raises(UsageError, match="no file that could be replaced"):
                rewrap_file(operator(rotated), pipe)
        else:
            assert rewrap_file(operator(rotated), pipe, given).moved == 1
        writer.join()
    assert token_keys(out.read_bytes()) == {rotated.primary.id}


def test_containers_are_refused(tmp_path: Path, rotated: Keyset) -> None:
    """A spreadsheet is no text, and says so."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(20))
    with pytest.raises(InputError, match="xlsx"):
        rewrap_file(operator(rotated), path)


def test_wrong_encoding(tmp_path: Path, rotated: Keyset) -> None:
    """An encoding that there is not is a wrong call."""
    path = tmp_path / "a.txt"
    path.write_text("x")
    with pytest.raises(UsageError):
        rewrap_file(operator(rotated), path, encoding="klingon")


def test_json_stays_json(tmp_path: Path, keyset: Keyset, rotated: Keyset) -> None:
    """A phone that was a bare number comes back as one after its token was rewrapped."""
    path, back = tmp_path / "a.json", tmp_path / "b.json"
    path.write_text(json.dumps({"手机号": 13800138000}), encoding="utf-8")
    masked = tmp_path / "m.json"
    mask_file(quick_masker(keyset), path, masked, MaskOptions())
    rewrap_file(operator(rotated), masked)
    unmask_file(quick_masker(rotated), masked, back)
    assert json.loads(back.read_text("utf-8")) == {"手机号": 13800138000}
