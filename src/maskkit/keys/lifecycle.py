"""What happens to a keyset in its life. Each function returns another keyset and leaves the one it was given.

::

    rotate ──> enabled, primary ──(rotate, promote)──> enabled <──> disabled ──> destroyed
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from maskkit.errors import KeysetError, as_said
from maskkit.keys.key import Key, Status, Suite, today
from maskkit.keys.keyset import Keyset
from maskkit.keys.tenant import Tenant, tags


def add(keyset: Keyset, suite: Suite | None = None) -> Keyset:
    """Add an enabled key that opens what is made with it, and makes nothing yet; its suite that of the primary key.

    Where several machines hold copies of a keyset: each gets the new key before any makes tokens with it.
    """
    new = Key.create(keyset.key_ids, suite or keyset.primary.suite)
    added = _changed(keyset, keys=(*keyset.versions(), new))
    added.for_tenant("default").tag(new.id)  # fails here where OpenSSL has not what the suite needs
    return added


def promote(keyset: Keyset, key_id: str) -> Keyset:
    """Make an enabled key the primary one."""
    key = _key(keyset, key_id)
    if key.status != "enabled":
        raise KeysetError(f"key {key.id} is {key.status} and cannot be primary", hint=_hint(key))
    return _changed(keyset, primary=key.id)


def rotate(keyset: Keyset, suite: Suite | None = None) -> Keyset:
    """Add a key and make it the primary one; the others go on opening what they made."""
    added = add(keyset, suite)
    return promote(added, added.info()[-1].id)


def disable(keyset: Keyset, key_id: str) -> Keyset:
    """Let a key open nothing until it is enabled again."""
    return _with_status(keyset, key_id, "disabled")


def enable(keyset: Keyset, key_id: str) -> Keyset:
    """Let a disabled key open tokens again."""
    return _with_status(keyset, key_id, "enabled")


def destroy(keyset: Keyset, key_id: str) -> Keyset:
    """Delete the secret of a disabled key, for ever. The id stays, so that its tokens are told from text."""
    key = _key(keyset, key_id)
    if key.status == "enabled":
        raise KeysetError(
            f"key {key.id} is enabled; disable it first and see that nothing needs it",
            hint="maskkit keys rotate" if key.id == keyset.primary.id else f"maskkit keys disable {key.id}",
        )
    return _with_status(keyset, key_id, "destroyed")


def add_tenant(keyset: Keyset, name: str) -> Keyset:
    """Give a tenant a random salt of its own, without which nothing made for it from then on can be opened."""
    if keyset.has_tenant(name):
        raise KeysetError("the keyset has that tenant already", hint="maskkit tenants list")
    keys = keyset.versions()
    before = tags(name, b"", keys).items()
    tenant = Tenant.create(name)
    # A tag tells under which salt a token was made, so no key may have the same one before and after.
    while before & tags(name, tenant.salt, keys).items():
        tenant = Tenant.create(name)
    return _changed(keyset, tenants=(*keyset.tenants(), tenant))


def retire_tenant(keyset: Keyset, name: str) -> Keyset:
    """Destroy the salt of a tenant: what was made for it since it was added never opens again."""
    tenant = next((tenant for tenant in keyset.tenants() if tenant.name == name), None)
    if tenant is None:
        raise KeysetError(
            "the keyset has no such tenant: one that was never added has no salt and cannot be retired",
            hint="maskkit tenants add T, before the next file is made for it",
        )
    if tenant.retired:
        raise KeysetError(f"tenant {name} was retired on {tenant.retired}", hint="maskkit tenants list")
    gone = replace(tenant, salt=b"", retired=today(), tags=tags(name, tenant.salt, keyset.versions()))
    return _changed(keyset, tenants=[gone if one is tenant else one for one in keyset.tenants()])


def _with_status(keyset: Keyset, key_id: str, status: Status) -> Keyset:
    key = _key(keyset, key_id)
    if key.status == status:
        raise KeysetError(f"key {key.id} is {status} already", hint="maskkit keys list")
    if key.status == "destroyed":
        raise KeysetError(f"key {key.id} is destroyed: its secret is gone", hint="restore a copy of the keyset")
    if key.id == keyset.primary.id:
        raise KeysetError(f"key {key.id} is primary and cannot be {status}", hint="maskkit keys rotate")
    new = replace(key, status=status, secret=b"" if status == "destroyed" else key.secret)
    return _changed(keyset, keys=[new if one is key else one for one in keyset.versions()])


def _key(keyset: Keyset, key_id: str) -> Key:
    for key in keyset.versions():
        if key.id == key_id:
            return key
    raise KeysetError(f"the keyset has no key {as_said(key_id)}", hint="maskkit keys list")


def _hint(key: Key) -> str:
    return f"maskkit keys enable {key.id}" if key.status == "disabled" else "maskkit keys rotate"


def _changed(
    keyset: Keyset,
    *,
    keys: Iterable[Key] | None = None,
    primary: str | None = None,
    tenants: Iterable[Tenant] | None = None,
) -> Keyset:
    return Keyset(
        keyset.versions() if keys is None else keys,
        primary or keyset.primary.id,
        tenants=keyset.tenants() if tenants is None else tenants,
        signing=keyset.signing_seed(),
    )
