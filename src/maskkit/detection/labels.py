"""Which label stands beside a value: the words of rules/cn/labels.yaml, looked up from the value outwards."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping
from typing import Final

from maskkit.detection.wordlist import tree_pattern

#: What may stand between a label and its value.
_FILLER: Final = (
    " \t:：=＝是为為()（）[]【】「」『』\"'“”‘’|｜*>→-—_/#、,，\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff\ufe0f"
)
_WINDOW: Final = 32
_CLAUSE: Final = re.compile(r"[，,。；;！!？?\n\r、]|[0-9]{4,16}")
_AFTER: Final = re.compile(r"[ ]{0,2}(?:[(（\[【]|是|为)[^，,。；;！!？?\n\r不非0-9]{0,6}")
_LETTERS: Final = string.ascii_letters
_LETTER_SET: Final = frozenset(_LETTERS)
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE: Final = {narrow: wide for wide, narrow in _NARROW.items()}
_ANY_LETTER: Final = _LETTER_SET | {letter.translate(_WIDE) for letter in _LETTERS}
_OTHER_FORM: Final = re.compile(r"[A-Z\uff21-\uff3a\uff41-\uff5a]")


class Labels:
    """Looks labels up; a label never reaches across a newline, so never into another text of a batch."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._kinds = kinds
        #: By a label's last two characters as they may be written: the lengths of such labels, longest first.
        self._lengths: dict[str, tuple[int, ...]] = {}
        for ending in sorted({word[-2:] for word in kinds}, key=len):
            alike = {len(word) for word in kinds if word.endswith(ending) or word == ending[-1]}
            lengths = tuple(sorted(alike if len(ending) > 1 else {1}, reverse=True))
            for form in (ending, ending.upper(), ending.title()):
                self._lengths[form] = self._lengths[form.translate(_WIDE)] = lengths
        ends = {form[-1] for form in self._lengths}
        #: What can stand right before a value that has a label: the end of one, or what may stand between.
        self._near = frozenset(_FILLER) | ends | _ANY_LETTER
        self._any = re.compile(tree_pattern(kinds), re.IGNORECASE)

    def before(self, text: str, at: int) -> str | None:
        """Return the kind of the longest label that ends at `at`, but for colons, brackets and blanks between."""
        if not at or text[at - 1] not in self._near:
            return None
        head = text[max(0, at - _WINDOW) : at].rstrip(_FILLER)
        kind = self._at_end(head)
        if kind is None and text[at - 1] in _ANY_LETTER:  # 合同编号HT2026…
            kind = self._at_end(head.translate(_NARROW).rstrip(_LETTERS).rstrip(_FILLER))
            return kind if kind == "order" else None
        return kind

    def _at_end(self, head: str) -> str | None:
        """Return the kind of the longest label that `head` ends with."""
        lengths = self._lengths.get(head[-2:]) or self._lengths.get(head[-1:])
        if lengths is None:
            return None
        if _OTHER_FORM.search(head):
            head = head.translate(_NARROW).lower()
        for length in lengths:
            kind = self._kinds.get(head[-length:]) if length <= len(head) else None
            # a Latin label is a word of its own: the tel of hotel is none
            if kind and not (head[-length] in _LETTERS and head[-length - 1 : -length] in _LETTER_SET):
                return kind
        return None

    def near(self, text: str, start: int, end: int, kinds: Collection[str]) -> bool:
        """Whether a label of `kinds` stands before the value in its clause, or in brackets or after 是 behind it."""
        found = self._any.findall(_CLAUSE.split(text[max(0, start - 16) : start])[-1])
        if found:
            return self._kinds.get(found[-1].lower()) in kinds
        after = _AFTER.match(text, end, end + 12)
        return after is not None and any(self._kinds.get(word.lower()) in kinds for word in self._any.findall(after[0]))
