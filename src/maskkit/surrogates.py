"""The marks of surrogates: by which a number that looks like data is known to be nobody's.

==================  ==================================================================================================
``PHONE_NUMBER``    eleven digits, the first 2: mobile numbers begin with 1, trunk calls with 0, and local numbers have
                    seven or eight digits (the numbering plan of public networks, MIIT 2017)
``CN_RESIDENT_ID``  third and fourth digit 71 to 89 or 91 to 99: GB/T 2260-2007 numbers cities and prefectures 01 to 70,
                    and 90 for counties without one; no list from 1980 to 2025 has another
``BANK_CARD``       the first digit 0: ISO/IEC 7812-1 keeps it for ISO/TC 68 and others; no payment network issues it
==================  ==================================================================================================

Marks alone, no key and no plain value, so detection may use them to leave surrogates alone. That a check character
holds is for `maskkit.checks` to tell, and what a surrogate stands for only the keyset can.
"""

from __future__ import annotations

import re
from typing import Final

#: Entities that have surrogates, and the form of these, written without separators.
FORMS: Final = {
    "PHONE_NUMBER": re.compile(r"2[0-9]{10}"),
    "CN_RESIDENT_ID": re.compile(
        r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])(?:7[1-9]|8[0-9]|9[1-9])(?!00)[0-9]{2}"
        r"(?:190[4-9]|19[1-9][0-9]|20[01][0-9]|202[0-4])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
    ),
    "BANK_CARD": re.compile(r"0[0-9]{12,18}"),
}
#: What may stand between the digits of a number; a surrogate has it where its value had it.
SEPARATORS: Final = " -."

_BARE: Final = dict.fromkeys(map(ord, SEPARATORS))


def bare(text: str) -> str:
    """Return `text` without `SEPARATORS`."""
    return text.translate(_BARE)


def has_mark(entity: str, text: str) -> bool:
    """Tell whether `text`, separators or not, has the form and mark of a surrogate of `entity`."""
    form = FORMS.get(entity)
    return form is not None and form.fullmatch(bare(text)) is not None
