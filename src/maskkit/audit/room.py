"""Whether the disk has room for lines, which no file tells that is opened and not written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from maskkit.errors import AuditError

#: Bytes that are enough for the lines of some requests; a disk with less is as good as full.
_ENOUGH: Final = 1 << 16


def check(path: Path) -> None:
    """Raise AuditError where the disk of the file `path` is full; a disk that does not say is not."""
    try:
        total, _, free = shutil.disk_usage(path)
    except OSError:
        return
    if total and free < _ENOUGH:
        raise AuditError(
            f"audit log {path} cannot be written: no space is left on its disk",
            hint="MASKKIT_AUDIT=FILE or --audit FILE names another",
        )
