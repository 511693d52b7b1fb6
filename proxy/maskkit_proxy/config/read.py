"""What one configuration file says, each part checked where it stands."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

import yaml

from maskkit.errors import MaskkitError
from maskkit.operators.action import did_you_mean
from maskkit.policy import Policy, load_policy
from maskkit.policy.source import Source, within
from maskkit_proxy.bodies.fields import Others
from maskkit_proxy.config.model import Client, Config, Limits, Listed, Route, Upstream
from maskkit_proxy.config.rules import POLICY_KEYS, with_rules

ValueT = TypeVar("ValueT")
_Read = Callable[[yaml.Node, str], Any]

_SIZE: Final = re.compile(r"(\d{1,9}) ?(B|KB|MB|GB)?")
_UNITS: Final = {None: 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
_SECONDS: Final = re.compile(r"(\d{1,5}(?:\.\d{1,3})?) ?s?")
_MATCH: Final = re.compile(
    r"((?:GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE)(?:,(?:GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE))*) +(/[^\s?#]*)"
)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_FIELD_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_FORM: Final = re.compile(r"(?:[^{}]|\{tenant\}|\{client\})*")
_MEDIA: Final = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
#: Fields that the wire or this proxy sets.
_OURS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "content-type", "accept-encoding"}
)
_DATABASES: Final = ("sqlite", "postgresql", "mysql")
_ROWS: Final = re.compile(r"\w{1,100} = \{(?:tenant|client)\}")
_OTHERS: Final = ("scan", "drop", "keep")
_TRUE: Final = {"true": True, "yes": True, "false": False, "no": False}


class ConfigReader:
    """Reads one file; what is wrong goes to the source's problems."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def config(self, node: yaml.Node) -> Config | None:
        """Return what the file says; None where something that must be there is missing or wrong."""
        said = self._keys(
            node,
            "",
            {
                "listen": self._address,
                "probe": self._address,
                "keyset": self._path,
                "policy": self._policy,
                "limits": self._limits,
                "audit": self._source.scalar,
                "writer": self._source.scalar,
                "state": self._path,
                "upstreams": self._named(self._upstream),
                "clients": self._named(self._client),
                "routes": _as_it_is,
            },
            needed=("keyset", "upstreams", "clients", "routes"),
        )
        if said is None:
            return None
        default = said.get("policy") or load_policy("agency")
        routes = self._routes(said["routes"], default, said["upstreams"])
        self._check_audiences(node, said["clients"], routes)
        limits: Limits = said.get("limits", Limits())
        if limits.persons_per_hour or limits.persons_per_day:
            for n, route in enumerate(routes, 1):
                if not route.subject and route.methods & {"GET", "POST"} and not route.plain:
                    hint = "subject: [id_card, phone] names the fields that say whom an answer is about"
                    self._source.complain(node, f"routes[{n}].subject", "is missing where persons are counted", hint)
        return Config(
            upstreams=said["upstreams"],
            clients=tuple(said["clients"].values()),
            routes=routes,
            keyset=said["keyset"],
            listen=said.get("listen", ("127.0.0.1", 8080)),
            probe=said.get("probe"),
            limits=limits,
            audit=said.get("audit"),
            writer=said.get("writer", "proxy"),
            state=said.get("state"),
        )

    def _keys(
        self, node: yaml.Node, where: str, readers: dict[str, _Read], needed: tuple[str, ...] = ()
    ) -> dict[str, Any] | None:
        """Return what each key of a mapping says; None where a needed one is missing or says nothing."""
        said: dict[str, Any] = {}
        for key, key_node, value, at in self._source.items(node, where, readers):
            read = readers.get(key)
            if read is None:
                self._source.complain(key_node, at, "unknown key", did_you_mean(key, readers))
            elif (got := read(value, at)) is not None:
                said[key] = got
        missing = [key for key in needed if key not in said]
        given = (
            {key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)}
            if isinstance(node, yaml.MappingNode)
            else set()
        )
        for key in missing:
            if key not in given:
                self._source.complain(node, within(where, key), "is missing")
        return None if missing else said

    def _named(
        self, read: Callable[[str, yaml.Node, str], ValueT | None]
    ) -> Callable[[yaml.Node, str], dict[str, ValueT]]:
        def read_all(node: yaml.Node, where: str) -> dict[str, ValueT]:
            made = {}
            for key, _, value, at in self._source.items(node, where):
                one = read(key, value, at)
                if one is not None:
                    made[key] = one
            return made

        return read_all

    def _upstream(self, name: str, node: yaml.Node, where: str) -> Upstream | None:
        said = self._keys(
            node,
            where,
            {
                "url": self._url,
                "headers": self._headers,
                "ca": self._file,
                "cert": self._file,
                "key": self._file,
                "tables": self._named(self._table),
            },
            needed=("url",),
        )
        if said is None:
            return None
        headers: dict[str, str] = said.get("headers", {})
        if ("cert" in said) != ("key" in said):
            self._source.complain(node, where, "cert and key go together")
        return Upstream(
            name,
            said["url"],
            {key: value for key, value in headers.items() if "{" not in value},
            {key: value for key, value in headers.items() if "{" in value},
            said.get("ca"),
            said["cert"] + b"\n" + said["key"] if "cert" in said and "key" in said else None,
            said.get("tables", {}),
        )

    def _table(self, name: str, node: yaml.Node, where: str) -> Listed | None:
        said = self._keys(
            node,
            where,
            {"rows": self._source.scalar, "columns": self._list, "filters": self._list, "append": self._list},
            needed=("rows", "columns"),
        )
        if said is None:
            return None
        if said["rows"] != "all" and not _ROWS.fullmatch(said["rows"]):
            self._source.complain(
                node, within(where, "rows"), "expected whose rows they are", "COLUMN = {tenant}, or all"
            )
        return Listed(said["rows"], said["columns"], said.get("filters", ()), said.get("append", ()))

    def _client(self, name: str, node: yaml.Node, where: str) -> Client | None:
        said = self._keys(
            node,
            where,
            {"tenant": self._source.scalar, "audience": self._source.scalar, "keys": self._hashes},
            needed=("tenant", "keys"),
        )
        return Client(name, said["tenant"], said["keys"], said.get("audience")) if said is not None else None

    def _routes(self, node: yaml.Node, default: Policy, upstreams: dict[str, Upstream]) -> tuple[Route, ...]:
        where = "routes"
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self._source.complain(node, where, "expected a list of routes", "each with - match: GET /path")
            return ()
        routes = (self._route(item, f"{where}[{n}]", default, upstreams) for n, item in enumerate(node.value, 1))
        return tuple(route for route in routes if route is not None)

    def _route(self, node: yaml.Node, where: str, default: Policy, upstreams: dict[str, Upstream]) -> Route | None:
        said = self._keys(
            node,
            where,
            {
                "match": self._match,
                "upstream": self._one_of(tuple(upstreams)),
                "policy": self._policy,
                "params": self._words,
                "body": self._words,
                "plain": self._words,
                "others": self._one_of(_OTHERS),
                "tokens_only": self._flag,
                "pass": self._media,
                "subject": self._words,
                **dict.fromkeys(POLICY_KEYS, _as_it_is),
            },
            needed=("match", "upstream"),
        )
        if said is None:
            return None
        methods, pattern = said["match"]
        body = said.get("body", frozenset())
        plain = said.get("plain", frozenset())
        if not plain <= body:
            self._source.complain(node, within(where, "plain"), "names a field that body does not list")
        if plain and "search" in pattern.rsplit("/", 1)[-1].lower():
            self._source.complain(node, within(where, "plain"), "a search takes tokens, no plain values")
        return Route(
            methods,
            pattern,
            said["upstream"],
            with_rules(said.get("policy") or default, node, self._source, where),
            said.get("params", frozenset()),
            body,
            plain,
            cast("Others", said.get("others", "scan")),
            said.get("tokens_only", False),
            said.get("pass", frozenset()),
            said.get("subject", frozenset()),
        )

    def _check_audiences(self, node: yaml.Node, clients: dict[str, Client], routes: tuple[Route, ...]) -> None:
        for name, client in clients.items():
            if client.audience is not None and any(client.audience not in route.policy.audiences for route in routes):
                self._source.complain(node, f"clients.{name}.audience", "not an audience of every route's policy")

    def _match(self, node: yaml.Node, where: str) -> tuple[frozenset[str], str] | None:
        text = self._source.scalar(node, where)
        found = _MATCH.fullmatch(text or "")
        if found is None:
            self._source.complain(node, where, "expected methods and a path", "as in GET /cases/*")
            return None
        methods = frozenset(found[1].split(","))
        return methods | ({"HEAD"} if "GET" in methods else set()), found[2]

    def _url(self, node: yaml.Node, where: str) -> str | None:
        text = self._secret(node, where) or ""
        parts = urlsplit(text)
        if parts.scheme.startswith(_DATABASES):
            return text
        if (
            parts.scheme in ("http", "https")
            and parts.hostname
            and not (parts.query or parts.fragment or parts.username)
        ):
            return text
        self._source.complain(node, where, "expected the URL of a service or a database", "http://… or sqlite:///…")
        return None

    def _headers(self, node: yaml.Node, where: str) -> dict[str, str]:
        headers: dict[str, str] = {}
        for key, key_node, value, at in self._source.items(node, where):
            if not _FIELD_NAME.fullmatch(key) or key.lower() in _OURS:
                self._source.complain(key_node, at, "not a header field that can be set")
                continue
            text = self._secret(value, at)
            if text is None:
                continue
            if (
                not text.isascii()
                or not text.isprintable()
                or (isinstance(value, yaml.ScalarNode) and not _FORM.fullmatch(text))
            ):
                self._source.complain(value, at, "not a value of a header field", "{tenant} and {client} say who asks")
            else:
                headers[key.lower()] = (
                    text if isinstance(value, yaml.ScalarNode) else text.replace("{", "{{").replace("}", "}}")
                )
        return headers

    def _secret(self, node: yaml.Node, where: str) -> str | None:
        """Return a text, or what {env: NAME} or {file: PATH} holds."""
        if not isinstance(node, yaml.MappingNode):
            return self._source.scalar(node, where)
        said = self._keys(node, where, {"env": self._source.scalar, "file": self._file})
        if said is None or len(said) != 1:
            self._source.complain(node, where, "expected a text, {env: NAME} or {file: PATH}")
            return None
        if "file" in said:
            return cast("bytes", said["file"]).decode("utf-8", "replace").strip()
        value = os.environ.get(said["env"])
        if value is None:
            self._source.complain(node, where, "the environment variable is not set")
        return value

    def _file(self, node: yaml.Node, where: str) -> bytes | None:
        path = self._path(node, where)
        if path is None:
            return None
        try:
            return path.read_bytes()
        except OSError as error:
            self._source.complain(node, where, (error.strerror or "unreadable").lower())
            return None

    def _path(self, node: yaml.Node, where: str) -> Path | None:
        text = self._source.scalar(node, where)
        return self._source.file.parent / text if text else None

    def _policy(self, node: yaml.Node, where: str) -> Policy | None:
        name = self._source.scalar(node, where)
        if name is None:
            return None
        beside = self._source.file.parent / name
        try:
            return load_policy(beside if beside.is_file() else name)
        except MaskkitError as error:
            self._source.complain(node, where, str(error), error.hint or "")
            return None

    def _hashes(self, node: yaml.Node, where: str) -> tuple[str, ...] | None:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        hashes = [text for item in items if (text := self._source.scalar(item, where)) is not None]
        if not hashes or not all(map(_SHA256.fullmatch, hashes)):
            self._source.complain(node, where, "expected SHA-256 hashes of API keys", "maskkit proxy key makes one")
            return None
        return tuple(hashes)

    def _limits(self, node: yaml.Node, where: str) -> Limits:
        kinds = {field.name: field.type for field in fields(Limits)}
        readers: dict[str, _Read] = {
            name: self._seconds if kind == "float" else self._size for name, kind in kinds.items()
        }
        return replace(Limits(), **(self._keys(node, where, readers) or {}))

    def _seconds(self, node: yaml.Node, where: str) -> float | None:
        found = _SECONDS.fullmatch(self._source.scalar(node, where) or "")
        if found is None:
            self._source.complain(node, where, "expected seconds", "as in 10 s")
        return float(found[1]) if found else None

    def _size(self, node: yaml.Node, where: str) -> int | None:
        found = _SIZE.fullmatch(self._source.scalar(node, where) or "")
        if found is None or not int(found[1]):
            self._source.complain(node, where, "expected a number", "as in 256 or 16 MB")
            return None
        return int(found[1]) * _UNITS[found[2]]

    def _address(self, node: yaml.Node, where: str) -> tuple[str, int] | None:
        text = self._source.scalar(node, where) or ""
        host, _, port = text.rpartition(":")
        if host and port.isascii() and port.isdecimal() and int(port) < 65536:
            return host.strip("[]"), int(port)
        self._source.complain(node, where, "expected HOST:PORT", "as in 127.0.0.1:8080")
        return None

    def _list(self, node: yaml.Node, where: str) -> tuple[str, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(text for item in items if (text := self._source.scalar(item, where)))

    def _words(self, node: yaml.Node, where: str) -> frozenset[str]:
        return frozenset(self._list(node, where))

    def _media(self, node: yaml.Node, where: str) -> frozenset[str]:
        types = self._words(node, where)
        if not all(map(_MEDIA.fullmatch, types)):
            self._source.complain(node, where, "expected media types", "as in [image/png]")
        return types

    def _flag(self, node: yaml.Node, where: str) -> bool | None:
        text = (self._source.scalar(node, where) or "").lower()
        if text not in _TRUE:
            self._source.complain(node, where, "expected true or false")
        return _TRUE.get(text)

    def _one_of(self, words: tuple[str, ...]) -> Callable[[yaml.Node, str], str | None]:
        def read(node: yaml.Node, where: str) -> str | None:
            text = self._source.scalar(node, where)
            if text is None or text in words:
                return text
            self._source.complain(node, where, "unknown word", did_you_mean(text, words) if words else "")
            return None

        return read


def _as_it_is(node: yaml.Node, where: str) -> yaml.Node:
    """Leave a part to a reader that comes later."""
    return node
