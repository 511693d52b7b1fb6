"""China's administrative divisions by name, full and short."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final, NamedTuple

from maskkit.detection.lexicon import words


class Level(IntEnum):
    """How far down the country a division is."""

    PROVINCE = 1
    PREFECTURE = 2
    COUNTY = 3
    TOWNSHIP = 4


class Division(NamedTuple):
    """What a name stands for; `short` where its suffix is left out (广东, 深圳)."""

    level: Level
    short: bool


_PEOPLES: Final = (
    "壮|回|维吾尔|蒙古|藏|羌|彝|苗|侗|布依|白|哈尼|傣|傈僳|景颇|朝鲜|土家|哈萨克|柯尔克孜|黎|瑶|畲|满|土|撒拉|东乡|保安|裕固|塔吉克|锡伯|"
    "达斡尔|鄂伦春|鄂温克|仡佬|水|仫佬|毛南|佤|拉祜|纳西|布朗|普米|怒|独龙|阿昌|德昂|各"
)
_SUFFIX: Final = re.compile(
    rf"(?:(?:{_PEOPLES})族)+自治[州县旗]$|(?:蒙古)?自治[州县旗]$|(?:壮族|回族|维吾尔)?自治区$|特别行政区$|地区$|[省市区县旗盟]$"
)


def divisions() -> dict[str, Division]:
    """Return every division by its full name, and by its short one where that has two characters or more."""
    found: dict[str, Division] = {}
    for level, key in zip(Level, ("provinces", "prefectures", "counties", "townships"), strict=True):
        for name in words("divisions", key):
            found.setdefault(name, Division(level, short=False))
    for name, division in sorted(found.items(), key=lambda item: item[1].level):
        short = _SUFFIX.sub("", name)
        if len(short) >= 2 and division.level < Level.TOWNSHIP:
            found.setdefault(short, Division(division.level, short=True))
    return found
