"""Names in Latin letters next to a label: Wang Jianguo, ZHANG SAN, LI/NA.

Spelling by GB/T 28039-2011 (surname first, each part one word) and as passports and tickets print it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_SURNAMES: Final = frozenset(
    """
    an ba bai bao bei bi bian bo bu cai cao cen chai chang che chen cheng chi chu cui dai dan deng di diao ding dong du
    duan e fan fang fei feng fu gan gao ge geng gong gou gu guan guo hai han hao he hong hou hu hua huang huo ji jia
    jian jiang jiao jin jing ju kang ke kong kuang lai lan lang lao lei leng li lian liang liao lin ling liu long lou lu
    luo lv lyu ma mai mao mei meng mi miao min mo mou mu na ni nie ning niu ou ouyang pan pang pei peng pi ping pu qi
    qian qiang qiao qin qiu qu quan ran ren rong ruan sha shan shang shangguan shao shen sheng shi shu shui si sima situ
    song su sui sun tai tan tang tao teng tian tong tu wan wang wei wen weng wu xi xia xian xiang xiao xie xin xing
    xiong xu xuan xue yan yang yao ye yi yin ying you yu yuan yue yun zang zeng zha zhai zhan zhang zhao zhen zheng
    zhong zhou zhu zhuang zhuge zhuo zong zou zu zuo
    """.split()
)
_SYLLABLE: Final = (
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|van|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ue|ui|ve|a|o|e|i|u|v)"
    "|er)"
)
_GIVEN: Final = re.compile(f"(?:{_SYLLABLE}['’-]?){{1,3}}")
_WHOLE: Final = re.compile(f"({'|'.join(sorted(_SURNAMES, key=len, reverse=True))}){_SYLLABLE}{{1,2}}")
_NAME: Final = re.compile(
    r"(?<![A-Za-z0-9@._/&=-])[A-Z](?:[A-Za-z]+(?:['’-][A-Za-z]+)?)"
    r"(?:(?:[ ·]|[,/] ?)[A-Z](?:[A-Za-z]+(?:['’-][A-Za-z]+)?)){0,2}(?![A-Za-z0-9@_]|\.[A-Za-z])"
)
#: What stands before a name and says so.
_LABEL: Final = re.compile(
    "(?:姓名|名字|户名|英文名|拼音|持卡人|联系人|收件人|收货人|寄件人|收款人|付款人|申请人|借款人|担保人|乘客|旅客|乘机人|入住人|被保险人|投保人|受益人|患者"
    r"|(?<![A-Za-z])(?:full |customer |user |card)?(?:name|holder)|passenger|cardholder|borrower|guest)"
    r"[A-Za-z（）()/一二0-9]{0,4}\"?[ \t]*[：:=]?[ \t]*[\"“]?\Z",
    re.IGNORECASE,
)
_REACH: Final = 24
_PARTS: Final = re.compile(r"[ ,/·]+")


def latin_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open offsets of names in Latin letters right behind a label, none across a line's end."""
    for match in _NAME.finditer(text):
        start = match.start()
        before = text[max(0, start - _REACH) : start].rpartition("\n")[2]
        if not _LABEL.search(before):
            continue
        ends = [*(gap.start() for gap in _PARTS.finditer(match[0])), len(match[0])]
        for end in reversed(ends):
            if _is_name(match[0][:end]):
                yield start, start + end
                break


def _is_name(text: str) -> bool:
    """Tell whether words are a Chinese name in pinyin, surname first or last, or one word that is both."""
    words = [word.lower() for word in _PARTS.split(text)]
    if len(words) == 1:
        return _WHOLE.fullmatch(words[0]) is not None
    if not _SURNAMES.isdisjoint((words[0], words[-1])):
        return all(_GIVEN.fullmatch(word) for word in words)
    return False
