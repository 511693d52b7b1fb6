"""The keyset file: JSON, its payload sealed by a passphrase, or openly unsealed.

Sealed: Argon2id (RFC 9106, section 4, the second recommended option: t=3, 64 MiB, p=4) makes a key of the passphrase,
AES-256-GCM seals the payload with the rest of the file as associated data. A SHA-256 over everything tells an accident
(a cut file, a flipped bit) from a wrong passphrase; it protects against nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from maskkit.errors import KeysetError, PassphraseError
from maskkit.keys.keyset import Key, Keyset

FORMAT: Final = "maskkit keyset"
VERSION: Final = 1
UNSEALED_NOTE: Final = "NOT SEALED: whoever can read this file can turn every token back"

_ITERATIONS: Final = 3
_MEMORY_KIB: Final = 64 * 1024
_LANES: Final = 4
#: What a file may ask for: enough for years to come, too little to hang the machine that reads it.
_BOUNDS: Final = {"iterations": (1, 64), "memory_kib": (8 * 1024, 1024 * 1024), "lanes": (1, 64)}
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_MAX_FILE: Final = 1 << 20
_BEGINNING: Final = b'{\n "format": "maskkit keyset",'

Passphrase = str | Callable[[], str]


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


def create_file(path: Path, passphrase: str | None) -> Keyset:
    """Make a keyset and its file; return the keyset. KeysetError if there is a file already."""
    keyset = Keyset.create()
    write_file(path, keyset, passphrase)
    return keyset


def write_file(path: Path, keyset: Keyset, passphrase: str | None) -> None:
    """Write a new file that only this user can read, and read it back before it is trusted.

    `passphrase` None leaves it unsealed, and the file says so. Raises KeysetError for an existing file or a disk that
    does not give back what was written; then nothing new is left.
    """
    if passphrase == "":
        raise PassphraseError("an empty passphrase protects nothing", hint="--no-passphrase says so openly")
    refuse_existing(path)
    raw = _encode(keyset, passphrase)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_new(beside, raw)
            _read_back(beside, keyset, passphrase)
            # An empty file of our own takes the name first: the rename then replaces no one else's keyset.
            _write_new(path, b"")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except FileExistsError:
        refuse_existing(path)
        raise KeysetError(f"{path} cannot be written: a part of its path is a file") from None
    except OSError as error:
        raise KeysetError(f"{path} cannot be written: {error.strerror or type(error).__name__}") from None


def open_file(path: Path, passphrase: Passphrase | None = None) -> Keyset:
    """Open a keyset file; a callable is asked for the passphrase only where the file is sealed.

    Raises KeysetError for a missing, damaged, newer or foreign file, PassphraseError for a wrong or missing passphrase.
    """
    return _decode(path, _read(path), passphrase)


def needs_passphrase(path: Path) -> bool:
    """Tell whether the keyset file at `path` is sealed by a passphrase."""
    return _is_sealed(_parse(path, _read(path)))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_FILE + 1)
    except FileNotFoundError:
        raise KeysetError(f"there is no keyset at {path}", hint="maskkit keys create") from None
    except OSError as error:
        raise KeysetError(f"keyset {path} cannot be read: {error.strerror or type(error).__name__}") from None
    if len(raw) > _MAX_FILE:
        raise KeysetError(f"{path} is not a maskkit keyset")
    return raw


def _write_new(path: Path, raw: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _encode(keyset: Keyset, passphrase: str | None) -> bytes:
    header: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    payload = {
        "primary": keyset.primary.id,
        "keys": [
            {"id": key.id, "status": key.status, "created": key.created, "secret": _b64(key.secret)}
            for key in keyset.versions()
        ],
    }
    if passphrase is None:
        document = {**header, "sealed": False, "note": UNSEALED_NOTE, "payload": payload}
    else:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealing = {
            "kdf": "argon2id",
            "salt": _b64(secrets.token_bytes(_SALT_BYTES)),
            "iterations": _ITERATIONS,
            "memory_kib": _MEMORY_KIB,
            "lanes": _LANES,
            "cipher": "aes-256-gcm",
            "nonce": _b64(nonce),
        }
        document = {**header, "sealed": True, "sealing": sealing}
        sealer = AESGCM(_stretch(passphrase, sealing))
        document["payload"] = _b64(sealer.encrypt(nonce, _bytes(payload), _bytes(document)))
    document["sha256"] = hashlib.sha256(_bytes(document)).hexdigest()
    return json.dumps(document, indent=1).encode() + b"\n"


def _decode(path: Path, raw: bytes, passphrase: Passphrase | None) -> Keyset:
    document = _parse(path, raw)
    payload = document["payload"]
    if _is_sealed(document):
        if passphrase is None:
            raise PassphraseError(f"keyset {path} is sealed and needs its passphrase", hint="set MASKKIT_PASSPHRASE")
        payload = _unseal(path, document, passphrase if isinstance(passphrase, str) else passphrase())
    try:
        keys = [
            Key(item["id"], base64.b64decode(item["secret"], validate=True), item["status"], item["created"])
            for item in payload["keys"]
        ]
        return Keyset(keys, payload["primary"])
    except (KeyError, TypeError, ValueError, AttributeError, KeysetError):
        raise _damaged(path) from None


def _parse(path: Path, raw: bytes) -> dict[str, Any]:
    """Return the checked document; all that can be told without the passphrase is told here."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        # Two marks, since one of them may be what is damaged.
        ours = _BEGINNING.startswith(raw[: len(_BEGINNING)]) or FORMAT.encode() in raw or b'"sha256"' in raw
        raise (_damaged(path) if ours else _foreign(path)) from None
    if not isinstance(document, dict) or not {"format", "sha256"} & document.keys():
        raise _foreign(path)
    checked = {name: value for name, value in document.items() if name != "sha256"}
    whole = document.get("sha256") == hashlib.sha256(_bytes(checked)).hexdigest()
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        doubt = "" if whole else ", or the file is damaged"
        raise KeysetError(
            f"keyset {path} has format {version}, newer than {VERSION}, which this maskkit reads{doubt}",
            hint="pip install --upgrade maskkit",
        )
    if not whole or document.get("format") != FORMAT or version != VERSION:
        raise _damaged(path)
    return document


