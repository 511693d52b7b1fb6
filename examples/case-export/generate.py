"""Write a made-up case export, as in ``python generate.py ROWS OUT.csv``.

Every person, number and address is drawn at random from a seed; check digits are right, so that detection has to work.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

HEADER = (
    "案件编号,姓名,手机号,身份证号,银行卡号,户籍地址,工作单位,邮箱,联系人1,联系人1电话,关系,"
    "产品,放款日期,欠款金额,逾期天数,案件状态,催收记录"
).split(",")

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "建国秀英志强丽华伟芳娜敏静军洋勇艳杰涛明超霞平刚桂兰玉梅子涵浩然雨欣宇轩梓萱诗琪俊熙思远晓东海燕文博"
PLACES = (
    ("110105", "北京市朝阳区建国路"),
    ("310115", "上海市浦东新区世纪大道"),
    ("440305", "广东省深圳市南山区科技园路"),
    ("330106", "浙江省杭州市西湖区文三路"),
    ("510107", "四川省成都市武侯区人民南路"),
    ("320505", "江苏省苏州市虎丘区狮山路"),
    ("420106", "湖北省武汉市武昌区中南路"),
    ("610113", "陕西省西安市雁塔区高新路"),
)
BINS = ("622202", "622848", "622700", "621661", "622588", "356833")
SEGMENTS = (
    "130 131 132 133 135 136 137 138 139 150 151 152 155 156 158 159 166 177 180 181 185 186 187 188 189 191 198 199"
).split()
MAILS = ("qq.com", "163.com", "bank.cn")
FIRMS = ("宏远贸易有限公司", "新城物流有限公司", "安泰建筑工程公司", "佳和食品厂", "第二中学", "人民医院")
NOTES = (
    "{date}致电{phone}，本人{name}接听，称{day}日前还款，要求勿联系单位",
    "多次拨打{phone}无人接听，已联系{relation}{contact}（{contact_phone}），答应转告",
    "外访{address}，邻居反映已搬走，留函；请核对身份证{id}",
    "客户{name}来电，承诺本月{day}日还{amount}元，卡号{card}",
    "短信已发，未回复",
    "停机，系统自动外呼无应答",
    "{contact}称不认识借款人，要求停止拨打",
    "邮件已发至{email}，客户未读",
)


def resident_id(rng: random.Random, region: str) -> str:
    """Return an ID number with a right check character (GB 11643-1999, ISO 7064 MOD 11-2)."""
    body = f"{region}{rng.randint(1960, 2004)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(1, 999):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def card(rng: random.Random) -> str:
    """Return a card number with a right check digit (ISO/IEC 7812-1, annex B)."""
    body = rng.choice(BINS) + "".join(rng.choices("0123456789", k=rng.choice((9, 12))))
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def person(rng: random.Random) -> str:
    """Return a made-up name."""
    return rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2, 2))))


def phone(rng: random.Random) -> str:
    """Return a made-up mobile number."""
    return rng.choice(SEGMENTS) + "".join(rng.choices("0123456789", k=8))


def rows(count: int, seed: int = 20261124) -> Iterator[list[str]]:
    """Yield `count` cases, the same for the same seed."""
    rng = random.Random(seed)
    for number in range(count):
        region, street = rng.choice(PLACES)
        case = {
            "name": person(rng),
            "phone": phone(rng),
            "id": resident_id(rng, region),
            "card": card(rng),
            "address": f"{street}{rng.randint(1, 400)}号{rng.randint(1, 30)}栋{rng.randint(101, 2804)}室",
            "email": f"{rng.choice('abcdefgh')}{rng.randint(1000, 99999)}@{rng.choice(MAILS)}",
            "contact": person(rng),
            "contact_phone": phone(rng),
            "relation": rng.choice(("配偶", "父亲", "母亲", "同事", "朋友")),
            "date": f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            "day": str(rng.randint(1, 28)),
            "amount": f"{rng.randint(500, 90000)}.{rng.randint(0, 99):02}",
        }
        yield [
            f"AJ2026{number:08}",
            *(case[key] for key in ("name", "phone", "id", "card", "address")),
            rng.choice(FIRMS),
            *(case[key] for key in ("email", "contact", "contact_phone", "relation")),
            rng.choice(("信用卡", "消费贷", "车贷")),
            case["date"],
            case["amount"],
            str(rng.randint(1, 720)),
            rng.choice(("催收中", "已还款", "承诺还款", "失联")),
            rng.choice(NOTES).format(**case),
        ]


def write(path: Path, count: int, **how: str) -> None:
    """Write `count` cases as CSV; `how` goes to open: an encoding, a newline."""
    with path.open("w", encoding=how.get("encoding", "utf-8"), newline="") as file:
        out = csv.writer(file, lineterminator=how.get("newline", "\r\n"))
        out.writerow(HEADER)
        out.writerows(rows(count))


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
