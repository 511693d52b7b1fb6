"""Loading a policy: find it, follow what it extends, put the layers on one another, check everything once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from maskkit.data import rules_dir
from maskkit.errors import PolicyError, UsageError, as_meant, as_said
from maskkit.operators.action import Action, did_you_mean
from maskkit.policy.model import FieldRule, Policy
from maskkit.policy.read import ALL_ENTITIES, REST, Layer, Reader, Wanted
from maskkit.policy.source import Problem, Source

#: What a policy that extends nothing stands on: everything found becomes a token.
_GROUND: Final = Layer(
    profile="balanced",
    names="model",
    titles=True,
    token_field=False,
    vault=False,
    tenant="optional",
    entities={REST: Wanted(Action("token"))},
)


def load_policy(name_or_path: str | Path) -> Policy:
    """Return a named policy (tokens, agency, display, drop) or the one in a file.

    Raises:
        UsageError: a name that is none of them and no file either.
        PolicyError: a file that is missing or wrong; the message names file, line and field.
    """
    path = _find(name_or_path)
    layer, read, problems = _load(path)
    if problems:
        first = problems[0]
        more = f" (and {len(problems) - 1} more: maskkit policy check {path})" if len(problems) > 1 else ""
        raise PolicyError(first.message + more, hint=first.hint or None)
    name = path.stem if path.parent == presets_dir() else path.name
    digest = sha256(b"".join(data for _, data in read)).hexdigest()
    return replace(_compiled(layer, name, digest), files=tuple(file for file, _ in read))


def check_policy(name_or_path: str | Path) -> list[str]:
    """Return every problem of a policy and of those it extends, as ``file:line: field: what; hint``.

    Raises UsageError for a name that is no policy and no file.
    """
    _, _, problems = _load(_find(name_or_path))
    return [str(problem) for problem in problems]


def presets_dir() -> Path:
    """Return the folder of the named policies."""
    return rules_dir() / "policies"


def _find(name_or_path: str | Path) -> Path:
    if isinstance(name_or_path, Path):
        return name_or_path
    preset = _preset(name_or_path)
    if preset is not None:
        return preset
    path = Path(name_or_path)
    if path.suffix.lower() in (".yaml", ".yml") or len(path.parts) > 1 or path.is_file():
        return path
    hint = f"one of {', '.join(_presets())}, or a file whose name ends in .yaml"
    raise UsageError(f"no policy {as_said(name_or_path)}", hint=hint)


def _preset(name: str) -> Path | None:
    # Compared by name, so that "../x" or an absolute path never reaches outside the folder.
    return next((preset for preset in presets_dir().glob("*.yaml") if preset.stem == name), None)


def _presets() -> list[str]:
    return sorted(preset.stem for preset in presets_dir().glob("*.yaml"))


def _load(path: Path) -> tuple[Layer, list[tuple[Path, bytes]], list[Problem]]:
    """Return the layers from `path` up the chain put on one another, all files they are made of, and what is wrong."""
    problems: list[Problem] = []
    layers: list[Layer] = []
    read: list[tuple[Path, bytes]] = []
    chain: list[Path] = []
    following: Path | None = path
    while following is not None:
        chain.append(following.resolve())
        source = Source(following, problems)
        node = source.read()
        read.append((following, source.data))
        if node is None:
            break
        reader = Reader(source)
        layers.append(reader.layer(node))
        read += reader.lists
        following = _extended(layers[-1], source, chain)
    result = _GROUND
    for layer in reversed(layers):
        result = _put_on(result, layer)
    # The file's own problems first, then those of what it extends; each from top to bottom.
    problems.sort(key=lambda problem: (problem.file != path, problem.file, problem.line or 0))
    return result, read, problems


def _extended(layer: Layer, source: Source, chain: list[Path]) -> Path | None:
    if layer.extends is None:
        return None
    name, node = layer.extends
    path = _preset(name)
    if path is None:
        path = source.file.parent / name
        if not path.is_file():
            known = _presets()
            source.complain(node, "extends", f"no policy {as_meant(name, known)}", did_you_mean(name, known))
            return None
    if path.resolve() in chain:
        source.complain(node, "extends", "goes round in a circle", "a policy cannot extend itself")
        return None
    return path


def _put_on(below: Layer, above: Layer) -> Layer:
    """Return `below` with what `above` says on top."""
    return Layer(
        profile=above.profile or below.profile,
        names=above.names or below.names,
        titles=below.titles if above.titles is None else above.titles,
        token_field=below.token_field if above.token_field is None else above.token_field,
        vault=below.vault if above.vault is None else above.vault,
        tenant=above.tenant or below.tenant,
        allow=below.allow | above.allow,
        deny=below.deny | above.deny,
        entities=above.entities if REST in above.entities else below.entities | above.entities,
        fields=above.fields + below.fields,
        audiences={
            name: _put_on(below.audiences.get(name, Layer()), above.audiences.get(name, Layer()))
            for name in below.audiences | above.audiences
        },
    )


def _compiled(layer: Layer, name: str, digest: str) -> Policy:
    def action(wanted: Wanted) -> Action:
        done = wanted.action
        if done.operator == "mask":
            beside = layer.token_field if wanted.token_field is None else wanted.token_field
            done = replace(done, token_field=bool(beside))
        vault = layer.vault if wanted.vault is None else wanted.vault
        return replace(done, vault=bool(vault)) if done.makes_tokens else done

    def rules() -> Iterator[FieldRule]:
        for rule in layer.fields:
            yield FieldRule(rule.names, rule.entity, action(rule.wanted) if rule.wanted else None, rule.scan)

    alone = replace(layer, audiences={})
    return Policy(
        name=name,
        sha256=digest,
        entities={e: action(layer.entities.get(e) or layer.entities[REST]) for e in ALL_ENTITIES},
        fields=tuple(rules()),
        profile=layer.profile or "balanced",
        names=layer.names or "model",
        titles=bool(layer.titles),
        needs_tenant=layer.tenant == "required",
        allow=layer.allow,
        deny=layer.deny,
        audiences={who: _compiled(_put_on(alone, own), name, digest) for who, own in layer.audiences.items()},
    )
