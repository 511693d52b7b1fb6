"""Which encoding a file is in: decided over the whole file, in one streaming pass with flat memory.

UTF-8, UTF-8 with BOM, UTF-16 with BOM and GB18030 (of which GBK and GB2312 are subsets) are told by themselves; all
four are one to one in Python's strict codecs, so what is decoded encodes back to the same bytes. Any other stateless
encoding can be named and is then checked to encode back the same.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from maskkit.errors import InputError, UsageError, as_said

_CHUNK: Final = 1 << 20

#: Codecs under which decoding is one to one: nothing has to be encoded again to know that it comes back the same.
_ONE_TO_ONE: Final = frozenset({"utf-8", "utf-16-le", "utf-16-be", "gb18030"})

#: Names whose bytes all mean the same in a superset that can hold every restored value.
_SUPERSETS: Final = {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8", "ascii": "utf-8"}

#: Codecs that carry state from character to character, so no part of a file could be kept byte for byte.
_STATEFUL: Final = ("iso2022", "hz", "utf-7", "utf-32", "punycode", "idna", "unicode", "raw", "undefined")

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Encoding:
    """A Python codec without BOM handling, and the BOM bytes that stand before the text."""

    codec: str
    bom: bytes = b""

    def __str__(self) -> str:
        return f"{self.codec} with BOM" if self.bom else self.codec


def named_encoding(name: str) -> str:
    """Return the codec for an encoding that the user named; `UsageError` where there is none that can be kept."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):  # a NUL in the name
        raise UsageError(
            f"there is no encoding {as_said(name)}", hint="--encoding gb18030, utf-8 or utf-16-le"
        ) from None
    if codec.startswith(_STATEFUL) or not codecs.lookup(codec)._is_text_encoding:
        raise UsageError(f"the encoding {name} is not supported: save the file as UTF-8")
    return _SUPERSETS.get(codec, codec)


def detect_encoding(file: BinaryIO, name: str, encoding: str | None = None) -> Encoding:
    """Read all of `file` and return its encoding; `InputError` names the first byte and line that fit none.

    With `encoding` nothing is guessed; a BOM that belongs to it is still taken off the text.
    """
    file.seek(0)
    head = file.read(4)
    bom, by_bom = next(((bom, codec) for bom, codec in _BOMS if head.startswith(bom)), (b"", None))
    if encoding is not None:
        codec = named_encoding(encoding)
        if codec == "utf-16":
            if by_bom is None or not by_bom.startswith("utf-16"):
                raise InputError(f"{name} has no UTF-16 BOM", hint="--encoding utf-16-le or utf-16-be")
            codec = by_bom
        chosen = Encoding(codec, bom if codec == by_bom else b"")
        _check(file, name, chosen)
        return chosen
    if by_bom is not None:
        chosen = Encoding(by_bom, bom)
        _check(file, name, chosen)
        return chosen
    failure = _failure(file, Encoding("utf-8"))
    if failure is None:
        return Encoding("utf-8")
    offset, reason = failure
    if reason == _NUL:
        raise _error(file, name, "utf-8", offset, reason)
    _refuse_damaged_utf8(file, name, offset)
    gb = _failure(file, Encoding("gb18030"))
    if gb is not None:
        raise InputError(
            f"{name} is not UTF-8 (byte {offset}, line {_line(file, 'utf-8', offset)}) "
            f"and not GB18030 (byte {gb[0]}, line {_line(file, 'gb18030', gb[0])})",
            hint="--encoding NAME, or save the file as UTF-8",
        )
    _refuse_unlikely_gb18030(file, name, offset)
    return Encoding("gb18030")


