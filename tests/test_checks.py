"""Checksums and formats against published examples and by breaking them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskkit import checks
from maskkit.checks import CHECKS

DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("check", "value", "expected"),
    [
        ("resident_id", "11010519491231002X", True),  # GB 11643-1999, annex A
        ("resident_id", "11010519491231002x", True),
        ("resident_id", "440524198001010013", True),
        ("resident_id", "810000199408230021", True),  # residence permit, Hong Kong
        ("resident_id", "830000199201300022", True),  # residence permit, Taiwan
        ("resident_id", "931156198501010016", True),  # foreigners' permanent resident card
        ("resident_id", "110105194912310021", False),
        ("resident_id", "11010519491331002X", False),
        ("resident_id", "110105194912310", False),
        ("resident_id", "１１０１０５１９４９１２３１００２X", False),
        ("resident_id", "", False),
        ("resident_id_shape", "110105194912310021", True),
        ("resident_id_shape", "110105184912310021", False),
        ("resident_id_shape", "200105194912310021", False),
        ("resident_id_shape", "110100194912310021", False),
        ("resident_id15", "110105491231002", True),
        ("resident_id15", "110105491331002", False),
        ("resident_id15", "700112345678901", False),
        ("card", "4111111111111111", True),
        ("card", "378282246310005", True),
        ("card", "6222020000000000000", True),
        ("card", "6222020000000000001", False),
        ("card", "1234567890123452", False),  # Luhn holds, no scheme issues it
        ("card", "411111111111111", False),
        ("uscc", "91350100M000100Y43", True),  # GB 32100-2015
        ("uscc", "91350100m000100y43", True),
        ("uscc", "91350100M000100Y44", False),
        ("uscc", "91350100I000100Y43", False),
        ("uscc", "91990100M000100Y4U", False),  # the check character holds, no such region
        ("mobile", "13800138000", True),
        ("mobile", "8619212345678", True),
        ("mobile", "008616512345678", True),
        ("mobile", "15412345678", False),
        ("mobile", "14012345678", False),
        ("mobile", "1380013800", False),
        ("landline", "01063622121", True),
        ("landline", "8675526731234", True),
        ("landline", "0086059622222222", True),
        ("landline", "05962922222", True),
        ("landline", "08512345678", True),
        ("landline", "0106362212", False),
        ("landline", "01013622121", False),
        ("landline", "00063622121", False),
        ("taiwan", "0912345678", True),
        ("taiwan", "0223456789", True),
        ("taiwan", "02161001234", False),
        ("international", "85223456789", True),
        ("international", "0085223456789", True),
        ("international", "14155552671", True),
        ("international", "11115552671", False),
        ("international", "", False),
        ("possible", "15551234567", True),
        ("possible", "1555123456", False),
        ("email", "a.b@x.cn", True),
        ("email", "a..b@x.cn", False),
        ("email", "a.@x.cn", False),
        ("email", "a@-x.cn", False),
        ("email", "a@x", False),
        ("ip", "192.168.001.001", True),
        ("ip", "256.1.1.1", False),
        ("ip", "fe80::1", True),
        ("ip", "1:2:3:4:5:6:7:8:9", False),
        ("no_date", "H20230512", False),
        ("no_date", "H12345678", True),
        ("no_date", "20240230", True),
    ],
)
def test_check(check: str, value: str, expected: bool) -> None:
    """The check answers as the standard does."""
    assert CHECKS[check](value) is expected


@pytest.mark.parametrize("check", sorted(CHECKS))
@given(value=st.text())
def test_check_takes_any_string(check: str, value: str) -> None:
    """No check raises."""
    assert CHECKS[check](value) in (True, False)


@given(st.text(DIGITS, min_size=12, max_size=18), st.integers(0, 18), st.integers(1, 9))
def test_luhn_finds_one_wrong_digit(body: str, at: int, shift: int) -> None:
    """Exactly one check digit fits, and a change of any one digit is found."""
    (card,) = (body + digit for digit in DIGITS if checks.luhn_ok(body + digit))
    at %= len(card)
    assert not checks.luhn_ok(card[:at] + str((int(card[at]) + shift) % 10) + card[at + 1 :])


@given(st.text(DIGITS, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_mod_11_2_finds_one_wrong_digit(body: str, at: int, shift: int) -> None:
    """Exactly one check character fits, and a change of any one digit is found."""
    (value,) = (body + char for char in DIGITS + "X" if checks.mod_11_2_ok(body + char))
    assert not checks.mod_11_2_ok(value[:at] + str((int(value[at]) + shift) % 10) + value[at + 1 :])
