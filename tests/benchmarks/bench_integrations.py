"""Notes per second through Presidio and spaCy with maskkit's recognisers, beside maskkit's own batch path."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import spacy
from bench_rules import notes
from presidio_analyzer import BatchAnalyzerEngine
from rich.console import Console
from rich.table import Table

from maskkit.integrations.detectors import policy_detector
from maskkit.integrations.presidio import analyzer_engine

BATCH: Final = 1000
COUNT: Final = 10_000


def per_second(work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Return the best of three rates, after a first look."""
    work(texts[:BATCH])
    rates = []
    for _ in range(3):
        start = time.perf_counter()
        for at in range(0, len(texts), BATCH):
            work(texts[at : at + BATCH])
        rates.append(len(texts) / (time.perf_counter() - start))
    return max(rates)


def main() -> None:
    """Print notes per second of each way and its share of maskkit's own."""
    some = notes()
    texts = (some * (COUNT // len(some) + 1))[:COUNT]
    detector = policy_detector("tokens")
    plain = spacy.blank("zh")
    words = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "maskkit.jieba.v1"}}})
    for nlp in (plain, words):
        nlp.add_pipe("maskkit_pii")
    analyzer = analyzer_engine()
    batch = BatchAnalyzerEngine(analyzer)
    ways: tuple[tuple[str, Callable[[Sequence[str]], object], int], ...] = (
        ("detect_many", detector.detect_many, COUNT),
        ("spaCy nlp.pipe, one token a character", lambda part: list(plain.pipe(part)), COUNT),
        ("spaCy nlp.pipe, jieba's words", lambda part: list(words.pipe(part)), COUNT),
        ("Presidio batch", lambda part: batch.analyze_iterator(part, "zh", batch_size=BATCH), BATCH),
        ("Presidio, one text a call", lambda part: [analyzer.analyze(text, "zh") for text in part], BATCH),
    )
    table = Table("way", "notes/s", "of detect_many")
    rates = [per_second(work, texts[:count]) for _, work, count in ways]
    for (name, _, _), rate in zip(ways, rates, strict=True):
        table.add_row(name, f"{rate:,.0f}", f"{rate / rates[0]:.3f}")
    Console(soft_wrap=True).print(table)


if __name__ == "__main__":
    main()
