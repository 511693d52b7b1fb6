"""A case database behind the proxy: what the lender sees, what an agency sees, and how it works by token."""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
import urllib.parse
import urllib.request
from pathlib import Path

CASES = 5_000
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
KEY = "demo-key-for-the-agency-0001"


def make_database(path: Path) -> None:
    """Write made-up cases."""
    rng = random.Random(14)
    base = sqlite3.connect(path)
    base.execute(
        "create table cases (id integer primary key, name text, phone text, id_card text, amount real, remark text)"
    )
    for n in range(1, CASES + 1):
        name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2))
        phone = f"13{rng.randrange(10**9):09d}"
        card = f"1101051990{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}{rng.randrange(1000):03d}"
        card += "10X98765432"[sum(int(digit) * pow(2, 17 - k, 11) for k, digit in enumerate(card)) % 11]
        remark = f"致电{phone}，{name}称周五还款"
        base.execute("insert into cases values (?,?,?,?,?,?)", (n, name, phone, card, n * 10 + 0.5, remark))
    base.commit()
    base.close()


def ask(url: str) -> dict[str, object]:
    """Ask the proxy as the agency."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        read: dict[str, object] = json.load(answer)
    return read


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def main() -> None:
    """Run it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.db"
        make_database(path)
        command = [sys.executable, "-m", "maskkit", "proxy", "--upstream", f"sqlite:///{path}", "--port", "0"]
        home = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"), folder)  # nobody's own keyset
        environment = os.environ | home | {"MASKKIT_API_KEY": KEY}
        proxy = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment)
        assert proxy.stderr is not None
        try:
            started = next(filter(None, (re.search(r'"started".*"port":(\d+)', line) for line in proxy.stderr)))
            url = f"http://127.0.0.1:{started[1]}"
            base = sqlite3.connect(path)
            base.row_factory = sqlite3.Row
            lender = dict(base.execute("select * from cases where id = 42").fetchone())
            base.close()
            agency = ask(f"{url}/cases/42")
            print(f"{'':12}{'the lender':44}the agency")
            for name in agency:
                left = str(lender.get(name, ""))
                print(f"{name:12}{left}{' ' * max(1, 44 - width(left))}{agency[name]}")
            token = str(agency["phone_token"])
            found = ask(f"{url}/cases?{urllib.parse.urlencode({'phone': token})}")["rows"]
            assert found == [agency]
            print(f"\nsearched by {token}: case {agency['id']}")
            plain = (lender["name"], lender["phone"], lender["id_card"])
            assert not any(str(value) in json.dumps(agency, ensure_ascii=False) for value in plain)
        finally:
            proxy.terminate()
            proxy.wait(30)
            proxy.stderr.close()
    print("proxy ok")


if __name__ == "__main__":
    main()
