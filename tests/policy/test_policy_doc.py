"""docs/reference/policy.md shows policies that are right, and every key there is."""

import re
from pathlib import Path

import pytest

from maskkit.policy import check_policy

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "policy.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
def test_examples(tmp_path: Path, example: str) -> None:
    """Each example is a policy without problems."""
    (tmp_path / "names.txt").write_text("张三\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(example, encoding="utf-8")
    assert check_policy(tmp_path / "mine.yaml") == []


def test_keys(tmp_path: Path) -> None:
    """The table of keys has exactly those that the reader knows, which it lists for an unknown one."""
    (tmp_path / "mine.yaml").write_text("zzz: x\n", encoding="utf-8")
    [problem] = check_policy(tmp_path / "mine.yaml")
    known = set(problem.partition("one of ")[2].split(", "))
    table = TEXT.partition("## Keys")[2].partition("## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == known
