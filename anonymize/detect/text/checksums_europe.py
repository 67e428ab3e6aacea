"""Check digits of national numbers of Europe that ``checksums`` does not have; text in, whether it
can be one.
"""

from __future__ import annotations

from anonymize.detect.text.check_digits import luhn, verhoeff
from anonymize.detect.text.written_digits import DAY, MONTH, digits_in_form, weighted_sum


def at_svnr(text: str) -> bool:
    """Return whether ``text`` is an Austrian insurance number: serial, check digit, date of
    birth.
    """
    d = digits_in_form(text, rf"[1-9]\d{{3}}{DAY}(?:0[1-9]|1[0-5])\d\d")
    return d is not None and weighted_sum(d[:3] + d[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11 == int(
        d[3]
    )


def be_nrn(text: str) -> bool:
    """Return whether ``text`` is a Belgian national register number (mod 97, before and after
    2000).
    """
    d = digits_in_form(text, r"\d\d(?:[024][0-9]|[135][0-2])(?:[0-2]\d|3[01])\d{5}")
    return d is not None and int(d[9:]) in (97 - int(d[:9]) % 97, 97 - int("2" + d[:9]) % 97)


def ch_ahv(text: str) -> bool:
    """Return whether ``text`` is a Swiss AHV number (756, EAN-13 check digit)."""
    d = digits_in_form(text, r"756\d{10}")
    return d is not None and weighted_sum(d, (1, 3) * 6 + (1,)) % 10 == 0


def dk_cpr(text: str) -> bool:
    """Return whether ``text`` is written as a Danish CPR number: a date of birth and four digits,
    since 2007 unchecked.
    """
    return digits_in_form(text, rf"{DAY}{MONTH}\d{{6}}") is not None


def no_fodselsnummer(text: str) -> bool:
    """Return whether ``text`` is a Norwegian birth number or D-number (two check digits, mod
    11).
    """
    d = digits_in_form(text, r"(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{7}")
    if d is None:
        return False
    first, second = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    return weighted_sum(d, first) % 11 == 0 and weighted_sum(d, second) % 11 == 0


def is_kennitala(text: str) -> bool:
    """Return whether ``text`` is an Icelandic kennitala."""
    d = digits_in_form(text, rf"{DAY}{MONTH}\d{{5}}[089]")
    return d is not None and weighted_sum(d, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def ie_pps(text: str) -> bool:
    """Return whether ``text`` is an Irish personal public service number (letter by mod 23)."""
    code = digits_in_form(text, r"\d{7}[A-W][A-IT-X]?")
    if code is None:
        return False
    more = 9 * (ord(code[8]) - 64) if len(code) == 9 and code[8] < "J" else 0
    return (
        "WABCDEFGHIJKLMNOPQRSTUV"[(weighted_sum(code[:7], range(8, 1, -1)) + more) % 23] == code[7]
    )


def pt_nif(text: str) -> bool:
    """Return whether ``text`` is a Portuguese taxpayer number (mod 11)."""
    d = digits_in_form(text, r"[1-35-9]\d{8}")
    return d is not None and (11 - weighted_sum(d[:8], range(9, 1, -1)) % 11) % 11 % 10 == int(d[8])


def gr_amka(text: str) -> bool:
    """Return whether ``text`` is a Greek social security number: a date of birth, Luhn."""
    d = digits_in_form(text, rf"{DAY}{MONTH}\d{{7}}")
    return d is not None and luhn(d)


def cz_rodne_cislo(text: str) -> bool:
    """Return whether ``text`` is a Czech or Slovak birth number of ten digits (mod 11)."""
    d = digits_in_form(text, rf"\d\d(?:[0257][1-9]|[1368][0-2]){DAY}\d{{4}}")
    return d is not None and (int(d) % 11 == 0 or (int(d[:9]) % 11 == 10 and d[9] == "0"))


def hu_taj(text: str) -> bool:
    """Return whether ``text`` is a Hungarian social security number."""
    d = digits_in_form(text, r"\d{9}")
    return d is not None and len(set(d)) > 1 and weighted_sum(d, (3, 7) * 4) % 10 == int(d[8])


def hu_tax_id(text: str) -> bool:
    """Return whether ``text`` is a Hungarian tax identification number of a person."""
    d = digits_in_form(text, r"8\d{9}")
    return d is not None and weighted_sum(d, range(1, 10)) % 11 == int(d[9])


def ro_cnp(text: str) -> bool:
    """Return whether ``text`` is a Romanian personal numeric code."""
    d = digits_in_form(text, rf"[1-9]\d\d{MONTH}{DAY}\d{{6}}")
    return d is not None and (weighted_sum(d, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11) % 10 + (
        weighted_sum(d, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11 == 10
    ) == int(d[12])


def bg_egn(text: str) -> bool:
    """Return whether ``text`` is a Bulgarian uniform civil number."""
    d = digits_in_form(text, rf"\d\d(?:[024][1-9]|[135][0-2]){DAY}\d{{4}}")
    return d is not None and weighted_sum(d, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(d[9])


def hr_oib(text: str) -> bool:
    """Return whether ``text`` is a Croatian OIB (ISO 7064 mod 11,10)."""
    d = digits_in_form(text, r"\d{11}")
    if d is None or len(set(d)) == 1:
        return False
    product = 10
    for c in d[:-1]:
        product = ((int(c) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(d[-1])


def jmbg(text: str) -> bool:
    """Return whether ``text`` is a personal number of Serbia, Slovenia or their neighbours: a date
    of birth, mod 11.
    """
    d = digits_in_form(text, rf"{DAY}{MONTH}(?:9\d\d|0[0-2]\d)\d{{6}}")
    return d is not None and (
        11 - weighted_sum(d[:12], (7, 6, 5, 4, 3, 2) * 2) % 11
    ) % 11 % 10 == int(d[12])


def isikukood(text: str) -> bool:
    """Return whether ``text`` is an Estonian or Lithuanian personal code."""
    d = digits_in_form(text, rf"[1-8]\d\d{MONTH}{DAY}\d{{4}}")
    if d is None:
        return False
    check = weighted_sum(d[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    return (
        check if check < 10 else weighted_sum(d[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    ) == int(d[10])


def lv_personas_kods(text: str) -> bool:
    """Return whether ``text`` is written as a Latvian personal code: a date of birth, or 32 and
    nine digits.
    """
    return digits_in_form(text, rf"(?:{DAY}{MONTH}\d\d[012]|32\d{{5}})\d{{4}}") is not None


def lu_matricule(text: str) -> bool:
    """Return whether ``text`` is a Luxembourg identification number: a date of birth, Luhn and
    Verhoeff.
    """
    d = digits_in_form(text, rf"(?:19|20)\d\d{MONTH}{DAY}\d{{5}}")
    return d is not None and luhn(d[:12]) and verhoeff(d[:11] + d[12])
