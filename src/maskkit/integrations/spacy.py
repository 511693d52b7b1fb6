"""spaCy: the component ``maskkit_pii``, a tokenizer that knows a policy's words, and any pipeline as a recogniser.

::

    nlp = spacy.blank("zh")
    nlp.add_pipe("maskkit_pii", config={"policy": "agency"})
    nlp("客户王建国电话13800138000").ents

The component and the tokenizer are entry points, so that spaCy finds them without an import. Annotations are evaluated
here, not left as text: spaCy before 3.8.16 reads those of a factory as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from maskkit.errors import UsageError
from maskkit.integrations.detectors import policy_detector
from maskkit.integrations.extras import MissingExtraError
from maskkit.model import ENTITIES, Span
from maskkit.policy import load_policy

try:
    import spacy.tokens
    from spacy.language import Language
    from spacy.tokens import Doc, Token
    from spacy.util import DummyTokenizer, get_words_and_spaces, registry
except ImportError:
    raise MissingExtraError("spacy") from None

if TYPE_CHECKING:
    from spacy.vocab import Vocab

    from maskkit.detection.detector import Detector
    from maskkit.detection.prescan import Batch
    from maskkit.policy import Policy

_BATCH: Final = 1000
_ANNOTATE: Final = ("ents", "spans")


def _entity_of(token: Token) -> str:
    """Return the entity of the finding that a token is part of, the empty string where there is none."""
    start, end = token.idx, token.idx + len(token)
    return next((found.entity for found in token.doc._.pii if found.start < end and start < found.end), "")


if not Doc.has_extension("pii"):
    Doc.set_extension("pii", default=())
    Token.set_extension("pii", getter=_entity_of)


@Language.factory(
    "maskkit_pii",
    default_config={"policy": "tokens", "profile": None, "entities": None, "annotate": "ents", "spans_key": "pii"},
    assigns=["doc.ents", "doc.spans", "doc._.pii", "token._.pii"],
)
def make_component(
    nlp: Language,
    name: str,
    policy: str,
    profile: str | None,
    entities: list[str] | None,
    annotate: str,
    spans_key: str,
) -> "PiiComponent":
    """Make the component ``maskkit_pii``.

    Args:
        nlp: the pipeline.
        name: what it is called there.
        policy: a named policy or a policy file: its profile, recogniser of names and lists.
        profile: ``balanced`` or ``strict`` instead of the policy's.
        entities: the only entities to report; None for all.
        annotate: ``ents`` sets ``doc.ents`` (other entities stay where they overlap none), ``spans`` a span group.
        spans_key: the name of that group.

    Raises:
        UsageError: a setting that does not exist.
    """
    if annotate not in _ANNOTATE:
        raise UsageError("annotate is ents or spans")
    unknown = [entity for entity in entities or () if entity not in ENTITIES]
    if unknown:
        raise UsageError("an entity that detection does not find", hint=f"entities of {', '.join(ENTITIES)}")
    key = spans_key if annotate == "spans" else None
    return PiiComponent(policy_detector(policy, profile), frozenset(entities or ENTITIES), key)


class PiiComponent:
    """Writes findings into docs: `doc._.pii` (exact offsets), `token._.pii`, and entities or a span group.

    An entity or a group's span covers whole tokens, so it may reach further than the finding.
    """

    def __init__(self, detector: "Detector", entities: frozenset[str], spans_key: str | None) -> None:
        self._detector = detector
        self._entities = entities
        self._spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one doc."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = _BATCH) -> Iterator[Doc]:
        """Annotate docs; the texts of a batch are searched together."""
        docs = iter(stream)
        while batch := list(islice(docs, max(batch_size, 1))):
            for doc, found in zip(batch, self._detector.detect_many([doc.text for doc in batch]), strict=True):
                self._write(doc, [span for span in found if span.entity in self._entities])
                yield doc

    def _write(self, doc: Doc, found: Sequence[Span]) -> None:
        doc._.pii = tuple(found)
        spans = list(_token_spans(doc, found))
        if self._spans_key is not None:
            doc.spans[self._spans_key] = spans
        elif spans:
            doc.set_ents([*spans, *_beside(doc.ents, spans)])


def _token_spans(doc: Doc, found: Iterable[Span]) -> Iterator[spacy.tokens.Span]:
    """Yield findings as spans of whole tokens, each beginning after the one before it ends."""
    at = 0
    for start, end, entity, *_ in found:
        span = doc.char_span(start, end, entity, alignment_mode="expand")
        if span is not None and span.end > at:
            yield span if span.start >= at else spacy.tokens.Span(doc, at, span.end, entity)
            at = span.end


def _beside(others: Iterable[spacy.tokens.Span], spans: Iterable[spacy.tokens.Span]) -> list[spacy.tokens.Span]:
    taken = {token for span in spans for token in range(span.start, span.end)}
    return [span for span in others if taken.isdisjoint(range(span.start, span.end))]


class JiebaTokenizer(DummyTokenizer):
    """Cuts Chinese text into jieba's words, and keeps the words that a policy allows or denies in one piece."""

    def __init__(self, vocab: "Vocab", policy: "Policy") -> None:
        from maskkit.detection.segmenter import Segmenter  # jieba's dictionary, a second

        self.vocab = vocab
        self._words = Segmenter(policy.allow | policy.deny).cut

    def __call__(self, text: str) -> Doc:
        """Return the words of `text` as a doc."""
        words, spaces = get_words_and_spaces([word for word in self._words(text) if word], text)
        return Doc(self.vocab, words=words, spaces=spaces)


@registry.tokenizers("maskkit.jieba.v1")
def make_tokenizer(policy: str = "tokens") -> Callable[[Language], JiebaTokenizer]:
    """Return what makes the tokenizer: ``{"nlp": {"tokenizer": {"@tokenizers": "maskkit.jieba.v1"}}}``."""
    return lambda nlp: JiebaTokenizer(nlp.vocab, load_policy(policy))


class SpacyRecognizer:
    """A spaCy pipeline as a recogniser of maskkit: its entities are settled against all other findings.

    Args:
        nlp: any pipeline that sets ``doc.ents``, such as a zh_core_web_trf.
        labels: its labels and what maskkit calls them, as in ``{"PERSON": "PERSON", "GPE": "ADDRESS"}``; entities with
            other labels are no findings.
        score: what a finding of it counts; 0.85 is more than a rule's without a check, less than a checked number's.

    Raises:
        UsageError: a label is mapped to what is no entity of maskkit.
    """

    name = "spacy"

    def __init__(self, nlp: Language, labels: Mapping[str, str], *, score: float = 0.85) -> None:
        if not set(labels.values()) <= set(ENTITIES):
            raise UsageError("a label is mapped to what is no entity", hint=f"one of {', '.join(ENTITIES)}")
        self._nlp = nlp
        self._labels = dict(labels)
        self._score = score
        self.entities = frozenset(labels.values())

    def find(self, batch: "Batch") -> list[Span]:
        """Return the entities that the pipeline finds in the texts of a batch."""
        spans: list[Span] = []
        for doc, offset in zip(self._nlp.pipe(batch.texts), batch.starts.tolist(), strict=False):
            spans += (
                Span(offset + ent.start_char, offset + ent.end_char, self._labels[ent.label_], self._score, self.name)
                for ent in doc.ents
                if ent.label_ in self._labels
            )
        return spans
