"""Content codings undone (RFC 9110 8.4), with a bound on what comes out: a bomb is refused before it goes off."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable
from typing import Final

import brotli
import zstandard

from maskkit_proxy.errors import RefusedError

_STACK: Final = 4
_STEP: Final = 1 << 16


def decode(body: bytes, codings: Iterable[str], limit: int) -> bytes:
    """Return a body without its codings, the last one undone first; RefusedError (502) for what is not whole."""
    names = [name.strip().lower() for value in codings for name in value.split(",") if name.strip()]
    if len(names) > _STACK:
        raise RefusedError(502, "content_coding", "too many codings")
    for name in reversed(names):
        if name == "identity":
            continue
        undo = _DECODERS.get(name)
        if undo is None:
            raise RefusedError(502, "content_coding", "a coding that is not known")
        try:
            body = undo(body, limit)
        except (zlib.error, brotli.error, zstandard.ZstdError, EOFError):
            raise RefusedError(502, "content_coding", "a body that is damaged or cut") from None
    return body


def _zlib(wbits: int) -> Callable[[bytes, int], bytes]:
    def undo(body: bytes, limit: int) -> bytes:
        out: list[bytes] = []
        size = 0
        while body:  # gzip may have several members (RFC 1952 2.2)
            decoder = zlib.decompressobj(wbits)
            piece = decoder.decompress(body, limit - size + 1)
            size += len(piece)
            _check(size, limit)
            out.append(piece)
            if not decoder.eof:
                raise EOFError
            body = decoder.unused_data
        return b"".join(out)

    return undo


def _deflate(body: bytes, limit: int) -> bytes:
    """Undo deflate: in zlib's wrapping as the RFC says, or bare as some servers send it."""
    wrapped = body[:1] and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _zlib(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)(body, limit)


def _brotli(body: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    out: list[bytes] = []
    size = 0
    piece = decoder.process(body, output_buffer_limit=_STEP)
    while True:
        size += len(piece)
        _check(size, limit)
        out.append(piece)
        if decoder.can_accept_more_data():
            break
        piece = decoder.process(b"", output_buffer_limit=_STEP)
        if not piece and decoder.is_finished():
            break
    if not decoder.is_finished():
        raise EOFError
    return b"".join(out)


def _zstd(body: bytes, limit: int) -> bytes:
    if not body.startswith(b"\x28\xb5\x2f\xfd"):
        raise EOFError
    # RFC 9659: no window above 8 MB.
    source = io.BytesIO(body)
    with zstandard.ZstdDecompressor(max_window_size=8 << 20).stream_reader(source, read_across_frames=True) as reader:
        out = reader.read(limit + 1)
        _check(len(out), limit)
    decoder = zstandard.ZstdDecompressor(max_window_size=8 << 20).decompressobj()
    decoder.decompress(body)
    if not decoder.eof and not decoder.unused_data:
        raise EOFError
    return bytes(out)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise RefusedError(502, "body_too_large", "once its content coding is undone")


_DECODERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _zlib(zlib.MAX_WBITS | 16),
    "x-gzip": _zlib(zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
