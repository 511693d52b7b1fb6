"""Optional packages: what is missing, and the command that installs it."""

from __future__ import annotations

from maskkit.errors import MaskkitError


class MissingExtraError(MaskkitError, ImportError):
    """A package that is not installed; `hint` is the command that installs it."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"the extra {extra} is not installed", hint=f'pip install "maskkit[{extra}]"')

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.hint}"
