"""Finding a KMS by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from maskkit.errors import KeysetError, UsageError
from maskkit.keys.kms import find

PACKAGE = """
class Kms:
    def __init__(self, name):
        self.name = name

    def wrap(self, key):
        return key

    def unwrap(self, wrapped):
        return wrapped


def found(key):
    return Kms("testbox:" + key)


def other(key):
    return Kms("another:" + key)
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that brings a KMS, as pip would install it."""
    (tmp_path / "kms_of_a_test.py").write_text(PACKAGE, encoding="utf-8")
    info = tmp_path / "kms_of_a_test-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kms-of-a-test\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        "[maskkit.kms]\ntestbox = kms_of_a_test:found\nliar = kms_of_a_test:other\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("installed")
def test_a_package_brings_its_kms() -> None:
    """An entry point of the scheme's name makes the KMS; one that makes another is refused."""
    kms = find("testbox:1")
    assert kms.name == "testbox:1"
    assert kms.unwrap(kms.wrap(b"k")) == b"k"
    with pytest.raises(KeysetError, match="no KMS of that name"):
        find("liar:1")


def test_an_unknown_kms() -> None:
    """A scheme that no package brings is a wrong call, with the way to one."""
    for name in ("alicloud:1", "", "13800138000:1"):
        with pytest.raises(UsageError, match="there is no KMS") as caught:
            find(name)
        assert "1380013" not in str(caught.value)
        assert "vault-transit:KEY" in str(caught.value.hint)
