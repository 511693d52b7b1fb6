"""Presidio: its analyzer with maskkit's recognisers, its engines with maskkit's operators, and the other way round.

::

    analyzer = analyzer_engine()
    anonymizer, deanonymizer = anonymizer_engine(masker), deanonymize_engine(masker)
    done = anonymizer.anonymize(text, analyzer.analyze(text, "zh"), {"DEFAULT": OperatorConfig("maskkit_token")})
    deanonymizer.deanonymize(done.text, done.items, {"DEFAULT": OperatorConfig("maskkit_token")}).text == text
"""

from importlib.util import find_spec

from maskkit.integrations.extras import MissingExtraError

if not all(map(find_spec, ("presidio_analyzer", "presidio_anonymizer", "spacy"))):
    raise MissingExtraError("presidio")

from maskkit.integrations.presidio.engine import analyzer_engine
from maskkit.integrations.presidio.operators import anonymizer_engine, deanonymize_engine, operators
from maskkit.integrations.presidio.plugin import PresidioRecognizer
from maskkit.integrations.presidio.recognizers import recognizers

__all__ = [
    "PresidioRecognizer",
    "analyzer_engine",
    "anonymizer_engine",
    "deanonymize_engine",
    "operators",
    "recognizers",
]
