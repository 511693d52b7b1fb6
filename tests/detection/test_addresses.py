"""Street addresses: what is one, where it begins and ends, and what is none."""

from __future__ import annotations

import pytest

from maskkit.detection.addresses import AddressRecognizer
from maskkit.detection.prescan import Batch


def addresses(*texts: str) -> list[str]:
    batch = Batch.of(texts)
    return [batch.text[span.start : span.end] for span in AddressRecognizer().find(batch)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("外访上海市浦东新区世纪大道385号2单元141，邻居反映已搬走", "上海市浦东新区世纪大道385号2单元141"),
        ("外访成都市武侯区人民南路四段212号，无人", "成都市武侯区人民南路四段212号"),
        ("地址：湖南省长沙市岳麓区麓山南路932号中南大学", "湖南省长沙市岳麓区麓山南路932号中南大学"),
        ("户籍为河南省周口市太康县城关镇谢家堂村3组", "河南省周口市太康县城关镇谢家堂村3组"),
        ("福建省泉州市晋江市陈埭镇涵口村中区15号", "福建省泉州市晋江市陈埭镇涵口村中区15号"),
        ("广东省 深圳市 宝安区 西乡街道 固戍一路100号", "广东省 深圳市 宝安区 西乡街道 固戍一路100号"),
        ("台湾省台北市大安区忠孝东路四段216号8楼", "台湾省台北市大安区忠孝东路四段216号8楼"),
        ("家住青海省海北藏族自治州祁连县八宝镇东索路", "青海省海北藏族自治州祁连县八宝镇东索路"),
        ("现住内蒙古呼和浩特市赛罕区大学东街8号楼1单元502，", "内蒙古呼和浩特市赛罕区大学东街8号楼1单元502"),
        ("寄至成都市高新区天府大道北段1700号环球中心E2-1-1805", "成都市高新区天府大道北段1700号环球中心E2-1-1805"),
        ("石家庄市裕华区槐安东路与建华大街交叉口东南角", "石家庄市裕华区槐安东路与建华大街交叉口东南角"),
        ("户籍河北省张家口市宣化区", "河北省张家口市宣化区"),
        ("上海市静安区南京西路１２３４号５楼", "上海市静安区南京西路１２３４号５楼"),
        ("（上海市闵行区申长路1588弄虹桥绿谷5号楼）核实", "上海市闵行区申长路1588弄虹桥绿谷5号楼"),
        ("家住北京市朝阳区建国路26号现已搬到单位宿舍楼", "北京市朝阳区建国路26号"),
        ("住无锡市惠山区钱桥镇新业路366号，其父住同村", "无锡市惠山区钱桥镇新业路366号"),
        ("住址：幸福里小区，电话", "幸福里小区"),
        ("北京市朝阳区建国路5号（万达广场旁），来电", "北京市朝阳区建国路5号（万达广场旁）"),
    ],
)
def test_full(text: str, address: str) -> None:
    """An address is found from its first division to its last detail."""
    assert addresses(text) == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("家住广东深圳南山区科技园南路5号2栋301，称下月还款", "广东深圳南山区科技园南路5号2栋301"),
        ("上海浦东张江高科技园区博云路2号，", "上海浦东张江高科技园区博云路2号"),
        ("香港九龙尖沙咀弥敦道100号", "香港九龙尖沙咀弥敦道100号"),
        ("苏州市工业园区星湖街328号5栋", "苏州市工业园区星湖街328号5栋"),
        ("他在人民路12号开店", "人民路12号"),
        ("客户地址变更为幸福小区3栋2单元501室", "幸福小区3栋2单元501室"),
    ],
)
def test_short(text: str, address: str) -> None:
    """Divisions may lack their suffix, or be missing where a street has a house number."""
    assert addresses(text) == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "羊卓卫17610348888广西壮族自治区桂林市秀峰区中山中路9号活动中心",
            "广西壮族自治区桂林市秀峰区中山中路9号活动中心",
        ),
        ("13426338135寇铭哲黑龙江省七台河市桃山区风采路朝阳广场", "黑龙江省七台河市桃山区风采路朝阳广场"),
        (
            "湖南省长沙市岳麓区银杉路31号绿地中央广场7栋21楼须平盛13601269538",
            "湖南省长沙市岳麓区银杉路31号绿地中央广场7栋21楼",
        ),
        ("18514066666陕西省西安市莲湖区环城西路北段36濮阳欣瑞", "陕西省西安市莲湖区环城西路北段36"),
        (
            "云南省怒江傈僳族自治州贡山独龙族怒族自治县丙中洛乡卫生院禹华哲18514721447",
            "云南省怒江傈僳族自治州贡山独龙族怒族自治县丙中洛乡卫生院",
        ),
        (
            "钮沈阳西藏自治区那曲市色尼区拉萨北路与扎空路交叉口18514701030",
            "西藏自治区那曲市色尼区拉萨北路与扎空路交叉口",
        ),
        ("祁贵亮13366687750榆林市横山区南大街,新华书店对面", "榆林市横山区南大街,新华书店对面"),
    ],
)
def test_form(text: str, address: str) -> None:
    """In a courier form the address ends where the name or the phone begins."""
    assert addresses(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "客户高兴地表示周末会去张家口出差，回来后安排还款。",
        "客户去上海出差，周末回石家庄",
        "在张家口市桥东区工作",
        "张家口市桥西区人民法院已立案",
        "深圳市腾讯计算机系统有限公司",
        "客户于15号还款，3号楼物业说没人",
        "客户不知道3号要扣款，热线12345",
        "上门15号，12月3号前",
        "订单号201966003260604571已发货",
        "",
        "北京",
    ],
)
def test_none(text: str) -> None:
    """The mention of a place, a court, a company or a date is no address."""
    assert addresses(text) == []


@pytest.mark.parametrize("text", ["13800138000朝阳区", "1041362岳麓区", "1234567朝阳", "1234567朝阳区王伟"])
def test_a_district_alone_behind_a_number(text: str) -> None:
    """A form that ends with a district's name, with nothing behind it to look at, is read to its end."""
    assert addresses(text) == []


def test_several_texts() -> None:
    """Each text is read by itself: the end of one is no context of the next."""
    assert addresses("客户在北京市朝阳区", "建国路26号") == ["建国路26号"]
    assert addresses("13800138000王伟", "北京市朝阳区建国路26号王伟") == ["北京市朝阳区建国路26号"]


@pytest.mark.parametrize(
    "unit", ["北京", "北京市", "住在北京市", "江苏,", "上海市南京路1号,", "路1", "北京路1号", "北京市("]
)
def test_a_hostile_megabyte_is_read_to_its_end(unit: str) -> None:
    """After a megabyte of beginnings an address is still found; what is not linear would take hours."""
    text = (unit * 1_000_000)[:1_000_000] + "，住上海市浦东新区世纪大道385号"
    assert addresses(text)[-1] == "上海市浦东新区世纪大道385号"
