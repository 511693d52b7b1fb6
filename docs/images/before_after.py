"""Draw the README's picture from the example export, as in ``python docs/images/before_after.py``."""

from __future__ import annotations

import csv
from html import escape
from pathlib import Path

import maskkit

HERE = Path(__file__).parent
EXPORT = HERE.parents[1] / "examples" / "case-export" / "cases.csv"
COLUMNS = {"姓名": 90, "手机号": 130, "身份证号": 190, "银行卡号": 190, "催收记录": 470}
ROWS = (0, 3, 5, 6)
LINE = 30
FONT = "font-family=\"'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif\" font-size='14'"


def shortened(text: str, width: int) -> str:
    """Cut a text that would not fit into `width` pixels."""
    room = width - 24
    for n, char in enumerate(text):
        room -= 8 if char.isascii() else 14
        if room < 0:
            return text[: n - 1] + "…"
    return text


def block(title: str, colour: str, rows: list[dict[str, str]], masked: bool, top: int) -> str:
    """Draw a titled table at height `top`."""
    width = sum(COLUMNS.values())
    parts = [
        f"<text x='12' y='{top + 20}' {FONT} font-weight='bold' fill='{colour}'>{escape(title)}</text>",
        f"<rect x='0' y='{top + 32}' width='{width}' height='{LINE * (len(rows) + 1)}' rx='6' fill='none'"
        f" stroke='{colour}'/>",
        f"<rect x='0' y='{top + 32}' width='{width}' height='{LINE}' rx='6' fill='{colour}' fill-opacity='0.12'/>",
    ]
    x = 12
    for name, room in COLUMNS.items():
        parts.append(f"<text x='{x}' y='{top + 52}' {FONT} font-weight='bold' fill='#24292f'>{name}</text>")
        for n, row in enumerate(rows):
            y = top + 52 + LINE * (n + 1)
            fill = "#0a7d33" if masked and "*" in row[name] else "#24292f"
            parts.append(f"<text x='{x}' y='{y}' {FONT} fill='{fill}'>{escape(shortened(row[name], room))}</text>")
        x += room
    return "".join(parts)


def main() -> None:
    """Mask the rows with the policy `display` and draw both."""
    with EXPORT.open(encoding="utf-8", newline="") as file:
        every = list(csv.DictReader(file))
    before = [every[n] for n in ROWS]
    masker = maskkit.Masker("display")
    after = [masker.record(row) for row in before]
    height = 2 * (LINE * (len(ROWS) + 1) + 60)
    width = sum(COLUMNS.values()) + 4
    picture = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='-2 0 {width} {height}' width='{width}'>"
        f"<rect x='-2' width='{width}' height='{height}' fill='#ffffff'/>"
        f"{block('before: the case export', '#b42318', before, False, 0)}"
        f"{block('after: what an agency sees', '#0a7d33', after, True, height // 2)}</svg>\n"
    )
    (HERE / "before-after.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
