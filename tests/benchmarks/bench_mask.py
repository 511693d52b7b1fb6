"""Mask a wide case export, file to file, beside the same masks written with pandas' apply.

pandas does what a script of one's own does: the columns are named by hand, each cell is cut in Python, one regular
expression runs over the remarks. It detects nothing, makes no tokens and leaves names in remarks alone.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final

import pandas as pd
from rich.console import Console
from rich.table import Table

from maskkit import Keyset, Masker, load_policy
from maskkit.jobs.mask import mask_file

ROWS: Final = 300_000
ROWS_WITH_NAMES: Final = 20_000
Way = Callable[[Path, Path], None]
EXAMPLE: Final = Path(__file__).resolve().parents[2] / "examples" / "case-export"

REMARK: Final = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)|(?<!\d)([1-9]\d{3})\d{10}(\d{3}[\dX])(?!\d)")


def in_remark(found: re.Match[str]) -> str:
    """Return the mask of what the expression found."""
    return f"{found[1]}****{found[2]}" if found[1] else f"{found[3]}**********{found[4]}"


MASKS: Final[dict[str, Callable[[str], str]]] = {
    "姓名": lambda name: name[0] + "**",
    "联系人1": lambda name: name[0] + "**",
    "手机号": lambda phone: phone[:3] + "****" + phone[-4:],
    "联系人1电话": lambda phone: phone[:3] + "****" + phone[-4:],
    "身份证号": lambda number: number[:4] + "**********" + number[-4:],
    "银行卡号": lambda card: card[:4] + " **** **** " + card[-4:],
    "催收记录": lambda note: REMARK.sub(in_remark, note),
}


def with_pandas(source: Path, out: Path) -> None:
    """Read, mask seven columns cell by cell, write."""
    frame = pd.read_csv(source, dtype=str, keep_default_na=False)
    for name, mask in MASKS.items():
        frame[name] = frame[name].apply(mask)
    frame.to_csv(out, index=False, lineterminator="\r\n")


def with_maskkit(policy: str, names: str, source: Path, out: Path) -> None:
    """Mask the file as the command line does."""
    masker = Masker(replace(load_policy(policy), names=names), keyset=Keyset.create(), tenant="agency-a")
    mask_file(masker, source, out)


def rate(way: Way, source: Path, rows: int, rounds: int) -> float:
    """Return rows a second, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        way(source, source.with_suffix(".out"))
        best = min(best, time.perf_counter() - started)
    return rows / best


def export(folder: Path, rows: int) -> Path:
    """Write an export of so many rows with the example's generator."""
    sys.path.insert(0, str(EXAMPLE))
    path = folder / f"{rows}.csv"
    import_module("generate").write(path, rows)
    return path


WAYS: Final[dict[str, Way]] = {
    "pandas apply, seven columns named by hand": with_pandas,
    "maskkit display, rules": partial(with_maskkit, "display", "off"),
    "maskkit tokens, rules": partial(with_maskkit, "tokens", "off"),
    "maskkit agency, rules": partial(with_maskkit, "agency", "off"),
}
WAYS_WITH_NAMES: Final[dict[str, Way]] = {
    "pandas apply, the same": with_pandas,
    "maskkit display, rules and names in text": partial(with_maskkit, "display", "model"),
    "maskkit tokens, rules and names in text": partial(with_maskkit, "tokens", "model"),
}


def main(rows: int = ROWS, rows_with_names: int = ROWS_WITH_NAMES) -> None:
    """Print rows a second of each way, and its ratio to pandas' on the same file."""
    with tempfile.TemporaryDirectory() as folder:
        files = {count: export(Path(folder), count) for count in (rows, rows_with_names)}
        size = files[rows].stat().st_size / 1e6
        table = Table(
            title=f"17 columns, {rows:,} rows of {size * 1e6 / rows:.0f} bytes; one core", title_justify="left"
        )
        for name in ("way", "rows", "rows/s", "MB/s", "x pandas"):
            table.add_column(name, justify="left" if name == "way" else "right")
        for count, ways in ((rows, WAYS), (rows_with_names, WAYS_WITH_NAMES)):
            base = 0.0
            for name, way in ways.items():
                figure = rate(way, files[count], count, rounds=2)
                base = base or figure
                table.add_row(
                    name, f"{count:,}", f"{figure:,.0f}", f"{figure * size / rows:.1f}", f"{figure / base:.2f}"
                )
            table.add_section()
        Console(width=None if sys.stdout.isatty() else 110).print(table)


if __name__ == "__main__":
    main()
