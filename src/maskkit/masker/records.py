"""Python records: dicts, lists and scalars, masked in the same shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from maskkit.errors import InputError
from maskkit.masker.fields import FieldEdits, FieldMasker
from maskkit.masker.paths import PathKey
from maskkit.masker.scalars import as_text
from maskkit.masker.splice import splice
from maskkit.masker.table import SUFFIX

#: Each level takes up to three of the interpreter's 1000 frames.
_DEPTH: Final = 200


class RecordLeaf(NamedTuple):
    """A leaf of a Python record."""

    record: int
    path: PathKey
    value: str
    kind: str


_Changes: TypeAlias = Iterator[tuple[RecordLeaf, FieldEdits | None]]


def mask_record(record: Any, masker: FieldMasker) -> Any:
    """Return `record`, or a list of records, masked; None, booleans and what holds nothing stay the same objects.

    Raises InputError for objects that are neither, and where masked keys or keys of tokens would meet others.
    """
    leaves: list[RecordLeaf] = []
    if isinstance(record, (list, tuple)):  # as in a file: each element is a record of its own
        for n, item in enumerate(record):
            _gather(item, n + 1, (n,), leaves)
    else:
        _gather(record, 1, (), leaves)
    return _rebuild(record, iter(zip(leaves, masker.mask(leaves), strict=True)))


def _gather(node: Any, record: int, path: PathKey, leaves: list[RecordLeaf]) -> None:
    if len(path) > _DEPTH:
        raise InputError(f"a record nests deeper than {_DEPTH} levels")
    if isinstance(node, dict):
        for key, value in node.items():
            name = _key_text(key)
            leaves.append(RecordLeaf(record, (*path, name), name, "key"))
            _gather(value, record, (*path, name), leaves)
    elif isinstance(node, (list, tuple)):
        for n, value in enumerate(node):
            _gather(value, record, (*path, n), leaves)
    else:
        text = as_text(node)
        if text is not None:
            leaves.append(RecordLeaf(record, path, text, "string" if isinstance(node, str) else "number"))


def _key_text(key: Any) -> str:
    text = as_text(key)
    return str(key) if text is None else text


def _rebuild(node: Any, changes: _Changes) -> Any:
    if isinstance(node, dict):
        return _rebuild_dict(node, changes)
    if isinstance(node, (list, tuple)):
        items = [_rebuild(value, changes) for value in node]
        return node._make(items) if hasattr(node, "_make") else type(node)(items)
    return node if as_text(node) is None else _changed(node, *next(changes))


def _rebuild_dict(node: dict[Any, Any], changes: _Changes) -> dict[Any, Any]:
    out: dict[Any, Any] = {}
    for key, value in node.items():
        name = _changed(key, *next(changes))
        beside = None
        if isinstance(value, (dict, list, tuple)) or as_text(value) is None:
            new = _rebuild(value, changes)
        else:
            leaf, change = next(changes)
            new = _changed(value, leaf, change)
            beside = change.beside if change else None
        if name in out:
            raise InputError("two keys of the record would be one once masked", hint="make tokens of them")
        out[name] = new
        if beside is not None:
            if f"{name}{SUFFIX}" in node:
                raise InputError(f"the record has a key {name}{SUFFIX} already, where the token would go")
            out[f"{name}{SUFFIX}"] = beside
    return out


def _changed(original: Any, leaf: RecordLeaf, change: FieldEdits | None) -> Any:
    return original if change is None else splice(leaf.value, change.edits)
