"""maskkit keys: make keysets, look at them, and lead their keys through their life."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from maskkit.cli import keyfile, passphrase
from maskkit.cli.options import KeysetOption, open_keyset
from maskkit.cli.terminal import note, table
from maskkit.errors import UsageError, as_said

if TYPE_CHECKING:
    from maskkit.audit import AuditEvent
    from maskkit.keys.key import Suite
    from maskkit.keys.keyset import Keyset
    from maskkit.keys.seals import Seal

app: Final = typer.Typer(help="Make and look at keysets.", no_args_is_help=True, rich_markup_mode=None)

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="The key's id, as keys list shows it.")]
SuiteOption = Annotated[
    str | None, typer.Option("--suite", metavar="aes|sm", help="AES and SHA-256, or SM4 and SM3; default: aes.")
]
KmsOption = Annotated[
    str | None,
    typer.Option(
        "--kms", metavar="NAME", help="Seal it by a key management service instead, as in vault-transit:maskkit."
    ),
]
NoPassphraseOption = Annotated[
    bool, typer.Option("--no-passphrase", help="Leave the keyset unsealed: whoever reads the file has the keys.")
]


@app.command()
def create(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where; default: the user's config folder.")
    ] = None,
    no_passphrase: NoPassphraseOption = False,
    kms: KmsOption = None,
    suite: SuiteOption = None,
) -> None:
    """Make a keyset in a sealed file that only this user can read."""
    from maskkit.keys import store
    from maskkit.keys.keyset import Keyset

    path = out or store.default_path()
    store.refuse_existing(path)
    keyset = Keyset.create(_suite(suite) or "aes")
    seal = _seal(kms, no_passphrase, passphrase.VARIABLE)
    with keyfile.recorded(keyset, keyfile.key_event("create", keyset.primary.id)):
        store.write_file(path, keyset, seal)
    note(f"keyset {path} with primary key {keyset.primary.id}")
    _tell_seal(kms, no_passphrase)
    note(_backup(kms, no_passphrase).format(path))


@app.command("list")
def list_keys(keyset: KeysetOption = None) -> None:
    """Show the keys of a keyset: ids, suites and states, never material."""
    opened = open_keyset(keyset)
    rows = [
        (key.id, "primary" if key.id == opened.primary.id else "", key.status, key.suite, key.created)
        for key in opened.info()
    ]
    table(("key", "", "status", "suite", "created"), rows, stderr=False)


@app.command()
def rotate(
    keyset: KeysetOption = None,
    suite: SuiteOption = None,
    add_only: Annotated[
        bool, typer.Option("--add-only", help="Only add the key: it opens, and makes nothing until rotate --to.")
    ] = False,
    to: Annotated[
        str | None, typer.Option("--to", metavar="KEY", help="Make this key primary, which is there and enabled.")
    ] = None,
) -> None:
    """Add a key that makes all tokens from now on; the others go on opening what they made."""
    from maskkit.keys import lifecycle

    if to is not None and (add_only or suite is not None):
        raise UsageError("--to takes a key that is there, --add-only and --suite are for a new one", hint="give one")
    of = _suite(suite)
    if to is not None:
        file, new = keyfile.change(keyset, lambda old: lifecycle.promote(old, to), _done("promote", to))
    elif add_only:
        file, new = keyfile.change(keyset, lambda old: lifecycle.add(old, of), _done("add"))
        added = new.info()[-1].id
        note(f"key {added} is added and opens; it makes nothing yet", f"maskkit keys rotate --to {added}")
    else:
        file, new = keyfile.change(keyset, lambda old: lifecycle.rotate(old, of), _done("rotate"))
    if not add_only:
        note(
            f"key {new.primary.id} is primary; key {file.keyset.primary.id} goes on opening what it made",
            "maskkit rewrap FILE moves the tokens of a file to the primary key",
        )
    if to is None:
        note(f"back up {file.path} again: no copy made earlier has the new key")


@app.command()
def disable(key: KeyArgument, keyset: KeysetOption = None) -> None:
    """Let a key open nothing until it is enabled again."""
    from maskkit.keys import lifecycle

    _, new = keyfile.change(keyset, lambda old: lifecycle.disable(old, key), _done("disable", key))
    note(f"key {key} is disabled: its tokens stay as they are until it is enabled", f"maskkit keys enable {key}")
    _tell_surrogates(new, key, "until it is enabled none is made and none comes back")


@app.command()
def enable(key: KeyArgument, keyset: KeysetOption = None) -> None:
    """Let a disabled key open its tokens again."""
    from maskkit.keys import lifecycle

    keyfile.change(keyset, lambda old: lifecycle.enable(old, key), _done("enable", key))
    note(f"key {key} is enabled and opens its tokens")


@app.command()
def destroy(key: KeyArgument, keyset: KeysetOption = None) -> None:
    """Delete the secret of a disabled key, for ever."""
    from maskkit.keys import lifecycle

    file, new = keyfile.change(keyset, lambda old: lifecycle.destroy(old, key), _done("destroy", key))
    note(f"key {key} is destroyed: its tokens never open again")
    _tell_surrogates(new, key, "none comes back, ever")
    note(f"copies of {file.path} made earlier still hold it")


@app.command("passphrase")
def change_passphrase(
    keyset: KeysetOption = None, kms: KmsOption = None, no_passphrase: NoPassphraseOption = False
) -> None:
    """Seal a keyset by another passphrase, or move it to a key management service, or back from one.

    The new passphrase comes from MASKKIT_NEW_PASSPHRASE, else from the terminal.
    """
    opened = keyfile.open_file(keyset)
    seal = _seal(kms, no_passphrase, passphrase.NEW_VARIABLE)
    with keyfile.recorded(opened.keyset, keyfile.key_event("seal")):
        opened.replace(opened.keyset, seal)
    note(f"keyset {opened.path} is sealed anew" if not no_passphrase else f"keyset {opened.path} is open")
    _tell_seal(kms, no_passphrase)
    note(f"copies of {opened.path} made earlier still open as they did")
    note(_backup(kms, no_passphrase).format(opened.path))


@app.command("export-public-info")
def export_public_info(keyset: KeysetOption = None) -> None:
    """Print as JSON what an auditor needs and everyone may see: ids, states, tenants' tags, the audit's public key."""
    from maskkit.keys.public import public_info

    typer.echo(json.dumps(public_info(open_keyset(keyset)), indent=2, ensure_ascii=False))


def _tell_surrogates(keyset: Keyset, key: str, what: str) -> None:
    """Say what becomes of the surrogates, which name no key and are all of the oldest one."""
    if key == keyset.info()[0].id:
        note(f"it is the oldest key, which makes the surrogates: {what}")


def _done(detail: str, key: str | None = None) -> Callable[[Keyset], AuditEvent]:
    """Return what says in the audit what was done: to `key`, else to the key that came last."""
    return lambda new: keyfile.key_event(detail, key or new.info()[-1].id)


def _suite(wanted: str | None) -> Suite | None:
    match wanted:
        case None:
            return None
        case "aes":
            return "aes"
        case "sm":
            return "sm"
    raise UsageError(f"there is no suite {as_said(wanted)}", hint="--suite aes|sm")


def _seal(kms: str | None, no_passphrase: bool, variable: str) -> Seal | None:
    """Return the seal that the options ask for: a KMS, none, or a passphrase, which is then asked for."""
    from maskkit.keys import seals
    from maskkit.keys.kms import find

    if kms is not None and no_passphrase:
        raise UsageError("--kms seals the keyset, --no-passphrase leaves it open", hint="give one of them")
    if kms is not None:
        return seals.KmsSeal(find(kms))
    return None if no_passphrase else seals.PassphraseSeal(passphrase.ask_new(variable))


def _tell_seal(kms: str | None, no_passphrase: bool) -> None:
    if no_passphrase:
        note("it is not sealed: whoever can read the file can turn every token back")
    elif kms is not None:
        note("it opens where the key management service opens it, and nowhere else")


def _backup(kms: str | None, no_passphrase: bool) -> str:
    if kms is not None:
        return "back up {}, and the key in the service; without them nothing comes back"
    if no_passphrase:
        return "back up {}; without it nothing comes back"
    return "back up {} and its passphrase apart from each other; without them nothing comes back"
