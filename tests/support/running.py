"""The type of the fixture that runs the command line."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Protocol


class Run(Protocol):
    """Runs `maskkit` with arguments, bytes on stdin and variables added to a clean environment."""

    def __call__(
        self, *arguments: str | Path, stdin: bytes = b"", **variables: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Return what came of it."""
