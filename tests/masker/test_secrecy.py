"""No plain value in a repr, an error, its cause, or a log line of the library."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import polars as pl
import pytest

from maskkit import Keyset, Masker, MaskkitError, load_policy
from maskkit.masker.fields import FieldMasker
from maskkit.masker.records import RecordLeaf
from maskkit.masker.restore import RestoreCount
from maskkit.masker.table import TableMasker, plan_columns

PHONE, NAME, CARD = "13877776666", "欧阳铁蛋", "6222021234567890128"
MARKERS = (PHONE, NAME, CARD, "7777", "铁蛋", "567890")


def shows_nothing(said: str) -> bool:
    """Tell whether no marker value, and no part of one, stands in what was said."""
    return not any(marker in said for marker in MARKERS)


@pytest.fixture(scope="module")
def masker(keyset: Keyset) -> Masker:
    return Masker(replace(load_policy("agency"), names="off"), keyset=keyset, tenant="agency-a")


def test_reprs(masker: Masker) -> None:
    """What a debugger or a traceback with locals would print of the library's objects shows no value."""
    text = f"客户{NAME}电话{PHONE}"
    result = masker.text(text)
    edits = FieldMasker(masker.policy, masker.kernel, masker.detector)
    leaves = [RecordLeaf(1, ("phone",), PHONE, "string"), RecordLeaf(1, ("note",), text, "string")]
    changes = edits.mask(leaves)
    plans = plan_columns(["手机号", "姓名"], [[PHONE], [NAME]], masker.policy, masker.detector)
    table = TableMasker(plans, masker.kernel, masker.detector)
    batch = table.mask({0: [PHONE], 1: [NAME]})
    replaced = masker.kernel.apply([PHONE], "PHONE_NUMBER", masker.policy.action("PHONE_NUMBER"))
    token = replaced.beside[0] if replaced.beside else ""
    found = masker.tokens.find(token)
    things: list[object] = [
        masker,
        masker.kernel,
        masker.detector,
        masker.policy,
        result,
        masker.unmask(result.text),
        changes,
        edits,
        table,
        batch,
        replaced,
        masker.tokens.restore(found),
        RestoreCount(),
        *result.spans,
    ]
    for thing in things:
        assert shows_nothing(repr(thing)), type(thing).__name__


class Strange:
    """An object that shows what it holds."""

    def __repr__(self) -> str:
        return f"Strange({PHONE})"


CALLS: dict[str, Callable[[Any], Any]] = {
    "texts of one string": lambda m: m.texts(PHONE),
    "texts with None": lambda m: m.texts([PHONE, None]),
    "column of bytes": lambda m: m.column([PHONE.encode()], "PHONE_NUMBER"),
    "column of objects": lambda m: m.column([Strange()], "PHONE_NUMBER"),
    "column of lists": lambda m: m.column([[PHONE]], "PHONE_NUMBER"),
    "a value for an entity": lambda m: m.column([PHONE], PHONE),
    "a string for a column": lambda m: m.column(PHONE, "PHONE_NUMBER"),
    "half a surrogate pair": lambda m: m.column([f"{NAME}\ud800"], "ADDRESS"),
    "record of bytes": lambda m: m.record({"phone": PHONE.encode()}),
    "record of objects": lambda m: m.record({PHONE: Strange()}),
    "record with a token key": lambda m: m.record({f"{PHONE}_token": 1, "phone": PHONE, "phone_token": PHONE}),
    "record of keys that meet": lambda m: Masker("drop").record({PHONE: 1, CARD: 2}),
    "table with an index": lambda m: m.table(pd.DataFrame({"a": [1]}, index=[PHONE])),
    "table with a name in the index": lambda m: m.table(pd.DataFrame({"a": [1]}, index=pd.Index([NAME], name="姓名"))),
    "table with lists": lambda m: m.table(pl.DataFrame({PHONE: [[PHONE]]})),
    "table with a column twice": lambda m: m.table(pd.DataFrame([[1, 2]], columns=[PHONE, PHONE])),
    "table with headings that meet": lambda m: Masker("drop").table(pl.DataFrame({PHONE: [1], CARD: [2]})),
    "strict table": lambda m: m.table(pl.DataFrame({PHONE: ["x"]}), strict=True),
    "columns of a table": lambda m: m.table(pl.DataFrame({PHONE: ["x"]}), columns={CARD: "PERSON"}),
    "target of a column": lambda m: m.table(pl.DataFrame({"a": ["x"]}), columns={"a": PHONE}),
    "token column there already": lambda m: m.table(pl.DataFrame({"phone": [PHONE], "phone_token": [PHONE]})),
    "policy": lambda _: Masker(PHONE),
    "audience": lambda _: Masker("display", audience=PHONE),
    "keyset": lambda m: type(m)(keyset=PHONE),
}


@pytest.mark.parametrize("name", CALLS)
def test_errors(masker: Masker, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Every call that cannot be done says so in words of its own: message, hint, cause and log are free of values."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(MaskkitError) as caught:
        CALLS[name](masker)
    error = caught.value
    said = "".join(traceback.format_exception_only(error)) + str(error.hint)
    assert shows_nothing(said), said
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    assert shows_nothing(caplog.text)
