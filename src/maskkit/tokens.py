"""The grammar of tokens. No key and no plain value: detection uses it to leave tokens alone.

::

    token    = head body surface
    head     = entity "_" key tenant kind    2 letters, "_", key id (2), tenant tag (3), kind of body (1)
    body     = 26 characters                 kinds k (AES key wrap, RFC 5649) and v (vaulted): 16 bytes
             | length sealed                 kind s (AES-SIV, RFC 5297): length of the plain text, that + 16 bytes
    surface  = "a"                           the value stood there in its canonical form
             | "b" 26 characters             four bytes of surface and four of the body, by RFC 5649
             | "c" length sealed             the whole surface, by AES-SIV

All is base32 of RFC 4648 in lower case (a-z, 2-7), most significant bit first, without padding; spare bits are zero. A
length is groups of four bits, most significant first, each in a character whose highest bit says that one more
follows; the first group is not zero unless it is the only one. docs/reference/tokens.md is the whole specification.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple

from maskkit.errors import InputError

ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"

#: Entity -> the two letters that its tokens begin with.
PREFIXES: Final = {
    "PERSON": "nm",
    "PHONE_NUMBER": "pn",
    "CN_RESIDENT_ID": "id",
    "BANK_CARD": "bc",
    "ADDRESS": "ad",
    "EMAIL_ADDRESS": "em",
    "CN_PASSPORT": "pp",
    "CN_TRAVEL_PERMIT": "tp",
    "CN_VEHICLE_REGISTRATION": "vr",
    "CN_USCC": "uc",
    "WECHAT_ID": "wx",
    "QQ_NUMBER": "qq",
    "IP_ADDRESS": "ip",
    "MAC_ADDRESS": "mc",
    "BIRTH_DATE": "bd",
    "AGE": "ag",
    "OTHER": "ot",
}

#: What stands for a kind of PII that maskkit has no name for, found by another library's recogniser.
OTHER: Final = "OTHER"

KEY_WRAP: Final = "k"
SIV: Final = "s"
VAULTED: Final = "v"

NO_SURFACE: Final = "a"
SHORT_SURFACE: Final = "b"
LONG_SURFACE: Final = "c"

HEAD_LENGTH: Final = 9
BLOCK_LENGTH: Final = 26
#: Of a key-wrap token without surface.
PLAIN_LENGTH: Final = HEAD_LENGTH + BLOCK_LENGTH + 1
SIV_TAG_BYTES: Final = 16

_ENTITIES: Final = {prefix: entity for entity, prefix in PREFIXES.items()}
_IN_ANY_CASE: Final = frozenset(
    first + second
    for prefix in _ENTITIES
    for first in (prefix[0], prefix[0].upper())
    for second in (prefix[1], prefix[1].upper())
)
_VALUE: Final = {char: number for number, char in enumerate(ALPHABET)}
#: int() reads base 32 as 0-9a-v.
_TO_INT: Final = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")

_HEAD: Final = re.compile(r"_[a-z2-7]{5}[ksv]")
#: 26 characters are 130 bits for 128: the last two are spare.
_BLOCK: Final = re.compile(r"[a-z2-7]{25}[aeimquy4]")
_RUN: Final = re.compile(r"[a-z2-7]*+")
_RUN_IN_ANY_CASE: Final = re.compile(r"[A-Za-z2-7]*+")
#: Seven groups of four bits: more than any text has.
_LENGTH: Final = re.compile(r"[a-p]|[r-z2-7][q-z2-7]{0,5}+[a-p]")


class Token(NamedTuple):
    """A token found in a text; `whole` is false for what begins like one of the keyset's and does not parse."""

    start: int
    end: int
    text: str
    whole: bool = True

    @property
    def entity(self) -> str:
        """What kind of value it stands for."""
        return _ENTITIES[self.text[:2]]

    @property
    def key_id(self) -> str:
        """The key that made it."""
        return self.text[3:5]

    @property
    def tenant_tag(self) -> str:
        """The three characters by which it names its tenant."""
        return self.text[5:8]

    @property
    def kind(self) -> str:
        """The kind of its body: `KEY_WRAP`, `SIV` or `VAULTED`."""
        return self.text[8]


class Parts(NamedTuple):
    """A whole token taken apart, bodies and surfaces still in base32 and without their length."""

    key: str
    body: str
    surface_kind: str
    surface: str

    @property
    def body_bytes(self) -> bytes:
        """The sealed value."""
        return _bytes(self.body)

    @property
    def surface_bytes(self) -> bytes:
        """The sealed surface."""
        return _bytes(self.surface)

    @property
    def first(self) -> int:
        """The first four bytes of the body, as a number: what a short surface is bound to."""
        return _first(self.body)


def find(text: str, key_ids: Collection[str] | None = None) -> list[Token]:
    """Return all tokens in `text`, in order, never overlapping, in time linear in its length.

    With the `key_ids` of a keyset, also what begins like one of its tokens and does not parse, as not whole. Of two
    that overlap the first is damaged: its end was lost, and the second began inside what was taken for it. A token
    that was put in upper case is read in lower case.
    """
    found: list[Token] = []
    at = text.find("_")
    while at >= 0:
        start = at - 2
        if start >= 0 and (prefix := text[start:at]) in _IN_ANY_CASE:
            token = _token(text, start)
            mine = key_ids is not None and prefix in _ENTITIES and text[at + 1 : at + 3] in key_ids
            before = found[-1] if found else None
            if before is not None and before.end > start:
                if token:
                    found.pop()
                    if key_ids is not None and before.key_id in key_ids:
                        found.append(Token(before.start, start, text[before.start : start], whole=False))
                    found.append(token)
                elif mine and not before.whole:
                    found[-1] = Token(before.start, start, text[before.start : start], whole=False)
                    found.append(_damaged(text, start))
            elif token:
                found.append(token)
            elif mine:
                found.append(_damaged(text, start))
        at = text.find("_", at + 1)
    return found


