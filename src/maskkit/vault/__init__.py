"""Vaults: stores of sealed values behind random tokens. They hold no key and no plain value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from maskkit.errors import UsageError, VaultError

if TYPE_CHECKING:
    from maskkit.vault.base import Store

_POSTGRES: Final = ("postgresql://", "postgres://")


def default_path() -> Path:
    """Return where the vault is if nobody says: maskkit/vault.sqlite in the user's data folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir("maskkit", appauthor=False)) / "vault.sqlite"


def open_vault(where: str | Path | None = None, *, create: bool = True) -> Store:
    """Open the vault in a file (default: `default_path`) or behind a ``postgresql://`` address.

    Raises VaultError where it cannot be opened, and where there is none and `create` is off; UsageError for an address
    of another kind.
    """
    if is_postgres(where):
        from maskkit.vault.postgres import PostgresVault

        return PostgresVault(str(where), create=create)
    from maskkit.vault.sqlite import SqliteVault

    path = Path(where or default_path())
    if not create and not path.exists():
        raise VaultError(f"there is no vault {path}", hint="--vault FILE, or --vault postgresql://…")
    return SqliteVault(path)


def has_vault(where: str | Path | None = None) -> bool:
    """Tell whether there is a vault file at `where` (default: `default_path`); a database is taken to be there."""
    return is_postgres(where) or Path(where or default_path()).exists()


def is_postgres(where: str | Path | None) -> bool:
    """Tell whether `where` is the address of a PostgreSQL database, not a file; UsageError for one of another kind."""
    if not isinstance(where, str) or "://" not in where:
        return False
    if not where.startswith(_POSTGRES):  # never repeated, since it may hold a password
        raise UsageError("an address begins with postgresql://", hint="or give the name of a file")
    return True
