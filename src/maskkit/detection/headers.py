"""What a column's header says of its cells: the rules of rules/cn/columns.yaml."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from maskkit.data import lexicon
from maskkit.errors import RuleError
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.normalize import FOLD

#: The target of headers whose cells are running text.
TEXT: Final = "text"

#: What is longer is a remark, and no heading that anybody wrote a rule for.
_LONGEST: Final = 200
_BRACKETED: Final = re.compile(r"[(\[【].*?[)\]】]")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\da-zA-Z_]+")


class HeaderRule(NamedTuple):
    """What a header says; `sure` unless the cells must agree (卡号 may be a bank card or a member's card)."""

    entity: str
    sure: bool


def header_rule(header: str) -> HeaderRule | None:
    """Return the rule for a header, None where there is none.

    Case, blanks, separators, digits and what stands in brackets do not count: 联系人1_电话（必填） is 联系人电话,
    userName is username.
    """
    if len(header) > _LONGEST:
        return None
    rules = _rules()
    parts = [part.lower() for part in _PART.findall(_BRACKETED.sub("", header.translate(FOLD)))]
    name = "".join(parts)
    if name in rules.headers:
        return rules.headers[name]
    tails = {"".join(parts[i:]) for i in range(len(parts))}
    for ending, entity in rules.endings:
        if name.endswith(ending) and (not ending.isascii() or ending in tails):
            return HeaderRule(entity, sure=True)
    return None


def known_header(header: str) -> bool:
    """Tell whether a rule names this header."""
    return header_rule(header) is not None


class _Rules(NamedTuple):
    headers: dict[str, HeaderRule]
    endings: list[tuple[str, str]]


@cache
def _rules() -> _Rules:
    data = lexicon("columns")
    targets = {*ENTITIES, *FIELD_ENTITIES, TEXT}
    headers = {fold: HeaderRule(entity, sure=True) for entity, fold in _words(data["headers"], targets)}
    for header, entity in data["ambiguous"].items():
        if entity not in targets:
            raise RuleError(f"rules/cn/columns.yaml: ambiguous: {entity} is no entity")
        headers[str(header)] = HeaderRule(entity, sure=False)
    endings = [(ending, entity) for entity, ending in _words(data["endings"], targets)]
    return _Rules(headers, sorted(endings, key=lambda rule: -len(rule[0])))


def _words(section: dict[str, str], targets: set[str]) -> list[tuple[str, str]]:
    for entity in section:
        if entity not in targets:
            raise RuleError(f"rules/cn/columns.yaml: {entity} is no entity")
    return [(entity, word) for entity, names in section.items() for word in names.split()]
