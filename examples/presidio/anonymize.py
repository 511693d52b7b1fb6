"""Find and replace the personal data of some notes with Presidio's engines, and give everything back."""

from __future__ import annotations

from presidio_analyzer import BatchAnalyzerEngine
from presidio_anonymizer.entities import OperatorConfig

from maskkit import Keyset, Masker
from maskkit.integrations.presidio import analyzer_engine, anonymizer_engine, deanonymize_engine

NOTES = [
    "客户王建国来电13800138000，承诺周五还款，身份证110101199003074610",
    "联系其妻李秀英表示已知晓，邮箱lixy@qq.com，主页 http://www.example.com/lixy",
    "车牌沪A12345，地址上海市浦东新区世纪大道100号3栋201室",
]


def main() -> None:
    """Print each note as an agency sees it, with tokens, and whether it came back."""
    masker = Masker(keyset=Keyset.create(), tenant="agency-a")  # a keyset file in real life: Keyset.open(...)
    analyzer = BatchAnalyzerEngine(analyzer_engine())
    anonymizer, deanonymizer = anonymizer_engine(masker), deanonymize_engine(masker)
    masks = {"DEFAULT": OperatorConfig("maskkit_mask")}
    tokens = {"DEFAULT": OperatorConfig("maskkit_token")}
    for note, found in zip(NOTES, analyzer.analyze_iterator(NOTES, "zh", batch_size=1000), strict=True):
        shown = anonymizer.anonymize(note, found, masks)
        kept = anonymizer.anonymize(note, found, tokens)
        back = deanonymizer.deanonymize(kept.text, kept.items, tokens)
        print(shown.text)
        print(kept.text)
        print("came back" if back.text == note else "did not come back")


if __name__ == "__main__":
    main()
