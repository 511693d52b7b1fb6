"""FF1 of NIST SP 800-38G, one numeral string at a time, step by step as algorithms 7 and 8 have it.

The reference that the column form is tested against, and the way of numeral strings that are too long for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from maskkit.crypto.blocks import BLOCK_BYTES, BlockCipher
from maskkit.crypto.feistel import ROUNDS, first_block, number_bytes


def encrypt(cipher: BlockCipher, radix: int, tweak: bytes, x: Sequence[int]) -> list[int]:
    """Return FF1.Encrypt(K, T, X), algorithm 7."""
    u = len(x) // 2  # 1
    v = len(x) - u
    a, b = num(x[:u], radix), num(x[u:], radix)  # 2
    for i in range(ROUNDS):  # 6
        y = _y(cipher, radix, tweak, len(x), i, b)
        m = u if i % 2 == 0 else v  # 6v
        a, b = b, (a + y) % radix**m  # 6vi to 6ix
    return numerals(a, radix, u) + numerals(b, radix, v)  # 7


def decrypt(cipher: BlockCipher, radix: int, tweak: bytes, x: Sequence[int]) -> list[int]:
    """Return FF1.Decrypt(K, T, X), algorithm 8."""
    u = len(x) // 2
    v = len(x) - u
    a, b = num(x[:u], radix), num(x[u:], radix)
    for i in reversed(range(ROUNDS)):
        y = _y(cipher, radix, tweak, len(x), i, a)
        m = u if i % 2 == 0 else v
        a, b = (b - y) % radix**m, a
    return numerals(a, radix, u) + numerals(b, radix, v)


def num(x: Sequence[int], radix: int) -> int:
    """Return NUM_radix(X), algorithm 1."""
    number = 0
    for numeral in x:
        number = number * radix + numeral
    return number


def numerals(number: int, radix: int, m: int) -> list[int]:
    """Return STR^m_radix(x), algorithm 3."""
    x = [0] * m
    for i in reversed(range(m)):
        number, x[i] = divmod(number, radix)
    return x


def _y(cipher: BlockCipher, radix: int, tweak: bytes, n: int, i: int, number: int) -> int:
    """Return y of round i for the number of the half that goes in."""
    b = number_bytes(radix, n)  # 3
    d = 4 * (-(-b // 4)) + 4  # 4
    p = first_block(radix, n, tweak)  # 5
    q = tweak + bytes((-len(tweak) - b - 1) % BLOCK_BYTES) + bytes([i]) + number.to_bytes(b, "big")  # 6i
    r = cipher.chain(p + q)  # 6ii: PRF, algorithm 6
    s = r  # 6iii
    for j in range(1, -(-d // BLOCK_BYTES)):
        s += cipher.chain(bytes(left ^ right for left, right in zip(r, j.to_bytes(BLOCK_BYTES, "big"), strict=True)))
    return int.from_bytes(s[:d], "big")  # 6iv
