"""FF1 over columns, beside AES-ECB, which bounds it, and what encrypts one value a call: fastfpe, ff3 and pyffx."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from maskkit.crypto.ff1 import FF1
from maskkit.keys.keyset import Keyset
from maskkit.operators.surrogate import SurrogateOperator

ROWS = 1_000_000
DIGITS = 10
KEY = bytes(range(32))
HAN = "".join(map(chr, range(0x4E00, 0x9FF0)))


def seconds(function: Callable[[], object], runs: int = 3) -> float:
    """Return the seconds of the best of some runs."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def peers() -> Iterable[tuple[str, Callable[[str], object] | None]]:
    """Yield peers by name with what encrypts ten digits, None for those that are not installed."""
    makers: dict[str, Callable[[Any], Callable[[str], object]]] = {
        "fastfpe": lambda module: partial(module.ff1.encrypt, KEY.hex(), "", "0123456789"),
        "ff3": lambda module: module.FF3Cipher(KEY.hex(), "D8E7920AFA330A73").encrypt,
        "pyffx": lambda module: module.String(KEY, alphabet="0123456789", length=DIGITS).encrypt,
    }
    for name, make in makers.items():
        try:
            yield name, make(import_module(name))
        except ImportError:
            yield name, None


def _each(encrypt: Callable[[str], object], values: list[str]) -> None:
    for value in values:
        encrypt(value)


def run(rows: int = ROWS) -> Iterable[str]:
    """Yield a line for each figure."""
    numbers = np.random.default_rng(1).integers(0, 10**DIGITS, rows).astype(np.uint64)
    strings = [f"{number:010}" for number in numbers.tolist()]
    ff1, sm4 = FF1(KEY), FF1(KEY[:16], cipher="sm4")
    of_numbers = rows / seconds(lambda: ff1.encrypt_numbers(numbers, DIGITS))
    yield f"10 digits as integers: {of_numbers / 1e6:.1f} M/s AES"
    few = rows // 8
    for name, algorithm, rate in (
        ("AES", AES(KEY), of_numbers),
        ("SM4", SM4(KEY[:16]), few / seconds(lambda: sm4.encrypt_numbers(numbers[:few], DIGITS))),
    ):
        encryptor = Cipher(algorithm, ECB()).encryptor()  # ten blocks a value are the least that FF1 can do
        blocks, into = bytes(131_072), bytearray(131_072 + 15)
        limit = len(blocks) / 16 / 10 / seconds(partial(encryptor.update_into, blocks, into), 50)
        yield f"{name}: {rate / 1e6:.2f} M/s of the {limit / 1e6:.2f} M/s that its blocks allow, {rate / limit:.2f}"
    for kind, column in (
        ("list", strings),
        ("numpy", np.array(strings)),
        ("Arrow", pa.array(strings)),
        ("polars", pl.Series(strings)),
        ("list, three lengths", [string[: 10 - i % 3] for i, string in enumerate(strings)]),
        ("list, 19 digits", [string + string[:9] for string in strings]),
    ):
        there = rows / seconds(partial(ff1.encrypt_column, column))
        yield f"strings, {kind}: {there / 1e6:.1f} M/s"
    han, names = FF1(KEY, HAN), [HAN[i % len(HAN)] + HAN[i * 7 % len(HAN)] + "山" for i in range(rows)]
    yield f"three Han characters of {len(HAN)}: {rows / seconds(lambda: han.encrypt_column(names)) / 1e6:.1f} M/s"
    phones = ["1" + string for string in strings]
    operator = SurrogateOperator(Keyset.create().for_tenant("default"))
    there = rows / seconds(lambda: operator.apply(phones, "PHONE_NUMBER"))
    yield f"surrogates of phones: {there / 1e6:.1f} M/s"
    yield f"30 strings: {seconds(lambda: ff1.encrypt_column(strings[:30]), 100) * 1e6:.0f} µs"
    calls = strings[:2000]
    for peer, encrypt in [("FF1.encrypt", ff1.encrypt), *peers()]:
        if encrypt is None:
            yield f"{peer}: not installed"
            continue
        each = len(calls) / seconds(partial(_each, encrypt, calls))
        yield f"{peer}, one value a call: {each / 1e3:.0f} k/s; the integer column is {of_numbers / each:,.0f} times"


def main() -> None:
    """Print the figures."""
    for line in run():
        print(line)


if __name__ == "__main__":
    main()
