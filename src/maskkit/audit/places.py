"""Where an audit is: a file or a database, and which one if nobody says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from maskkit.errors import AuditError
from maskkit.vault import is_postgres

if TYPE_CHECKING:
    from maskkit.audit.base import Sink

_SQLITE: Final = (".sqlite", ".sqlite3", ".db")


def default_path() -> Path:
    """Return maskkit/audit.jsonl in the user's state folder, never the folder of the keyset.

    Where a system has one folder for both, as macOS and Windows do, it is the folder of logs.
    """
    import platformdirs

    from maskkit.keys import store

    folder = Path(platformdirs.user_state_dir("maskkit", appauthor=False))
    if folder == store.default_path().parent:
        folder = Path(platformdirs.user_log_dir("maskkit", appauthor=False))
    return folder / "audit.jsonl"


def open_audit(where: str | Path | None = None, *, create: bool = True) -> Sink:
    """Open the audit in a file (default: `default_path`) or behind a ``postgresql://`` address.

    A name that ends in .sqlite, .sqlite3 or .db is an SQLite file, any other a text file with a line an event. Raises
    AuditError where it cannot be opened, and where there is none and `create` is off; UsageError for an address of
    another kind.
    """
    if is_postgres(where):
        from maskkit.audit.postgres import PostgresSink

        return PostgresSink(str(where), create=create)
    path = Path(where or default_path())
    if not create and not path.exists():
        raise AuditError(f"there is no audit log {path}", hint="--audit FILE, or --audit postgresql://…")
    if path.suffix.lower() in _SQLITE:
        from maskkit.audit.sqlite import SqliteSink

        return SqliteSink(path)
    from maskkit.audit.jsonl import JsonlSink

    return JsonlSink(path)
