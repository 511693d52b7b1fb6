"""Mark the personal data of some notes in a spaCy pipeline, save the pipeline and load it again."""

from __future__ import annotations

import tempfile

import spacy

NOTES = ["客户王建国来电13800138000，承诺周五还款", "车牌沪A12345，邮箱lixy@qq.com", "余额不足，周末再联系"]


def main() -> None:
    """Print each note's findings, by the pipeline and by the one that was loaded."""
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "maskkit.jieba.v1"}}})
    nlp.add_pipe("maskkit_pii", config={"policy": "agency"})
    with tempfile.TemporaryDirectory() as folder:
        nlp.to_disk(folder)
        loaded = spacy.load(folder)
    for doc, again in zip(nlp.pipe(NOTES), loaded.pipe(NOTES), strict=True):
        found = [(ent.text, ent.label_) for ent in doc.ents]
        print(found, "the same" if found == [(ent.text, ent.label_) for ent in again.ents] else "another outcome")
        print([token.text for token in doc if token._.pii])


if __name__ == "__main__":
    main()
