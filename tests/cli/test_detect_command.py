"""maskkit detect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import Run

LINES: list[dict[str, object]] = [
    {"text": "客户电话13800138000，身份证11010519491231002X", "id": 7, "spans": [[0, 1, "OLD"]]},
    {"id": "八", "text": "没有"},
    {"text": "", "more": {"a": [1.5, None, True]}},
    {"text": "😀打010-62222222转158"},
]


def jsonl(*rows: object) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def quick(folder: Path) -> tuple[str, str]:
    (folder / "quick.yaml").write_text("names: off\n", encoding="utf-8")
    return "--policy", "quick.yaml"


def test_text(maskkit: Run) -> None:
    """A text's findings come as a table, without colours in a pipe; nothing found is said on stderr."""
    done = maskkit("detect", "电话13800138000", PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    assert done.stdout.decode().split() == (
        "start end entity score found recogniser 2 13 PHONE_NUMBER".split()
        + done.stdout.decode().split()[9:10]
        + ["13800138000", done.stdout.decode().split()[-1]]
    )
    assert b"\x1b" not in done.stdout
    nothing = maskkit("detect", "没有")
    assert (nothing.returncode, nothing.stdout) == (0, b"")
    assert nothing.stderr == b"maskkit: nothing found\n"


@pytest.mark.parametrize("variables", [{"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "gbk"}])
def test_jsonl(maskkit: Run, tmp_path: Path, variables: dict[str, str]) -> None:
    """Lines come back in order, other keys kept, spans replaced, sorted and apart; UTF-8 whatever the locale."""
    done = maskkit("detect", "--jsonl", *quick(tmp_path), stdin=jsonl(*LINES), **variables)
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert [{**row, "spans": None} for row in rows] == [{**line, "spans": None} for line in LINES]
    assert [row["spans"] for row in rows] == [
        [[4, 15, "PHONE_NUMBER"], [19, 37, "CN_RESIDENT_ID"]],
        [],
        [],
        [[2, 18, "PHONE_NUMBER"]],
    ]
    assert "客户电话".encode() in done.stdout
    assert b"\r" not in done.stdout


def test_scores_and_entities(maskkit: Run, tmp_path: Path) -> None:
    """--scores adds score and recogniser, --entities limits what is looked for."""
    done = maskkit("detect", "--jsonl", "--scores", "--entities", "CN_RESIDENT_ID", stdin=jsonl(LINES[0]))
    spans = json.loads(done.stdout)["spans"]
    assert [span[:3] for span in spans] == [[19, 37, "CN_RESIDENT_ID"]]
    assert isinstance(spans[0][3], float)
    assert isinstance(spans[0][4], str)


def test_lists_of_the_policy(maskkit: Run, tmp_path: Path) -> None:
    """--policy brings its lists along."""
    (tmp_path / "mine.yaml").write_text('names: off\nallow: ["13800138000"]\ndeny: [老地方]\n', encoding="utf-8")
    rows = jsonl({"text": "打13800138000去老地方"})
    found = json.loads(maskkit("detect", "--jsonl", "--policy", "mine.yaml", stdin=rows).stdout)["spans"]
    assert [span[:2] for span in found] == [[13, 16]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", b"stdin: line 3: not JSON"),
        (b'"text"', b'stdin: line 3: no string "text"'),
        (b'{"text": 13800138000}', b'stdin: line 3: no string "text"'),
        (b'{"text": "\xff"}', b"stdin: line 3: not UTF-8"),
        (b"[" * 100_000, b"stdin: line 3: not JSON"),
    ],
)
def test_bad_lines(maskkit: Run, tmp_path: Path, line: bytes, message: bytes) -> None:
    """An error names the line and shows nothing of it; blank lines count."""
    done = maskkit("detect", "--jsonl", *quick(tmp_path), stdin=jsonl({"text": "x"}) + b"\n" + line + b"\n")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == b"maskkit: " + message


def test_half_a_surrogate_pair(maskkit: Run, tmp_path: Path) -> None:
    """What no encoding can write goes out as the escape that it came as."""
    line = b'{"text": "\\ud83d13800138000"}\n'
    done = maskkit("detect", "--jsonl", *quick(tmp_path), stdin=b"\xef\xbb\xbf" + line)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"text": "\ud83d13800138000", "spans": [[1, 12, "PHONE_NUMBER"]]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), b"give either TEXT or --jsonl"),
        (("x", "--jsonl"), b"give either TEXT or --jsonl"),
        (("x", "--entities", "PHONE"), b"there is no entity PHONE"),
        (("x", "--profile", "loose"), b"there is no profile loose"),
        (("x", "--policy", "none"), b"no policy none"),
    ],
)
def test_wrong_calls(maskkit: Run, arguments: tuple[str, ...], message: bytes) -> None:
    """A wrong call is exit 2 with a hint."""
    done = maskkit("detect", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(b"maskkit: " + message)
    assert b"\nhint: " in done.stderr
