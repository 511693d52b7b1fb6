"""Masking files: what columns are taken for, options, refusals, and what a report says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from filejobs import quick_masker, round_trip

from maskkit import InputError, Keyset, LeakError, MaskkitError, UsageError
from maskkit.jobs.mask import Masked, MaskOptions, mask_file

CASES = """案件编号,姓名,手机号,备注,状态
A1,王建国,13800138000,打13900139000未接,催收中
A2,无,70012345678901234,-,催收中
A3,李雷,700123456789012,1.1,已还款
A4,韩梅,1.38001E+10,,已还款
"""


def masked(
    keyset: Keyset, folder: Path, text: str, options: MaskOptions | None = None, policy: str = "tokens"
) -> Masked:
    (folder / "a.csv").write_text(text, encoding="utf-8")
    return mask_file(quick_masker(keyset, policy), folder / "a.csv", folder / "b.csv", options)


def test_counts_and_hashes(keyset: Keyset, tmp_path: Path) -> None:
    """Per column: what it was taken for, by whom, values masked, cells left, numbers destroyed; and both hashes."""
    done = masked(keyset, tmp_path, CASES)
    assert [(plan.name, plan.taken_for, plan.by) for plan in done.plans] == [
        ("案件编号", "text", "text"),
        ("姓名", "PERSON", "header"),
        ("手机号", "PHONE_NUMBER", "header"),
        ("备注", "text", "header"),
        ("状态", "text", "text"),
    ]
    assert [(count.masked, count.left, count.destroyed) for count in done.counts] == [
        (0, 0, 0),
        (3, 1, 0),
        (3, 1, 1),
        (1, 0, 0),
        (0, 0, 0),
    ]
    assert done.rows == 4
    assert done.input_sha256 == hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest()
    assert done.output_sha256 == hashlib.sha256((tmp_path / "b.csv").read_bytes()).hexdigest()
    assert b"700123456789012," in (tmp_path / "b.csv").read_bytes()
    assert b"1.38001E" not in (tmp_path / "b.csv").read_bytes()


def test_untouched_columns_stay(keyset: Keyset, tmp_path: Path) -> None:
    """Columns in which nothing is found keep their bytes."""
    masked(keyset, tmp_path, CASES)
    before = [line.split(",") for line in CASES.splitlines()]
    after = [line.split(",") for line in (tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()]
    for j in (0, 4):
        assert [row[j] for row in before] == [row[j] for row in after]
    assert before[0] == after[0]


def test_masking_twice_changes_nothing(keyset: Keyset, tmp_path: Path) -> None:
    """Tokens and display forms that are there already are left, and counted as left."""
    masker = quick_masker(keyset)
    text = "姓名,手机号,备注\n王建国,13800138000,打13800138000\n李**,138****8000,139****9000\n"
    first = round_trip(masker, tmp_path, "a.csv", text.encode())
    second = round_trip(masker, tmp_path, "b.csv", first.masked)
    assert second.masked == first.masked
    assert [count.left for count in second.mask.counts] == [2, 2, 0]
    assert sum(count.masked for count in second.mask.counts) == 0


def test_columns_override(keyset: Keyset, tmp_path: Path) -> None:
    """What the caller says a column is wins over header and sample."""
    given = {"状态": "PERSON", "备注": "keep", "手机号": "text"}
    done = masked(keyset, tmp_path, CASES, MaskOptions(columns=given))
    assert [(plan.taken_for, plan.by) for plan in done.plans[2:]] == [
        ("text", "given"),
        ("kept", "given"),
        ("PERSON", "given"),
    ]
    out = (tmp_path / "b.csv").read_text(encoding="utf-8")
    assert "13900139000" in out
    assert "催收中" not in out
    assert "13800138000" not in out


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (MaskOptions(columns={"电话": "PHONE_NUMBER"}), UsageError, "there is no column 电话"),
        (MaskOptions(columns={"手机号": "PHONE"}), UsageError, "there is no entity PHONE that a column could be"),
        (MaskOptions(strict=True), InputError, "neither policy nor header rules name: 案件编号, 状态"),
        (MaskOptions(format="xlsx"), UsageError, "there is no format xlsx"),
        (MaskOptions(encoding="klingon"), UsageError, "there is no encoding klingon"),
        (MaskOptions(encoding="utf-16"), InputError, "has no UTF-16 BOM"),
        (MaskOptions(format="json"), InputError, "line 1, column 1"),
        (MaskOptions(format="text", strict=True), UsageError, "--strict is for tables"),
        (MaskOptions(format="text", columns={"手机号": "text"}), UsageError, "--columns is for tables"),
    ],
)
def test_refused(keyset: Keyset, tmp_path: Path, options: MaskOptions, error: type[MaskkitError], message: str) -> None:
    """What does not fit is an error that says what, and no file appears."""
    with pytest.raises(error, match=message):
        masked(keyset, tmp_path, CASES, options)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_strict_passes_what_is_named(keyset: Keyset, tmp_path: Path) -> None:
    """With every column named by header rules or the caller, --strict has nothing to say."""
    options = MaskOptions(strict=True, columns={"案件编号": "keep", "状态": "text"})
    assert masked(keyset, tmp_path, CASES, options).rows == 4


def test_ragged_row(keyset: Keyset, tmp_path: Path) -> None:
    """A row that does not fit is an error with its number, and no file appears."""
    with pytest.raises(InputError, match="row 3 has 2 cells, the first row has 3"):
        masked(keyset, tmp_path, "姓名,手机号,备注\n王建国,13800138000,x\n李雷,y\n")
    assert not (tmp_path / "b.csv").exists()


def test_unclosed_quote(keyset: Keyset, tmp_path: Path) -> None:
    """A quote that is never closed is an error with the row that opens it."""
    with pytest.raises(InputError, match="row 3 opens a quote that is never closed"):
        masked(keyset, tmp_path, '姓名,备注\n王建国,x\n李雷,"y\n韩梅,z\n')


def test_two_columns_of_one_name(keyset: Keyset, tmp_path: Path) -> None:
    """Columns may share a name, unless the caller names it."""
    text = "手机号,手机号\n13800138000,13900139000\n"
    assert [count.masked for count in masked(keyset, tmp_path, text).counts] == [1, 1]
    with pytest.raises(InputError, match="2 columns have one name"):
        masked(keyset, tmp_path, text, MaskOptions(columns={"手机号": "text"}))


def test_a_token_column_that_is_there(keyset: Keyset, tmp_path: Path) -> None:
    """Where the column for the tokens exists already, nothing is overwritten."""
    with pytest.raises(InputError, match="there is a column 手机号_token already"):
        masked(keyset, tmp_path, "手机号,手机号_token\n13800138000,x\n", policy="agency")
    (tmp_path / "a.json").write_text('{"phone":"13800138000","phone_token":"x"}', encoding="utf-8")
    with pytest.raises(InputError, match="a key that ends in _token is there already"):
        mask_file(quick_masker(keyset, "agency"), tmp_path / "a.json", tmp_path / "b.json")


def test_masked_keys_count(keyset: Keyset, tmp_path: Path) -> None:
    """What is masked in keys is counted like what is masked in values, and refused by no --strict."""
    (tmp_path / "a.json").write_text('{"13800138000": {"phone": "13900139000"}}', encoding="utf-8")
    done = mask_file(quick_masker(keyset), tmp_path / "a.json", tmp_path / "b.json", MaskOptions(strict=True))
    assert [count.masked for count in done.counts] == [1, 1]
    assert [plan.name for plan in done.plans] == ["column 1", "column 2"]


def test_check_finds_a_planted_leak(keyset: Keyset, tmp_path: Path) -> None:
    """A kept column with a value that was masked elsewhere is found; there is no output then."""
    text = "手机号,案件编号\n13800138000,x138 0013 8000\n13900139000,y\n"
    options = MaskOptions(columns={"案件编号": "keep"}, check=True)
    with pytest.raises(LeakError, match="1 masked value still stands"):
        masked(keyset, tmp_path, text, options)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert masked(keyset, tmp_path, CASES, MaskOptions(check=True)).rows == 4


def test_known_values_of_the_row(keyset: Keyset, tmp_path: Path) -> None:
    """What a typed column of a row holds is found in the row's texts, without any recogniser."""
    masked(keyset, tmp_path, "姓名,备注\n欧阳娜,欧阳娜称已还\n李雷,欧阳娜没来\n")
    lines = (tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()
    assert "欧阳娜" not in lines[1]
    assert lines[2].endswith(",欧阳娜没来")


def test_progress_ends_with_the_file(keyset: Keyset, tmp_path: Path) -> None:
    """Progress tells bytes of the input, the last time all of them."""
    (tmp_path / "a.csv").write_text(CASES, encoding="utf-8")
    seen: list[int] = []
    mask_file(quick_masker(keyset), tmp_path / "a.csv", tmp_path / "b.csv", progress=seen.append)
    assert seen[-1] == (tmp_path / "a.csv").stat().st_size


@pytest.mark.parametrize(
    "magic",
    [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1", b"\x1f\x8b\x08"],
    ids=["xlsx or zip", "xls", "parquet", "gz"],
)
def test_containers(keyset: Keyset, tmp_path: Path, magic: bytes) -> None:
    """What is known by its first bytes to be no text is refused with the way out."""
    (tmp_path / "a.csv").write_bytes(magic + b"\x00" * 32)
    with pytest.raises(InputError) as caught:
        mask_file(quick_masker(keyset), tmp_path / "a.csv", tmp_path / "b.csv")
    assert caught.value.hint == "set the ID, card and phone columns to text, then save as CSV UTF-8"
