"""FF1 against the samples of NIST, another implementation and Wycheproof; the column form against the scalar one."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit.crypto.ff1 import FF1
from maskkit.errors import InputError, MaskkitError, UsageError

VECTORS = Path(__file__).parents[1] / "vectors"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
HAN = "".join(map(chr, range(0x4E00, 0x4E00 + 20_992)))
EVERYTHING = "".join(map(chr, range(65_536)))
BEYOND = "".join(map(chr, range(0x20000, 0x20000 + 255)))
SHUFFLED = "".join(sorted(map(chr, range(33, 127)), key=lambda char: ord(char) * 7919 % 9973))

ALPHABETS = ["01", "0123456789", "9876543210", BASE36, SHUFFLED, "甲乙丙丁戊己庚辛壬癸", BEYOND, HAN, EVERYTHING]


def vectors(name: str) -> list[dict[str, Any]]:
    tests: list[dict[str, Any]] = json.loads((VECTORS / name).read_text(encoding="utf-8"))["tests"]
    return tests


def is_both_ways(ff1: FF1, plain: str, sealed: str, tweak: bytes) -> bool:
    """Tell whether both forms encrypt and decrypt like this; the column holds strangers of other lengths too."""
    others = [plain + plain[:1], plain + plain[:2]]
    column = [plain, others[0], plain, plain, others[1], plain]
    there = ff1.encrypt_column(column, tweak)
    return (
        (ff1.encrypt(plain, tweak), ff1.decrypt(sealed, tweak)) == (sealed, plain)
        and there == [sealed, ff1.encrypt(others[0], tweak), sealed, sealed, ff1.encrypt(others[1], tweak), sealed]
        and ff1.encrypt_column([plain] * 4, tweak) == [sealed] * 4
        and ff1.decrypt_column([sealed] * 4, tweak) == [plain] * 4
        and ff1.decrypt_column(there, tweak) == column
    )


@pytest.mark.parametrize("vector", vectors("ff1_nist.json"), ids=lambda vector: f"sample {vector['sample']}")
def test_samples_of_nist(vector: dict[str, Any]) -> None:
    """The nine samples that NIST published, in both forms."""
    ff1 = FF1(bytes.fromhex(vector["key"]), BASE36[: vector["radix"]])
    assert is_both_ways(ff1, vector["plaintext"], vector["ciphertext"], bytes.fromhex(vector["tweak"]))


@pytest.mark.parametrize("vector", vectors("ff1_cross_check.json"), ids=lambda vector: vector["plaintext"])
def test_another_implementation(vector: dict[str, Any]) -> None:
    """What a Rust implementation makes of other radices, lengths and tweaks, in both forms."""
    ff1 = FF1(bytes.fromhex(vector["key"]), BASE36[: vector["radix"]])
    assert is_both_ways(ff1, vector["plaintext"], vector["ciphertext"], bytes.fromhex(vector["tweak"]))


def check_wycheproof(vector: dict[str, Any], alphabet: str) -> None:
    """Check one of Wycheproof's vectors; -1 and other strangers become a character outside the alphabet."""
    plain, sealed = (
        text if isinstance(text, str) else "".join(alphabet[i] if 0 <= i < len(alphabet) else "☂" for i in text)
        for text in (vector["msg"], vector["ct"])
    )
    key, tweak = bytes.fromhex(vector["key"]), bytes.fromhex(vector["tweak"])
    if vector["result"] == "valid" and "SmallMessageSize" not in vector["flags"]:
        assert is_both_ways(FF1(key, alphabet), plain, sealed, tweak)
        return
    with pytest.raises(MaskkitError) as one:
        FF1(key, alphabet).encrypt(plain, tweak)
    with pytest.raises(MaskkitError) as column:
        FF1(key, alphabet).encrypt_column([plain] * 5, tweak)
    for caught in (one, column):
        assert len(plain) < 3 or plain not in str(caught.value)


@pytest.mark.parametrize("vector", vectors("ff1_wycheproof_base10.json"), ids=lambda vector: vector["tcId"])
def test_wycheproof_digits(vector: dict[str, Any]) -> None:
    """Valid vectors hold in both forms; wrong keys, characters and domains under 1,000,000 are refused unshown."""
    check_wycheproof(vector, "0123456789")


@pytest.mark.parametrize("alphabet", [HAN[:255], BEYOND], ids=["Han", "beyond the basic plane"])
@pytest.mark.parametrize("vector", vectors("ff1_wycheproof_radix255.json"), ids=lambda vector: vector["tcId"])
def test_wycheproof_radix_255(vector: dict[str, Any], alphabet: str) -> None:
    """The same for 255 numerals, whatever characters they are."""
    check_wycheproof(vector, alphabet)


