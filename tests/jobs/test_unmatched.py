"""Fields of a policy that a file has not: told, and with strict refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from filejobs import quick_masker

from maskkit import InputError, Keyset, Masker
from maskkit.jobs.mask import MaskOptions, mask_file
from maskkit.jobs.unmatched import say_unmatched, unmatched_fields
from maskkit.operators.action import Action
from maskkit.policy import FieldRule

KEEP = Action("keep")
RULES = (
    FieldRule(("案件编号", "case_no"), action=KEEP),
    FieldRule(("客户.手机",), entity="PHONE_NUMBER"),
    FieldRule(("*.remark",), scan=True),
    FieldRule(("案件编号",), action=KEEP),
    FieldRule(("城市", "省份"), action=KEEP),
)


@pytest.fixture
def masker(keyset: Keyset) -> Masker:
    """A masker with a policy that names fields."""
    quick = quick_masker(keyset, "tokens")
    return Masker(replace(quick.policy, fields=RULES), keyset=keyset)


def test_which_fields_match_nothing(masker: Masker) -> None:
    """A rule of which no name matches is told, whether another rule comes before it or not."""
    told = unmatched_fields(masker.policy, [("CASE_NO", "CASE_NO"), ("remark", "a.remark"), ("手机", "手机")])
    assert told == ["客户.手机", "案件编号", "城市, 省份"]
    assert unmatched_fields(masker.policy, [("x", "*.x (城市, 省份)")])[-1] == "案件编号"
    assert unmatched_fields(masker.policy, [("案件编号", "案件编号")]) == ["客户.手机", "*.remark", "城市, 省份"]


def test_columns(masker: Masker, tmp_path: Path) -> None:
    """A table tells the fields that none of its columns are; with strict it is refused before anything is written."""
    (tmp_path / "a.csv").write_text("案件编号,城市\nA1,x\n", encoding="utf-8")
    done = mask_file(masker, tmp_path / "a.csv", tmp_path / "b.csv")
    assert done.unmatched == ["客户.手机", "*.remark"]
    with pytest.raises(InputError, match=r"the policy's fields 客户.手机; \*.remark match no column") as error:
        mask_file(masker, tmp_path / "a.csv", tmp_path / "c.csv", MaskOptions(strict=True))
    assert error.value.hint
    assert not (tmp_path / "c.csv").exists()


def test_paths(masker: Masker, tmp_path: Path) -> None:
    """So does a document, by its paths, once it is read to the end."""
    (tmp_path / "a.json").write_text('{"客户": {"手机": "1"}, "x": [{"remark": "y", "case_no": 1}]}', encoding="utf-8")
    assert mask_file(masker, tmp_path / "a.json", tmp_path / "b.json").unmatched == ["案件编号", "城市, 省份"]
    with pytest.raises(InputError, match="match no column"):
        mask_file(masker, tmp_path / "a.json", tmp_path / "c.json", MaskOptions(strict=True))
    assert not (tmp_path / "c.json").exists()


def test_running_text(masker: Masker, tmp_path: Path) -> None:
    """Running text has no fields, so that none is missed."""
    (tmp_path / "a.txt").write_text("打13800138000\n", encoding="utf-8")
    assert mask_file(masker, tmp_path / "a.txt", tmp_path / "b.txt").unmatched == []


def test_a_line_stays_a_line() -> None:
    """One field is told in one word, very many by the first of them."""
    assert say_unmatched(["城市"]) == "the policy's field 城市 matches no column"
    assert say_unmatched([str(n) for n in range(99)]).endswith("; 19 and 79 more match no column")
