"""Python records: dicts, lists and scalars, masked in the same shape."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from maskkit.errors import InputError
from maskkit.masker.fields import FieldEdits, FieldMasker, PathKey
from maskkit.masker.frames import as_text
from maskkit.masker.splice import splice

_DEPTH: Final = 512


class RecordLeaf(NamedTuple):
    """A leaf of a Python record."""

    record: int
    path: PathKey
    value: str
    kind: str


def mask_record(record: Any, masker: FieldMasker) -> Any:
    """Return `record` masked; None, booleans and what holds nothing stay the same objects."""
    leaves: list[RecordLeaf] = []
    _gather(record, (), leaves)
    return _rebuild(record, iter(zip(leaves, masker.mask(leaves), strict=True)), ())


def _gather(node: Any, path: PathKey, leaves: list[RecordLeaf]) -> None:
    if len(path) > _DEPTH:
        raise InputError(f"a record nests deeper than {_DEPTH} levels")
    if isinstance(node, dict):
        for key, value in node.items():
            leaves.append(RecordLeaf(0, (*path, str(key)), str(key), "key"))
            _gather(value, (*path, str(key)), leaves)
    elif isinstance(node, (list, tuple)):
        for n, value in enumerate(node):
            _gather(value, (*path, n), leaves)
    else:
        text = _text(node)
        if text is not None:
            leaves.append(RecordLeaf(0, path, text, "string" if isinstance(node, str) else "number"))


def _text(node: Any) -> str | None:
    if isinstance(node, (bytes, bytearray, memoryview, set, frozenset)):
        raise InputError(f"a record holds dicts, lists and scalars, not {type(node).__name__}")
    return as_text(node)


def _rebuild(node: Any, changes: Any, path: PathKey) -> Any:
    if isinstance(node, dict):
        out: dict[Any, Any] = {}
        for key, value in node.items():
            name = _changed(key, str(key), next(changes)[1])
            beside = None
            if not isinstance(value, (dict, list, tuple)) and _text(value) is not None:
                leaf, change = next(changes)
                out[name] = _changed(value, leaf.value, change)
                beside = change.beside if change else None
            else:
                out[name] = _rebuild(value, changes, (*path, str(key)))
            if beside is not None:
                token_key = f"{name}_token"
                if token_key in node:
                    raise InputError(f"the record has a key {token_key} already")
                out[token_key] = beside
        return out
    if isinstance(node, (list, tuple)):
        return type(node)([_rebuild(value, changes, (*path, n)) for n, value in enumerate(node)])
    if _text(node) is None:
        return node
    leaf, change = next(changes)
    return _changed(node, leaf.value, change)


def _changed(original: Any, value: str, change: FieldEdits | None) -> Any:
    return original if change is None else splice(value, change.edits)
