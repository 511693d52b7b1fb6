"""No plain value in any message, report, repr or exception, wherever it stood in the input."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from filejobs import quick_masker
from running import Run

from maskkit import Keyset, Masker, MaskkitError
from maskkit.jobs.leaks import LeakCheck
from maskkit.jobs.mask import MaskOptions, mask_file
from maskkit.jobs.unmask import unmask_file
from maskkit.operators.token import Container, Restored
from maskkit.tables.csv import CsvReader
from maskkit.tables.files import open_source
from maskkit.tables.json import read_json

NAME, PHONE, ID, CARD = "欧阳震霆", "13987654321", "110105194912310021", "6222021234567890128"
MAIL, PLACE = "zhenting.ouyang@qq.com", "上海市浦东新区世纪大道8848号"
VALUES = (NAME, PHONE, ID, CARD, MAIL, PLACE, "震霆", "zhenting", "8848")

#: Inputs by file name, right and wrong ones, with values in every place.
INPUTS = {
    "cells.csv": f"姓名,手机号,身份证号,卡号,邮箱,地址,备注\n{NAME},{PHONE},{ID},{CARD},{MAIL},{PLACE},{NAME}{PHONE}\n",
    "headings.csv": f"姓名,电话{PHONE},{MAIL}\nx,y,z\n",
    "no-header.csv": f"{NAME},{PHONE}\n{NAME},{ID}\n",
    "ragged.csv": f"姓名,手机号\n{NAME}\n{NAME},{PHONE},{ID}\n",
    "unclosed.csv": f'姓名,手机号\n{NAME},"{PHONE}\n{NAME},{ID}\n',
    "destroyed.csv": f"{PHONE},身份证号\n{NAME},1.10101E+17\n",
    "twice.csv": f"{PHONE},{PHONE}\n{NAME},{NAME}\n",
    "token-there.csv": f"手机号{PHONE},手机号{PHONE}_token\n{PHONE},x\n",
    "good.json": f'{{"{PHONE}": {{"{NAME}": {PHONE}}}, "name": "{NAME}"}}',
    "bad.json": f'{{"name": "{NAME}", "phone": {PHONE}x}}',
    "cut.json": f'{{"name": "{NAME}", "phone": "{PHONE}',
    "half.json": f'{{"{PHONE}": "\\ud83d{PHONE}"}}',
    "there.json": f'{{"{PHONE}": "{PHONE}", "{PHONE}_token": "{NAME}"}}',
    "bad.jsonl": f'{{"phone": "{PHONE}"}}\n{{{NAME}}}\n',
    "text.txt": f"客户{NAME}电话{PHONE}\n",
    "damaged.txt": f"pn_a2{PHONE} nm_{NAME} pn_{'a' * 20}{PHONE}\n",
}

WRONG_BYTES = {
    "latin.csv": b"name,phone\n\xff\xfe\xfd" + PHONE.encode() + b"\n",
    "broken-utf8.csv": f"姓名,手机号\n{NAME},{PHONE}\n".encode() * 20 + b"\xff\n",
    "nul.csv": f"姓名\0{PHONE}\n".encode(),
}


def shown(text: str) -> Iterator[str]:
    """Yield the values that a text shows, and what of long numbers is left of them: nine digits tell a person."""
    yield from (value for value in VALUES if value in text)
    runs = re.findall(r"\d{9,}", text)
    yield from (run for run in runs if any(run in value or value in run for value in (PHONE, ID, CARD)))


@pytest.fixture
def inputs(tmp_path: Path, keyfile: Path) -> list[str]:
    """All inputs beside a keyset and quick policies."""
    for name, text in INPUTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, data in WRONG_BYTES.items():
        (tmp_path / name).write_bytes(data)
    for policy in ("tokens", "agency"):
        (tmp_path / f"{policy}.yaml").write_text(f"extends: {policy}\nnames: off\n", encoding="utf-8")
    return [*INPUTS, *WRONG_BYTES]


OPTIONS = (
    MaskOptions(),
    MaskOptions(header=True, check=True),
    MaskOptions(header=False, lenient=True),
    MaskOptions(strict=True),
    MaskOptions(columns={PHONE: NAME}),
    MaskOptions(columns={PHONE: "PHONE_NUMBER"}),
    MaskOptions(columns={"手机号": "keep", "备注": "keep", f"电话{PHONE}": "PHONE_NUMBER"}, check=True),
    MaskOptions(format=PHONE),
    MaskOptions(encoding=PHONE),
    MaskOptions(format="jsonl"),
    MaskOptions(format="json"),
    MaskOptions(format="csv", encoding="gb18030"),
)


@pytest.mark.parametrize("policy", ["tokens", "agency"])
def test_exceptions_and_results(keyset: Keyset, inputs: list[str], tmp_path: Path, policy: str) -> None:
    """Whatever fails or succeeds, neither exception, its whole traceback, nor result shows a value."""
    masker = Masker(policy, keyset=keyset, tenant="agency-a")
    failed = 0
    for name in inputs:
        for options in OPTIONS:
            try:
                done = mask_file(masker, tmp_path / name, tmp_path / "out", options)
                told = repr(done) + "".join(plan.name for plan in done.plans)
                told += repr(unmask_file(masker, tmp_path / "out", tmp_path / "back", format=done.format))
            except MaskkitError as error:
                failed += 1
                told = f"{error!r} {error.hint} {error.__notes__ if hasattr(error, '__notes__') else ''}"
                told += "".join(str(line) for line in _causes(error))
            assert not list(shown(told)), (name, options)
    assert failed > 20


def _causes(error: BaseException) -> Iterator[str]:
    """Yield what a logger would print of an error, the errors behind it included."""
    yield from traceback.format_exception_only(error)
    for behind in (error.__cause__, None if error.__suppress_context__ else error.__context__):
        if behind is not None:
            yield from _causes(behind)


def test_messages_of_commands(maskkit: Run, inputs: list[str], tmp_path: Path) -> None:
    """No command shows a value on stderr or writes one into a report."""
    keys = ("--keyset", "keyset.json")
    for name in inputs:
        done = maskkit("mask", name, "-o", "out", "--policy", "tokens.yaml", *keys, "--report", "r.json")
        assert not list(shown(done.stderr.decode(errors="replace"))), name
        assert b"internal error" not in done.stderr
        if (tmp_path / "r.json").exists():
            assert not list(shown((tmp_path / "r.json").read_text("utf-8"))), name
            (tmp_path / "r.json").unlink()
    for name in ("damaged.txt", "cells.csv", "bad.json"):
        done = maskkit("unmask", name, "-o", "out", *keys)
        assert not list(shown(done.stderr.decode(errors="replace"))), name


@pytest.mark.parametrize(
    "arguments",
    [
        ("mask", "cells.csv", PHONE),
        ("mask", "cells.csv", "--policy", PHONE),
        ("mask", "cells.csv", "--policy", NAME),
        ("mask", "cells.csv", "--audience", NAME),
        ("mask", "cells.csv", "--columns", f"{PHONE}=PHONE_NUMBER"),
        ("mask", "cells.csv", "--columns", f"手机号={PHONE}"),
        ("mask", "cells.csv", "--columns", PHONE),
        ("mask", "good.json", "--columns", f"{PHONE}x=PHONE_NUMBER"),
        ("mask", "cells.csv", "--format", PHONE),
        ("mask", "cells.csv", "--encoding", PHONE),
        ("mask", "cells.csv", f"--{PHONE}"),
        ("mask", "cells.csv", f"--header={PHONE}"),
        ("mask", "destroyed.csv", "--strict"),
        ("mask", "cells.csv", "--policy", "cells.csv"),
        ("mask", "cells.csv", "--policy", "good.json"),
        ("mask", "cells.csv", "--keyset", "good.json"),
        ("mask", "cells.csv", "--check", "--columns", "手机号=keep"),
        ("policy", "check", "cells.csv"),
        ("detect", "--entities", PHONE, "x"),
        ("detect", "--profile", NAME, "x"),
        ("detect", PHONE, "--jsonl"),
        ("detect", NAME, PHONE),
        (PHONE,),
        ("keys", PHONE),
    ],
)
def test_wrong_calls(maskkit: Run, inputs: list[str], arguments: tuple[str, ...]) -> None:
    """A wrong call shows no value that was typed, or that stands in a file that was taken for another."""
    extra = ("--keyset", "keyset.json") if arguments[0] == "mask" and "--keyset" not in arguments else ()
    done = maskkit(*arguments, *extra, "-o", "out") if arguments[0] == "mask" else maskkit(*arguments)
    assert done.returncode in (1, 2)
    assert not list(shown(done.stderr.decode(errors="replace")))
    assert b"internal error" not in done.stderr


def test_detect_shows_no_line(maskkit: Run) -> None:
    """Wrong lines of detect --jsonl are named by number."""
    for line in (f'{{"text": "{PHONE}', f'{{"text": {PHONE}}}', f'"{NAME}"', f'{{"{PHONE}": "{NAME}"}}'):
        done = maskkit("detect", "--jsonl", stdin=line.encode())
        assert done.returncode == 1
        assert not list(shown(done.stderr.decode(errors="replace")))


def test_reprs(keyset: Keyset, inputs: list[str], tmp_path: Path) -> None:
    """What holds values while a job runs does not show them."""
    masker = quick_masker(keyset)
    result = masker.text(INPUTS["text.txt"])
    token = masker.tokens.apply([PHONE], "PHONE_NUMBER")[0]
    opened = masker.tokens.restore(masker.tokens.find(token), container=Container.JSON)[0]
    assert isinstance(opened, Restored)
    leaks = LeakCheck()
    leaks.remember("PHONE_NUMBER", [PHONE])
    with open_source(tmp_path / "cells.csv") as source:
        reader = CsvReader(source.blocks(), ",")
        batch = next(iter(reader))
    json_batch = next(iter(read_json([INPUTS["good.json"]])))
    things = (masker, result, opened, leaks, source, reader, batch, json_batch, json_batch.leaves, masker.kernel)
    for thing in (*things, masker.unmask(result.text), masker.tokens, keyset, masker.policy, masker.detector):
        assert not list(shown(repr(thing))), type(thing)
