"""Keyset files: written beside, read back, and only then put in place; a regular file of bounded size, 0600."""

from __future__ import annotations

import os
import secrets
import shlex
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from maskkit.errors import KeysetError
from maskkit.keys import document, seals
from maskkit.keys.keyset import Keyset
from maskkit.keys.kms import Kms
from maskkit.keys.seals import DamagedError, Passphrase, Seal

_MAX_FILE: Final = 1 << 20
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, eq=False)
class KeysetFile:
    """An opened keyset file: what it holds, how it is sealed, and whether its mode lets others at it.

    `exposed` is the mode of a file that not only its owner may read or write; None for a private one, and on Windows.
    """

    path: Path
    keyset: Keyset
    seal: Seal | None = field(repr=False)
    exposed: int | None
    raw: bytes = field(repr=False)

    def replace(self, keyset: Keyset, seal: Seal | None) -> None:
        """Put another keyset or seal in place of what was read. KeysetError leaves the file as it is.

        The new file has a fixed name while it is written, which no second process can take; and what it replaces has to
        be what was read: two changes at once would lose one, and with it the tokens of its key.
        """
        target = Path(os.path.realpath(self.path))
        beside = target.with_name(f".{target.name}.new")
        raw = _encoded(self.path, keyset, seal)
        try:
            file = _create(beside)
        except FileExistsError:
            raise KeysetError(
                f"keyset {self.path} is being changed by another process, or one was ended while it did",
                hint=f"run it again; if none is running, rm {shlex.quote(str(beside))}",
            ) from None
        except OSError as error:
            raise _unwritable(self.path, error) from None
        try:
            _fill(file, raw)
            _check_written(beside, keyset, seal)
            if _read(target)[0] != self.raw:
                raise KeysetError(f"keyset {self.path} was changed by another process meanwhile", hint="run it again")
            beside.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            raise _unwritable(self.path, error) from None
        finally:
            beside.unlink(missing_ok=True)


def default_path() -> Path:
    """Return where the keyset is without ``--keyset``: maskkit/keyset.json in the user's config folder."""
    import platformdirs

    return Path(platformdirs.user_config_dir("maskkit", appauthor=False)) / "keyset.json"


def refuse_existing(path: Path) -> None:
    """Raise KeysetError if there is something at `path`."""
    if os.path.lexists(path):
        raise KeysetError(
            f"{path} is there already and stays as it is", hint="maskkit keys create --out FILE with another name"
        )


def write_file(path: Path, keyset: Keyset, seal: Seal | None) -> None:
    """Write a new file that only this user can read, and read it back before it is trusted.

    `seal` None leaves it unsealed, and the file says so. Raises KeysetError for an existing file or a disk that does
    not give back what was written; then nothing new is left.
    """
    refuse_existing(path)
    raw = _encoded(path, keyset, seal)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _fill(_create(beside), raw)
            _check_written(beside, keyset, seal)
            # An empty file of our own takes the name first: the rename then replaces no one else's keyset.
            with _create(path):
                pass
            try:
                beside.replace(path)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            _sync_folder(path.parent)
        finally:
            beside.unlink(missing_ok=True)
    except FileExistsError:
        refuse_existing(path)
        raise KeysetError(f"{path} cannot be written: a part of its path is a file") from None
    except OSError as error:
        raise _unwritable(path, error) from None


def open_file(path: Path, passphrase: Passphrase | None = None, kms: Kms | None = None) -> KeysetFile:
    """Open a keyset file; a callable is asked for the passphrase only where the file is sealed by one.

    Raises KeysetError for a missing, damaged, newer or foreign file, PassphraseError for a wrong or missing passphrase.
    """
    raw, mode = _read(path)
    opened = document.decode(str(path), raw, lambda sealing: seals.seal_of(sealing, passphrase, kms))
    exposed = mode if os.name == "posix" and mode & _OTHERS else None
    return KeysetFile(path, opened.keyset, opened.seal, exposed, raw)


def _read(path: Path) -> tuple[bytes, int]:
    """Return the bytes of a regular file of a keyset's size, and its permissions."""
    # Opening a pipe that nobody writes to would wait for ever; so would reading some devices.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            found = os.fstat(file.fileno())
            raw = file.read(_MAX_FILE + 1) if stat.S_ISREG(found.st_mode) else None
    except FileNotFoundError:
        raise KeysetError(f"there is no keyset at {path}", hint="maskkit keys create") from None
    except OSError as error:
        raise KeysetError(f"keyset {path} cannot be read: {error.strerror or type(error).__name__}") from None
    if raw is None:
        raise KeysetError(f"keyset {path} cannot be read: it is no regular file")
    if len(raw) > _MAX_FILE:
        raise document.foreign(str(path))
    return raw, stat.S_IMODE(found.st_mode)


def _encoded(path: Path, keyset: Keyset, seal: Seal | None) -> bytes:
    raw = document.encode(keyset, seal)
    if len(raw) > _MAX_FILE:  # which nobody would read
        raise KeysetError(
            f"keyset {path} would be larger than {_MAX_FILE >> 20} MiB: it has too many tenants",
            hint="maskkit keys create --out FILE makes a keyset for others",
        )
    return raw


def _create(path: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _fill(file: BinaryIO, raw: bytes) -> None:
    with file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename outlive a power cut, where the system can."""
    if os.name != "posix":
        return
    with suppress(OSError):  # some file systems cannot; the file itself is safe already
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _check_written(path: Path, keyset: Keyset, seal: Seal | None) -> None:
    """Raise KeysetError if the file at `path` does not hold `keyset`, opened as it will have to be."""

    def seal_of(sealing: dict[str, Any]) -> Seal:
        if seal is None:
            raise DamagedError
        return seal

    if not document.hold_the_same(document.decode(str(path), _read(path)[0], seal_of).keyset, keyset):
        raise KeysetError(f"{path} does not read back as it was written")


def _unwritable(path: Path, error: OSError) -> KeysetError:
    return KeysetError(f"{path} cannot be written: {error.strerror or type(error).__name__}")
