"""docs/reference/report.md describes every field of a report, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

from maskkit.jobs.report import ColumnReport, Report

DOC = Path(__file__).resolve().parents[2] / "docs" / "reference" / "report.md"


def test_every_field_is_described() -> None:
    """Each field has its row, in the order in which reports have them."""
    column = ColumnReport("a", "text", "text", "scan", 0, 0)
    report = Report("p", "", None, "t", None, "i", "", "o", "", "csv", "utf-8", 0, 0, 0, False, [], [column])
    written = json.loads(report.as_json())
    head, columns = (
        re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in DOC.read_text("utf-8").split("Each of `columns`")
    )
    assert head == list(written)
    assert columns == list(written["columns"][0])
