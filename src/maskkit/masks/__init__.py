"""Display masks: what is shown in place of a value, by the conventions of Chinese finance, and how to tell one.

One definition for both sides: operators write these forms, detection finds them and leaves them alone.
"""

from maskkit.masks.forms import COMPOUND_SURNAMES, FULL, birth_year, display
from maskkit.masks.grammar import find_masks, is_mask
from maskkit.masks.regions import Region, region

__all__ = ["COMPOUND_SURNAMES", "FULL", "Region", "birth_year", "display", "find_masks", "is_mask", "region"]
