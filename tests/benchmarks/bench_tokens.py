"""Tokens of columns, list to list and back, beside the ciphers that pyca/cryptography offers for one value a call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding

from maskkit.crypto.siv import Siv
from maskkit.keys.keyset import Keyset
from maskkit.operators.token import TokenOperator

ROWS = 1_000_000
SURNAMES = "王李张刘陈杨黄赵吴周"
GIVEN = "建国伟芳娜秀英敏静丽强磊军洋"


def columns(rows: int) -> dict[str, tuple[str, list[str]]]:
    """Return columns by what they are called: entity and values."""
    phones = [str(13_000_000_000 + i * 7919 % 7_000_000_000) for i in range(rows)]
    return {
        "phones": ("PHONE_NUMBER", phones),
        "resident IDs": (
            "CN_RESIDENT_ID",
            [f"{110101199001010000 + i}"[:17] + "0123456789X"[i % 11] for i in range(rows)],
        ),
        "cards": ("BANK_CARD", [str(6_222_020_000_000_000_000 + i * 104_729) for i in range(rows)]),
        "names": ("PERSON", [SURNAMES[i % 10] + GIVEN[i // 10 % 14] + GIVEN[i // 140 % 14] for i in range(rows)]),
        "phones, one in twenty with hyphens": (
            "PHONE_NUMBER",
            [
                phone if i % 20 else f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
                for i, phone in enumerate(phones[: rows // 4])
            ],
        ),
        "e-mails": ("EMAIL_ADDRESS", [f"user{i}@example{i % 97}.com" for i in range(rows // 8)]),
        "addresses": ("ADDRESS", [f"上海市浦东新区世纪大道{i}号" for i in range(rows // 8)]),
    }


def seconds(function: Callable[[], object], runs: int = 3) -> float:
    """Return the seconds of the best of some runs."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def run(rows: int = ROWS) -> Iterable[str]:
    """Yield a line for each figure."""
    operator = TokenOperator(Keyset.create().for_tenant("default"))
    for name, (entity, values) in columns(rows).items():
        made = operator.apply(values, entity)
        there = seconds(partial(operator.apply, values, entity))
        back = seconds(partial(operator.reverse, made))
        yield f"{name}: {len(values) / there / 1e6:.2f} M/s to tokens, {len(values) / back / 1e6:.2f} M/s back"
    phones = pa.array(columns(rows)["phones"][1])
    sealed = operator.apply_arrow(phones, "PHONE_NUMBER")
    there = rows / seconds(lambda: operator.apply_arrow(phones, "PHONE_NUMBER"))
    back = rows / seconds(lambda: operator.reverse_arrow(sealed))
    yield f"phones, Arrow to Arrow: {there / 1e6:.2f} M/s to tokens, {back / 1e6:.2f} M/s back"
    few = columns(64)["phones"][1][:30]
    yield f"30 phones: {seconds(lambda: operator.apply(few, 'PHONE_NUMBER'), 50) * 1e6:.0f} µs"
    six = {entity: values[:5] for entity, values in reversed(columns(64).values())}
    thirty = seconds(lambda: [operator.apply(values, entity) for entity, values in six.items()], 50)
    yield f"30 values of six entities: {thirty * 1e6:.0f} µs"
    sm = TokenOperator(Keyset.create("sm").for_tenant("default"))
    some = columns(rows // 8)["phones"][1]
    yield f"phones by SM4: {len(some) / seconds(lambda: sm.apply(some, 'PHONE_NUMBER')) / 1e6:.2f} M/s to tokens"
    key, siv, packed = bytes(32), AESSIV(bytes(64)), [i.to_bytes(5, "big") for i in range(20_000)]
    wrap = seconds(lambda: [aes_key_wrap_with_padding(key, one) for one in packed])
    yield f"aes_key_wrap_with_padding, one value a call, no text: {len(packed) / wrap / 1e6:.2f} M/s"
    one_by_one = seconds(lambda: [siv.encrypt(one, None) for one in packed])
    own = Siv(bytes(64))
    padded = np.frombuffer(b"".join(one.ljust(16, b"\0") for one in packed), np.uint8).reshape(-1, 16)
    at_once = seconds(lambda: own.seal_rows(padded, np.full(len(packed), 5)))
    yield f"AESSIV, the same: {len(packed) / one_by_one / 1e6:.2f} M/s, at once: {len(packed) / at_once / 1e6:.2f} M/s"


def main() -> None:
    """Print the figures."""
    for line in run():
        print(line)


if __name__ == "__main__":
    main()
