"""Turning files back, whatever the agency did around the tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
from filejobs import quick_masker

from maskkit import Keyset
from maskkit.jobs.mask import mask_file
from maskkit.jobs.unmask import Unmasked, unmask_file

CASES = """案件编号,姓名,手机号,备注
A1,王建国,13800138000,"打13900139000,未接"
A2,李雷,138 0013 8001,-
"""


def agency_file(keyset: Keyset, folder: Path, policy: str, text: str = CASES) -> str:
    (folder / "a.csv").write_text(text, encoding="utf-8", newline="")
    mask_file(quick_masker(keyset, policy), folder / "a.csv", folder / "b.csv")
    return (folder / "b.csv").read_text(encoding="utf-8")


def back(keyset: Keyset, folder: Path, text: str, tenant: str = "agency-a") -> tuple[str, Unmasked]:
    (folder / "c.csv").write_text(text, encoding="utf-8", newline="")
    done = unmask_file(quick_masker(keyset, tenant=tenant), folder / "c.csv", folder / "d.csv")
    return (folder / "d.csv").read_text(encoding="utf-8"), done


@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_edited_remarks(keyset: Keyset, tmp_path: Path, policy: str) -> None:
    """What the agency wrote around the tokens stays, new rows and copied tokens too."""
    text = agency_file(keyset, tmp_path, policy)
    lines = text.splitlines()
    token = next(part for part in lines[1].split(",") if part.startswith("pn_"))
    edited = text.replace("打", "【已联系】打").replace(',未接"', ',未接,客户说""明天""还"')
    edited += f"A3,,{',' * (lines[0].count(',') - 3)},新号{token}请核{token}abc\n"
    restored, done = back(keyset, tmp_path, edited)
    assert restored == CASES.replace("打", "【已联系】打").replace(',未接"', ',未接,客户说""明天""还"') + (
        "A3,,,新号13800138000请核13800138000abc\n"
    )
    assert not done.left


def test_edited_display_cells(keyset: Keyset, tmp_path: Path) -> None:
    """Where someone wrote in a display cell, nothing of it is lost and the value stands after it."""
    text = agency_file(keyset, tmp_path, "agency").replace("138****8000,", "138****8000空号,")
    restored, done = back(keyset, tmp_path, text)
    assert "138****8000空号(13800138000)" in restored
    assert restored.splitlines()[0] == CASES.splitlines()[0]
    assert done.restored == 5


def test_an_emptied_display_cell(keyset: Keyset, tmp_path: Path) -> None:
    """Where the display form was deleted, the value stands alone."""
    text = agency_file(keyset, tmp_path, "agency").replace("138****8000,", ",")
    assert back(keyset, tmp_path, text)[0] == CASES


def test_moved_columns(keyset: Keyset, tmp_path: Path) -> None:
    """A column of tokens that is no longer beside its column comes back where it stands."""
    rows = [
        line.split(",") for line in agency_file(keyset, tmp_path, "agency", CASES.replace(",未接", "")).splitlines()
    ]
    text = "\n".join(",".join([row[4], *row[:2]]) for row in rows) + "\n"
    restored, _ = back(keyset, tmp_path, text)
    assert restored.splitlines()[1:] == ["13800138000,A1,王**", "138 0013 8001,A2,李**"]


def test_saved_in_another_encoding(keyset: Keyset, tmp_path: Path) -> None:
    """A file that came back as UTF-16 with tabs, as Excel saves it, is turned back as that."""
    text = agency_file(keyset, tmp_path, "tokens").replace(",", "\t").replace("\n", "\r\n")
    (tmp_path / "c.txt").write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    unmask_file(quick_masker(keyset), tmp_path / "c.txt", tmp_path / "d.txt")
    restored = (tmp_path / "d.txt").read_bytes()[2:].decode("utf-16-le")
    assert restored == CASES.replace(",", "\t").replace("\n", "\r\n")


def test_rows_that_do_not_fit(keyset: Keyset, tmp_path: Path) -> None:
    """A row that the agency broke has its tokens turned back all the same."""
    lines = agency_file(keyset, tmp_path, "agency").splitlines(keepends=True)
    cut = ",".join(lines[2].split(",")[:3]) + "\n"
    restored, done = back(keyset, tmp_path, "".join([*lines[:2], cut]))
    assert restored.splitlines()[-1] == "A2,李**,李雷"
    assert not done.left


def test_another_tenant(keyset: Keyset, tmp_path: Path) -> None:
    """Tokens of another tenant stay as they are, and are counted as that."""
    text = agency_file(keyset, tmp_path, "tokens")
    restored, done = back(keyset, tmp_path, text, tenant="agency-b")
    assert restored == text
    assert (done.restored, dict(done.left)) == (0, {"other tenant": 5})


def test_another_keyset(keyset: Keyset, tmp_path: Path) -> None:
    """Tokens of an unknown key stay as they are, and are counted as that."""
    other = Keyset.create()
    while other.primary.id == keyset.primary.id:
        other = Keyset.create()
    text = agency_file(keyset, tmp_path, "agency")
    restored, done = back(other, tmp_path, text)
    assert restored == text
    assert dict(done.left) == {"unknown": 5}


def test_damaged_tokens(keyset: Keyset, tmp_path: Path) -> None:
    """A token with a changed or missing character stays as it is and is counted; its neighbours come back."""
    text = agency_file(keyset, tmp_path, "tokens")
    first = text.splitlines()[1].split(",")[2]
    changed = first[:20] + ("a" if first[20] != "a" else "b") + first[21:]
    for damage in (changed, first[:30], first[:-1]):
        restored, done = back(keyset, tmp_path, text.replace(first, damage, 1))
        assert damage in restored
        assert (done.restored, dict(done.left)) == (4, {"damaged": 1})


@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_json_that_was_edited(keyset: Keyset, tmp_path: Path, policy: str) -> None:
    """In JSON, edited texts and display members keep what was written in them."""
    (tmp_path / "a.json").write_text('{"phone": "13800138000", "备注": "打13900139000"}', encoding="utf-8")
    mask_file(quick_masker(keyset, policy), tmp_path / "a.json", tmp_path / "b.json")
    text = (
        (tmp_path / "b.json").read_text(encoding="utf-8").replace("打", "已打").replace("138****8000", "空138****8000")
    )
    (tmp_path / "c.json").write_text(text, encoding="utf-8")
    unmask_file(quick_masker(keyset), tmp_path / "c.json", tmp_path / "d.json")
    phone = "13800138000" if policy == "tokens" else "空138****8000(13800138000)"
    assert (tmp_path / "d.json").read_text(encoding="utf-8") == f'{{"phone": "{phone}", "备注": "已打13900139000"}}'
