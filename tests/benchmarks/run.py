"""Run every benchmark of this folder in turn: what `make bench` does. No figure fails anything."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console

HERE = Path(__file__).parent


def main() -> None:
    """Print the figures of each under its own heading."""
    sys.path.insert(0, str(HERE))
    for file in sorted(HERE.glob("bench_*.py")):
        bench = import_module(file.stem)
        Console(soft_wrap=True).print(f"{file.stem}: {(bench.__doc__ or '').splitlines()[0]}", style="bold")
        bench.main()
        print()


if __name__ == "__main__":
    main()
