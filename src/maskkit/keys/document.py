"""The text of a keyset file: JSON, its payload sealed, or openly unsealed.

AES-256-GCM seals the payload, with the rest of the file as associated data. A SHA-256 over everything tells an accident
(a cut file, a flipped bit) from a wrong passphrase; it protects against nothing else.

Version 1 of the format is what every maskkit reads. What version 1 would get wrong (another suite, a tenant's salt) or
could not open (a KMS, scrypt) is written as version 2.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maskkit.errors import KeysetError, MaskkitError, PassphraseError
from maskkit.keys import seals
from maskkit.keys.keyset import Key, Keyset, Tenant
from maskkit.keys.seals import Seal

FORMAT: Final = "maskkit keyset"
VERSION: Final = 2
UNSEALED_NOTE: Final = "NOT SEALED: whoever can read this file can turn every token back"

_CIPHER: Final = "aes-256-gcm"
_NONCE_BYTES: Final = 12
SealOf = Callable[[dict[str, Any]], Seal]

_BEGINNING: Final = b'{\n "format": "maskkit keyset",'


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A keyset, and the seal to write it again with; None for one that is not sealed."""

    keyset: Keyset
    seal: Seal | None = field(repr=False)


def encode(keyset: Keyset, seal: Seal | None) -> bytes:
    """Return the text of a file that holds `keyset` under a fresh key of `seal`."""
    payload = _payload(keyset)
    old = not keyset.tenants() and all(key.suite == "aes" for key in keyset.versions())
    document: dict[str, Any] = {"format": FORMAT, "version": 1 if old else VERSION}
    if seal is None:
        document |= {"sealed": False, "note": UNSEALED_NOTE, "payload": payload}
    else:
        key, sealing = seal.lock()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        if sealing.get("kdf") != "argon2id":
            document["version"] = VERSION
        document |= {"sealed": True, "sealing": {**sealing, "cipher": _CIPHER, "nonce": _b64(nonce)}}
        document["payload"] = _b64(AESGCM(key).encrypt(nonce, _bytes(payload), _bytes(document)))
    document["sha256"] = hashlib.sha256(_bytes(document)).hexdigest()
    return json.dumps(document, indent=1).encode() + b"\n"


def decode(name: str, raw: bytes, seal_of: SealOf) -> Opened:
    """Return the keyset in the text of a file called `name`; `seal_of` gives the seal for what a file says of its own.

    Raises KeysetError for a damaged, newer or foreign file, PassphraseError for a wrong or missing passphrase.
    """
    document = parse(name, raw)
    payload, seal = document["payload"], None
    if is_sealed(document):
        payload, seal = _unseal(name, document, seal_of)
    try:
        return Opened(_keyset(payload), seal)
    except (KeyError, TypeError, ValueError, AttributeError, MaskkitError):
        raise _damaged(name) from None


def parse(name: str, raw: bytes) -> dict[str, Any]:
    """Return the checked document; all that can be told without a key is told here."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        # Two marks, since one of them may be what is damaged.
        ours = _BEGINNING.startswith(raw[: len(_BEGINNING)]) or FORMAT.encode() in raw or b'"sha256"' in raw
        raise (_damaged(name) if ours else foreign(name)) from None
    if not isinstance(document, dict) or not {"format", "sha256"} & document.keys():
        raise foreign(name)
    checked = {key: value for key, value in document.items() if key != "sha256"}
    whole = document.get("sha256") == hashlib.sha256(_bytes(checked)).hexdigest()
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        doubt = "" if whole else ", or the file is damaged"
        raise KeysetError(
            f"keyset {name} has format {version}, newer than {VERSION}, which this maskkit reads{doubt}",
            hint="pip install --upgrade maskkit",
        )
    if not whole or document.get("format") != FORMAT or version not in (1, VERSION):
        raise _damaged(name)
    return document


def is_sealed(document: dict[str, Any]) -> bool:
    """Tell whether a document is sealed; what does not say that it is not, is."""
    return document.get("sealed") is not False


def foreign(name: str) -> KeysetError:
    """Return the error for a file that is something else."""
    return KeysetError(f"{name} is not a maskkit keyset")


def hold_the_same(one: Keyset, other: Keyset) -> bool:
    """Tell whether two keysets would be written alike, in a time that says nothing of where they differ."""
    return hmac.compare_digest(_bytes(_payload(one)), _bytes(_payload(other)))


def _payload(keyset: Keyset) -> dict[str, Any]:
    return {
        "primary": keyset.primary.id,
        "keys": [
            {"id": key.id, "suite": key.suite, "status": key.status, "created": key.created, "secret": _b64(key.secret)}
            for key in keyset.versions()
        ],
        "tenants": [
            {
                "name": tenant.name,
                "added": tenant.added,
                "retired": tenant.retired,
                "tags": dict(tenant.tags),
                "salt": _b64(tenant.salt),
            }
            for tenant in keyset.tenants()
        ],
        "signing": _b64(keyset.signing_seed()),
    }


def _keyset(payload: Any) -> Keyset:
    return Keyset(
        [
            Key(item["id"], _raw(item["secret"]), item["status"], item["created"], item.get("suite", "aes"))
            for item in payload["keys"]
        ],
        payload["primary"],
        tenants=[
            Tenant(item["name"], _raw(item["salt"]), item["added"], item["retired"], item["tags"])
            for item in payload.get("tenants", ())
        ],
        signing=_raw(payload.get("signing", "")),
    )


def _unseal(name: str, document: dict[str, Any], seal_of: SealOf) -> tuple[Any, Seal]:
    sealing = document.get("sealing")
    header = {key: value for key, value in document.items() if key not in ("payload", "sha256")}
    if not isinstance(sealing, dict) or sealing.get("cipher") != _CIPHER:
        raise _damaged(name)
    try:
        nonce, sealed = _raw(sealing["nonce"]), _raw(document["payload"])
        seal = seal_of(sealing)
        return json.loads(AESGCM(seal.unlock(sealing)).decrypt(nonce, sealed, _bytes(header))), seal
    except InvalidTag:
        if not seals.is_by_passphrase(sealing):
            raise _damaged(name) from None
        raise PassphraseError(
            f"the passphrase does not open keyset {name}",
            hint="it is that of keys create or the last keys passphrase; MASKKIT_PASSPHRASE goes before the terminal",
        ) from None
    except (KeyError, TypeError, ValueError):
        raise _damaged(name) from None
    except KeysetError as error:
        raise type(error)(f"keyset {name}: {error}", hint=error.hint) from None


def _damaged(name: str) -> KeysetError:
    return KeysetError(f"keyset {name} is damaged or cut off", hint="restore it from its backup")


def _bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
