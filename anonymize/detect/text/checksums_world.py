"""Check digits of national numbers that ``checksums`` does not have; text in, whether it can be
one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from anonymize.detect.text.checksums import bare, luhn, verhoeff

_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"


def _sum(digits: str, weights: Sequence[int]) -> int:
    return sum(int(c) * w for c, w in zip(digits, weights, strict=False))


def _digits(text: str, form: str) -> str | None:
    """Return the digits of ``text`` where they are written in ``form``."""
    code = bare(text)
    return code if code.isascii() and re.fullmatch(form, code) else None


def at_svnr(text: str) -> bool:
    """Return whether ``text`` is an Austrian insurance number: serial, check digit, date of
    birth.
    """
    d = _digits(text, rf"[1-9]\d{{3}}{_DAY}(?:0[1-9]|1[0-5])\d\d")
    return d is not None and _sum(d[:3] + d[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11 == int(d[3])


def be_nrn(text: str) -> bool:
    """Return whether ``text`` is a Belgian national register number (mod 97, before and after
    2000).
    """
    d = _digits(text, r"\d\d(?:[024][0-9]|[135][0-2])(?:[0-2]\d|3[01])\d{5}")
    return d is not None and int(d[9:]) in (97 - int(d[:9]) % 97, 97 - int("2" + d[:9]) % 97)


def ch_ahv(text: str) -> bool:
    """Return whether ``text`` is a Swiss AHV number (756, EAN-13 check digit)."""
    d = _digits(text, r"756\d{10}")
    return d is not None and _sum(d, (1, 3) * 6 + (1,)) % 10 == 0


def dk_cpr(text: str) -> bool:
    """Return whether ``text`` is written as a Danish CPR number: a date of birth and four digits,
    since 2007 unchecked.
    """
    return _digits(text, rf"{_DAY}{_MONTH}\d{{6}}") is not None


def no_fodselsnummer(text: str) -> bool:
    """Return whether ``text`` is a Norwegian birth number or D-number (two check digits, mod
    11).
    """
    d = _digits(text, r"(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{7}")
    if d is None:
        return False
    first, second = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    return _sum(d, first) % 11 == 0 and _sum(d, second) % 11 == 0


def is_kennitala(text: str) -> bool:
    """Return whether ``text`` is an Icelandic kennitala."""
    d = _digits(text, rf"{_DAY}{_MONTH}\d{{5}}[089]")
    return d is not None and _sum(d, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def ie_pps(text: str) -> bool:
    """Return whether ``text`` is an Irish personal public service number (letter by mod 23)."""
    code = _digits(text, r"\d{7}[A-W][A-IT-X]?")
    if code is None:
        return False
    more = 9 * (ord(code[8]) - 64) if len(code) == 9 and code[8] < "J" else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[(_sum(code[:7], range(8, 1, -1)) + more) % 23] == code[7]


def pt_nif(text: str) -> bool:
    """Return whether ``text`` is a Portuguese taxpayer number (mod 11)."""
    d = _digits(text, r"[1-35-9]\d{8}")
    return d is not None and (11 - _sum(d[:8], range(9, 1, -1)) % 11) % 11 % 10 == int(d[8])


def gr_amka(text: str) -> bool:
    """Return whether ``text`` is a Greek social security number: a date of birth, Luhn."""
    d = _digits(text, rf"{_DAY}{_MONTH}\d{{7}}")
    return d is not None and luhn(d)


def cz_rodne_cislo(text: str) -> bool:
    """Return whether ``text`` is a Czech or Slovak birth number of ten digits (mod 11)."""
    d = _digits(text, rf"\d\d(?:[0257][1-9]|[1368][0-2]){_DAY}\d{{4}}")
    return d is not None and (int(d) % 11 == 0 or (int(d[:9]) % 11 == 10 and d[9] == "0"))


def hu_taj(text: str) -> bool:
    """Return whether ``text`` is a Hungarian social security number."""
    d = _digits(text, r"\d{9}")
    return d is not None and len(set(d)) > 1 and _sum(d, (3, 7) * 4) % 10 == int(d[8])


def hu_tax_id(text: str) -> bool:
    """Return whether ``text`` is a Hungarian tax identification number of a person."""
    d = _digits(text, r"8\d{9}")
    return d is not None and _sum(d, range(1, 10)) % 11 == int(d[9])


def ro_cnp(text: str) -> bool:
    """Return whether ``text`` is a Romanian personal numeric code."""
    d = _digits(text, rf"[1-9]\d\d{_MONTH}{_DAY}\d{{6}}")
    return d is not None and (_sum(d, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11) % 10 + (
        _sum(d, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11 == 10
    ) == int(d[12])


def bg_egn(text: str) -> bool:
    """Return whether ``text`` is a Bulgarian uniform civil number."""
    d = _digits(text, rf"\d\d(?:[024][1-9]|[135][0-2]){_DAY}\d{{4}}")
    return d is not None and _sum(d, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(d[9])


def hr_oib(text: str) -> bool:
    """Return whether ``text`` is a Croatian OIB (ISO 7064 mod 11,10)."""
    d = _digits(text, r"\d{11}")
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
    d = _digits(text, rf"{_DAY}{_MONTH}(?:9\d\d|0[0-2]\d)\d{{6}}")
    return d is not None and (11 - _sum(d[:12], (7, 6, 5, 4, 3, 2) * 2) % 11) % 11 % 10 == int(
        d[12]
    )


def isikukood(text: str) -> bool:
    """Return whether ``text`` is an Estonian or Lithuanian personal code."""
    d = _digits(text, rf"[1-8]\d\d{_MONTH}{_DAY}\d{{4}}")
    if d is None:
        return False
    check = _sum(d[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    return (check if check < 10 else _sum(d[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10) == int(
        d[10]
    )


def lv_personas_kods(text: str) -> bool:
    """Return whether ``text`` is written as a Latvian personal code: a date of birth, or 32 and
    nine digits.
    """
    return _digits(text, rf"(?:{_DAY}{_MONTH}\d\d[012]|32\d{{5}})\d{{4}}") is not None


def lu_matricule(text: str) -> bool:
    """Return whether ``text`` is a Luxembourg identification number: a date of birth, Luhn and
    Verhoeff.
    """
    d = _digits(text, rf"(?:19|20)\d\d{_MONTH}{_DAY}\d{{5}}")
    return d is not None and luhn(d[:12]) and verhoeff(d[:11] + d[12])


def ar_cuit(text: str) -> bool:
    """Return whether ``text`` is an Argentine CUIT or CUIL."""
    d = _digits(text, r"(?:2[03467]|3[034])\d{9}")
    return d is not None and (11 - _sum(d[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(
        d[10]
    )


def uy_ci(text: str) -> bool:
    """Return whether ``text`` is a Uruguayan identity card number."""
    d = _digits(text, r"\d{7,8}")
    return d is not None and (10 - _sum(d[:-1].zfill(7), (2, 9, 8, 7, 6, 3, 4)) % 10) % 10 == int(
        d[-1]
    )


def ec_cedula(text: str) -> bool:
    """Return whether ``text`` is an Ecuadorian identity card number: a province, Luhn."""
    d = _digits(text, r"(?:0[1-9]|1\d|2[0-4]|30)[0-5]\d{7}")
    return d is not None and luhn(d)


def do_cedula(text: str) -> bool:
    """Return whether ``text`` is a Dominican identity card number (Luhn)."""
    d = _digits(text, r"\d{11}")
    return d is not None and len(set(d)) > 1 and luhn(d)


def mx_rfc(text: str) -> bool:
    """Return whether ``text`` is written as a Mexican person's taxpayer code: letters and a date of
    birth.
    """
    return re.fullmatch(rf"[A-ZÑ&]{{4}}\d\d{_MONTH}{_DAY}[A-Z0-9]{{3}}", bare(text)) is not None


def hk_hkid(text: str) -> bool:
    """Return whether ``text`` is a Hong Kong identity card number: A123456(3)."""
    code = bare(text).replace("(", "").replace(")", "")
    if not re.fullmatch(r"[A-Z]{1,2}\d{6}[0-9A]", code):
        return False
    values = [36] * (len(code) == 8) + [int(c, 36) for c in code]
    return _weighted(values, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def tw_id(text: str) -> bool:
    """Return whether ``text`` is a Taiwanese identity card number."""
    code = bare(text)
    if not re.fullmatch(r"[A-Z][1289]\d{8}", code):
        return False
    letter = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(code[0]) + 10
    return (letter // 10 + letter % 10 * 9 + _sum(code[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def my_nric(text: str) -> bool:
    """Return whether ``text`` is written as a Malaysian identity card number: a date of birth, a
    state, four digits.
    """
    return (
        _digits(text, rf"\d\d{_MONTH}{_DAY}(?:0[1-9]|[1-5]\d|6[0-8]|7[1-9]|8[2-9]|9[0-389])\d{{4}}")
        is not None
    )


def id_nik(text: str) -> bool:
    """Return whether ``text`` is written as an Indonesian NIK: a district and a date of birth,
    women's day plus 40.
    """
    return _digits(text, rf"[1-9]\d{{5}}(?:0[1-9]|[12456]\d|[37][01]){_MONTH}\d{{6}}") is not None


def nz_ird(text: str) -> bool:
    """Return whether ``text`` is a New Zealand tax number."""
    d = _digits(text, r"\d{8,9}")
    if d is None or not 10_000_000 < int(d) < 150_000_000:
        return False
    for weights in ((3, 2, 7, 6, 5, 4, 3, 2), (7, 4, 3, 2, 5, 2, 7, 6)):
        check = -_sum(d[:-1].zfill(8), weights) % 11
        if check < 10:
            return check == int(d[-1])
    return False


def ru_inn(text: str) -> bool:
    """Return whether ``text`` is a Russian taxpayer number of a person (two check digits)."""
    d = _digits(text, r"\d{12}")
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    if d is None or len(set(d)) == 1:
        return False
    return _sum(d[:10], weights[1:]) % 11 % 10 == int(d[10]) and _sum(
        d[:11], weights
    ) % 11 % 10 == int(d[11])


def ru_snils(text: str) -> bool:
    """Return whether ``text`` is a Russian pension insurance number (mod 101)."""
    d = _digits(text, r"\d{11}")
    return (
        d is not None and len(set(d)) > 1 and _sum(d[:9], range(9, 0, -1)) % 101 % 100 == int(d[9:])
    )


def ua_rnokpp(text: str) -> bool:
    """Return whether ``text`` is a Ukrainian taxpayer number."""
    d = _digits(text, r"\d{10}")
    return (
        d is not None
        and _sum(d[:9], (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == int(d[9])
        and len(set(d)) > 1
    )


def kz_iin(text: str) -> bool:
    """Return whether ``text`` is a Kazakh individual number: a date of birth, mod 11."""
    d = _digits(text, rf"\d\d{_MONTH}{_DAY}[0-6]\d{{5}}")
    if d is None:
        return False
    check = _sum(d[:11], range(1, 12)) % 11
    return (check if check < 10 else _sum(d[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11) == int(
        d[11]
    )


def il_id(text: str) -> bool:
    """Return whether ``text`` is an Israeli identity number (Luhn)."""
    d = _digits(text, r"\d{9}")
    return d is not None and d != "000000000" and luhn(d)


def ae_emirates_id(text: str) -> bool:
    """Return whether ``text`` is an Emirates id: 784, a year of birth, Luhn."""
    d = _digits(text, r"784(?:19|20)\d{10}")
    return d is not None and luhn(d)


def sa_national_id(text: str) -> bool:
    """Return whether ``text`` is a Saudi national or residence number (Luhn)."""
    d = _digits(text, r"[12]\d{9}")
    return d is not None and luhn(d)


def eg_national_id(text: str) -> bool:
    """Return whether ``text`` is written as an Egyptian national number: a date of birth, a
    governorate.
    """
    return _digits(text, rf"[23]\d\d{_MONTH}{_DAY}(?:[0-3]\d|88)\d{{5}}") is not None


def ir_national_code(text: str) -> bool:
    """Return whether ``text`` is an Iranian national code."""
    d = _digits(text, r"\d{10}")
    if d is None or len(set(d)) == 1:
        return False
    rest = _sum(d[:9], range(10, 1, -1)) % 11
    return int(d[9]) == (rest if rest < 2 else 11 - rest)


def jp_my_number(text: str) -> bool:
    """Return whether ``text`` is a Japanese individual number."""
    d = _digits(text, r"\d{12}")
    if d is None or len(set(d)) == 1:
        return False
    rest = _sum(d[10::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)) % 11
    return int(d[11]) == (0 if rest <= 1 else 11 - rest)


def us_itin(text: str) -> bool:
    """Return whether ``text`` is written as a US individual taxpayer number: nine digits from 9,
    the range of ITINs.
    """
    return _digits(text, r"9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}") is not None


def _weighted(values: Sequence[int], weights: Sequence[int]) -> int:
    return sum(v * w for v, w in zip(values, weights, strict=True))


WORLD_CHECKSUMS: dict[str, Callable[[str], bool]] = {
    f.__name__: f
    for f in (
        *(
            at_svnr,
            be_nrn,
            ch_ahv,
            no_fodselsnummer,
            is_kennitala,
            ie_pps,
            pt_nif,
            gr_amka,
            cz_rodne_cislo,
            hu_taj,
        ),
        *(
            hu_tax_id,
            ro_cnp,
            bg_egn,
            hr_oib,
            jmbg,
            isikukood,
            lu_matricule,
            ar_cuit,
            uy_ci,
            ec_cedula,
            do_cedula,
        ),
        *(
            hk_hkid,
            tw_id,
            nz_ird,
            ru_inn,
            ru_snils,
            ua_rnokpp,
            kz_iin,
            il_id,
            ae_emirates_id,
            sa_national_id,
        ),
        *(ir_national_code, jp_my_number),
    )
}
"""The checks that compute a digit, by name."""
