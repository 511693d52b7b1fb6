"""Draw precision against recall of the name models, as in ``python docs/images/name_curve.py ../shared/corpora``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from maskkit.detection.detector import Detector
from maskkit.detection.persons.model import SHIPPED
from maskkit.detection.persons.recognizer import THRESHOLDS, ModelNames
from maskkit.training.evaluate import measure
from maskkit.training.notes import Row
from maskkit.training.sources import labelled

FILES: Final = {"courier forms": "waybill.dev", "People's Daily": "peoplesdaily.dev", "Weibo": "weibo.dev"}
COLOURS: Final = {"courier forms": "#1a7f37", "People's Daily": "#0969da", "Weibo": "#bc4c00"}
STEPS: Final = (0.01, 0.03, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.997)
LOW, SIZE, LEFT, TOP = 0.4, 400, 60, 30
FONT: Final = "font-family='sans-serif' font-size='13' fill='#24292f'"


def point(precision: float, recall: float) -> tuple[float, float]:
    """Return where a point is drawn."""
    return LEFT + (recall - LOW) / (1 - LOW) * SIZE, TOP + (1 - precision) / (1 - LOW) * SIZE


def curve(model: str, rows: list[Row]) -> dict[float, tuple[float, float]]:
    """Return precision and recall by threshold."""
    found = {}
    for threshold in STEPS:
        figures = measure(Detector([ModelNames(model=model, threshold=threshold)]).detect_many, rows)
        found[threshold] = (figures.precision, figures.recall)
    return found


def drawn(corpora: Path) -> str:
    """Return the picture."""
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {LEFT + SIZE + 160} {TOP + SIZE + 50}'>",
        f"<rect x='{LEFT}' y='{TOP}' width='{SIZE}' height='{SIZE}' fill='none' stroke='#d0d7de'/>",
        f"<text x='{LEFT + SIZE / 2}' y='{TOP + SIZE + 38}' {FONT} text-anchor='middle'>recall</text>",
        f"<text x='{LEFT - 44}' y='{TOP - 10}' {FONT}>precision</text>",
    ]
    for tick in (0.4, 0.6, 0.8, 1.0):
        x, y = point(tick, tick)
        parts.append(f"<text x='{x:.0f}' y='{TOP + SIZE + 18}' {FONT} text-anchor='middle'>{tick:.1f}</text>")
        parts.append(f"<text x='{LEFT - 8}' y='{y + 4:.0f}' {FONT} text-anchor='end'>{tick:.1f}</text>")
    for line, (title, file) in enumerate(FILES.items()):
        rows = list(labelled(corpora / f"{file}.jsonl"))
        for model, dash in zip(SHIPPED, ("", " stroke-dasharray='5 4'"), strict=True):
            points = curve(model, rows)
            path = " ".join("{:.1f},{:.1f}".format(*point(*points[step])) for step in STEPS)
            parts.append(f"<polyline points='{path}' fill='none' stroke='{COLOURS[title]}' stroke-width='2'{dash}/>")
            for profile, mark in zip(THRESHOLDS.values(), ("#fff", COLOURS[title]), strict=True):
                x, y = point(*points[profile])
                parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='{mark}' stroke='{COLOURS[title]}'/>")
        parts.append(f"<text x='{LEFT + SIZE + 12}' y='{TOP + 20 * line + 14}' {FONT}>{title}</text>")
        parts.append(
            f"<rect x='{LEFT + SIZE + 112}' y='{TOP + 20 * line + 8}' width='30' height='3' fill='{COLOURS[title]}'/>"
        )
    for line, text in enumerate(("solid: full", "dashed: open", "hollow: balanced", "filled: strict")):
        parts.append(f"<text x='{LEFT + SIZE + 12}' y='{TOP + 90 + 20 * line}' {FONT}>{text}</text>")
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("name-curve.svg").write_text(drawn(Path(sys.argv[1])), "utf-8")
