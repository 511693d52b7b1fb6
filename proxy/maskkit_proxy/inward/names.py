"""Which names are those of fields with a rule, also inside other names: ``phone__gt``, ``-phone``, ``cases.phone``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from maskkit.detection.headers import TEXT, header_rule
from maskkit.policy import Policy
from maskkit_proxy.bodies.fields import SUFFIX

#: Pieces of an identifier: words of camelCase and snake_case, runs of Han.
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[\u3400-\u9fff]+")
_IDENTIFIER: Final = re.compile(r"[\w.$]+")
_FIELD: Final = re.compile(r"[\w.-]+")
#: A value that is a list of names, as sort and fields parameters have: -phone, name,asc, cases.phone desc.
_NAMES: Final = re.compile(r"[+-]?[\w.$]+(?:(?:[,:;|/]+| (?=(?:asc|desc)\b))[+-]?[\w.$]+)*", re.IGNORECASE)
#: A name with a comparison behind it, as query languages have them: phone:138*, phone gt 138.
_COMPARED: Final = re.compile(
    r"([\w.$]{1,200})\s{0,4}(?:[:=<>~!*\[({]|(?:gte?|lte?|eq|ne|i?like|in|between|contains|startswith|match(?:es)?)\b)",
    re.IGNORECASE,
)
#: With one of these a name asks for more than equality.
_OPERATORS: Final = frozenset(
    """
    min max from to gt gte lt lte ne neq not like ilike contains startswith endswith starts ends prefix suffix regex
    regexp range between sort order by asc desc in start end before after since until null isnull exists fuzzy match
    """.split()
)
#: The most words that the name of a field is made of, and the longest value that is read as a list of names.
_WORDS: Final = 4
_LONGEST: Final = 200
_SQL: Final = re.compile(
    r"""(?ix)
    \bselect(?:\s+.{1,80}?\bfrom\b|\s*[*(@'"]|\s+\d) | \bunion\s+(?:all\s+)?select\b | \binsert\s+into\b
    | \bupdate\s+\w{1,64}\s+set\b | \bdelete\s+from\b | \b(?:drop|alter|create)\s+(?:table|view|index|database)\b
    | \battach\s+(?:database\b|') | \bpragma\s+\w | \b(?:order|group)\s+by\b | \bexec(?:ute)?\s*[(@]
    | \b(?:substr(?:ing)?|instr|hex|unhex|reverse|char|chr|ascii|concat|cast|convert|replace|printf|format|i?like
        |regexp|rlike|glob|match|length|coalesce|ifnull|iif|case|left|right|mid|lower|upper|json_\w{1,32})\s*\(
    | \b(?:and|or|not)\s+[\w."'`]{1,64}\s*(?:=|<|>|!|i?like\b|in\b|is\b|between\b)
    | --\s | /\*|\*/ | \|\| | \{\{ | \$\{ | <% | \{%
    """,
    re.DOTALL,
)
_SQL_NAMES: Final = frozenset(
    "sql _where where _sql expr expression $filter $where $expr having orderby order_by".split()
)


class Ruled:
    """The fields that have a rule under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.entity = lru_cache(4096)(self._entity)
        self.mentions = lru_cache(4096)(self._mentions)
        self.lists = lru_cache(4096)(self._lists)

    def _entity(self, name: str) -> str | None:
        """Return the entity of a field of that very name, an empty string where only the policy names it."""
        rule = self._policy.field(name.rpartition(".")[2], name)
        if rule is not None:
            if rule.action is not None and rule.action.operator == "keep":
                return None
            if not rule.scan:
                return rule.entity or ""
        if rule is not None or not _FIELD.fullmatch(name):
            return None
        header = header_rule(name)
        if header is None or header.entity == TEXT or not _OPERATORS.isdisjoint(w.lower() for w in _WORD.findall(name)):
            return None
        return header.entity

    def is_text(self, name: str) -> bool:
        """Tell whether a field of that name is running text, which may speak of phones."""
        rule, header = self._policy.field(name), header_rule(name)
        return rule.scan if rule is not None else header is not None and header.entity == TEXT

    def _mentions(self, name: str) -> bool:
        """Tell whether a name contains that of a field with a rule."""
        return any(self._contains(identifier) for identifier in _IDENTIFIER.findall(normalize("NFKC", name)))

    def _lists(self, value: str) -> bool:
        """Tell whether a value is a list of names, or compares one, that is or contains that of a field with a rule."""
        value = normalize("NFKC", value)
        if any(found[1].isascii() and self._contains(found[1]) for found in _COMPARED.finditer(value)):
            return True
        if len(value) > _LONGEST or not _NAMES.fullmatch(value):
            return False
        return any(
            self._contains(identifier) if identifier.isascii() else header_rule(identifier) is not None
            for identifier in _IDENTIFIER.findall(value)
        )

    def _contains(self, identifier: str) -> bool:
        base = identifier.removesuffix(SUFFIX).strip("_$.")
        if self._entity(base) is not None:
            return True
        words = _WORD.findall(base)
        return any(
            self._entity("".join(words[start:end])) is not None
            for start in range(len(words))
            for end in range(start + 1, min(start + _WORDS, len(words)) + 1)
        )


def reads_as_code(name: str, value: str) -> bool:
    """Tell whether a parameter carries SQL, an expression or a template."""
    return name.lower() in _SQL_NAMES or _SQL.search(value) is not None
