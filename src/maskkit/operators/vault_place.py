"""Where a tenant's vaulted tokens are made and opened: a vault that is opened once the first of them needs it."""

from __future__ import annotations

import os
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Final

from maskkit.vault import has_vault, open_vault

if TYPE_CHECKING:
    from maskkit.keys.keyset import TenantKeys
    from maskkit.operators.vaulted import Vaulted

#: Where the vault is, if neither the call nor the command says.
VARIABLE: Final = "MASKKIT_VAULT"


class VaultPlace:
    """The vault of one tenant at `where`, as for `open_vault`; None: MASKKIT_VAULT, else the user's data folder."""

    def __init__(self, keys: TenantKeys, where: str | Path | None = None) -> None:
        self._keys = keys
        self._where = where if where is not None else os.environ.get(VARIABLE) or None
        self._vaulted: Vaulted | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "VaultPlace()"  # an address may hold a password

    def making(self) -> Vaulted:
        """Return what makes vaulted tokens; the vault is made if there is none. VaultError where it cannot be."""
        with self._lock:
            return self._vaulted or self._opened()

    def opening(self) -> Vaulted | None:
        """Return what opens vaulted tokens, None where there is no vault. VaultError where it cannot be opened."""
        with self._lock:
            return self._vaulted or (self._opened() if has_vault(self._where) else None)

    def _opened(self) -> Vaulted:
        from maskkit.operators.vaulted import Vaulted

        store = open_vault(self._where)
        self._vaulted = Vaulted(store, self._keys)
        weakref.finalize(self, store.close)
        return self._vaulted
