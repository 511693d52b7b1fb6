"""The display form of each entity.

A form shows what the convention shows and never more: a value that has not its entity's shape (a remark in a phone
column), or is too short to hide enough of it, becomes `FULL`. Different values may share a form; it is for eyes only.

JR/T 0171-2020 asks for masking on display; which characters stay is the habit of Chinese banks and their apps.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from typing import Final

from maskkit.masks.regions import shown

#: Stands for a value of which nothing may be shown.
FULL: Final = "***"

#: Surnames of two characters, shown whole; Simplified and Traditional.
COMPOUND_SURNAMES: Final = frozenset(
    re.findall(
        r"\w+",
        """
欧阳 歐陽 百里 淳于 澹台 澹臺 第五 东方 東方 东郭 東郭 独孤 獨孤 端木 段干
公孙 公孫 公西 公羊 公冶 谷梁 穀梁 赫连 赫連 呼延 皇甫 乐正 樂正 令狐 闾丘
閭丘 慕容 纳兰 納蘭 南宫 南宮 南门 南門 濮阳 濮陽 亓官 漆雕 上官 申屠 司空
司寇 司马 司馬 司徒 太史 太叔 拓跋 完颜 完顏 万俟 萬俟 尉迟 尉遲 闻人 聞人
巫马 巫馬 西门 西門 夏侯 鲜于 鮮于 轩辕 軒轅 宇文 长孙 長孫 钟离 鍾離 仲孙
仲孫 诸葛 諸葛 颛孙 顓孫 宗政 左丘
""",
    )
)

#: Providers of mail for everyone, whose domains are shown; any other domain may be a person's or an employer's.
MAIL_DOMAINS: Final = frozenset(
    """
