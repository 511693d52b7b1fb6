"""What already looks like the library's own output comes back as it was, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from filejobs import quick_masker, round_trip

from maskkit import Keyset
from maskkit.errors import InputError


@pytest.mark.parametrize("policy", ["tokens", "agency"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "138****8000(13800138000)\n"),
        ("a.txt", "x138****8000(138-0013-8000)，王**(13900139000)\n"),
        ("a.csv", "姓名,手机号,备注\n王**(王建国),138****8000(13800138000),u***@qq.com(user@qq.com)\n李四,-,无\n"),
        ("a.json", '{"备注":"138****8000(13800138000)","手机号":"138****8000(13800138000)"}'),
    ],
)
def test_a_value_in_brackets_after_its_display_form(
    keyset: Keyset, tmp_path: Path, policy: str, name: str, text: str
) -> None:
    """A display form that stood in the input before the value in brackets is there again after unmasking."""
    trip = round_trip(quick_masker(keyset, policy), tmp_path, name, text.encode())
    assert trip.restored.decode() == text
    assert b"13800138000" not in trip.masked


@pytest.mark.parametrize("cells", ["13800138000,", "138****8000,13800138000", ",", "138****8000,空"])
@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_a_column_called_like_one_of_tokens(keyset: Keyset, tmp_path: Path, policy: str, cells: str) -> None:
    """A column X_token right after X that holds no tokens is refused: unmasking would take it away."""
    table = f"手机号,手机号_token\n{cells}\n"
    with pytest.raises(InputError, match="手机号_token"):
        round_trip(quick_masker(keyset, policy), tmp_path, "a.csv", table.encode())


def test_a_table_half_turned_back(keyset: Keyset, tmp_path: Path) -> None:
    """Where a value stands again beside its token, the table is refused: turned back, it would stand there twice."""
    masker = quick_masker(keyset)
    token = masker.text("13800138000").text
    table = f"手机号,手机号_token\n13800138000,{token}\n"
    with pytest.raises(InputError, match="手机号_token"):
        round_trip(masker, tmp_path, "a.csv", table.encode())


def test_a_table_that_was_masked_before(keyset: Keyset, tmp_path: Path) -> None:
    """Tokens in a column beside are left alone by a second masking, and turned back once."""
    masker = quick_masker(keyset, "agency")
    first = round_trip(masker, tmp_path, "a.csv", "手机号,备注\n13800138000,无\n".encode())
    again = round_trip(quick_masker(keyset), tmp_path, "b.csv", first.masked)
    assert again.masked == first.masked
    assert again.restored == first.restored


@pytest.mark.parametrize("value", ['"13800138000"', "13800138000"])
@pytest.mark.parametrize("before", ['"138****8000"', '""', "1"])
def test_a_key_called_like_one_of_tokens(keyset: Keyset, tmp_path: Path, before: str, value: str) -> None:
    """A member X_token right after X whose value would become a token alone is refused, with its record."""
    record = f'[{{"手机号":{before},"手机号_token":{value}}}]'
    with pytest.raises(InputError, match=r"record 1.*_token"):
        round_trip(quick_masker(keyset), tmp_path, "a.json", record.encode())
    apart = f'[{{"手机号":{before},"b":0,"手机号_token":{value}}}]'
    assert round_trip(quick_masker(keyset), tmp_path, "b.json", apart.encode()).restored.decode() == apart
