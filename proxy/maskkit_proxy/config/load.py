"""The configuration file: read whole, every mistake named with its line and path."""

from __future__ import annotations

from pathlib import Path

from maskkit.errors import PolicyError
from maskkit.policy.source import Problem, Source
from maskkit_proxy.config.model import Config
from maskkit_proxy.config.read import ConfigReader


def load_config(path: Path) -> Config:
    """Return the configuration in a file; PolicyError with the first mistake and how many more there are."""
    config, problems = _read(path)
    if config is None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more: maskkit proxy check {path})" if len(problems) > 1 else ""
        raise PolicyError(first.message + more, hint=first.hint or None)
    return config


def check_config(path: Path) -> list[str]:
    """Return every mistake in a file as ``file:line: path: what; hint``."""
    return [str(problem) for problem in _read(path)[1]]


def _read(path: Path) -> tuple[Config | None, list[Problem]]:
    problems: list[Problem] = []
    source = Source(path, problems)
    node = source.read()
    if node is None:
        said = [
            p._replace(what="not a configuration", hint="see proxy.example.yaml") if p.what == "not a policy" else p
            for p in problems
        ]
        return None, said
    config = ConfigReader(source).config(node)
    problems.sort(key=lambda problem: (problem.file != path, problem.line or 0))
    return (None if problems else config), problems