qq.com vip.qq.com foxmail.com 163.com vip.163.com 126.com vip.126.com yeah.net 188.com netease.com 139.com 189.cn
21cn.com wo.cn sina.com sina.cn vip.sina.com sina.com.cn sohu.com vip.sohu.com aliyun.com tom.com 263.net 2980.com
gmail.com googlemail.com outlook.com hotmail.com live.com live.cn msn.com icloud.com me.com mac.com yahoo.com
yahoo.cn yahoo.com.cn yahoo.com.hk yahoo.com.tw proton.me protonmail.com mail.com gmx.com aol.com
example.com example.org example.net
""".split()
)

_HAN: Final = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
#: A Han name, with a middle dot in any number of places, or a Latin one.
_NAME: Final = re.compile(rf"{_HAN}{{2,6}}|{_HAN}+(?:·{_HAN}+)+|[A-Za-z][A-Za-z .'\-]+")
#: Numbers may have an extension, which is never shown.
_MOBILE: Final = re.compile(r"(1[0-9]{10})(?:[^0-9].*)?", re.DOTALL)
_LANDLINE: Final = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([0-9]{7,8})(?:[^0-9].*)?", re.DOTALL)
_LOCAL: Final = re.compile(r"([2-9][0-9]{6,7})(?:[^0-9].*)?", re.DOTALL)
#: Country codes are prefix-free (ITU-T E.164): 1, 7, the two-digit ones, and three digits for all others.
_INTERNATIONAL: Final = re.compile(
    r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9]{2})([0-9]{7,12})(?:[^0-9].*)?", re.DOTALL
)
_IDENTITY: Final = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{18}")
_CARD: Final = re.compile(r"[0-9]{13,19}")
_EMAIL: Final = re.compile(r"([^@\s]+)@((?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24})")
_DOCUMENT: Final = re.compile(r"[0-9A-Z]{8,12}")
_PLATE: Final = re.compile(r"[\u4e00-\u9fff][A-Z][0-9A-Z]{4,5}[0-9A-Z挂学警港澳领试超]")
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{4,}[A-Za-z0-9_-]")
_MAC: Final = re.compile(r"[0-9A-Fa-f]{12}")
_DATE: Final = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?:(?P=sep)(?P<d>[0-9]{1,2}))?"
    r"|(?P<cm>[0-9]{2})(?P<cd>[0-9]{2})|年(?:(?P<hm>[0-9]{1,2})月(?:(?P<hd>[0-9]{1,2})[日号]?)?)?)?"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_EARLIEST_BIRTH: Final = 1850
_FIRST_OCTETS: Final = 2


def display(entity: str, canonical: str) -> str:
    """Return what is shown for a canonical value: ``138****5678``, ``王**``. Total: anything odd gives ``***``."""
    return _FORMS[entity](canonical) if entity in _FORMS else FULL


def birth_year(value: str) -> str | None:
    """Return the year of a date written as 1990, 1990-03-07, 1990/3/7, 1990.3, 19900307 or 1990年3月7日, else None.

    A time of day after it, as a database exports it, is let pass. A date that is none (month 13) gives None.
    """
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    year = int(found["y"])
    month = int(found["m"] or found["cm"] or found["hm"] or 1)
    day = int(found["d"] or found["cd"] or found["hd"] or 1)
    try:
        date(year, month, day)
    except ValueError:
        return None
    return f"{year:04}" if _EARLIEST_BIRTH <= year <= date.today().year else None


def surname(name: str) -> str:
    """Return what of a name is shown: the surname, of a name with a middle dot or in Latin letters its first letter."""
    return name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]


def _person(value: str) -> str:
    shown_part = surname(value)
    return f"{shown_part}**" if _NAME.fullmatch(value) and value != shown_part else FULL


def _phone(value: str) -> str:
    # The first four digits of a subscriber number are hidden, whatever its length.
    if found := _MOBILE.fullmatch(value):
        return f"{found[1][:3]}****{found[1][7:]}"
    if found := _LANDLINE.fullmatch(value):
        return f"{found[1]}-****{found[2][4:]}"
    if found := _INTERNATIONAL.fullmatch(value):
        return f"+{found[1]} ****{found[2][4:][-4:]}"
    if found := _LOCAL.fullmatch(value):
        return f"****{found[1][4:]}"
    return FULL


def _identity(value: str) -> str:
    return f"{value[:4]}**********{value[-4:]}" if _IDENTITY.fullmatch(value) else FULL


def _card(value: str) -> str:
    return f"{value[:4]} **** **** {value[-4:]}" if _CARD.fullmatch(value) else FULL


def _email(value: str) -> str:
    found = _EMAIL.fullmatch(value)
    if found is None:
        return FULL
    first = found[1][0]
    domain = found[2] if found[2] in MAIL_DOMAINS else FULL
    return f"{first if len(found[1]) > 1 and first.isascii() and first.isalnum() else ''}***@{domain}"


def _address(value: str) -> str:
    return shown(value) + FULL


def _document(value: str) -> str:
    if not _DOCUMENT.fullmatch(value):
        return FULL
    return f"{value[0] if len(value) > 8 else ''}****{value[-4:]}"


def _plate(value: str) -> str:
    return f"{value[:2]}***{value[-2:]}" if _PLATE.fullmatch(value) else FULL


def _account(value: str) -> str:
    return f"{value[0]}***{value[-2:]}" if _ACCOUNT.fullmatch(value) else FULL


def _ip(value: str) -> str:
    try:
        address = ipaddress.ip_address(value.partition("%")[0])
    except ValueError:
        return FULL
    if isinstance(address, ipaddress.IPv4Address):
        return ".".join(value.split(".")[:_FIRST_OCTETS]) + ".*.*"
    return ":".join(group.lstrip("0") or "0" for group in address.exploded.split(":")[:_FIRST_OCTETS]) + ":*"


def _mac(value: str) -> str:
    digits = re.sub(r"[:.\-]", "", value)
    return f"{digits[:2]}:{digits[2:4]}:{digits[4:6]}:**:**:**" if _MAC.fullmatch(digits) else FULL


def _birth_date(value: str) -> str:
    year = birth_year(value)
    return f"{year}-**-**" if year else FULL


def _age(value: str) -> str:
    del value  # two digits: whatever is shown of an age is most of it
    return FULL


_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "PERSON": _person,
    "PHONE_NUMBER": _phone,
    "CN_RESIDENT_ID": _identity,
    "BANK_CARD": _card,
    "ADDRESS": _address,
    "EMAIL_ADDRESS": _email,
    "CN_PASSPORT": _document,
    "CN_TRAVEL_PERMIT": _document,
    "CN_VEHICLE_REGISTRATION": _plate,
    "CN_USCC": _identity,
    "WECHAT_ID": _account,
    "QQ_NUMBER": _account,
    "IP_ADDRESS": _ip,
    "MAC_ADDRESS": _mac,
    "BIRTH_DATE": _birth_date,
    "AGE": _age,
}
