"""Characters per second of the rules alone, on dense notes and on plain text, beside two naive ways.

`one re` is the very same patterns, joined into one and searched over the folded text without a pre-scan, checks or
labels. `by hand` is six patterns as people write them: no checks, no labels, no full-width or Han digits, nothing run
together; it finds much less.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from maskkit.detection.detector import Detector
from maskkit.detection.folding import fold
from maskkit.detection.patterns import PatternRecognizer
from maskkit.rules import load_rules

BATCH: Final = 1000
SHARED: Final = Path(__file__).resolve().parents[3] / "shared"

BY_HAND: Final = re.compile(
    r"(?P<ID>(?<!\d)[1-9]\d{5}[- ]?(?:19|20)\d{2}[01]\d[0-3]\d[- ]?\d{3}[\dXx](?!\d))"
    r"|(?P<PHONE>(?<!\d)(?:(?:\+|00)?86[- ]?)?1[3-9]\d[-. ]?\d{4}[-. ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d))"
    r"|(?P<CARD>(?<!\d)[3-6]\d{3}(?:[- ]?\d{4}){2,3}[- ]?\d{1,4}(?!\d))"
    r"|(?P<MAIL>[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})"
    r"|(?P<PLATE>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·. ]?[A-Z0-9]{5,6})"
    r"|(?P<IP>(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d))"
)

PLAIN: Final = (
    "本报讯 昨日上午，市民在广场参加了春季植树活动，现场种下各类树苗近千株，参加者有来自各行各业的志愿者。",
    "会议指出，今年以来经济运行总体平稳，一季度工业增加值同比增长百分之六点五，居民收入稳步提高。",
    "一九九八年一月二日，代表团抵达首都机场，受到热烈欢迎，随后前往下榻的宾馆稍事休息。",
    "该剧讲述了三个年轻人在异乡打拼的故事，二十四集连续剧将于下月在各大卫视播出，敬请期待。",
)


def notes(count: int = 800) -> list[str]:
    """The shared notes where they are, else made-up ones as dense."""
    file = SHARED / "cases" / "case_notes.jsonl"
    if file.is_file():
        return [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    dice = random.Random(11)

    def digits(n: int) -> str:
        return "".join(dice.choices("0123456789", k=n))

    forms: tuple[Callable[[], str], ...] = (
        lambda: f"客户来电称本月无力还款，承诺下月十五日前还清，联系电话13{digits(9)}。",
        lambda: f"身份证号110101199003{digits(6)}，手机15{digits(9)}，逾期32天，欠款5600元。",
        lambda: f"还款卡号622202{digits(13)}，请核对余额后再扣款。",
        lambda: f"请将凭证发至wx{digits(3)}@bank.com.cn，抬头写公司名。",
        lambda: f"车牌沪A{digits(5)}的车辆登记在其名下。",
        lambda: f"订单号{digits(18)}已发货。",
        lambda: "客户高兴地表示周末会去张家口出差，回来后安排还款。",
    )
    return [dice.choice(forms)() for _ in range(count)]


def speed(find: Callable[[list[str]], object], texts: Sequence[str], rounds: int = 7) -> float:
    """Characters per second, the best of some rounds over the texts in batches."""
    batches = [list(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        for batch in batches:
            find(batch)
        best = min(best, time.perf_counter() - started)
    return sum(map(len, texts)) / best


def by_hand(texts: list[str]) -> list[list[tuple[int, int]]]:
    """What six simple patterns match, a text at a time."""
    return [[match.span() for match in BY_HAND.finditer(text)] for text in texts]


def one_re() -> Callable[[list[str]], list[tuple[int, int]]]:
    """What all patterns in one match in the folded batch."""
    patterns = (re.sub(r"\?P<\w+>", "?:", rule.pattern) for rule in load_rules().rules)
    joined = re.compile(b"|".join(b"(?:" + fold(pattern) + b")" for pattern in patterns))
    return lambda texts: [match.span() for match in joined.finditer(fold("\n".join(texts)))]


def main() -> None:
    """Print the figures."""
    detector = Detector([PatternRecognizer(load_rules())])
    print(f"rules alone, one core, batches of {BATCH} texts, M characters/s")
    for name, texts in (("dense notes", notes()), ("plain text", [line for line in PLAIN for _ in range(500)])):
        ours = speed(detector.detect_many, texts)
        print(f"  {name:12} maskkit {ours / 1e6:6.2f}", end="")
        for peer, find in (("one re", one_re()), ("by hand", by_hand)):
            theirs = speed(find, texts, rounds=3)
            print(f"   {peer} {theirs / 1e6:6.2f} (ratio {ours / theirs:5.1f})", end="")
        print()


if __name__ == "__main__":
    main()
