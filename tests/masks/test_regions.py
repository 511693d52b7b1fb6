"""How much of an address may be told."""

import pytest

from maskkit.masks import region
from maskkit.masks.regions import shown, shown_before


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("上海市浦东新区世纪大道100号", "上海市浦东新区"),
        ("上海浦东新区世纪大道100号", "上海浦东新区"),
        ("北京市市辖区朝阳区建国路88号", "北京市市辖区朝阳区"),
        ("广东省深圳市南山区科技园", "广东省深圳市南山区"),
        ("广东深圳南山区科技园", "广东深圳南山区"),
        ("深圳南山区科技园", "深圳南山区"),
        ("广东省东莞市长安镇振安路", "广东省东莞市"),
        ("江苏省昆山市玉山镇", "江苏省昆山市"),
        ("吉林省吉林市船营区解放路", "吉林省吉林市船营区"),
        ("广西壮族自治区桂林市临桂区世纪东路", "广西壮族自治区桂林市临桂区"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁县", "新疆维吾尔自治区伊犁哈萨克自治州伊宁县"),
        ("云南省临沧市双江拉祜族佤族布朗族傣族自治县勐勐镇", "云南省临沧市双江拉祜族佤族布朗族傣族自治县"),
        ("内蒙古自治区兴安盟科尔沁右翼前旗", "内蒙古自治区兴安盟科尔沁右翼前旗"),
        ("贵州省贵阳市清镇市红枫湖镇", "贵州省贵阳市清镇市"),
        ("朝阳区建国路88号", "朝阳区"),
        ("石景山区鲁谷路", "石景山区"),
        ("北京市长安街东区3号楼", "北京市"),
        ("北京市幸福小区3号楼", "北京市"),
        ("上海市江西路100号", "上海市"),
        ("南京路100号", ""),
        ("北京朝阳建国路", ""),
        ("幸福家园小区3栋", ""),
        ("农贸市场3号", ""),
        ("王建国南京市玄武区中山路", ""),
        ("北京市王小明区张三", "北京市"),
        ("王建国县长家", ""),
        ("济南市中区经十路", "济南市中区"),
        ("河南省洛阳地区宜阳县", "河南省洛阳地区宜阳县"),
        ("", ""),
    ],
)
def test_shown(address: str, expected: str) -> None:
    """An address shows its beginning to the district; no street, estate or person is taken for a district."""
    assert shown(address) == expected
    assert "".join(region(address)) == expected.replace("市辖区", "")


def test_region_parts() -> None:
    """Province, city and district come apart; what does not stand there is empty."""
    assert region("广东省深圳市南山区科技园") == ("广东省", "深圳市", "南山区")
    assert region("深圳市南山区科技园") == ("", "深圳市", "南山区")
    assert region("江苏省昆山市玉山镇") == ("江苏省", "", "昆山市")
    assert region("朝阳区建国路") == ("", "", "朝阳区")


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("王建国住上海市浦东新区", 4),
        ("住朝阳区", 1),
        ("王建国朝阳区", 3),
        ("新疆维吾尔自治区克孜勒苏柯尔克孜自治州阿合奇县", 0),
        ("北京市王建国区", 7),
        ("", 0),
    ],
)
def test_shown_before(text: str, begin: int) -> None:
    """What may be shown is found from its end, as far back as known names go; nowhere is the end itself."""
    assert shown_before(text, 0, len(text)) == begin
    assert shown(text[begin:]) == text[begin:]
