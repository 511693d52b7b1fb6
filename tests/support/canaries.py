"""Made-up persons whose every value is looked for in what an agency sees."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from maskkit.tokens import find_spans

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文丹萍鹏辉婷雪梅晨宇轩涵"
CITIES = ("北京市朝阳区建国路", "上海市浦东新区世纪大道", "广东省深圳市南山区科技园路", "浙江省杭州市西湖区文三路")
_DIGITS = re.compile(r"\d{7,}")
WINDOW = 7


@dataclass(frozen=True)
class Person:
    """One made-up person."""

    name: str
    phone: str
    id_card: str
    bank_card: str
    address: str
    email: str
    birth: str

    @property
    def numbers(self) -> tuple[str, ...]:
        """Values made of digits."""
        return self.phone, self.id_card, self.bank_card


def luhn(prefix: str) -> str:
    """Return a number with its check digit (ISO/IEC 7812-1)."""
    total = 0
    for n, char in enumerate(reversed(prefix)):
        digit = int(char) * (2 if n % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return prefix + str(-total % 10)


def mod_11_2(prefix: str) -> str:
    """Return the check character of a resident ID (GB 11643, ISO 7064)."""
    return "10X98765432"[sum(int(char) * pow(2, 17 - n, 11) for n, char in enumerate(prefix)) % 11]


def persons(count: int, seed: int = 7) -> list[Person]:
    """Return different persons."""
    rng = random.Random(seed)
    made: dict[str, Person] = {}
    while len(made) < count:
        name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2))
        phone = f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
        birth = f"{rng.randrange(1960, 2004)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        seventeen = (
            f"{rng.choice(('110105', '310115', '440305', '330106'))}{birth.replace('-', '')}{rng.randrange(1000):03d}"
        )
        made[name] = Person(
            name,
            phone,
            seventeen + mod_11_2(seventeen),
            luhn(f"622202{rng.randrange(10**12):012d}"),
            f"{rng.choice(CITIES)}{rng.randrange(1, 999)}号{rng.randrange(1, 30)}栋{rng.randrange(101, 2999)}室",
            f"user{rng.randrange(10**9)}@example.com",
            birth,
        )
    return list(made.values())


def case_database(path: Path, people: list[Person]) -> None:
    """Write a case database: columns, remarks, JSON columns and file names that hold persons."""
    base = sqlite3.connect(path)
    base.executescript(
        """
        create table people (id integer primary key, name text, phone text, id_card text, bank_card text, address text,
            email text, birth_date text, mobile_number integer);
        create table cases (case_no text primary key, person_id integer references people(id), status text, amount real,
            remark text, contacts text, attachment text);
        """
    )
    for n, person in enumerate(people, 1):
        other = people[n % len(people)]
        base.execute(
            "insert into people values (?,?,?,?,?,?,?,?,?)",
            (n, person.name, person.phone, person.id_card, person.bank_card, person.address, person.email, person.birth,
             int(person.phone)),
        )  # fmt: skip
        spaced = f"{person.phone[:3]}-{person.phone[3:7]}-{person.phone[7:]}"
        base.execute(
            "insert into cases values (?,?,?,?,?,?,?)",
            (
                f"C{n:05d}",
                n,
                ("open", "closed", "promised")[n % 3],
                n * 10.5,
                f"致电{person.phone}，{person.name}称其妻{other.name}（{spaced}）会还款，身份证{person.id_card}",
                json.dumps([{"name": other.name, "phone": other.phone, "relation": "配偶"}], ensure_ascii=n % 2 == 0),
                f"{person.name}_{person.phone}_凭证.pdf",
            ),
        )
    base.commit()
    base.close()


class Canaries:
    """Searches a page for anything of the persons."""

    def __init__(self, people: list[Person]) -> None:
        self._words = {word for p in people for word in (p.name, p.email, p.address)}
        self._windows = {
            number[n : n + WINDOW] for p in people for number in p.numbers for n in range(len(number) - WINDOW + 1)
        }
        self._names = {p.name for p in people}

    def in_page(self, page: str) -> set[str]:
        """Return what of them stands in a page as it is or decoded once or twice, outside tokens."""
        found: set[str] = set()
        for text in _readings(page):
            for start, end in reversed(find_spans(text)):
                text = text[:start] + " " + text[end:]
            found |= {word for word in self._words - self._names if word in text}
            found |= {text[n : n + 3] for n in range(len(text) - 2) if text[n] in SURNAMES} & self._names
            for run in _DIGITS.findall(text.replace("-", "")):
                found |= {run[n : n + WINDOW] for n in range(len(run) - WINDOW + 1)} & self._windows
        return found


def _readings(page: str) -> Iterator[str]:
    """Yield a page as it is, with JSON escapes read, and with URL encodings read."""
    yield page
    once = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), page)
    yield once
    yield unquote(once)
    yield unquote(re.sub(r"~([0-9A-F]{2})", r"%\1", once))
