"""The golden vectors: what was written in the first version is written and read by every later one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding

from maskkit.keys.keyset import Key, Keyset
from maskkit.normalize import canonical
from maskkit.operators.token import Container, Restored, TokenOperator

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "vectors" / "tokens_v1.json"
DOCUMENT = json.loads(FILE.read_text(encoding="utf-8"))
CHECKSUM = "60ec2c089f85c69946cc2e21c069dcbf86bbbdce0c824444dc2eac06e9d64409"


def operator(vector: dict[str, Any]) -> TokenOperator:
    keys = [Key(key["id"], bytes.fromhex(key["secret"])) for key in DOCUMENT["keys"]]
    return TokenOperator(Keyset(keys, vector["key"]).for_tenant(vector["tenant"]))


def test_the_vectors_are_never_edited() -> None:
    """A change of this file would be a change of tokens that are out there."""
    assert hashlib.sha256(FILE.read_bytes().replace(b"\r\n", b"\n")).hexdigest() == CHECKSUM


@pytest.mark.parametrize("vector", DOCUMENT["vectors"], ids=lambda vector: vector["token"][:16])
def test_vector(vector: dict[str, Any]) -> None:
    """The text makes the token, and the token gives text, literal and canonical value."""
    entity, text, literal = vector["entity"], vector["text"], vector.get("literal")
    container = Container.JSON if literal else Container.PLAIN
    assert operator(vector).apply([text], entity, container=container, raws=[literal]) == [vector["token"]]
    assert canonical(entity, text) == vector["canonical"]
    found = operator(vector).find(vector["token"])
    [restored] = operator(vector).restore(found, container=container)
    assert isinstance(restored, Restored)
    assert (restored.value, restored.canonical, restored.entity) == (text, vector["canonical"], entity)
    assert restored.raw == (literal or text)


def test_columns_of_vectors() -> None:
    """The column path makes the same tokens: a column of a hundred of each."""
    for vector in DOCUMENT["vectors"]:
        if "literal" not in vector:
            made = operator(vector).apply([vector["text"]] * 100, vector["entity"])
            assert set(made) == {vector["token"]}


@pytest.mark.parametrize("expected", DOCUMENT["tags"], ids=lambda expected: f"{expected['key']}-{expected['tag']}")
def test_tags(expected: dict[str, str]) -> None:
    """A tenant's tag is for ever, too."""
    keys = Keyset([Key(key["id"], bytes.fromhex(key["secret"])) for key in DOCUMENT["keys"]], "a2")
    assert keys.for_tenant(expected["tenant"]).tag(expected["key"]) == expected["tag"]


def derived(use: str, entity: str, length: int) -> bytes:
    """Derive as the reference says, with nothing of maskkit."""
    parts = [part.encode() for part in ("maskkit 1", use, "default", entity)]
    info = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return HKDF(SHA256(), length, b"", info).derive(bytes(range(32)))


def base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def test_tokens_by_hand() -> None:
    """Tokens put together from cryptography's own functions are the operator's, bit for bit."""
    tag = base32(derived("tenant tag", "", 2))[:3]
    make = operator({"key": "a2", "tenant": "default"}).apply

    body = aes_key_wrap_with_padding(derived("body kw", "PHONE_NUMBER", 32), (3800138000).to_bytes(5, "big"))
    phone = f"pn_a2{tag}k{base32(body)}"
    assert make(["13800138000"], "PHONE_NUMBER") == [phone + "a"]
    part = aes_key_wrap_with_padding(derived("surface kw", "PHONE_NUMBER", 32), bytes.fromhex("00000044") + body[:4])
    assert make(["138-0013-8000"], "PHONE_NUMBER") == [f"{phone}b{base32(part)}"]

    body = aes_key_wrap_with_padding(derived("body kw", "PERSON", 32), "王建国".encode("utf-16-be"))
    assert make(["王建国"], "PERSON") == [f"nm_a2{tag}k{base32(body)}a"]

    value = b"wang.wu@example.com"  # 19 bytes: 1 and 3 in groups of four bits
    sealed = AESSIV(derived("body siv", "EMAIL_ADDRESS", 64)).encrypt(value, None)
    mail = f"em_a2{tag}srd{base32(sealed)}"
    assert make([value.decode()], "EMAIL_ADDRESS") == [mail + "a"]
    written = "wang.wu＠example.com"
    sealed = AESSIV(derived("surface siv", "EMAIL_ADDRESS", 64)).encrypt(b"\0" + written.encode(), [mail.encode()])
    assert make([written], "EMAIL_ADDRESS") == [f"{mail}crg{base32(sealed)}"]


def test_the_example_of_the_reference() -> None:
    """The tokens shown in docs/reference/tokens.md are real ones."""
    page = (ROOT / "docs" / "reference" / "tokens.md").read_text(encoding="utf-8")
    rows = re.findall(r"^([A-Z_]+) +(\S.*?) +((?:[a-z]{2})_[a-z2-7]+)$", page, re.MULTILINE)
    assert len(rows) == 4
    for entity, text, token in rows:
        assert operator({"key": "a2", "tenant": "default"}).apply([text], entity) == [token]