def whole(text: str) -> Token | None:
    """Return `text` as a token if it is one and nothing else, in upper case or lower."""
    if text[2:3] != "_":
        return None
    if text[:2] in _ENTITIES and _end(text, 0) == len(text):
        return Token(0, len(text), text)
    token = _token(text, 0) if text[:2] in _IN_ANY_CASE else None
    return token if token and token.end == len(text) else None


def find_spans(text: str) -> list[tuple[int, int]]:
    """Return where whole tokens stand in `text`, of whatever keyset."""
    return [(token.start, token.end) for token in find(text)] if "_" in text else []


def token_key(token: str) -> str:
    """Return all of `token` before its surface, in lower case: the same for one value, however it was written.

    Raises InputError for what is no token.
    """
    found = whole(token)
    if found is None:
        raise InputError("this is no token")
    return parse(found.text).key


def entity_of(head: str) -> str | None:
    """Return the entity of the first nine characters of a token, None for what is no head."""
    return _ENTITIES.get(head[:2]) if _HEAD.fullmatch(head, 2) else None


def first_of(token: str) -> int:
    """Return `Parts.first` of a whole token."""
    body = token[HEAD_LENGTH : HEAD_LENGTH + 16]
    return _first(_after_length(body) if token[HEAD_LENGTH - 1] == SIV else body)


def parse(token: str) -> Parts:
    """Take a whole token apart; ValueError for what is none."""
    end = _body_end(token, 0) if token[:2] in _ENTITIES and token[2:3] == "_" else -1
    if end < 0 or _surface_end(token, end) != len(token):
        raise ValueError("this is no token")
    body, kind, surface = token[HEAD_LENGTH:end], token[end], token[end + 1 :]
    return Parts(
        token[:end],
        _after_length(body) if token[HEAD_LENGTH - 1] == SIV else body,
        kind,
        _after_length(surface) if kind == LONG_SURFACE else surface,
    )


def head(entity: str, key_id: str, tenant_tag: str, kind: str) -> str:
    """Return the first nine characters of a token."""
    return f"{PREFIXES[entity]}_{key_id}{tenant_tag}{kind}"


def length_chars(length: int) -> str:
    """Return a length as it stands before AES-SIV output."""
    chars = ALPHABET[length & 15]
    while length := length >> 4:
        chars = ALPHABET[16 | (length & 15)] + chars
    return chars


def _token(text: str, start: int) -> Token | None:
    """Return the token that starts at `start`, None where none does. Its prefix, in any case, is known to be one."""
    end = _end(text, start)
    if end < 0:
        run = _RUN_IN_ANY_CASE.match(text, start + 3)
        lower = text[start : run.end()].lower() if run else ""
        if not text.startswith(lower, start):
            end = _end(lower, 0) + start
    return Token(start, end, text[start:end].lower()) if end > start else None


def _end(text: str, start: int) -> int:
    """Return where the token that starts at `start` ends, -1 if it does not parse. Its prefix is known to be one."""
    end = _body_end(text, start)
    return _surface_end(text, end) if end > 0 else -1


def _body_end(text: str, start: int) -> int:
    if not _HEAD.match(text, start + 2):
        return -1
    at = start + HEAD_LENGTH
    return _sealed_end(text, at) if text[at - 1] == SIV else _block_end(text, at)


def _surface_end(text: str, at: int) -> int:
    match text[at : at + 1]:
        case "a":
            return at + 1
        case "b":
            return _block_end(text, at + 1)
        case "c":
            return _sealed_end(text, at + 1)
    return -1


def _block_end(text: str, at: int) -> int:
    return at + BLOCK_LENGTH if _BLOCK.match(text, at) else -1


def _sealed_end(text: str, at: int) -> int:
    found = _LENGTH.match(text, at)
    if found is None:
        return -1
    bits = (_length(found[0]) + SIV_TAG_BYTES) * 8
    chars = -(-bits // 5)
    end = found.end() + chars
    if end > len(text) or not _RUN.fullmatch(text, found.end(), end):
        return -1
    spare = chars * 5 - bits
    return -1 if _VALUE[text[end - 1]] & ((1 << spare) - 1) else end


def _length(groups: str) -> int:
    length = 0
    for char in groups:
        length = length << 4 | (_VALUE[char] & 15)
    return length


def _after_length(text: str) -> str:
    found = _LENGTH.match(text)
    return text[found.end() :] if found else text


def _first(body: str) -> int:
    return int(body[:7].translate(_TO_INT), 32) >> 3


def _bytes(text: str) -> bytes:
    size = len(text) * 5 // 8
    return (int(text.translate(_TO_INT), 32) >> (len(text) * 5 - size * 8)).to_bytes(size, "big")


def _damaged(text: str, start: int) -> Token:
    run = _RUN.match(text, start + 3)
    end = run.end() if run else start + 3
    return Token(start, end, text[start:end], whole=False)
