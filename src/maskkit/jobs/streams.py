"""A text as streams of the characters that values are made of, whatever is written between and around them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maskkit.detection.folding import (
    ALPHA,
    CLASS_BYTES,
    DIGIT,
    HAN_DIGIT,
    HAN_ZERO,
    PROVINCE,
    SCAN_BYTES,
    ZERO_WIDTH_BYTE,
    fold,
)

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Flags = NDArray[np.bool_]
Hashes = NDArray[np.uint64]

#: Characters that may stand between two of one value.
_MOST_BETWEEN: Final = 3
#: The odd factor of the hash, which is a polynomial modulo 2**64 over the characters.
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)


def members(chars: bytes) -> Flags:
    """Return which bytes are among `chars`."""
    table = np.zeros(256, np.bool_)
    table[np.frombuffer(chars, np.uint8)] = True
    return table


_NUMERALS: Final = (CLASS_BYTES & (DIGIT | HAN_DIGIT)) != 0
_HAN_NUMERALS: Final = (CLASS_BYTES & HAN_DIGIT) != 0
_NUMBER_BREAKS: Final = ~(_NUMERALS | members(b" -.()+_/~*" + fold("·")))
_PROVINCES: Final = (CLASS_BYTES & PROVINCE) != 0
_PLATE_ENDS: Final = members(fold("学警港澳挂试超"))
_CODES: Final = ((CLASS_BYTES & (DIGIT | ALPHA)) != 0) | _PROVINCES | _PLATE_ENDS | members(fold("航"))
_CODE_BREAKS: Final = ~(_CODES | members(b" -.:()_" + fold("·")))

#: Lower case as upper case, Han numerals as digits.
_PLAIN: Final = np.arange(256, dtype=np.uint8)
_PLAIN[ord("a") : ord("z") + 1] -= 32
_PLAIN[HAN_ZERO : HAN_ZERO + 10] = np.arange(ord("0"), ord("9") + 1)


def folded(text: str) -> Bytes:
    """Return a byte for each character of `text`, as detection folds them; zero-width ones left out."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    scan: Bytes = SCAN_BYTES[codes]
    hidden = scan == ZERO_WIDTH_BYTE
    return scan[~hidden] if hidden.any() else scan


@dataclass(frozen=True, slots=True)
class Stream:
    """Characters of values, with what separates them left out.

    A value begins at one of `starts`, ends where `ends` is True (before that character, or behind the last) and never
    goes on from `run_ends` of its start. `places` tells where each character stands in the folded text.
    """

    chars: Bytes
    places: Offsets
    starts: Offsets
    run_ends: Offsets
    ends: Flags


def numbers(text: Bytes) -> Stream:
    """Return the digits of a folded text, Han numerals as digits; letters between them separate."""
    at = np.flatnonzero(_NUMERALS[text])
    han = _HAN_NUMERALS[text[at]]
    return _stream(text, at, _NUMBER_BREAKS, han[1:] != han[:-1])


def codes(text: Bytes) -> Stream:
    """Return the letters and digits of a folded text in upper case, and what plates begin and end with."""
    at = np.flatnonzero(_CODES[text])
    last = _PLATE_ENDS[text[at]]
    return _stream(text, at, _CODE_BREAKS, _PROVINCES[text[at[1:]]] | (last[1:] != last[:-1]))


def _stream(text: Bytes, at: Offsets, breaks: Flags, turns: Flags) -> Stream:
    """Return the characters at `at`; groups begin behind a gap and at `turns`, runs behind what `breaks`."""
    count = len(at)
    bounds = np.ones(count + 1, np.bool_)
    new_run = np.ones(count + 1, np.bool_)
    if count:
        gaps = np.diff(at)
        broken = np.cumsum(breaks[text], dtype=np.int32)[at]
        new_run[1:-1] = (gaps > _MOST_BETWEEN + 1) | (broken[1:] != broken[:-1])
        bounds[1:-1] = (gaps > 1) | turns
    starts = np.flatnonzero(bounds[:-1])
    runs = np.flatnonzero(new_run)
    run_ends = runs[np.searchsorted(runs, starts, side="right")]
    return Stream(_PLAIN[text[at]], at, starts, run_ends, bounds)


class Place(NamedTuple):
    """Where values were found: their hashes, and where each begins and ends in the folded text."""

    hashes: Hashes
    starts: Offsets
    ends: Offsets


def windows(stream: Stream, starts: Offsets, run_ends: Offsets, length: int, seed: bytes = b"") -> Place:
    """Return the strings of `length` that begin at `starts`, all behind `seed`, and end where a value can."""
    fit = starts + length <= run_ends
    at = starts[fit]
    at = at[stream.ends[at + length]]
    return Place(_hash(stream.chars, at, length, seed), stream.places[at], stream.places[at + (length - 1)] + 1)


def words(text: Bytes, member: Flags, edges: Flags, lengths: Collection[int]) -> Iterator[tuple[int, Place]]:
    """Yield, for each of `lengths`, the maximal runs of `member` characters, without `edges` at their ends."""
    inside = np.zeros(len(text) + 2, np.int8)
    inside[1:-1] = member[text]
    turns = np.flatnonzero(np.diff(inside))
    starts, ends = turns[::2], turns[1::2]
    for _ in range(_MOST_BETWEEN):
        starts, ends = starts + edges[text[starts]], ends - edges[text[ends - 1]]
        some = starts < ends
        starts, ends = starts[some], ends[some]
    chars = _PLAIN[text]
    for length in lengths:
        at = starts[ends - starts == length]
        yield length, Place(_hash(chars, at, length), at, at + length)


def hashes(values: Sequence[str]) -> dict[int, Hashes]:
    """Return the hashes of strings, by length."""
    by_length: dict[int, list[str]] = {}
    for value in values:
        by_length.setdefault(len(value), []).append(value)
    return {
        length: _hash(_PLAIN[np.frombuffer(fold("".join(same)), np.uint8)], np.arange(len(same)) * length, length)
        for length, same in by_length.items()
    }


def _hash(chars: Bytes, at: Offsets, length: int, seed: bytes = b"") -> Hashes:
    value = np.zeros(len(at), np.uint64)
    for byte in seed:
        value = value * _FACTOR + np.uint64(byte)
    for k in range(length):
        value = value * _FACTOR + chars[at + k]
    return value
