"""Mask a case export for an agency, look at it, turn it back, compare."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

HERE = Path(__file__).parent
OUT = HERE / "out"
SHOWN = ("姓名", "手机号", "身份证号", "银行卡号", "户籍地址", "催收记录")


def maskkit(*arguments: str | Path) -> None:
    """Run a command as it would be typed, and show it."""
    shown = [argument.name if isinstance(argument, Path) else argument for argument in arguments]
    Console(stderr=True).print(f"$ maskkit {' '.join(shown)}", style="bold green", highlight=False)
    subprocess.run([sys.executable, "-m", "maskkit", *map(str, arguments)], check=True)


def show(title: str, path: Path, columns: Sequence[str] = SHOWN, rows: int = 5) -> None:
    """Print the first rows of an export."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, title_style="bold", header_style="bold cyan")
    for name in columns:
        table.add_column(name, overflow="fold", min_width=4)
    with path.open(encoding="utf-8", newline="") as file:
        for _, row in zip(range(rows), csv.DictReader(file), strict=False):
            table.add_row(*(Text(row[name]) for name in columns))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def main() -> int:
    """Run the tour; the exit code says whether the bytes came back."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    export, keyset = HERE / "cases.csv", OUT / "keyset.json"
    display, masked, restored = OUT / "cases.display.csv", OUT / "cases.masked.csv", OUT / "cases.restored.csv"
    maskkit("keys", "create", "--no-passphrase", "--out", keyset)
    maskkit("mask", export, "-o", masked, "--policy", "agency", "--tenant", "agency-a", "--keyset", keyset, "--check")
    maskkit("mask", export, "-o", display, "--policy", "display")
    show("before", export)
    show("after: what an agency sees, tokens not shown", display)
    show(
        "after: the file it gets, each token beside its display form",
        masked,
        ("姓名", "姓名_token", "手机号", "手机号_token"),
    )
    maskkit("unmask", masked, "-o", restored, "--tenant", "agency-a", "--keyset", keyset)
    identical = restored.read_bytes() == export.read_bytes()
    print("identical" if identical else "DIFFERENT")
    return 0 if identical else 1


if __name__ == "__main__":
    sys.exit(main())
