"""Checksums and formats, each a pure function of the value written in ASCII without separators.

`CHECKS` maps the names that rules use to these functions; every one takes any string and answers True or False.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import mul
from types import MappingProxyType
from typing import Final

# GB/T 2260: the first two digits of a region code. 71, 81, 82 and 83 are Taiwan, Hong Kong, Macau and the residence
# permits of Taiwan residents (GB 11643 with the permit rules of 2018).
_PROVINCE_CODES: Final = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
_PROVINCES: Final = frozenset(_PROVINCE_CODES.split())
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_ZERO: Final = sum(_ID_WEIGHTS) * ord("0")  # what the codes of 17 zeros add up to
_ID_CHECKS: Final = "10X98765432"
_LUHN_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_MOBILE: Final = re.compile(r"(?:(?:00)?86)?0?(1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8})")
_AREA_ANY: Final = re.compile(r"0(10|2\d|[3-9]\d\d)(\d{7,8})", re.ASCII)
_AREA_NUMBER: Final = re.compile(r"(10|2\d|[3-9]\d\d)([2-8]\d{6,7})")

# Area codes in use, without the trunk 0: two digits with numbers of eight, three digits with numbers of seven or eight.
_AREA_CODES: Final = (
    "10 20 21 22 23 24 25 27 28 29 "
    "310 311 312 313 314 315 316 317 318 319 335 349 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 "
    "375 376 377 378 379 391 392 393 394 395 396 398 411 412 413 414 415 416 417 418 419 421 427 429 431 432 433 "
    "434 435 436 437 438 439 440 448 451 452 453 454 455 456 457 458 459 464 467 468 469 470 471 472 473 474 475 "
    "476 477 478 479 482 483 510 511 512 513 514 515 516 517 518 519 523 527 530 531 532 533 534 535 536 537 538 "
    "539 543 546 550 551 552 553 554 555 556 557 558 559 561 562 563 564 565 566 570 571 572 573 574 575 576 577 "
    "578 579 580 591 592 593 594 595 596 597 598 599 631 632 633 634 635 660 662 663 668 691 692 701 710 711 712 "
    "713 714 715 716 717 718 719 722 724 728 730 731 732 733 734 735 736 737 738 739 743 744 745 746 750 751 752 "
    "753 754 755 756 757 758 759 760 762 763 765 766 768 769 770 771 772 773 774 775 776 777 778 779 790 791 792 "
    "793 794 795 796 797 798 799 812 813 816 817 818 825 826 827 830 831 832 833 834 835 836 837 838 839 851 852 "
    "853 854 855 856 857 858 859 870 871 872 873 874 875 876 877 878 879 883 886 887 888 891 892 893 894 895 896 "
    "897 898 899 901 902 903 906 908 909 910 911 912 913 914 915 916 917 919 930 931 932 933 934 935 936 937 938 "
    "939 941 943 951 952 953 954 955 970 971 972 973 974 975 976 977 979 990 991 992 993 994 995 996 997 998 999"
)
_AREAS: Final = frozenset(_AREA_CODES.split())

# Ranges of ISO/IEC 7812 that schemes issue, with the lengths in use; 9558 and 955 are older debit cards of China.
_CARD: Final = re.compile(
    r"62\d{14,17}"
    r"|4(?:\d{12}|\d{15}|\d{18})"
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"
    r"|3(?:0[0-5]|[689]\d)\d{11}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}"
    r"|9(?:558|559|400|843|980|13)\d{12,16}"
    r"|(?:60|68|69)\d{14,17}"
)


def birth_date_ok(yyyymmdd: str) -> bool:
    """Whether eight digits are a day on which a living person can be born: from 1900 to this year."""
    try:
        born = datetime.date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:]))
    except ValueError:
        return False
    return 1900 <= born.year <= datetime.datetime.now(tz=datetime.UTC).year


def _region_ok(region: str) -> bool:
    """Whether six digits can be a county's code of GB/T 2260: an existing province and no county 00."""
    return region[:2] in _PROVINCES and (region[4:] != "00" or region[:2] in {"81", "82", "83"})


def mod_11_2_ok(value: str) -> bool:
    """ISO 7064 MOD 11-2 over 17 digits and a check character."""
    if len(value) != 18 or not value[:17].isdigit() or not value.isascii():
        return False
    return _ID_CHECKS[(sum(map(mul, _ID_WEIGHTS, value.encode())) - _ID_ZERO) % 11] == value[17].upper()


def resident_id_shape_ok(value: str) -> bool:
    """Whether 18 characters read as a resident ID but for the check character: region and birth date (GB 11643)."""
    if len(value) != 18 or not value.isascii() or not value[:17].isdigit() or value[17] not in "0123456789Xx":
        return False
    if not birth_date_ok(value[6:14]):
        return False
    # The permanent resident card for foreigners (2023): 9, province of issue, ISO 3166 numeric country.
    return _region_ok(value[:6]) or (value[0] == "9" and (value[1:3] in _PROVINCES))


