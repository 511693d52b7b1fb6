"""Where the data files are: the folder rules/ of the repository, which the wheel carries inside the package."""

from __future__ import annotations

from pathlib import Path


def rules_dir() -> Path:
    """Return the folder rules/ of the source checkout or editable install, else the wheel's copy of it."""
    checkout = Path(__file__).resolve().parents[2] / "rules"
    return checkout if checkout.is_dir() else Path(__file__).resolve().parent / "_rules"
