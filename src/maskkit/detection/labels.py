"""Which label stands beside a value: the words of rules/cn/labels.yaml, looked up from the value outwards."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping
from typing import Final

from maskkit.detection.wordlist import tree_pattern
from maskkit.normalize import ZERO_WIDTH

#: What may stand between a label and its value.
_FILLER: Final = " \t:：=＝是为為()（）[]【】「」『』\"'“”‘’|｜*>→-—_/#、,，\u3000\u00a0" + ZERO_WIDTH
_WINDOW: Final = 32
_CLAUSE: Final = re.compile(r"[，,。；;！!？?\n\r、]|[0-9]{4,16}")
_AFTER: Final = re.compile(r"[ ]{0,2}(?:[(（\[【]|是|为)[^，,。；;！!？?\n\r不非0-9]{0,6}")
_LETTERS: Final = string.ascii_letters
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class Labels:
    """Looks labels up; a label never reaches across a newline, so never into another text of a batch."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._kinds = kinds
        backwards = tree_pattern(word[::-1] for word in self._kinds)
        filler = "".join(map(re.escape, _FILLER))
        # a Latin label is a word of its own: the tel of hotel is none
        self._before = re.compile(rf"[{filler}]{{0,16}}({backwards})(?:(?<![A-Za-z])|(?![A-Za-z]))")
        self._any = re.compile(tree_pattern(kinds), re.IGNORECASE)

    def before(self, text: str, at: int) -> str | None:
        """Return the kind of the longest label that ends at `at`, but for colons, brackets and blanks between."""
        window = text[at - _WINDOW if at > _WINDOW else 0 : at][::-1].lower()
        match = self._before.match(window)
        if match is None and window and not "\u4e00" <= window[0] <= "\u9fff":
            window = window.translate(_NARROW)
            match = self._before.match(window)
            if match is None and window[0] in _LETTERS:  # 合同编号HT2026…
                match = self._before.match(window.lstrip(_LETTERS))
                return "order" if match and self._kinds[match[1][::-1]] == "order" else None
        return self._kinds[match[1][::-1]] if match else None

    def near(self, text: str, start: int, end: int, kinds: Collection[str]) -> bool:
        """Whether a label of `kinds` stands before the value in its clause, or in brackets or after 是 behind it."""
        found = self._any.findall(_CLAUSE.split(text[max(0, start - 16) : start])[-1])
        if found:
            return self._kinds.get(found[-1].lower()) in kinds
        after = _AFTER.match(text, end, end + 12)
        return after is not None and any(self._kinds.get(word.lower()) in kinds for word in self._any.findall(after[0]))