def resident_id_ok(value: str) -> bool:
    """18-character resident ID: region, birth date, check character (GB 11643-1999).

    Residence permits (81, 82, 83) and the foreigners' permanent resident card (9...) have the same form.
    """
    return mod_11_2_ok(value) and resident_id_shape_ok(value)


def resident_id15_ok(value: str) -> bool:
    """15-digit resident ID issued until 1999: region, date of birth without century, three digits."""
    return (
        len(value) == 15
        and value.isascii()
        and value.isdigit()
        and _region_ok(value[:6])
        and birth_date_ok("19" + value[6:12])
    )


def luhn_ok(digits: str) -> bool:
    """Luhn's check digit (ISO/IEC 7812-1 annex B)."""
    if not digits.isdigit() or not digits.isascii():
        return False
    backwards = digits.encode()[::-1]
    return (sum(backwards[0::2]) + sum(backwards[1::2].translate(_LUHN_DOUBLED)) - len(digits) * ord("0")) % 10 == 0


def card_ok(digits: str) -> bool:
    """Whether it is a bank card: 13 to 19 digits in an issued range (ISO/IEC 7812), Luhn."""
    return _CARD.fullmatch(digits) is not None and luhn_ok(digits)


def uscc_ok(value: str) -> bool:
    """Unified social credit code: 18 characters, region, check character modulo 31 (GB 32100-2015)."""
    value = value.upper()
    if value[2:4] not in _PROVINCES and value[2:4] != "10":  # 100000: registered with a ministry
        return False
    if len(value) != 18 or not value[2:8].isdigit() or value[0] not in "123456789ANY" or value[1] not in "1234569":
        return False
    try:
        numbers = [_USCC_ALPHABET.index(char) for char in value]
    except ValueError:
        return False
    return (31 - sum(w * n for w, n in zip(_USCC_WEIGHTS, numbers, strict=False)) % 31) % 31 == numbers[17]


def mobile_ok(digits: str) -> bool:
    """Whether it is a mainland mobile number in an allocated segment, 86 or 0086 before it or not (MIIT plan)."""
    return _MOBILE.fullmatch(digits) is not None


def landline_ok(digits: str) -> bool:
    """Whether it is a mainland landline: area code in use, then seven or eight digits that begin with 2 to 8.

    0, 86 or 0086 may stand before it.
    """
    national = re.sub(r"^(?:00)?86", "", digits) if len(digits) > 10 and not digits.startswith("08") else digits
    match = _AREA_NUMBER.fullmatch(national.removeprefix("0"))
    return match is not None and match[1] in _AREAS and (len(match[1]) == 3 or len(match[2]) == 8)


def area_ok(digits: str) -> bool:
    """Whether it has the form of a mainland landline in an area code in use, whatever the number begins with."""
    match = _AREA_ANY.fullmatch(digits)
    return match is not None and match[1] in _AREAS and (len(match[1]) == 3 or len(match[2]) == 8)


@lru_cache(maxsize=4096)
def international_ok(digits: str) -> bool:
    """Whether it is a number that is valid by Google's metadata (phonenumbers); country code first, no + and no 00."""
    import phonenumbers  # 30 ms, and most texts hold no foreign number

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits.removeprefix("00")))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=4096)
def possible_ok(digits: str) -> bool:
    """Whether it is a number that has a length its country uses (phonenumbers), country code first, no + and no 00."""
    import phonenumbers  # see above

    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00"))
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE)


def taiwan_ok(digits: str) -> bool:
    """Whether it is a Taiwan number with its trunk 0, by Google's metadata."""
    return digits.startswith("0") and international_ok("886" + digits[1:])


def email_ok(value: str) -> bool:
    """Local part and domain of RFC 5321 as people use them: no dot at an edge or twice, labels of 63."""
    local, _, domain = value.partition("@")
    labels = domain.split(".")
    return (
        0 < len(local) <= 64
        and ".." not in local
        and local[-1] != "."
        and len(labels) > 1
        and all(0 < len(label) <= 63 and label[0] != "-" != label[-1] for label in labels)
    )


def ip_ok(value: str) -> bool:
    """Whether it is an IPv4 or IPv6 address (RFC 791, RFC 4291); zeros that pad an IPv4 octet are allowed."""
    if ":" not in value:
        value = ".".join(
            str(int(octet)) if octet.isdigit() and octet.isascii() else octet for octet in value.split(".")
        )
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def no_date(value: str) -> bool:
    """Whether the digits are not a day: H20230512 is a batch, not a permit."""
    digits = value.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")[:8]
    try:
        return not 1900 <= datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2099
    except ValueError:
        return True


CHECKS: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {
        "area": area_ok,
        "card": card_ok,
        "email": email_ok,
        "international": international_ok,
        "ip": ip_ok,
        "landline": landline_ok,
        "mobile": mobile_ok,
        "no_date": no_date,
        "possible": possible_ok,
        "resident_id": resident_id_ok,
        "resident_id15": resident_id15_ok,
        "resident_id_shape": resident_id_shape_ok,
        "taiwan": taiwan_ok,
        "uscc": uscc_ok,
    }
)
