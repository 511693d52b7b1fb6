"""A rule, ready to run over the folded view."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from maskkit.checks import CHECKS
from maskkit.detection.folding import HAN_ZERO, LETTER, LIKE_DIGITS, fold
from maskkit.detection.runs import ANY_SIGN, BRACKET, COLON, DASH, DOT, HAN, PLUS
from maskkit.errors import RuleError
from maskkit.rules import Rule

#: Which scores count. `balanced` takes what passes its check or stands beside a label; `strict` also takes what is only
#: suspect: a resident ID or card whose check fails without a label, a number behind 订单号, one in a URL.
THRESHOLDS: Final = {"balanced": 0.5, "strict": 0.3}
#: Longer runs of digits are one number, and nobody's.
MOST_DIGITS: Final = 60

_SEPARATORS: Final = b" -.()+_/~,;*\n\r\t" + fold("·、")
_HAN_DIGITS: Final = bytes(range(HAN_ZERO, HAN_ZERO + 10))
_VALUE: Final = bytes.maketrans(_HAN_DIGITS, b"0123456789")
_LOOSE_VALUE: Final = bytes.maketrans(_HAN_DIGITS + LIKE_DIGITS, b"0123456789" + b"0011" + b"079")
_SIGN_BITS: Final = {str(digit): 1 << digit for digit in range(10)} | dict(
    zip("+(一:.-", (PLUS, BRACKET, HAN, COLON, DOT, DASH), strict=True)
)
_LOOSE_RUNS: Final = frozenset({"loose", "apart"})
_WITH_DOTS: Final = frozenset({"email", "ip"})


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to run; a group is a name, or 0 for the whole match."""

    rule: Rule
    search: Callable[[bytes, int, int], re.Match[bytes] | None]
    match: Callable[[bytes, int, int], re.Match[bytes] | None]
    groups: tuple[tuple[str | int, str], ...]  # what becomes a span of which entity
    checks: tuple[tuple[str | int, Callable[[str], bool], bytes], ...]  # (group, check, characters to leave out)
    value: bytes  # the table by which a check sees digits in ASCII
    signs: int
    asks_label: bool  # whether a label changes the score
    needs_label: bool  # whether nothing is found without one

    def fits(self, digits: int, signs: int, whole: bool) -> bool:
        """Whether a run of so many digits, with these signs, can hold a match; see `maskkit.detection.runs.Runs`."""
        least, most = self.rule.digits
        if not signs & self.signs or digits < least:
            return False
        return not whole or (self.rule.bare and digits <= most and digits < MOST_DIGITS)


def compile_rule(rule: Rule) -> CompiledRule:
    """Compile a rule's pattern for the folded view.

    Raises:
        RuleError: it does not compile, or speaks of a character that has no byte of its own.
    """
    folded = fold(rule.pattern)
    for char, byte in zip(rule.pattern, folded, strict=True):
        if byte >= LETTER:
            raise RuleError(f"{rule.where}: the fold has no byte for U+{ord(char):04X}")
    try:
        pattern = re.compile(folded)
    except re.error as error:
        raise RuleError(f"{rule.where}: {error.msg} at position {error.pos}") from None
    for group in rule.check.keys() - pattern.groupindex.keys() - {""}:
        raise RuleError(f"{rule.where}: check names the group {group}, which the pattern has not")
    named = [(name, re.sub(r"_\d$", "", name)) for name in pattern.groupindex if name != "v"]
    checked: str | int = next((name for name in ("v", rule.entity) if name in pattern.groupindex), 0)
    return CompiledRule(
        rule,
        pattern.search,
        pattern.match,
        tuple(named) or ((0, rule.entity),),
        tuple(
            (group or checked, CHECKS[name], b"" if name in _WITH_DOTS else _SEPARATORS)
            for group, name in rule.check.items()
        ),
        _LOOSE_VALUE if rule.runs in _LOOSE_RUNS else _VALUE,
        sum(_SIGN_BITS[char] for char in rule.first) or ANY_SIGN,
        bool(rule.context or rule.unless),
        _needs_label(rule),
    )


def _needs_label(rule: Rule) -> bool:
    if max(rule.score, rule.failed) >= THRESHOLDS["strict"]:
        return False
    # a check that fails also asks whether a label stands near
    return not rule.check or not rule.failed_beside or rule.runs == "loose"
