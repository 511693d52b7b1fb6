"""A line of the audit: JSON that ends in the hash of all before it, and names the hash of the line before.

::

    {"writer":"main","n":7,"prev":"9f…","time":"2026-03-01T08:00:00.000Z","kind":"unmask",…,"hash":"4c…"}

`hash` is SHA-256 of the line's bytes up to ``,"hash":``. `prev` is the hash of the writer's line before, 64 zeros in
its first; `n` counts the writer's lines from 1. A checkpoint has `key` and `signature` too: the first 16 hexadecimal
digits of SHA-256 of the public key, and Ed25519 (RFC 8032) over the bytes up to ``,"signature":``, in base64.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FIRST: Final = "0" * 64

_HASH: Final = ',"hash":"'
_SIGNATURE: Final = ',"signature":"'
_END: Final = '"}'
_BEGINNING: Final = '{"writer":"'
_HASH_LENGTH: Final = 64
_SIGNATURE_LENGTH: Final = 88
_TAIL_LENGTH: Final = len(_HASH) + _HASH_LENGTH + len(_END)


class Line(NamedTuple):
    """A line that is whole: its own place and hash, and what it says. `signed` is what a checkpoint signs."""

    writer: str
    n: int
    prev: str
    hash: str
    says: Mapping[str, Any]
    signed: bytes = b""
    signature: bytes = b""


def write(
    writer: str, n: int, prev: str, says: Mapping[str, Any], signing_key: Ed25519PrivateKey | None = None
) -> tuple[str, str]:
    """Return a line without its end, and its hash; signed where there is a key."""
    text = _json({"writer": writer, "n": n, "prev": prev, **says})
    if signing_key is not None:
        text = f"{text[:-1]},{_json({'key': key_name(signing_key.public_key())})[1:-1]}"
        signature = base64.b64encode(signing_key.sign(text.encode())).decode("ascii")
        text += f"{_SIGNATURE}{signature}{_END}"
    digest = _hash(text[:-1])
    return f"{text[:-1]}{_HASH}{digest}{_END}", digest


def read(text: str) -> Line | None:
    """Return what a line says, None where it is not whole: cut, edited, or none at all."""
    body, tail = text[:-_TAIL_LENGTH], text[-_TAIL_LENGTH:]
    if not _is_tail(tail) or tail[len(_HASH) : -len(_END)] != _hash(body):
        return None
    try:
        says = json.loads(text)
        writer, n, prev, digest = says.pop("writer"), says.pop("n"), says.pop("prev"), says.pop("hash")
    except (ValueError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(writer, str) or type(n) is not int or not isinstance(prev, str):
        return None
    signed, sign, signature = body.rpartition(_SIGNATURE)
    if not sign or len(signature) != _SIGNATURE_LENGTH + 1 or says.get("kind") != "checkpoint":
        return Line(writer, n, prev, digest, says)
    try:
        return Line(writer, n, prev, digest, says, signed.encode(), base64.b64decode(signature[:-1], validate=True))
    except ValueError:
        return None


def is_cut(text: str) -> bool:
    """Tell whether a crash can have left this of a line: its beginning, neither its end nor whole JSON.

    Whether it did, the lines around it tell: someone may have cut a line that was whole.
    """
    if not text or not _BEGINNING.startswith(text[: len(_BEGINNING)]) or _is_tail(text[-_TAIL_LENGTH:]):
        return False
    try:
        json.loads(text)
    except ValueError:
        return True
    except RecursionError:
        pass
    return False


def key_name(key: Ed25519PublicKey) -> str:
    """Return the name by which checkpoints tell which key signed them."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _is_tail(text: str) -> bool:
    # Quotes in what an event says are escaped, so that no text in it looks like this.
    return text.startswith(_HASH) and text.endswith(_END)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
