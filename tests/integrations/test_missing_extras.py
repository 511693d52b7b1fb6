"""A library that is not installed is named with the command that installs it, and the core needs none of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

BLOCKED = """
import sys
sys.modules[{library!r}] = None
try:
    import maskkit.integrations.{module}
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("library", "module", "extra"),
    [("spacy", "spacy", "spacy"), ("presidio_analyzer", "presidio", "presidio"), ("spacy", "presidio", "presidio")],
)
def test_the_line_that_installs_it(library: str, module: str, extra: str) -> None:
    """An import of an integration without its library says which extra to install."""
    code = BLOCKED.format(library=library, module=module)
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert f'pip install "maskkit[{extra}]"' in done.stdout


def test_the_core_imports_none() -> None:
    """Detecting and masking import neither Presidio nor spaCy."""
    code = (
        "import sys, maskkit; maskkit.detect('电话13800138000'); print({'spacy', 'presidio_analyzer'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_names_by_jieba() -> None:
    """Without jieba, a policy that wants its names says which extra to install."""
    code = "import sys; sys.modules['jieba'] = None; from maskkit.detection.detector import build_detector\n"
    code += "try: build_detector(names='jieba').detect('王建国')\nexcept Exception as error: print(error, error.hint)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == 'jieba is not installed pip install "maskkit[jieba]"'
