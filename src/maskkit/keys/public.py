"""What everyone may see of a keyset: ids, states, tags, the public key of the audit; and the record of a retirement."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from maskkit.errors import KeysetError
from maskkit.keys.keyset import Keyset, Tenant
from maskkit.keys.tenant import tags

_COPIES = (
    "copies of the keyset made before this still hold the salt and open this tenant's tokens until they are destroyed; "
    "what was made before the tenant was added opens as before"
)


def public_info(keyset: Keyset) -> dict[str, Any]:
    """Return what an auditor needs and everyone may see, ready for JSON.

    Tags stand open in every token; each tenant has one for each key, and `former_tags` for what was made before it was
    added. The key is Ed25519 (RFC 8032) in PEM (RFC 8410).
    """
    return {
        "format": "maskkit public info",
        "version": 1,
        "primary": keyset.primary.id,
        "keys": [key._asdict() for key in keyset.info()],
        "tenants": [_tenant(keyset, tenant) for tenant in keyset.tenants()],
        "audit_public_key": public_key_pem(keyset),
    }


def public_key_pem(keyset: Keyset) -> str:
    """Return the public key of the audit's signatures, in PEM."""
    return (
        keyset.signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    )


def deletion_record(keyset: Keyset, name: str) -> dict[str, Any]:
    """Return the signed record that the salt of a retired tenant was destroyed in `keyset`.

    The signature, Ed25519 in base64, is over the JSON of `record`: keys sorted, no blanks, ASCII.
    """
    tenant = next((tenant for tenant in keyset.tenants() if tenant.name == name and tenant.retired), None)
    if tenant is None:
        raise KeysetError("that tenant is not retired")
    record = {
        "event": "tenant retired",
        "tenant": tenant.name,
        "added": tenant.added,
        "retired": tenant.retired,
        "tags": dict(tenant.tags),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "note": _COPIES,
    }
    signed = keyset.signing_key().sign(record_bytes(record))
    return {
        "record": record,
        "signature": base64.b64encode(signed).decode("ascii"),
        "audit_public_key": public_key_pem(keyset),
    }


def record_bytes(record: dict[str, Any]) -> bytes:
    """Return the bytes of a record that are signed."""
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode("ascii")


def _tenant(keyset: Keyset, tenant: Tenant) -> dict[str, Any]:
    return {
        "name": tenant.name,
        "status": "retired" if tenant.retired else "active",
        "added": tenant.added,
        "retired": tenant.retired,
        "tags": dict(tenant.tags) if tenant.retired else tags(tenant.name, tenant.salt, keyset.versions()),
        "former_tags": tags(tenant.name, b"", keyset.versions()),
    }
