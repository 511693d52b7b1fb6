"""What a compliance officer files with a hand-over: what was done to which file, and never a value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any


def installed_version() -> str:
    """Return maskkit's version, "source" where it runs without being installed."""
    try:
        return version("maskkit")
    except PackageNotFoundError:
        return "source"


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column or field: what it was taken for and by whom, the operator, and how many cells fared how."""

    name: str
    entity: str
    by: str
    operator: str
    masked: int
    left: int
    destroyed: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """One masked file. Hashes are SHA-256, hexadecimal; `key` is the id of the key that made the tokens.

    `misfits` are rows that did not fit the table and were searched as text, `misfit_values` what was masked in them;
    `checked` tells whether the output was searched for the masked values, and none was found; `unmatched` are the names
    of the policy's fields that the file does not have.
    """

    policy: str
    policy_sha256: str
    audience: str | None
    tenant: str
    key: str | None
    input: str
    input_sha256: str
    output: str
    output_sha256: str
    format: str
    encoding: str
    rows: int
    misfits: int
    misfit_values: int
    checked: bool
    unmatched: Sequence[str]
    columns: Sequence[ColumnReport]

    def as_json(self) -> str:
        """Return the report as JSON, with the time and maskkit's version."""
        head: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "maskkit": installed_version(),
        }
        return json.dumps(head | asdict(self), ensure_ascii=False, indent=2) + "\n"
