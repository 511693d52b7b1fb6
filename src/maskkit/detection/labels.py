"""Which label stands beside a value: the words of rules/cn/labels.yaml, looked up from the value outwards."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from maskkit.detection.wordlist import tree_pattern
from maskkit.normalize import ZERO_WIDTH

#: What may stand between a label and its value.
_FILLER: Final = " \t:：=＝是为為()（）[]【】「」『』\"'“”‘’|｜*>→-—_/#、,，\u3000\u00a0" + ZERO_WIDTH
_WINDOW: Final = 32
_CLAUSE: Final = re.compile(r"[，,。；;！!？?\n\r、]")
_AFTER: Final = re.compile(r"[ ]{0,2}(?:[(（\[【]|是|为)[^，,。；;！!？?\n\r不非0-9]{0,6}")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class Labels:
    """Looks labels up; a label never reaches across a newline, so never into another text of a batch."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._kinds = dict(kinds)
        filler = "".join(map(re.escape, _FILLER))
        backwards = tree_pattern(word[::-1] for word in kinds)
        # a Latin label is a word of its own: the tel of hotel is none; letters before an order number are part of it
        self._before = re.compile(rf"[{filler}]{{0,16}}({backwards})(?:(?<=[^a-z])|(?![a-z]))") if kinds else None
        self._any = re.compile("|".join(map(re.escape, sorted(kinds, key=len, reverse=True)))) if kinds else None

    def before(self, text: str, at: int) -> str | None:
        """Return the kind of the longest label that ends at `at`, but for colons, brackets and blanks between."""
        if self._before is None:
            return None
        window = text[max(0, at - _WINDOW) : at][::-1].lower()
        match = self._before.match(window)
        if match:
            return self._kinds[match[1][::-1]]
        if window and "\uff01" <= window[0] <= "\uff5e":
            narrow = window.translate(_NARROW).lower()
            match = self._before.match(narrow)
            if match:
                return self._kinds[match[1][::-1]]
        if "a" <= window[:1] <= "z":  # 合同编号HT2026…
            match = self._before.match(window.lstrip(_LETTERS))
            if match and self._kinds[match[1][::-1]] == "order":
                return "order"
        return None

    def near(self, text: str, start: int, end: int, kinds: Collection[str]) -> bool:
        """Whether a label of `kinds` stands before the value in its clause, or in brackets or after 是 behind it."""
        if self._any is None:
            return False
        clause = _CLAUSE.split(text[max(0, start - 16) : start])[-1].lower()
        found = self._any.findall(clause)
        if found:
            return self._kinds[found[-1]] in kinds
        after = _AFTER.match(text, end, end + 12)
        return after is not None and any(self._kinds[word] in kinds for word in self._any.findall(after[0].lower()))
