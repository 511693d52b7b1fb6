"""Person names in notes, and words that are none."""

from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from maskkit.detection.names import JiebaNames
from maskkit.detection.prescan import Batch


def names(*texts: str, profile: str = "balanced", titles: bool = True) -> list[str]:
    batch = Batch.of(texts)
    return [batch.text[span.start : span.end] for span in JiebaNames(profile, titles).find(batch)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("客户王建国来电称本月无力还款", ["王建国"]),
        ("第三方蔡芳建称与借款人系同事关系", ["蔡芳建"]),
        ("借款人臧勇芳与担保人公孙晨福同到网点，马上办理展期", ["臧勇芳", "公孙晨福"]),
        ("其妻李秀英表示已代为转达", ["李秀英"]),
        ("信用卡持有人赵红", ["赵红"]),
        ("户名：侯奕雪，请核对", ["侯奕雪"]),
        ("姓名:张三丰 身份证:110101199003071234", ["张三丰"]),
        ("宋一涵，身份证号13010219911114046X", ["宋一涵"]),
        ("已联系其配偶欧阳琴春，电话18607323751", ["欧阳琴春"]),
        ("车辆登记在廖霞辰名下", ["廖霞辰"]),
        ("李雷,13800138000,已接", ["李雷"]),
        ("联系人1：王芳，关系：同事", ["王芳"]),
        ("周杰伦、林俊杰均已联系", ["周杰伦", "林俊杰"]),
        ("邻居反映邓建国已搬走", ["邓建国"]),
        ("张三住在人民路", ["张三"]),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    """A name is found by what stands beside it, and whole even where jieba cuts it."""
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("安德烈·伊万诺夫来电", ["安德烈·伊万诺夫"]),
        ("邻居反映古丽娜尔·阿不都热西提已搬走", ["古丽娜尔·阿不都热西提"]),
        ("已联系其配偶艾力•玉素甫，电话", ["艾力•玉素甫"]),
        ("第三方扎西顿珠称不清楚", ["扎西顿珠"]),
    ],
)
def test_other_peoples(text: str, found: list[str]) -> None:
    """Names with a middle dot, and names of other peoples after a role."""
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "今天钱扣了有逾期吗",
        "何时还款，何种方式",
        "于当月扣款失败",
        "客户打白条，情绪处于高峰，马上处理，在江湖混",
        "客户高兴地表示周末会去张家口出差，回来后安排还款。",
        "周末回石家庄，欠款三万元",
        "证件：320505199809284517；银行卡：6221554642307750898",
        "户名：上海华为技术有限公司，账号",
        "客户父亲接听，称客户在外地打工，高利贷逼债",
        "客户经理、律师、教师、职工均在场",
        "订单号 ABC 12345",
        "",
    ],
)
def test_no_names(text: str) -> None:
    """Everyday words that taggers take for names."""
    assert names(text) == []


def test_titles() -> None:
    """With a title the surname alone is the name, unless titles are not wanted; a full name stays whole."""
    text = "王总说下周付款，李女士不同意，老张联系不上，王建国先生已接"
    assert names(text) == ["王", "李", "张", "王建国"]
    assert names(text, titles=False) == ["王建国"]


@pytest.mark.parametrize(
    "text",
    [
        "羊卓卫17610348888广西壮族自治区桂林市",
        "喻晓刚云南省楚雄彝族自治州",
        "13426338135寇铭哲黑龙江省七台河市",
        "人民路37号葛成18513386163",
    ],
)
def test_forms(text: str) -> None:
    """A name that a phone or an address runs into."""
    assert len(names(text)) == 1


def test_strict_finds_no_less() -> None:
    """The strict profile finds all that balanced does, and more."""
    text = "客户王建国来电，邻居反映石海志已搬走"
    assert set(names(text)) < set(names(text, profile="strict"))


def test_long_run() -> None:
    """A name at every place of a run longer than one piece is found."""
    filler = "承诺本月还款后再次核对余额" * 400
    for at in (0, 990, 995, 1000, 1005, 3000):
        text = f"{filler[:at]}客户王建国来电{filler[at:]}"
        assert "王建国" in names(text)


def test_batch_equals_single() -> None:
    """Equal runs are read once, yet each with what stands beside it."""
    texts = ["王芳", "姓名：王芳", "王芳13800138000", "王芳", "高峰", "姓名：高峰期"]
    assert names(*texts) == [name for text in texts for name in names(text)]


def test_threads() -> None:
    """Several threads may look for names at once."""
    with ThreadPoolExecutor(4) as pool:
        assert set(map(tuple, pool.map(lambda _: names("客户王建国来电"), range(16)))) == {("王建国",)}


def test_quiet_and_lazy() -> None:
    """Importing the module imports no jieba; using it prints nothing, warns of nothing and leaves no false module."""
    code = (
        "import sys, maskkit.detection.names as n\n"
        "from maskkit.detection.prescan import Batch\n"
        "assert 'jieba' not in sys.modules\n"
        "assert n.JiebaNames().find(Batch.of(['客户王建国来电']))\n"
        "assert sys.modules.get('pkg_resources', sys) is not None\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    names("客户王建国来电")
    assert not logging.getLogger("jieba").isEnabledFor(logging.CRITICAL)
