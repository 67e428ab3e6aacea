"""Check digits of national numbers that neither ``checksums`` nor ``checksums_europe`` has; text
in, whether it can be one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from anonymize.detect.text.check_digits import bare, luhn
from anonymize.detect.text.checksums_europe import (
    at_svnr,
    be_nrn,
    bg_egn,
    ch_ahv,
    cz_rodne_cislo,
    gr_amka,
    hr_oib,
    hu_taj,
    hu_tax_id,
    ie_pps,
    is_kennitala,
    isikukood,
    jmbg,
    lu_matricule,
    no_fodselsnummer,
    pt_nif,
    ro_cnp,
)
from anonymize.detect.text.written_digits import (
    DAY,
    MONTH,
    digits_in_form,
    sum_of_weighted,
    weighted_sum,
)


def ar_cuit(text: str) -> bool:
    """Return whether ``text`` is an Argentine CUIT or CUIL."""
    d = digits_in_form(text, r"(?:2[03467]|3[034])\d{9}")
    return d is not None and (
        11 - weighted_sum(d[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    ) % 11 == int(d[10])


def uy_ci(text: str) -> bool:
    """Return whether ``text`` is a Uruguayan identity card number."""
    d = digits_in_form(text, r"\d{7,8}")
    return d is not None and (
        10 - weighted_sum(d[:-1].zfill(7), (2, 9, 8, 7, 6, 3, 4)) % 10
    ) % 10 == int(d[-1])


def ec_cedula(text: str) -> bool:
    """Return whether ``text`` is an Ecuadorian identity card number: a province, Luhn."""
    d = digits_in_form(text, r"(?:0[1-9]|1\d|2[0-4]|30)[0-5]\d{7}")
    return d is not None and luhn(d)


def do_cedula(text: str) -> bool:
    """Return whether ``text`` is a Dominican identity card number (Luhn)."""
    d = digits_in_form(text, r"\d{11}")
    return d is not None and len(set(d)) > 1 and luhn(d)


def mx_rfc(text: str) -> bool:
    """Return whether ``text`` is written as a Mexican person's taxpayer code: letters and a date of
    birth.
    """
    return re.fullmatch(rf"[A-ZÑ&]{{4}}\d\d{MONTH}{DAY}[A-Z0-9]{{3}}", bare(text)) is not None


def hk_hkid(text: str) -> bool:
    """Return whether ``text`` is a Hong Kong identity card number: A123456(3)."""
    code = bare(text).replace("(", "").replace(")", "")
    if not re.fullmatch(r"[A-Z]{1,2}\d{6}[0-9A]", code):
        return False
    values = [36] * (len(code) == 8) + [int(c, 36) for c in code]
    return sum_of_weighted(values, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def tw_id(text: str) -> bool:
    """Return whether ``text`` is a Taiwanese identity card number."""
    code = bare(text)
    if not re.fullmatch(r"[A-Z][1289]\d{8}", code):
        return False
    letter = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(code[0]) + 10
    return (
        letter // 10 + letter % 10 * 9 + weighted_sum(code[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))
    ) % 10 == 0


def my_nric(text: str) -> bool:
    """Return whether ``text`` is written as a Malaysian identity card number: a date of birth, a
    state, four digits.
    """
    return (
        digits_in_form(
            text, rf"\d\d{MONTH}{DAY}(?:0[1-9]|[1-5]\d|6[0-8]|7[1-9]|8[2-9]|9[0-389])\d{{4}}"
        )
        is not None
    )


def id_nik(text: str) -> bool:
    """Return whether ``text`` is written as an Indonesian NIK: a district and a date of birth,
    women's day plus 40.
    """
    return (
        digits_in_form(text, rf"[1-9]\d{{5}}(?:0[1-9]|[12456]\d|[37][01]){MONTH}\d{{6}}")
        is not None
    )


def nz_ird(text: str) -> bool:
    """Return whether ``text`` is a New Zealand tax number."""
    d = digits_in_form(text, r"\d{8,9}")
    if d is None or not 10_000_000 < int(d) < 150_000_000:
        return False
    for weights in ((3, 2, 7, 6, 5, 4, 3, 2), (7, 4, 3, 2, 5, 2, 7, 6)):
        check = -weighted_sum(d[:-1].zfill(8), weights) % 11
        if check < 10:
            return check == int(d[-1])
    return False


def ru_inn(text: str) -> bool:
    """Return whether ``text`` is a Russian taxpayer number of a person (two check digits)."""
    d = digits_in_form(text, r"\d{12}")
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    if d is None or len(set(d)) == 1:
        return False
    return weighted_sum(d[:10], weights[1:]) % 11 % 10 == int(d[10]) and weighted_sum(
        d[:11], weights
    ) % 11 % 10 == int(d[11])


def ru_snils(text: str) -> bool:
    """Return whether ``text`` is a Russian pension insurance number (mod 101)."""
    d = digits_in_form(text, r"\d{11}")
    return (
        d is not None
        and len(set(d)) > 1
        and weighted_sum(d[:9], range(9, 0, -1)) % 101 % 100 == int(d[9:])
    )


def ua_rnokpp(text: str) -> bool:
    """Return whether ``text`` is a Ukrainian taxpayer number."""
    d = digits_in_form(text, r"\d{10}")
    return (
        d is not None
        and weighted_sum(d[:9], (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == int(d[9])
        and len(set(d)) > 1
    )


def kz_iin(text: str) -> bool:
    """Return whether ``text`` is a Kazakh individual number: a date of birth, mod 11."""
    d = digits_in_form(text, rf"\d\d{MONTH}{DAY}[0-6]\d{{5}}")
    if d is None:
        return False
    check = weighted_sum(d[:11], range(1, 12)) % 11
    return (
        check if check < 10 else weighted_sum(d[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    ) == int(d[11])


def il_id(text: str) -> bool:
    """Return whether ``text`` is an Israeli identity number (Luhn)."""
    d = digits_in_form(text, r"\d{9}")
    return d is not None and d != "000000000" and luhn(d)


def ae_emirates_id(text: str) -> bool:
    """Return whether ``text`` is an Emirates id: 784, a year of birth, Luhn."""
    d = digits_in_form(text, r"784(?:19|20)\d{10}")
    return d is not None and luhn(d)


def sa_national_id(text: str) -> bool:
    """Return whether ``text`` is a Saudi national or residence number (Luhn)."""
    d = digits_in_form(text, r"[12]\d{9}")
    return d is not None and luhn(d)


def eg_national_id(text: str) -> bool:
    """Return whether ``text`` is written as an Egyptian national number: a date of birth, a
    governorate.
    """
    return digits_in_form(text, rf"[23]\d\d{MONTH}{DAY}(?:[0-3]\d|88)\d{{5}}") is not None


def ir_national_code(text: str) -> bool:
    """Return whether ``text`` is an Iranian national code."""
    d = digits_in_form(text, r"\d{10}")
    if d is None or len(set(d)) == 1:
        return False
    rest = weighted_sum(d[:9], range(10, 1, -1)) % 11
    return int(d[9]) == (rest if rest < 2 else 11 - rest)


def jp_my_number(text: str) -> bool:
    """Return whether ``text`` is a Japanese individual number."""
    d = digits_in_form(text, r"\d{12}")
    if d is None or len(set(d)) == 1:
        return False
    rest = weighted_sum(d[10::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)) % 11
    return int(d[11]) == (0 if rest <= 1 else 11 - rest)


def us_itin(text: str) -> bool:
    """Return whether ``text`` is written as a US individual taxpayer number: nine digits from 9,
    the range of ITINs.
    """
    return digits_in_form(text, r"9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}") is not None


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
