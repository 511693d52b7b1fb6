"""maskkit names: train, measure and describe the models of person names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from maskkit.cli.terminal import note, table
from maskkit.errors import InputError

app: Final = typer.Typer(
    help="Train, measure and describe the models of person names.", no_args_is_help=True, rich_markup_mode=None
)

_Data = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="A folder with corpora/*.train.jsonl and names/.", show_default=False),
]
_Model = Annotated[str, typer.Argument(metavar="MODEL", help="full, open, or a file.", show_default=False)]


@app.command()
def train(
    data: _Data,
    out: Annotated[Path, typer.Option("--out", metavar="MODEL", help="Where the model goes.", show_default=False)],
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="SOURCE", help="Leave this source out; can be repeated.")
    ] = None,
    extra: Annotated[
        list[Path] | None,
        typer.Option("--extra", metavar="FILE", help="Labelled texts of your own, JSONL; can be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Equal seeds make equal models.")] = 0,
) -> None:
    """Train a model on labelled corpora and made-up texts."""
    from maskkit.training.recipe import train as make

    if out.suffix != ".npz":
        out = out.with_name(f"{out.name}.npz")
    model = make(data, without=without or (), extra=extra or (), seed=seed, told=note)
    try:
        model.save(out)
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    note(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


@app.command()
def evaluate(
    model: _Model,
    data: Annotated[
        list[Path],
        typer.Option("--data", metavar="FILE", help="Labelled texts, JSONL; can be repeated.", show_default=False),
    ],
    profile: Annotated[
        str, typer.Option("--profile", metavar="balanced|strict", help="How sure a name must be.")
    ] = "balanced",
) -> None:
    """Measure a model on labelled texts: exact spans of PERSON."""
    from maskkit.detection.detector import Detector
    from maskkit.detection.persons.recognizer import ModelNames
    from maskkit.training.evaluate import measure
    from maskkit.training.sources import labelled

    detector = Detector([ModelNames(profile, model)])
    rows = []
    for path in data:
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        figures = measure(detector.detect_many, labelled(path))
        shares = (figures.precision, figures.recall, figures.f1, figures.hidden / max(1, figures.gold))
        rows.append((path.name, str(figures.gold), *(f"{share:.4f}" for share in shares), str(figures.false)))
    headings = ("file", "names", "precision", "recall", "f1", "hidden", "false")
    table(headings, rows, numbers=range(1, len(headings)), stderr=False)


@app.command()
def info(model: Annotated[str, typer.Argument(metavar="MODEL", help="full, open, or a file.")] = "full") -> None:
    """Say what a model was made of, and under which terms."""
    from maskkit.detection.persons.model import load_model

    loaded = load_model(model)
    rows = [(source["name"], source["origin"], source["terms"]) for source in loaded.about["sources"]]
    table(("source", "origin", "terms"), rows, stderr=False)
    note(f"{len(loaded.weights.values)} rows of weights, {len(loaded.slots.hashes)} n-grams and words")


@app.callback()
def _group() -> None:
    """Train, measure and describe the models of person names."""