@pytest.mark.slow
def test_all_of_wycheproof(shared: Path) -> None:
    """Not the selection alone: every vector of both files."""
    for name in ("base10", "radix255"):
        file = json.loads((shared / "vectors" / "wycheproof" / f"aes_ff1_{name}_test.json").read_text(encoding="utf-8"))
        for group in file["testGroups"]:
            for vector in group["tests"]:
                check_wycheproof(vector, group.get("alphabet") or HAN[:255])


@st.composite
def cases(draw: st.DrawFn) -> tuple[FF1, list[str], bytes]:
    alphabet = draw(st.sampled_from(ALPHABETS))
    least = 2
    while len(alphabet) ** least < 1_000_000:
        least += 1
    lengths = st.integers(least, least + 12)
    chars = st.sampled_from(alphabet)
    values = draw(st.lists(lengths.flatmap(lambda n: st.text(chars, min_size=n, max_size=n)), min_size=1, max_size=12))
    cipher = draw(st.sampled_from(["aes", "sm4"]))
    size = 16 if cipher == "sm4" else draw(st.sampled_from([16, 24, 32]))
    ff1 = FF1(draw(st.binary(min_size=size, max_size=size)), alphabet, cipher="sm4" if cipher == "sm4" else "aes")
    return ff1, values * draw(st.integers(1, 4)), draw(st.binary(max_size=40))


@given(cases())
def test_a_column_is_what_the_reference_makes_of_each(case: tuple[FF1, list[str], bytes]) -> None:
    """Scalar and column form are one, of any alphabet, lengths, key and tweak; decrypt undoes encrypt."""
    ff1, values, tweak = case
    made = ff1.encrypt_column(values, tweak)
    assert made == [ff1.encrypt(value, tweak) for value in values]
    assert ff1.decrypt_column(made, tweak) == values
    assert [ff1.decrypt(value, tweak) for value in made] == values


