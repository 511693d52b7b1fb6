"""Masking and unmasking: texts, records, columns and tables, all through one kernel."""

from maskkit.masker.masker import Masker

__all__ = ["Masker"]
