"""How much of an address a display mask shows: from the province to the district, never further.

Provinces, prefectures and what ends a district's name are from the administrative divisions of the National Bureau of
Statistics (GB/T 2260 names, as of 2024). A district is told by its ending and its place right after a known name, so
that a street, an estate or a person's name in front is never taken for one; in doubt nothing is shown.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple


def _names(text: str) -> list[str]:
    return text.split()


def _any(names: list[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_PROVINCES: Final = _names("""
河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州
云南 陕西 甘肃 青海 台湾
""")
_REGIONS: Final = _names("""
内蒙古自治区 广西壮族自治区 西藏自治区 宁夏回族自治区 新疆维吾尔自治区 香港特别行政区 澳门特别行政区
""")
_REGIONS_SHORT: Final = ["内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门"]
_MUNICIPALITIES: Final = ["北京", "上海", "天津", "重庆"]

_CITIES: Final = _names("""
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中
运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 沈阳 大连
鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 吉林 四平 辽源 通化 白山
松原 白城 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 南京 无锡
徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华
衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州
池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州
吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州
菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店
武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德
张家界 益阳 郴州 永州 怀化 娄底 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州
汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林
百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江
乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 贵阳 六盘水 遵义 安顺 毕节 铜仁 昆明 曲靖 玉溪
保山 昭通 丽江 普洱 临沧 拉萨 日喀则 昌都 林芝 山南 那曲 西安 铜川 宝鸡 咸阳 渭南 延安 汉中
榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 西宁 海东 银川
石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密
""")
_PREFECTURES: Final = _names("""
兴安盟 锡林郭勒盟 阿拉善盟 延边朝鲜族自治州 大兴安岭地区 恩施土家族苗族自治州 湘西土家族苗族自治州
阿坝藏族羌族自治州 甘孜藏族自治州 凉山彝族自治州 黔西南布依族苗族自治州 黔东南苗族侗族自治州
黔南布依族苗族自治州 楚雄彝族自治州 红河哈尼族彝族自治州 文山壮族苗族自治州 西双版纳傣族自治州
大理白族自治州 德宏傣族景颇族自治州 怒江傈僳族自治州 迪庆藏族自治州 阿里地区 临夏回族自治州 甘南藏族自治州
海北藏族自治州 黄南藏族自治州 海南藏族自治州 果洛藏族自治州 玉树藏族自治州 海西蒙古族藏族自治州
昌吉回族自治州 博尔塔拉蒙古自治州 巴音郭楞蒙古自治州 阿克苏地区 克孜勒苏柯尔克孜自治州 喀什地区 和田地区
伊犁哈萨克自治州 塔城地区 阿勒泰地区
""")

#: Districts whose names hold a word that elsewhere ends a street or an estate.
_ODD_DISTRICTS: Final = _names("""
让胡路区 上街区 周村区 马村区 清镇市 丰镇市 北镇市 天镇县 固镇县 孟村回族自治县 绿园区 梁园区
下花园区
""")
_HAN: Final = r"[\u4e00-\u9fff]"
_INNER: Final = r"[^\W\da-zA-Z_路街巷弄村镇号]"
#: Not 小区, 社区, 园区 …, nor 超市, 城市花园, 门市部, 农贸市场.
_ENDING: Final = r"(?:(?<![小社园景厂校院库住])区|县|旗|(?<![超城门])市(?![场民政]))"
_COUNTY: Final = (
    rf"(?:{_any(_ODD_DISTRICTS)}|{_HAN}{_INNER}{{0,3}}?{_ENDING}"
    rf"|{_HAN}{_INNER}{{1,12}}?(?:自治县|自治旗|联合旗|[左右]翼?[前中后]?旗|沁旗|族区))"
)
_CITY: Final = (
    rf"(?:(?:{_any(_CITIES)})市|(?:{_any(_PREFECTURES)})"
    # A city without 市 (广东深圳南山区) only before a district: 南京路 is a street.
    rf"|(?:{_any(_CITIES)})(?={_COUNTY})(?![区县旗州]))"
)
_PROVINCE: Final = (
    rf"(?:(?:{_any(_PROVINCES)})省|{_any(_REGIONS)}|(?:{_any(_MUNICIPALITIES)})市"
    rf"|(?:{_any(_PROVINCES + _REGIONS_SHORT + _MUNICIPALITIES)})(?={_CITY}|{_COUNTY})(?![区县旗州市]))"
)
#: A district that no known name stands before: short ones only. As source for other patterns.
LONE: Final = rf"{_HAN}{_INNER}{{1,2}}?{_ENDING}"


@cache
def _grammar() -> re.Pattern[str]:
    # Compiled when the first address comes: it takes longer than all other patterns together.
    return re.compile(
        rf"(?P<province>{_PROVINCE})(?P<city>{_CITY})?(?:市辖区)?(?P<county>{_COUNTY})?"
        rf"|(?P<city_>{_CITY})(?:市辖区)?(?P<county_>{_COUNTY})?"
        rf"|(?P<lone>{LONE})"
    )


class Region(NamedTuple):
    """The parts of an address that may be told; each is empty where it does not stand there."""

    province: str = ""
    city: str = ""
    district: str = ""


def region(address: str) -> Region:
    """Return province, city and district that `address` begins with; a district alone is one of a short name."""
    found = _grammar().match(address)
    if found is None:
        return Region()
    part = found.groupdict(default="")
    return Region(part["province"], part["city"] or part["city_"], part["county"] or part["county_"] or part["lone"])


def shown(address: str) -> str:
    """Return the beginning of `address` to its district: what a display mask leaves to be seen."""
    found = _grammar().match(address)
    return found[0] if found else ""


def is_shown(text: str, start: int, end: int) -> bool:
    """Tell whether ``text[start:end]`` is what `shown` gives of an address that begins with a known place."""
    found = _grammar().fullmatch(text, start, end)
    return found is not None and found["lone"] is None
