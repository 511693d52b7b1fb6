"""Verifying an audit: without a keyset, from its lines, public keys and heads that were kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from maskkit.audit import lines
from maskkit.audit.chain import Head
from maskkit.errors import AuditError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it.

    `problems` name lines and what is wrong with them. `unsigned` counts the lines of each writer that neither a
    checkpoint that was verified nor a head covers: someone who can write the log could have made them up. `cut` names
    the half lines that a crash left: no chain breaks at them. `unknown` counts checkpoints that no given key signed:
    they vouch for nothing.
    """

    lines: int
    heads: tuple[Head, ...]
    problems: tuple[str, ...] = ()
    unsigned: int = 0
    cut: tuple[int, ...] = ()
    unknown: int = 0

    @property
    def good(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.problems


@dataclass(slots=True)
class _Chain:
    """What is known of one writer's chain so far."""

    n: int = 0
    hash: str = lines.FIRST
    vouched: int = 0
    hashes: dict[int, str] = field(default_factory=dict)


def verify(
    texts: Iterable[str], *, heads: Sequence[Head] = (), public_keys: Sequence[Ed25519PublicKey] = ()
) -> Verdict:
    """Find every line that was edited, dropped, moved, doubled or cut off.

    Chains alone show changes by one who does not compute them anew; signatures of `public_keys` by anyone without the
    signing key, up to the last checkpoint; `heads` also what was cut off behind that.
    """
    keys = {lines.key_name(key): key for key in public_keys}
    wanted = {(head.writer, head.n) for head in heads}
    chains: dict[str, _Chain] = {}
    problems: list[str] = []
    cut: list[int] = []
    halves: list[int] = []  # a crash left them if the line behind them is in its place
    number = unknown = 0
    for number, text in enumerate(texts, 1):
        line = lines.read(text)
        if line is None:
            if lines.is_cut(text):
                halves.append(number)
            else:
                problems += map(_damaged, [*halves, number])
                halves.clear()
            continue
        chain = chains.setdefault(line.writer, _Chain())
        if wrong := _misplaced(line, chain):
            problems += [*map(_damaged, halves), f"line {number}, {line.writer} {line.n}: {wrong}"]
        else:
            cut += halves
        halves.clear()
        chain.n, chain.hash = line.n, line.hash
        if (line.writer, line.n) in wanted:
            chain.hashes.setdefault(line.n, line.hash)
        if line.says.get("kind") == "checkpoint" and keys:
            key = keys.get(str(line.says.get("key")))
            if key is None and line.signature:
                unknown += 1
            elif wrong := _badly_signed(line, key):
                problems.append(f"line {number}, {line.writer} {line.n}: {wrong}")
            elif not problems:
                chain.vouched = line.n
    problems += map(_damaged, halves)
    for head in heads:
        chain = chains.get(head.writer, _Chain())
        found = chain.hashes.get(head.n)
        if found is None:
            problems.append(f"{head.writer} ends at {chain.n}, before the head {head.n}: it was cut off")
        elif found != head.hash:
            problems.append(f"{head.writer} {head.n} is not the line that the head names: the log was written anew")
        elif not problems:
            chain.vouched = max(chain.vouched, head.n)
    ends = tuple(Head(writer, chain.n, chain.hash) for writer, chain in chains.items())
    unsigned = sum(max(0, chain.n - chain.vouched) for chain in chains.values())
    return Verdict(number, ends, tuple(problems), unsigned, tuple(cut), unknown)


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Return the key in a file that ``maskkit keys export-public-info`` printed, or in PEM (RFC 8410).

    Raises AuditError for a file that cannot be read or has none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise AuditError(f"{path} cannot be read: {error.strerror or type(error).__name__}") from None
    try:
        pem = json.loads(raw)["audit_public_key"].encode() if raw.lstrip().startswith(b"{") else raw
        key = load_pem_public_key(pem)
    except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise AuditError(
            f"{path} holds no public key of an audit", hint="maskkit keys export-public-info > public.json"
        )
    return key


def _damaged(number: int) -> str:
    return f"line {number} is damaged: it was edited or cut"


def _misplaced(line: lines.Line, chain: _Chain) -> str | None:
    if line.n == chain.n + 1:
        return None if line.prev == chain.hash else "the line before is not the one that it follows"
    if line.n > chain.n + 1:
        missing = line.n - chain.n - 1
        return f"{missing} lines before it are missing" if missing > 1 else "the line before it is missing"
    return "it comes twice, or out of its order"


def _badly_signed(line: lines.Line, key: Ed25519PublicKey | None) -> str | None:
    if key is None or not line.signature:
        return "a checkpoint without a signature"
    try:
        key.verify(line.signature, line.signed)
    except InvalidSignature:
        return "a checkpoint whose signature is wrong"
    return None