def _is_sealed(document: dict[str, Any]) -> bool:
    return document.get("sealed") is not False


def _unseal(path: Path, document: dict[str, Any], passphrase: str) -> Any:
    sealing = document.get("sealing")
    header = {name: value for name, value in document.items() if name not in ("payload", "sha256")}
    try:
        if not isinstance(sealing, dict) or (sealing["kdf"], sealing["cipher"]) != ("argon2id", "aes-256-gcm"):
            raise _damaged(path)
        for name, (low, high) in _BOUNDS.items():
            if not isinstance(sealing[name], int) or not low <= sealing[name] <= high:
                raise KeysetError(f"keyset {path} asks for {name} outside {low} to {high}, and is not opened")
        nonce = base64.b64decode(sealing["nonce"], validate=True)
        sealed = base64.b64decode(document["payload"], validate=True)
        return json.loads(AESGCM(_stretch(passphrase, sealing)).decrypt(nonce, sealed, _bytes(header)))
    except InvalidTag:
        raise PassphraseError(f"the passphrase does not open keyset {path}") from None
    except (KeyError, TypeError, ValueError):
        raise _damaged(path) from None


def _stretch(passphrase: str, sealing: dict[str, Any]) -> bytes:
    # NFC: the same passphrase typed on another system may come in another composition.
    return Argon2id(
        salt=base64.b64decode(sealing["salt"], validate=True),
        length=_KEY_BYTES,
        iterations=sealing["iterations"],
        lanes=sealing["lanes"],
        memory_cost=sealing["memory_kib"],
    ).derive(unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass"))


def _read_back(path: Path, keyset: Keyset, passphrase: str | None) -> None:
    """Raise KeysetError if the file at `path` does not hold `keyset`."""
    written = open_file(path, passphrase)
    if (
        written.info() != keyset.info()
        or written.primary != keyset.primary
        or not all(
            hmac.compare_digest(a.secret, b.secret) for a, b in zip(written.versions(), keyset.versions(), strict=True)
        )
    ):
        raise KeysetError(f"{path} does not read back as it was written")


def _damaged(path: Path) -> KeysetError:
    return KeysetError(f"keyset {path} is damaged or cut off", hint="restore it from its backup")


def _foreign(path: Path) -> KeysetError:
    return KeysetError(f"{path} is not a maskkit keyset")


def _bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
