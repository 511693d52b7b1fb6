"""rules/cn/*.yaml -> RuleSet: recognisers as data.

A file holds any of three sections::

    parts:   {NAME: pattern text}           # {NAME} in a pattern stands for it; a part may use earlier ones
    labels:  {kind: [word, …]}              # words that stand beside a value and tell what it is
    rules:   [rule, …]

A rule::

    id: mobile                  # unique
    entity: PHONE_NUMBER        # or KEEP: what this finds stays visible
    runs: number                # where to look: number, loose, apart, exponent, word, spaced, handle, mail, hex, plate
    digits: 11                  # how many digits such a run has at least; [11, 15]: a bare run, a word has no more
    bare: true                  # whether a run of nothing but digits can match
    first: "01+"                # digits that a group in the run begins with; + ( : . - 一 (any Han numeral) stand in it
    pattern: …                  # Python re over the folded text; groups named like an entity (PHONE_NUMBER_2) are spans
    check: mobile               # a name in checks.CHECKS, for the group v, else the one named like the entity, else
                                # the whole match; or {PHONE_NUMBER_2: mobile} for groups by name
    score: 0.9                  # the score of a match that passes the check …
    beside: 0.95                # … with a label of `context` beside it
    failed: 0                   # the score of a match that fails the check …
    failed_beside: 0.6          # … with a label of `context` beside it
    context: [phone]            # kinds of labels
    unless: [order]             # kinds of labels right before it that cut the score to `SUSPECT`
    in_url: false               # whether it counts inside a URL
    whole: true                 # whether it counts only where it is all of its text, such as a cell
    match: [[text, surface], …] # examples: what is found in a text; a bare string is its own surface
    reject: [text, …]           # examples in which this rule finds nothing

A detector's profile decides which scores count (see `maskkit.detection.compiled.THRESHOLDS`). A pattern's work is
bounded by construction: ``*``, ``+`` and ``{n,}`` are refused, and so is a repeated group that holds a part of varying
length. So each start takes a bounded number of steps, and a run of any length is read in time linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from maskkit.checks import CHECKS
from maskkit.data import rules_dir
from maskkit.errors import RuleError, as_meant
from maskkit.model import ENTITIES

#: Entity of rules whose findings stay visible.
KEEP: Final = "KEEP"
RUNS: Final = ("number", "loose", "apart", "exponent", "word", "spaced", "handle", "mail", "hex", "plate")

_KEYS: Final = (
    "id entity runs digits bare first pattern check score beside failed failed_beside "
    "context unless in_url whole match reject"
)
_RULE_KEYS: Final = frozenset(_KEYS.split())
_PART: Final = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
_SECTIONS: Final = ("rules", "labels", "parts")
_SECTION: Final = re.compile(rf"^(?:{'|'.join(_SECTIONS)}):", re.MULTILINE)
_ID: Final = re.compile(r"(?!.*\d{3})[a-z][a-z0-9-]{0,40}")
_LINE: Final = "\0line"
_TWICE: Final = "a key stands twice"


@dataclass(frozen=True, slots=True)
class Rule:
    """One recogniser; the module's docstring says what each field means."""

    id: str
    entity: str
    runs: str
    pattern: str
    where: str
    digits: tuple[int, int] = (0, 10_000)
    bare: bool = True
    first: str = ""
    check: Mapping[str, str] = field(default_factory=dict)
    score: float = 0.0
    beside: float = 0.0
    failed: float = 0.0
    failed_beside: float = 0.0
    context: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    in_url: bool = True
    whole: bool = False
    match: tuple[tuple[str, str], ...] = ()
    reject: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in file order, and which kind each label is of."""

    rules: tuple[Rule, ...]
    labels: Mapping[str, str]


def load_rules(folder: Path | None = None) -> RuleSet:
    """Read every YAML file of `folder` (default: ``rules_dir() / "cn"``) that holds rules, parts or labels.

    Files without any of these belong to other recognisers and are passed over.

    Raises:
        RuleError: something is wrong; the message names file, rule and line.
    """
    loader = _Loader()
    for file in sorted((folder or rules_dir() / "cn").glob("*.yaml")):
        loader.read(file)
    return loader.rule_set()


class _Yaml(yaml.SafeLoader):
    """Mappings know the line they began on; a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, _TWICE, node.start_mark)
        mapping[_LINE] = node.start_mark.line + 1
        return mapping


