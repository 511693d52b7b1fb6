"""Person names by the model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maskkit.detection.detector import build_detector
from maskkit.detection.persons.model import SHIPPED
from maskkit.detection.persons.recognizer import ModelNames
from maskkit.detection.prescan import Batch
from maskkit.errors import UsageError


def names(*texts: str, profile: str = "balanced", titles: bool = True, model: str = "full") -> list[str]:
    batch = Batch.of(texts)
    return [batch.text[span.start : span.end] for span in ModelNames(profile, model, titles=titles).find(batch)]


@pytest.mark.parametrize("model", SHIPPED)
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("客户王建国来电称本月无力还款", ["王建国"]),
        ("第三方蔡芳建称与借款人系同事关系", ["蔡芳建"]),
        ("借款人臧勇芳与担保人公孙晨福同到网点，马上办理展期", ["臧勇芳", "公孙晨福"]),
        ("其妻李秀英表示已代为转达", ["李秀英"]),
        ("信用卡持有人赵红", ["赵红"]),
        ("户名：侯奕雪，请核对", ["侯奕雪"]),
        ("宋一涵，身份证号13010219911114046X", ["宋一涵"]),
        ("车辆登记在廖霞辰名下", ["廖霞辰"]),
        ("李雷,13800138000,已接", ["李雷"]),
        ("周杰伦、林俊杰均已联系", ["周杰伦", "林俊杰"]),
        ("王女士要求停止拨打单位电话", ["王"]),
        ("已联系其配偶張國榮，電話", ["張國榮"]),
    ],
)
def test_names_in_notes(model: str, text: str, found: list[str]) -> None:
    """A name is found whole, and of a name with a title the surname; in the open model as in the full one."""
    assert names(text, model=model) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("安德烈·伊万诺夫来电", ["安德烈·伊万诺夫"]),
        ("邻居反映古丽娜尔・阿不都热西提已搬走", ["古丽娜尔・阿不都热西提"]),
        ("已联系其配偶艾力•玉素甫，电话", ["艾力•玉素甫"]),
        ("客户扎西顿珠来电，称不清楚", ["扎西顿珠"]),
        ("户名乌兰其木格，请核对", ["乌兰其木格"]),
        ("姓名：王　伟　性别：男", ["王　伟"]),
        ("联系人张李淑芬，电话", ["张李淑芬"]),
    ],
)
def test_names_of_other_kinds(text: str, found: list[str]) -> None:
    """Names with a middle dot, of other peoples, with blanks, and a married woman's two surnames are found whole."""
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "今天钱扣了有逾期吗",
        "客户高兴地表示周末会去张家口出差，回来后马上安排还款。",
        "何时还款并不清楚，于当月处理，余额不足，万元以上",
        '{"mobile":"13800138000","status":"overdue","type":"call"}',
        "please call the customer for payment",
        "",
        "\n\n",
        "，",
    ],
)
def test_what_is_no_name(text: str) -> None:
    """Surname characters in words, Latin words and nothing at all give no finding."""
    assert names(text) == []


def test_surnames_alone() -> None:
    """Without titles a surname before 女士 or after 老 is no name, while a whole name before 女士 still is one."""
    text = "王女士和老张，李秀英女士来电"
    assert names(text) == ["王", "张", "李秀英"]
    assert names(text, titles=False) == ["李秀英"]


def test_no_text_knows_of_another(shared: Path) -> None:
    """A text gets the same findings alone as among others."""
    import json

    lines = (shared / "cases" / "case_notes.jsonl").read_text("utf-8").splitlines()[::8]
    texts = [json.loads(line)["text"] for line in lines] + ["", "王", "张三\n李四", "王建国"]
    detector = build_detector(entities=frozenset({"PERSON"}))
    assert detector.detect_many(texts) == [detector.detect(text) for text in texts]


def test_long_texts() -> None:
    """A name is found wherever in a long text it stands."""
    for length in (5990, 5997, 5999, 6001, 12_000):
        assert names("。" * length + "客户王建国来电") == ["王建国"]


def test_hostile_texts() -> None:
    """Long texts of surnames alone, of names without end or of blanks take no longer than their length."""
    for text in ("王" * 100_000, "王建国" * 50_000, "王 " * 50_000, "·" * 100_000):
        assert all(0 <= span.start < span.end <= len(text) for span in ModelNames().find(Batch.of([text])))


def test_strict_hides_more() -> None:
    """The strict profile finds all that the balanced one finds, at scores that may be lower."""
    text = "祝包银花新春快乐！何文公敬上，拉塔依尔进群"
    assert len(names(text, profile="strict")) >= len(names(text))


def test_threshold() -> None:
    """The likelihood that a name must have can be said, and a higher one finds no more."""
    texts = ["祝包银花新春快乐！何文公敬上，拉塔依尔进群", "客户王建国来电"]
    found = [
        sum(map(len, build_detector(names=f"model:open@{likely}").detect_many(texts))) for likely in (0.01, 0.5, 0.999)
    ]
    assert found == sorted(found, reverse=True)


def test_unknown_models() -> None:
    """A model that does not exist, and a file that is none, are refused in words that show no content."""
    with pytest.raises(UsageError, match="no model of names"):
        ModelNames(model="no-such-model")
    with pytest.raises(UsageError, match="no recogniser of names"):
        build_detector(names="magic")


def test_nothing_is_loaded_in_vain() -> None:
    """The model is read only when names are looked for."""
    program = (
        "import sys\n"
        "from maskkit.detection.detector import build_detector\n"
        "build_detector(names='off')\n"
        "assert 'maskkit.detection.persons.model' not in sys.modules\n"
        "assert build_detector().detect('客户王建国来电')\n"
        "assert 'jieba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
