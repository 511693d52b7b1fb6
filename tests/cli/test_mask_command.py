"""maskkit mask and unmask as processes: exit codes, messages, files."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from pathlib import Path

import pytest
from running import Run

from maskkit import Keyset

CASES = """案件编号,姓名,手机号,备注
A1,王建国,13800138000,"打13900139000,未接"
A2,李雷,138 0013 8001,-
""".replace("\n", "\r\n").encode("gb18030")

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes and signals of POSIX")


@pytest.fixture
def cases(tmp_path: Path, keyfile: Path) -> Path:
    """An export beside a keyset, and policies that leave names to the columns."""
    (tmp_path / "cases.csv").write_bytes(CASES)
    (tmp_path / "quick.yaml").write_text(
        "extends: tokens\nnames: off\naudiences:\n  viewer: {entities: {PHONE_NUMBER: mask}}\n", encoding="utf-8"
    )
    (tmp_path / "shown.yaml").write_text("extends: agency\nnames: off\n", encoding="utf-8")
    return tmp_path / "cases.csv"


QUICK = ("--keyset", "keyset.json", "--policy", "quick.yaml")
KEYS = ("--keyset", "keyset.json")


def test_there_and_back(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """The default policy masks a file and unmask brings every byte back; both tell what they did, on stderr."""
    done = maskkit("mask", "cases.csv", "-o", "out.csv", *KEYS)
    assert (done.returncode, done.stdout) == (0, b"")
    told = done.stderr.decode(errors="replace")
    assert "PHONE_NUMBER" in told
    assert "maskkit: 2 rows, 5 values masked: out.csv" in told
    assert "%" not in told  # no progress bar in a pipe
    back = maskkit("unmask", "out.csv", "-o", "back.csv", *KEYS)
    assert (back.returncode, back.stdout) == (0, b"")
    assert back.stderr.splitlines() == [b"maskkit: 5 tokens turned back: back.csv"]
    assert (tmp_path / "back.csv").read_bytes() == CASES == cases.read_bytes()


def test_stdin_and_stdout(maskkit: Run, cases: Path) -> None:
    """`-` is stdin, no -o is stdout, and only data goes there, in the encoding that came in."""
    masked = maskkit("mask", "-", *QUICK, stdin=CASES)
    assert masked.returncode == 0
    assert masked.stdout.count(b"\r\n") == 3
    back = maskkit("unmask", "-", "-o", "-", *KEYS, stdin=masked.stdout)
    assert (back.returncode, back.stdout) == (0, CASES)


@pytest.mark.parametrize(
    ("text", "arguments", "kind"),
    [
        ("手机号,x\n13800138000,y\n", (), "csv"),
        ("打13800138000,再打\n没人接\n", (), "text"),
        ("手机号,x\n13800138000,y\n", ("--format", "text"), "text"),
        ('{"phone": 13800138000}\n{"phone": "13800138000"}\n', (), "jsonl"),
        ('{"phone": "13800138000"}', ("--format", "json"), "json"),
        ("手机号\n13800138000\n", ("--format", "csv"), "csv"),
        ("手机号\tx\n13800138000\ty\n", ("--format", "tsv"), "csv"),
    ],
)
def test_format_of_stdin(
    maskkit: Run, cases: Path, tmp_path: Path, text: str, arguments: tuple[str, ...], kind: str
) -> None:
    """Stdin is text unless its first lines agree on a delimiter or are JSON; --format decides."""
    done = maskkit("mask", "-", *QUICK, "--report", "r.json", *arguments, stdin=text.encode())
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["format"] == kind
    assert b"13800138000" not in done.stdout
    back = maskkit("unmask", "-", *KEYS, *arguments, stdin=done.stdout)
    assert back.stdout == text.encode()


def test_agency(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """Policy agency shows masks with tokens beside, needs a tenant, and its tokens open for that tenant only."""
    refused = maskkit("mask", "cases.csv", "-o", "out.csv", "--policy", "agency", *KEYS)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1] == b"hint: --tenant NAME"
    assert not (tmp_path / "out.csv").exists()
    done = maskkit("mask", "cases.csv", "-o", "out.csv", "--policy", "shown.yaml", *KEYS, "--tenant", "north")
    assert done.returncode == 0
    header = (tmp_path / "out.csv").read_bytes().decode("gb18030").splitlines()[0]
    assert header == "案件编号,姓名,姓名_token,手机号,手机号_token,备注"
    other = maskkit("unmask", "out.csv", "-o", "other.csv", *KEYS, "--tenant", "south")
    assert other.returncode == 3
    assert b"5 tokens left: made for another tenant\nhint: --tenant NAME" in other.stderr
    assert (tmp_path / "other.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    back = maskkit("unmask", "out.csv", "-o", "back.csv", *KEYS, "--tenant", "north")
    assert back.returncode == 0
    assert (tmp_path / "back.csv").read_bytes() == CASES


def test_tokens_that_stay(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """Unknown and damaged tokens stay, each kind with its own line, and make the exit code 3."""
    maskkit("mask", "cases.csv", "-o", "out.csv", *QUICK)
    text = (tmp_path / "out.csv").read_bytes()
    token = text[text.index(b"pn_") :][:36]
    (tmp_path / "cut.csv").write_bytes(text.replace(token, token[:-4], 1))
    damaged = maskkit("unmask", "cut.csv", "-o", "back.csv", *KEYS)
    assert damaged.returncode == 3
    assert damaged.stderr.splitlines() == [
        b"maskkit: 4 tokens turned back: back.csv",
        b"maskkit: 1 token left: damaged",
    ]
    Keyset.create().save(tmp_path / "other.json")
    unknown = maskkit("unmask", "out.csv", "-o", "back.csv", "--keyset", "other.json")
    assert unknown.returncode == 3
    assert b"made with a key that is not in this keyset\nhint: --keyset FILE" in unknown.stderr


def test_lenient(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """A row that does not fit is exit 1 with its number, or with --lenient exit 3 and masked all the same."""
    (tmp_path / "ragged.csv").write_bytes(CASES + b"A3,13700137000\r\n")
    refused = maskkit("mask", "ragged.csv", "-o", "out.csv", *QUICK)
    assert refused.returncode == 1
    assert b"row 4 has 2 cells" in refused.stderr
    assert b"hint: repair that row, or --lenient" in refused.stderr
    assert not (tmp_path / "out.csv").exists()
    done = maskkit("mask", "ragged.csv", "-o", "out.csv", *QUICK, "--lenient")
    assert done.returncode == 3
    assert b"1 row did not fit" in done.stderr
    assert b"13700137000" not in (tmp_path / "out.csv").read_bytes()
    assert maskkit("mask", "cases.csv", "-o", "out.csv", *QUICK, "--lenient").returncode == 0


def test_what_is_left_is_no_failure(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """Placeholders, 700 numbers, tokens already there and numbers that Excel destroyed end with 0."""
    rows = "手机号,身份证号\n无,1.10101E+17\n700123456789012,-\n138****8000,11010519491231002X\n"
    (tmp_path / "left.csv").write_text(rows, encoding="utf-8")
    done = maskkit("mask", "left.csv", "-o", "out.csv", *QUICK)
    assert done.returncode == 0
    assert b"1 number destroyed by Excel" in done.stderr
    again = maskkit("mask", "out.csv", "-o", "again.csv", *QUICK)
    assert again.returncode == 0
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


@pytest.mark.parametrize("policy", ["display", "drop"])
def test_without_keyset(maskkit: Run, cases: Path, tmp_path: Path, policy: str) -> None:
    """Policies that make no tokens need no keyset."""
    keyset = tmp_path / "keyset.json"
    keyset.unlink()
    done = maskkit("mask", "cases.csv", "-o", "out.csv", "--policy", policy)
    assert done.returncode == 0, done.stderr
    assert b"13800138000" not in (tmp_path / "out.csv").read_bytes()


@pytest.mark.parametrize("spelling", ["cases.csv", "./cases.csv", "folder/../cases.csv", "symbolic.csv", "hard.csv"])
def test_the_output_is_the_input(maskkit: Run, cases: Path, tmp_path: Path, spelling: str) -> None:
    """OUT that is IN by any path is a wrong call, and the input is unharmed."""
    (tmp_path / "folder").mkdir()
    if spelling == "symbolic.csv":
        try:
            (tmp_path / spelling).symlink_to(cases)
        except OSError:
            pytest.skip("no symbolic links here")
    if spelling == "hard.csv":
        os.link(cases, tmp_path / spelling)
    for command in (("mask", "cases.csv", *QUICK), ("unmask", "cases.csv", *KEYS)):
        done = maskkit(*command, "-o", spelling)
        assert done.returncode == 2
        assert b"is the input" in done.stderr
        assert cases.read_bytes() == CASES


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("none.csv", "-o", "out.csv"), 1, b"there is no file none.csv"),
        (("folder", "-o", "out.csv"), 1, b"folder is a folder"),
        (("cases.csv", "-o", "none/out.csv"), 1, b"there is no folder none\nhint: mkdir -p none"),
        (("cases.csv", "-o", "folder"), 1, b"folder is a folder"),
        (("cases.csv", "-o", "out.csv", "--report", "none/r.json"), 1, b"there is no folder none"),
        (("cases.csv", "-o", "out.csv", "--keyset", "none.json"), 1, b"hint: maskkit keys create"),
        (("cases.csv", "-o", "out.csv", "--keyset", "cases.csv"), 1, b"cases.csv is not a maskkit keyset"),
        (("cases.csv", "-o", "out.csv", "--policy", "none.yaml"), 1, b"none.yaml"),
        (("cases.csv", "-o", "out.csv", "--policy", "none"), 2, b"hint: one of agency, display, drop, tokens"),
        (("cases.csv", "-o", "out.csv", "--audience", "lawyer"), 2, b"has no audience lawyer"),
        (("cases.csv", "-o", "out.csv", "--encoding", "utf-8"), 1, b"is not utf-8"),
        (("cases.csv", "-o", "out.csv", "--columns", "手机号"), 2, b"hint: --columns"),
        (("cases.csv", "-o", "out.csv", "--columns", "amount=text"), 2, b"there is no column amount"),
        (("cases.csv", "-o", "out.csv", "--strict"), 1, b"neither policy nor header rules name"),
        (("cases.csv", "-o", "out.csv", "--tenant", ""), 2, b"a tenant has a name"),
    ],
)
def test_exit_codes(
    maskkit: Run, cases: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, message: bytes
) -> None:
    """What is wrong with input, files and keyset is 1, with the call 2; each says what, and leaves nothing behind."""
    (tmp_path / "folder").mkdir()
    before = {path.name for path in tmp_path.iterdir()}
    done = maskkit("mask", *QUICK, *arguments)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert done.stderr.startswith(b"maskkit: ")
    assert done.stdout == b""
    assert {path.name for path in tmp_path.iterdir()} == before


def test_the_passphrase_is_wrong(maskkit: Run, cases: Path) -> None:
    """A wrong passphrase is exit 1; none at all and no terminal to ask on is exit 2."""
    maskkit("keys", "create", "--out", "sealed.json", MASKKIT_PASSPHRASE="right")
    wrong = maskkit("mask", "cases.csv", "--keyset", "sealed.json", MASKKIT_PASSPHRASE="left")
    assert wrong.returncode == 1
    nobody = maskkit("mask", "cases.csv", "--keyset", "sealed.json", stdin=b"right\n")
    assert nobody.returncode == 2
    assert b"hint: set MASKKIT_PASSPHRASE" in nobody.stderr


@POSIX
def test_modes(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """Masked files take the umask, unmasked ones are for their owner alone; what was there is replaced."""
    before = os.umask(0o027)
    try:
        (tmp_path / "out.csv").write_bytes(b"old")
        (tmp_path / "back.csv").write_bytes(b"old")
        maskkit("mask", "cases.csv", "-o", "out.csv", *QUICK)
        maskkit("unmask", "out.csv", "-o", "back.csv", *KEYS)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "back.csv").stat().st_mode) == 0o600
    assert (tmp_path / "back.csv").read_bytes() == CASES


def test_report(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """The report holds what was done, with right hashes, and no value."""
    done = maskkit("mask", "cases.csv", "-o", "out.csv", *QUICK, "--tenant", "north", "--report", "r.json", "--check")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "r.json").read_text("utf-8")
    report = json.loads(text)
    assert {name: report[name] for name in ("policy", "tenant", "input", "output", "format", "encoding", "rows")} == {
        "policy": "quick.yaml",
        "tenant": "north",
        "input": "cases.csv",
        "output": "out.csv",
        "format": "csv",
        "encoding": "gb18030",
        "rows": 2,
    }
    assert report["input_sha256"] == hashlib.sha256(CASES).hexdigest()
    assert report["output_sha256"] == hashlib.sha256((tmp_path / "out.csv").read_bytes()).hexdigest()
    assert len(report["policy_sha256"]) == 64
    assert report["key"] == Keyset.open(tmp_path / "keyset.json").primary.id
    assert report["time"].endswith("+00:00")
    assert report["columns"][2] == {
        "name": "手机号",
        "entity": "PHONE_NUMBER",
        "by": "header",
        "operator": "token",
        "masked": 2,
        "left": 0,
        "destroyed": 0,
    }
    assert "138" not in text.replace(report["input_sha256"], "").replace(report["output_sha256"], "").replace(
        report["policy_sha256"], ""
    )


def test_check(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """--check refuses an output in which a kept column still shows a masked number, on stdout too."""
    (tmp_path / "leak.csv").write_bytes("手机号,旧号\n13800138000,138-0013-8000\n".encode())
    for target in (("-o", "out.csv"), ()):
        done = maskkit("mask", "leak.csv", *QUICK, "--columns", "旧号=keep", "--check", "--report", "r.json", *target)
        assert (done.returncode, done.stdout) == (1, b"")
        assert b"1 masked value still stands in the output; it was not written" in done.stderr
        assert not (tmp_path / "out.csv").exists()
        assert not (tmp_path / "r.json").exists()


def test_audience(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """--audience takes the policy as it is for that audience."""
    maskkit("mask", "cases.csv", "-o", "out.csv", *QUICK, "--audience", "viewer")
    out = (tmp_path / "out.csv").read_bytes()
    assert b"138****8000" in out
    assert b"pn_" not in out
    assert b"nm_" in out


def test_header_options(maskkit: Run, cases: Path, tmp_path: Path) -> None:
    """--header and --no-header overrule the look at the first row."""
    (tmp_path / "a.csv").write_bytes("王建国,13800138000\n李雷,13900139000\n".encode())
    maskkit("mask", "a.csv", "-o", "out.csv", *QUICK, "--no-header", "--columns", "1=keep,2=PHONE_NUMBER")
    assert (tmp_path / "out.csv").read_text("utf-8").startswith("王建国,pn_")
    done = maskkit("mask", "a.csv", "-o", "out.csv", *QUICK, "--header", "--report", "r.json")
    assert b"1 row," in done.stderr
    assert b"13800138000" not in (tmp_path / "out.csv").read_bytes() + done.stderr + (tmp_path / "r.json").read_bytes()


def test_an_output_that_does_not_tell_its_encoding(maskkit: Run, tmp_path: Path, keyfile: Path) -> None:
    """Where all that was not ASCII is masked, mask says how to turn the file back, and that brings back the bytes."""
    (tmp_path / "in.csv").write_bytes("name\n王建国\n李志强\n张秀英\n".encode("gb18030"))
    masked = maskkit("mask", "in.csv", "-o", "out.csv", "--keyset", keyfile)
    assert masked.returncode == 0
    assert b"nothing in out.csv tells its encoding\nhint: turn it back with --encoding gb18030" in masked.stderr
    piped = maskkit("mask", "in.csv", "--keyset", keyfile)
    assert b"nothing in stdout tells its encoding\nhint: turn it back with --encoding gb18030" in piped.stderr
    back = maskkit("unmask", "out.csv", "-o", "back.csv", "--keyset", keyfile, "--encoding", "gb18030")
    assert back.returncode == 0
    assert (tmp_path / "back.csv").read_bytes() == (tmp_path / "in.csv").read_bytes()
    assert b"encoding" not in back.stderr
    guessed = maskkit("unmask", "out.csv", "-o", "utf8.csv", "--keyset", keyfile)
    assert guessed.returncode == 0
    assert b"told an encoding: written as UTF-8\nhint: --encoding gb18030" in guessed.stderr
    assert (tmp_path / "utf8.csv").read_bytes().decode() == (tmp_path / "in.csv").read_bytes().decode("gb18030")
    (tmp_path / "told.csv").write_bytes("姓名\n王建国\n".encode("gb18030"))
    assert b"encoding" not in maskkit("mask", "told.csv", "-o", "out.csv", "--keyset", keyfile).stderr
