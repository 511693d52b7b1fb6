"""Characters per second of the model of names, alone and with all recognisers, beside jieba and Presidio.

Presidio runs with the plain Chinese pipeline and its own recognisers, none of which knows Chinese names: its figure is
what its machinery alone takes. All run on one core, over the same notes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from bench_rules import BATCH, notes, speed

from maskkit.detection.detector import build_detector
from maskkit.detection.segmenter import segmenter

PERSON: Final = frozenset({"PERSON"})


def jieba() -> Callable[[list[str]], object]:
    """The words that jieba tags nr."""
    tagger = segmenter()
    return lambda texts: [word for text in texts for word in tagger.words(text)]


def presidio() -> Callable[[list[str]], object]:
    """Presidio's engine over a blank pipeline."""
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    engine = SpacyNlpEngine(models=[{"lang_code": "zh", "model_name": "blank"}])
    engine.nlp = {"zh": spacy.blank("zh")}
    analyzer: Any = AnalyzerEngine(nlp_engine=engine, supported_languages=["zh"])
    return lambda texts: [analyzer.analyze(text, "zh") for text in texts]


def best_ms(work: Callable[[], object], rounds: int = 300) -> float:
    """Milliseconds of the quickest round."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1000 * min(times)


def main() -> None:
    """Print the figures."""
    texts = notes()
    texts = (texts * (BATCH // len(texts) + 1))[:BATCH]
    names, everything = build_detector(entities=PERSON), build_detector()
    ours = speed(names.detect_many, texts)
    print(f"batches of {BATCH} notes, M characters/s")
    print(f"  names {ours / 1e6:.2f}, all recognisers {speed(everything.detect_many, texts) / 1e6:.2f}")
    for name, peer, count in (("jieba's tags", jieba, 300), ("Presidio", presidio, 100)):
        try:
            theirs = speed(peer(), texts[:count], rounds=1)
        except ImportError as error:
            print(f"  {name}: not installed ({error.name})")
            continue
        print(f"  {name} {theirs / 1e6:.3f} (ratio {ours / theirs:.0f})")
    short, one = [text[:30] for text in texts if len(text) >= 30][:10], [(texts[0] + texts[1])[:60]]
    print("all recognisers, ms: ", end="")
    print(f"ten texts of 30 characters {best_ms(lambda: everything.detect_many(short)):.3f}, ", end="")
    print(f"one of 60 {best_ms(lambda: everything.detect_many(one)):.3f}")


if __name__ == "__main__":
    main()
