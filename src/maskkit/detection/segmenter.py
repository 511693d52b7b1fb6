"""jieba, imported at first use, quiet, with its cache in the user's cache folder."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

from maskkit.errors import UsageError

_LOCK = threading.Lock()


class Word(NamedTuple):
    """A segment: half-open offsets, jieba's tag, and whether its dictionary holds the word."""

    start: int
    end: int
    tag: str
    known: bool


class Segmenter:
    """Cuts a text into words, tagged or not; `own` words stay in one piece. Safe to use from several threads."""

    def __init__(self, own: Iterable[str] = ()) -> None:
        jieba, posseg = _import_jieba()
        self._tokenizer = jieba.Tokenizer()
        folder = Path(platformdirs.user_cache_dir("maskkit", appauthor=False))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._tokenizer.tmp_dir = str(folder)
        except OSError:
            pass  # jieba then keeps its cache in the system's temporary folder
        self._tagger = posseg.POSTokenizer(self._tokenizer)
        self._tokenizer.initialize()
        for word in own:
            self._tokenizer.add_word(word)
        self._frequency: Callable[[str, int], int] = self._tokenizer.FREQ.get

    def cut(self, text: str) -> Iterator[str]:
        """Yield the words of `text` one after the other, without tags: four times as fast."""
        pieces: Iterator[str] = self._tokenizer.cut(text)
        return pieces

    def words(self, text: str) -> Iterator[Word]:
        """Yield the words of `text` one after the other."""
        start = 0
        for pair in self._tagger.cut(text):
            end = start + len(pair.word)
            yield Word(start, end, pair.flag, self._frequency(pair.word, 0) > 0)
            start = end


def segmenter() -> Segmenter:
    """Return the process's segmenter; the first call reads jieba's dictionary."""
    with _LOCK:
        return _segmenter()


@cache
def _segmenter() -> Segmenter:
    return Segmenter()


def _import_jieba() -> tuple[Any, Any]:
    """Import jieba without its logging, its use of pkg_resources, and its warnings.

    jieba 0.42.1 asks pkg_resources for its own files, which setuptools warns about and newer ones lack; where it cannot
    be imported, jieba opens them itself.
    """
    absent = "pkg_resources" not in sys.modules
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if absent:
            sys.modules["pkg_resources"] = None  # type: ignore[assignment]  # the import system's word for "not there"
        try:
            import jieba
            from jieba import posseg
        except ImportError:
            raise UsageError("jieba is not installed", hint='pip install "maskkit[jieba]"') from None
        finally:
            if absent:
                del sys.modules["pkg_resources"]
    jieba.setLogLevel(logging.CRITICAL + 1)
    return jieba, posseg
