"""Files as streams of batches: cells, leaves or lines out, replacements in, every other byte kept. No policy inside.

`files` opens and writes, `encoding` and `sniff` tell what a file is, `csv`, `json` and `text` take it apart.
"""