class _Loader:
    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.raw: list[tuple[str, dict[str, Any]]] = []

    def read(self, file: Path) -> None:
        try:
            text = file.read_text(encoding="utf-8")
            if not _SECTION.search(text):
                return
            data = yaml.load(text, _Yaml)  # noqa: S506 - _Yaml is a SafeLoader
        except UnicodeDecodeError:
            raise RuleError(f"{file.name}: not UTF-8") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            # PyYAML quotes what it does not understand, and a rule's examples look like people.
            what = _TWICE if getattr(error, "problem", None) == _TWICE else "not YAML"
            raise RuleError(f"{file.name}{line}: {what}") from None
        except OSError as error:
            raise RuleError(f"{file.name}: {(error.strerror or 'unreadable').lower()}") from None
        if not isinstance(data, dict):
            raise RuleError(f"{file.name}: not a mapping of sections")
        for key in data.keys() - {*_SECTIONS, _LINE}:
            raise RuleError(f"{file.name}: there is no section {as_meant(str(key), _SECTIONS)}")
        parts, labels, rules = (data.get(section) or {} for section in ("parts", "labels", "rules"))
        if not isinstance(parts, dict) or not isinstance(labels, dict):
            raise RuleError(f"{file.name}: parts and labels are mappings")
        if not all(isinstance(words, list) for kind, words in labels.items() if kind != _LINE):
            raise RuleError(f"{file.name}:{labels[_LINE]}: labels are lists of words")
        for number, (name, part) in enumerate(parts.items(), 1):
            if name != _LINE:
                self.parts[name] = self.expand(str(part), f"{file.name}:{parts[_LINE]}: part {number}")
        for kind, words in labels.items():
            if kind != _LINE:
                self.labels |= {str(word).lower(): kind for word in words}
        for number, raw in enumerate(rules, 1):
            if not isinstance(raw, dict):
                raise RuleError(f"{file.name}: rule {number} is not a mapping")
            name = str(raw.get("id"))
            self.raw.append((f"{file.name}:{raw.pop(_LINE)}: rule {name if _ID.fullmatch(name) else number}", raw))

    def expand(self, pattern: str, where: str) -> str:
        def part(match: re.Match[str]) -> str:
            if match[1] not in self.parts:
                raise RuleError(f"{where}: there is no part {as_meant(match[1], self.parts)}")
            return self.parts[match[1]]

        return _PART.sub(part, pattern)

    def rule_set(self) -> RuleSet:
        rules = tuple(self.rule(where, raw) for where, raw in self.raw)
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                raise RuleError(f"{rule.where}: the id stands twice")
            seen.add(rule.id)
        return RuleSet(rules, dict(self.labels))

    def rule(self, where: str, raw: dict[str, Any]) -> Rule:
        try:
            return self._rule(where, raw)
        except (TypeError, ValueError, AttributeError, IndexError):
            raise RuleError(f"{where}: a field that is not of its kind") from None

    def _rule(self, where: str, raw: dict[str, Any]) -> Rule:
        for key in raw.keys() - _RULE_KEYS:
            raise RuleError(f"{where}: there is no key {as_meant(str(key), _RULE_KEYS)}")
        for key in ("id", "entity", "runs", "pattern", "match", "reject"):
            if not raw.get(key):
                raise RuleError(f"{where}: {key} is missing")
        if raw["entity"] not in (*ENTITIES, KEEP):
            raise RuleError(f"{where}: there is no entity {as_meant(str(raw['entity']), ENTITIES)}")
        if raw["runs"] not in RUNS:
            raise RuleError(f"{where}: runs must be one of {', '.join(RUNS)}")
        pattern = self.expand(str(raw["pattern"]), where)
        require_bounded(pattern, where)
        check = raw.get("check") or {}
        if isinstance(check, str):
            check = {"": check}
        check.pop(_LINE, None)
        for name in check.values():
            if name not in CHECKS:
                raise RuleError(
                    f"{where}: there is no check {as_meant(str(name), CHECKS)}; there are {', '.join(sorted(CHECKS))}"
                )
        kinds = set(map(str, self.labels.values()))
        for kind in (*raw.get("context", ()), *raw.get("unless", ())):
            if kind not in kinds:
                raise RuleError(f"{where}: there is no kind of labels {as_meant(str(kind), kinds)}")
        digits = raw.get("digits", 0)
        low, high = digits if isinstance(digits, list) else (digits, 10_000)
        score = float(raw.get("score", 0))
        return Rule(
            id=str(raw["id"]),
            entity=raw["entity"],
            runs=raw["runs"],
            pattern=pattern,
            where=where,
            digits=(int(low), int(high)),
            bare=bool(raw.get("bare", True)),
            first=str(raw.get("first", "")),
            check=check,
            score=score,
            beside=float(raw.get("beside", score)),
            failed=float(raw.get("failed", 0)),
            failed_beside=float(raw.get("failed_beside", 0)),
            context=frozenset(raw.get("context", ())),
            unless=frozenset(raw.get("unless", ())),
            in_url=bool(raw.get("in_url", True)),
            whole=bool(raw.get("whole", False)),
            match=tuple((e, e) if isinstance(e, str) else (str(e[0]), str(e[1])) for e in raw["match"]),
            reject=tuple(map(str, raw["reject"])),
        )


def require_bounded(pattern: str, where: str) -> None:
    """Refuse a pattern whose work at one start could grow with the text or explode.

    Raises:
        RuleError: ``*``, ``+`` or ``{n,}``; or a group that is repeated and holds a part of varying length.
    """
    varying = [False]
    closed = False  # whether the last atom was a group that holds a part of varying length
    i = 0
    while i < len(pattern):
        char = pattern[i]
        quantifier = _QUANTIFIER.match(pattern, i)
        if quantifier:
            low, high = quantifier["low"], quantifier["high"]
            if char in "*+" or high == "":
                raise RuleError(f"{where}: a repetition without end")
            bounds = (0, 1) if char == "?" else (int(low), int(high if high is not None else low))
            if closed and bounds[1] > 1:
                raise RuleError(f"{where}: a repeated group holds a part of varying length")
            if bounds[0] != bounds[1]:
                varying[-1] = True
            i, closed = quantifier.end(), False
            continue
        closed = False
        if char == "\\":
            i += 1
        elif char == "[":
            i = pattern.index("]", i + 2)
        elif char == "(":
            varying.append(False)
            group = _GROUP.match(pattern, i)
            i = group.end() - 1 if group else i
        elif char == ")":
            closed = varying.pop()
            varying[-1] |= closed
        elif char == "|":
            varying[-1] = True
        i += 1


_QUANTIFIER: Final = re.compile(r"[*+?]|\{(?P<low>\d+)(?:,(?P<high>\d*))?\}")
_GROUP: Final = re.compile(r"\((?:\?(?:P<\w+>|:|=|!|<=|<!|i:))?")