def decode(file: BinaryIO, name: str, encoding: Encoding, size: int) -> Iterator[tuple[bytes, str]]:
    """Yield (bytes as read, their text) from the beginning of `file`; never half a character, no bytes at the end."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    data = file.read(len(encoding.bom))
    if data != encoding.bom:
        raise InputError(f"{name} changed while it was read")
    if data:
        yield data, ""
    while True:
        try:
            data = file.read(size)
            text = decoder.decode(data, final=not data)
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise InputError(f"{name} changed while it was read: it is no longer {encoding}") from None
        yield data, text
        if not data:
            return


_NUL: Final = "a NUL"
_UNDECODABLE: Final = "undecodable"
_DIFFERS: Final = "differs"


def _check(file: BinaryIO, name: str, encoding: Encoding) -> None:
    failure = _failure(file, encoding)
    if failure is not None:
        raise _error(file, name, encoding.codec, *failure)


def _failure(file: BinaryIO, encoding: Encoding) -> tuple[int, str] | None:
    """Decode all of `file`: None, or the offset of the first byte that cannot be kept and why."""
    file.seek(len(encoding.bom))
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    offset = len(encoding.bom)  # of the first byte that is not decoded yet
    while True:
        data = file.read(_CHUNK)
        pending = decoder.getstate()[0]
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            nul = (pending + data)[: error.start].find(b"\0")
            if nul >= 0 and not encoding.codec.startswith("utf-16"):
                return offset + nul, _NUL
            return offset + error.start, _UNDECODABLE
        consumed = pending + data
        rest = len(decoder.getstate()[0])
        if rest:
            consumed = consumed[:-rest]
        nul = text.find("\0")
        if nul >= 0:
            return offset + len(text[:nul].encode(encoding.codec)), _NUL
        if encoding.codec not in _ONE_TO_ONE:
            again = text.encode(encoding.codec)
            if again != consumed:
                same = next((i for i, (a, b) in enumerate(zip(again, consumed, strict=False)) if a != b), len(again))
                return offset + same, _DIFFERS
        offset += len(consumed)
        if not data:
            return None


def _error(file: BinaryIO, name: str, codec: str, offset: int, reason: str) -> InputError:
    where = f"byte {offset}, line {_line(file, codec, offset)}"
    if reason == _NUL:
        file.seek(offset & ~1)
        sample = file.read(64)
        hint = "save the file as text, CSV UTF-8"
        if not codec.startswith("utf-16") and sample.count(0) * 4 >= len(sample):
            little = sample[1::2].count(0) >= sample[::2].count(0)
            hint = f"UTF-16 without a BOM? --encoding {'utf-16-le' if little else 'utf-16-be'}"
        return InputError(f"{name} holds a NUL byte ({where})", hint=hint)
    if reason == _DIFFERS:
        return InputError(f"{name} would not encode back to the same bytes in {codec} ({where})")
    return InputError(f"{name} is not {codec} ({where})", hint="--encoding NAME, or save the file as UTF-8")


def _line(file: BinaryIO, codec: str, offset: int) -> int:
    """Return the number of the line, from 1, in which the byte at `offset` stands."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)("replace")
    line, left = 1, offset
    while left > 0:
        data = file.read(min(left, _CHUNK))
        if not data:
            break
        line += decoder.decode(data).count("\n")
        left -= len(data)
    return line


def _refuse_damaged_utf8(file: BinaryIO, name: str, offset: int) -> None:
    """Refuse a file that is UTF-8 but for a few bytes: read as GB18030 its names would be noise that nothing finds."""
    start = max(0, offset - _CHUNK // 2)
    file.seek(start)
    text = file.read(_CHUNK).decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(not char.isascii() for char in text) - wrong
    # GB18030 text read as UTF-8 is nearly all wrong; damaged UTF-8 is nearly all right.
    if right > wrong:
        raise InputError(
            f"{name} is UTF-8 but for byte {offset}, line {_line(file, 'utf-8', offset)}",
            hint="repair that line, or --encoding gb18030 if it really is",
        )


def _refuse_unlikely_gb18030(file: BinaryIO, name: str, offset: int) -> None:
    """Refuse what decodes as GB18030 by chance: Big5, Shift JIS or Latin-1 give rare characters nearly only."""
    file.seek(offset)
    data = file.read(_CHUNK)
    text = codecs.getincrementaldecoder("gb18030")("replace").decode(data)
    foreign = [char for char in text if not char.isascii()]
    common = len("".join(foreign).encode("gb2312", "ignore")) // 2
    if (common + sum(map(_is_four_bytes, foreign))) * 2 < len(foreign):
        raise InputError(
            f"{name} is not UTF-8 (byte {offset}, line {_line(file, 'utf-8', offset)}) and hardly GB18030",
            hint="--encoding NAME (big5, gb18030, cp1252 …)",
        )


def _is_four_bytes(char: str) -> bool:
    """Tell whether a character (an emoji, U+2028) takes four bytes of GB18030, which none of the others has by chance.

    What is no character of Unicode came about by chance all the same.
    """
    return len(char.encode("gb18030")) == 4 and unicodedata.category(char) != "Cn"
