"""Moving the tokens of one file to the primary key, all else in it byte for byte as it was."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from maskkit.errors import InputError, UsageError
from maskkit.masker.splice import splice
from maskkit.operators.opening import Failure
from maskkit.operators.rewrapping import rewrap
from maskkit.operators.token import TokenOperator
from maskkit.tables.files import Source, open_source
from maskkit.tables.output import Output, open_output
from maskkit.tokens import ALPHABET, VAULTED

#: What a token is made of: between two of anything else, none begins or ends.
_CHARS: Final = ALPHABET + "_"
_LIMIT: Final = 1 << 26


@dataclass(slots=True)
class Rewrapped:
    """How many tokens of a file moved to the primary key, were there already, and stayed, by reason.

    A vaulted token names no value that a key opens, and is none of these.
    """

    input: str
    output: str
    moved: int = 0
    kept: int = 0
    left: Counter[str] = field(default_factory=Counter)


def rewrap_file(
    operator: TokenOperator,
    path: str | Path,
    out: str | Path | None = None,
    *,
    encoding: str | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Rewrapped:
    """Move the tokens in the file `path` to the primary key: in place, or into `out` (``-``: stdout).

    Tokens stand alike in every format: a file of any is read as text. What does not open stays and is counted. The new
    file is written beside, read back and only then put in place; any failure leaves what was there.
    """
    with open_source(path, encoding) as source:
        if str(path) == "-" or str(out) == "-" or (out is not None and _is_stream(Path(out))):
            with open_output(out, source, private=False) as output:
                done = _rewrap(operator, source, output, progress)
                output.commit()
            return done
        if out is None and source.identity is None:
            raise UsageError(f"{source.name} is no file that could be replaced", hint="-o OUT, or -o - for stdout")
        target = Path(os.path.realpath(path if out is None else out))
        beside = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        try:
            with open_output(beside, source, private=out is None) as output:
                done = _rewrap(operator, source, output, progress)
                output.commit()
            done.output = str(path if out is None else out)
            if out is None and not done.moved:
                return done
            _check_written(beside, output.sha256, done.output)
            if out is None:
                _refuse_changed(source, target)
                shutil.copymode(target, beside)
            beside.replace(target)
        except OSError as error:
            raise InputError(f"{target} cannot be written: {error.strerror or type(error).__name__}") from None
        finally:
            beside.unlink(missing_ok=True)
        return done


def _rewrap(operator: TokenOperator, source: Source, output: Output, progress: Callable[[int], None]) -> Rewrapped:
    done = Rewrapped(source.name, output.name)
    for text in _pieces(source.blocks()):
        found = [token for token in operator.find(text) if not token.whole or token.kind != VAULTED]
        old = [token for token in found if not token.whole or operator.needs_rewrap(token)]
        done.kept += len(found) - len(old)
        edits = []
        for token, new in zip(old, rewrap(operator, old), strict=True):
            if isinstance(new, Failure):
                done.left[new] += 1
            else:
                edits.append((token.start, token.end, new))
        done.moved += len(edits)
        output.write(splice(text, edits))
        progress(source.position)
    return done


def _pieces(blocks: Iterable[str]) -> Iterator[str]:
    """Yield the text in pieces that cut no token; InputError where a run of a token's characters has no end."""
    held = ""
    for block in blocks:
        text = held + block
        end = len(text.rstrip(_CHARS))
        held = text[end:]
        if len(held) > _LIMIT:
            raise InputError(f"there is a run of more than {_LIMIT} letters and digits in it", hint="is it text?")
        if end:
            yield text[:end]
    if held:
        yield held


def _check_written(path: Path, sha256: str, name: str) -> None:
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise InputError(f"{name} does not read back as it was written; what was there is as it was")


def _refuse_changed(source: Source, target: Path) -> None:
    was, now = source.identity, target.stat()
    if was is None or (was.st_ino, was.st_size, was.st_mtime_ns) != (now.st_ino, now.st_size, now.st_mtime_ns):
        raise InputError(f"{source.name} was changed while it was read", hint="run it again")


def _is_stream(path: Path) -> bool:
    """Tell whether there is something at `path` that is written to and not replaced: a pipe, a device."""
    return path.exists() and not path.is_file() and not path.is_dir()
