"""Permutations of any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit.crypto.ff1 import FF1
from maskkit.crypto.permutation import Permutation
from maskkit.errors import InputError


@pytest.mark.parametrize("size", [1_000_000, 1_000_001, 32**4])
def test_every_number_goes_to_another_one(size: int) -> None:
    """All numbers below the size are reached, each once, and each comes back."""
    permutation = Permutation(bytes(range(16)), size)
    numbers = np.arange(size, dtype=np.uint64)
    made = permutation.encrypt(numbers)
    assert (np.sort(made) == numbers).all()
    assert (permutation.decrypt(made) == numbers).all()
    assert (made == numbers).sum() < 20


@given(st.integers(1_000_000, 1 << 63), st.data())
def test_numbers_of_large_domains_come_back(size: int, data: st.DataObject) -> None:
    """Whatever the size, numbers stay below it and come back."""
    numbers = np.array(data.draw(st.lists(st.integers(0, size - 1), max_size=10)), np.uint64)
    permutation = Permutation(bytes(16), size, data.draw(st.sampled_from(["aes", "sm4"])))
    made = permutation.encrypt(numbers)
    assert (made < size).all()
    assert permutation.decrypt(made).tolist() == numbers.tolist()


def test_decimal_domains_are_plain_ff1() -> None:
    """Where all decimal digits are in use there is nothing but FF1 over them."""
    numbers = np.array([0, 123_456_789, 10**10 - 1], np.uint64)
    made = Permutation(bytes(16), 10**10).encrypt(numbers)
    assert made.tolist() == FF1(bytes(16)).encrypt_numbers(numbers, 10).tolist()


def test_small_domains_are_refused() -> None:
    """A domain that can be tried out is none."""
    with pytest.raises(InputError, match="1,000,000"):
        Permutation(bytes(16), 10_000).encrypt(np.arange(3, dtype=np.uint64))
