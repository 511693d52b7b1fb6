"""maskkit detect: what is personal in a text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from maskkit.cli.terminal import console, note
from maskkit.errors import InputError, UsageError, as_said

if TYPE_CHECKING:
    from maskkit.detection.detector import Detector
    from maskkit.model import Span

_BATCH: Final = 1000
_LONGEST_PATH: Final = 200


def detect(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="The text to look at.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help='Read lines {"text"} from stdin, add "spans".')] = False,
    scores: Annotated[bool, typer.Option("--scores", help="With --jsonl: add score and recogniser.")] = False,
    entities: Annotated[
        str | None, typer.Option("--entities", metavar="A,B", help="Look for these entities only.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="NAME|FILE", help="Whose profile, titles and lists hold.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="balanced|strict", help="Overrides the policy's profile.")
    ] = None,
) -> None:
    """Show what is personal in a text."""
    if (text is None) == (not jsonl):
        raise UsageError("give either TEXT or --jsonl", hint="maskkit detect TEXT, or maskkit detect --jsonl < IN")
    if text == "-":
        raise UsageError("detect takes a text, or lines of JSON from stdin", hint="maskkit detect --jsonl < IN")
    detector = _detector(entities, policy, profile)
    if text is None:
        _lines(detector, scores)
    else:
        _show(text, detector.detect(text))


def _detector(entities: str | None, policy: str | None, profile: str | None) -> Detector:
    from maskkit.detection.detector import build_detector
    from maskkit.model import ENTITIES
    from maskkit.policy import load_policy

    wanted = frozenset(name.strip() for name in entities.split(",")) if entities else None
    for name in wanted or ():
        if name not in ENTITIES:
            raise UsageError(f"there is no entity {as_said(name)}", hint=f"one of {', '.join(ENTITIES)}")
    if profile not in (None, "balanced", "strict"):
        raise UsageError(f"there is no profile {as_said(profile)}", hint="--profile balanced, or --profile strict")
    held = load_policy(policy or "tokens")
    return build_detector(
        profile=profile or (held.profile if policy else "balanced"),
        names=held.names,
        titles=held.titles,
        allow=held.allow,
        deny=held.deny,
        entities=wanted,
    )


def _show(text: str, spans: Sequence[Span]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not spans:
        note("nothing found")
        if len(text) < _LONGEST_PATH and Path(text).is_file():
            note("that is the name of a file, and detect looked at the name", f"maskkit mask {text} -o OUT")
        return
    shown = Table(box=None, header_style="bold")
    for heading in ("start", "end", "entity", "score", "found", "recogniser"):
        shown.add_column(heading, justify="right" if heading in ("start", "end", "score") else "left")
    for span in spans:
        shown.add_row(
            str(span.start),
            str(span.end),
            Text(span.entity, style="cyan"),
            f"{span.score:.2f}",
            Text(text[span.start : span.end], style="bold yellow"),
            Text(span.recognizer, style="dim"),
        )
    console(stderr=False).print(shown)


def _lines(detector: Detector, scores: bool) -> None:
    from maskkit.cli.streams import utf8_stdin

    rows = _rows(utf8_stdin())
    while batch := list(islice(rows, _BATCH)):
        for row, spans in zip(batch, detector.detect_many([row["text"] for row in batch]), strict=True):
            row["spans"] = [
                [s.start, s.end, s.entity, round(s.score, 4), s.recognizer] if scores else [s.start, s.end, s.entity]
                for s in spans
            ]
            sys.stdout.buffer.write(_encoded(row) + b"\n")


def _encoded(row: dict[str, Any]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair can only be written as it came, as an escape
        return json.dumps(row).encode()


def _rows(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError(f"stdin: line {number}: not JSON", hint='each line is {"text": "…"}') from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise InputError(f'stdin: line {number}: no string "text"', hint='each line is {"text": "…"}')
        yield row