@pytest.mark.parametrize("length", [*range(20, 64), 125, 126, 127])
def test_halves_of_every_width(length: int) -> None:
    """Halves from ten bits to the 63 that a word holds, and those beyond, are right at both ends of their range."""
    ff1 = FF1(bytes(range(32)), "01")
    values = ["0" * length, "1" * length, "01" * (length // 2) + "1" * (length % 2)] * 2
    made = ff1.encrypt_column(values, b"tweak")
    assert made == [ff1.encrypt(value, b"tweak") for value in values]
    assert ff1.decrypt_column(made, b"tweak") == values


def test_a_long_column() -> None:
    """Chunks join without a seam, evenly and in mixed lengths, and no two values share a cipher text."""
    ff1 = FF1(bytes(16))
    values = [f"{i * 397 % 10**10:010}" for i in range(20_001)]
    mixed = [value[: 10 - i % 3] for i, value in enumerate(values)]
    made = ff1.encrypt_column(values)
    assert len(set(made)) == len(values)
    assert ff1.decrypt_column(made) == values
    assert ff1.decrypt_column(ff1.encrypt_column(mixed)) == mixed
    assert [made[i] for i in (0, 8191, 8192, 20_000)] == [ff1.encrypt(values[i]) for i in (0, 8191, 8192, 20_000)]


@given(st.lists(st.integers(0, 10**10 - 1), max_size=20), st.binary(max_size=20))
def test_numbers_are_their_numerals(numbers: list[int], tweak: bytes) -> None:
    """A column of numbers is encrypted as their digits would be, zeros in front."""
    ff1 = FF1(bytes(16))
    made = ff1.encrypt_numbers(np.array(numbers, np.uint64), 10, tweak)
    assert [f"{number:010}" for number in made.tolist()] == ff1.encrypt_column([f"{n:010}" for n in numbers], tweak)
    assert ff1.decrypt_numbers(made, 10, tweak).tolist() == numbers


def test_numbers_of_64_bits() -> None:
    """All of the 64 bits can be numerals, and not one more."""
    ff1 = FF1(bytes(32), "0123456789abcdef")
    numbers = np.array([0, 1, 2**64 - 1], np.uint64)
    made = ff1.encrypt_numbers(numbers, 16)
    assert [f"{number:016x}" for number in made.tolist()] == [ff1.encrypt(f"{n:016x}") for n in numbers.tolist()]
    with pytest.raises(UsageError, match="does not hold 17 numerals"):
        ff1.encrypt_numbers(numbers, 17)


def test_wrong_numbers() -> None:
    """Numbers that are too long, and arrays of another type, are refused."""
    ff1 = FF1(bytes(16))
    with pytest.raises(InputError, match="row 2 holds a number of more than 6 numerals"):
        ff1.encrypt_numbers(np.array([999_999, 1_000_000], np.uint64), 6)
    with pytest.raises(UsageError, match="uint64"):
        ff1.encrypt_numbers(np.array([1.0]), 6)
    with pytest.raises(InputError, match="1,000,000"):
        ff1.encrypt_numbers(np.array([1], np.uint64), 5)


def test_sm4_is_its_own() -> None:
    """Over SM4 there is no vector of a standard: this one value never changes, and its name says what it is not."""
    ff1 = FF1(bytes(range(16)), cipher="sm4")
    assert ff1.encrypt("0123456789", b"tweak") == "8534470444"
    assert ff1.encrypt("0123456789", b"tweak") != FF1(bytes(range(16))).encrypt("0123456789", b"tweak")
    assert "not the NIST mode" in repr(ff1)


def test_tweaks_differ() -> None:
    """Another tweak is another permutation, one of zeros too, and long ones count to their last byte."""
    ff1 = FF1(bytes(16))
    tweaks = [b"", b"\0", b"\0" * 16, b"x" * 1000, b"x" * 999 + b"y"]
    assert len({ff1.encrypt("0123456789", tweak) for tweak in tweaks}) == len(tweaks)
    for tweak in tweaks:
        assert ff1.encrypt_column(["0123456789"] * 4, tweak) == [ff1.encrypt("0123456789", tweak)] * 4


@pytest.mark.parametrize("size", [0, 1, 8, 15, 17, 20, 31, 33, 40, 64])
@pytest.mark.parametrize("cipher", ["aes", "sm4"])
def test_wrong_keys(size: int, cipher: Any) -> None:
    """A key of another size than the cipher's is refused."""
    with pytest.raises(UsageError, match="bytes"):
        FF1(bytes(size), cipher=cipher)


@pytest.mark.parametrize("size", [24, 32])
def test_sm4_has_one_key_size(size: int) -> None:
    """SM4 keys are 16 bytes."""
    with pytest.raises(UsageError, match="SM4 is 16 bytes"):
        FF1(bytes(size), cipher="sm4")


@pytest.mark.parametrize("cipher", ["", "AES", "des", None])
def test_unknown_ciphers(cipher: Any) -> None:
    """What is not aes or sm4 is refused with the choice."""
    with pytest.raises(UsageError, match="unknown cipher") as caught:
        FF1(bytes(16), cipher=cipher)
    assert caught.value.hint == "one of aes, sm4"


@pytest.mark.parametrize("alphabet", ["", "0", "00", "01234567890", "甲乙甲", BEYOND + BEYOND[:1], EVERYTHING + "𠀀"])
def test_wrong_alphabets(alphabet: str) -> None:
    """Fewer than two characters, more than 65,536 and repeated ones are refused."""
    with pytest.raises(UsageError, match="alphabet"):
        FF1(bytes(16), alphabet)


@pytest.mark.parametrize(
    "value", ["", "12345", "１２３４５６７", "12345a7", "123456-", "+123456", " 123456", "123\n456", "123\x0b456"]
)
def test_wrong_values(value: str) -> None:
    """Too short values and strange characters are refused by row, one with the joining character too; none is shown."""
    ff1 = FF1(bytes(16))
    for call in (ff1.encrypt, ff1.decrypt):
        with pytest.raises(InputError) as caught:
            call(value)
        assert not value or value not in str(caught.value)
    for column in (["1234567", "7654321", value], ["12345678", "1234567", value]):
        for change in (ff1.encrypt_column, ff1.decrypt_column):
            with pytest.raises(InputError, match="row 3 ") as caught:
                change(column)
            assert not value or value not in str(caught.value)


def test_the_row_of_a_stranger_far_down() -> None:
    """Rows are counted over chunks."""
    values = ["1234567"] * 20_000
    values[12_345] = "123456x"
    with pytest.raises(InputError, match="row 12346 holds a character outside the alphabet"):
        FF1(bytes(16)).encrypt_column(values)


@pytest.mark.parametrize("wrong", [None, 13800138000, b"13800138000"])
def test_values_that_are_no_strings(wrong: Any) -> None:
    """Numbers and bytes are no numerals, tweaks no text."""
    ff1 = FF1(bytes(16))
    with pytest.raises(InputError, match="numerals are a string"):
        ff1.encrypt(wrong)
    with pytest.raises(UsageError, match="tweak"):
        ff1.encrypt("1234567", "text")  # type: ignore[arg-type] # the mistake that is tested


def test_a_cipher_is_kept_secret() -> None:
    """No repr shows the key, and it is neither copied nor pickled."""
    ff1 = FF1(b"0123456789abcdef")
    assert repr(ff1) == "FF1(radix=10, AES)"
    for call in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(UsageError, match="pickled or copied"):
            call(ff1)
