"""File jobs in this process, for the many tests that need no process of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from maskkit import Keyset, Masker
from maskkit.jobs.mask import Masked, MaskOptions, mask_file
from maskkit.jobs.unmask import Unmasked, unmask_file
from maskkit.policy import load_policy


def quick_masker(keyset: Keyset, policy: str = "tokens", tenant: str = "agency-a") -> Masker:
    """Return a masker that leaves names in running text to the names tests: they are slow."""
    return Masker(replace(load_policy(policy), names="off"), keyset=keyset, tenant=tenant)


@dataclass(frozen=True, slots=True)
class Trip:
    """A file that was masked and turned back."""

    masked: bytes
    restored: bytes
    mask: Masked
    unmask: Unmasked


def round_trip(masker: Masker, folder: Path, name: str, data: bytes, options: MaskOptions | None = None) -> Trip:
    """Mask `data` as a file called `name` and turn the outcome back."""
    source, masked, restored = (folder / part / name for part in ("in", "masked", "back"))
    for path in (source, masked, restored):
        path.parent.mkdir(exist_ok=True, parents=True)
    source.write_bytes(data)
    done = mask_file(masker, source, masked, options)
    assert source.read_bytes() == data
    encoding = options.encoding if options else None
    kind = options.format if options else None
    back = unmask_file(masker, masked, restored, format=kind, encoding=encoding)
    return Trip(masked.read_bytes(), restored.read_bytes(), done, back)
