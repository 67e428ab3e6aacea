"""Checksums and formats of identifiers: text in, whether it can be one. By name, so that policies
can ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from anonymize.detect.text.check_digits import aba, bare, card, iban, imei, luhn, verhoeff, vin


def us_ssn(text: str) -> bool:
    """Return whether ``text`` is written as a US social security or taxpayer number:
    123-45-6789.
    """
    return re.fullmatch(r"\d{3}([- ])\d{2}\1\d{4}", text.strip()) is not None


def us_npi(text: str) -> bool:
    """Return whether ``text`` is a US provider identifier: ten digits, Luhn with the prefix
    80840.
    """
    d = bare(text)
    return re.fullmatch(r"[12]\d{9}", d) is not None and luhn("80840" + d)


def ca_sin(text: str) -> bool:
    """Return whether ``text`` is a Canadian social insurance number, written in groups of three."""
    return re.fullmatch(r"[1-79]\d{2}([- ])\d{3}\1\d{3}", text.strip()) is not None and luhn(text)


def uk_nino(text: str) -> bool:
    """Return whether ``text`` is a UK national insurance number."""
    return (
        re.fullmatch(
            r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", bare(text)
        )
        is not None
    )


def uk_nhs(text: str) -> bool:
    """Return whether ``text`` is a UK NHS number (mod 11)."""
    d = bare(text)
    if not re.fullmatch(r"\d{10}", d):
        return False
    return (
        11 - sum(int(c) * w for c, w in zip(d[:9], range(10, 1, -1), strict=True)) % 11
    ) % 11 == int(d[9])


def br_cpf(text: str) -> bool:
    """Return whether ``text`` is a Brazilian CPF."""
    d = bare(text)
    if not re.fullmatch(r"\d{11}", d) or len(set(d)) == 1:
        return False
    first = sum(int(c) * w for c, w in zip(d[:9], range(10, 1, -1), strict=True)) * 10 % 11 % 10
    second = sum(int(c) * w for c, w in zip(d[:10], range(11, 1, -1), strict=True)) * 10 % 11 % 10
    return d[9:] == f"{first}{second}"


def br_cnpj(text: str) -> bool:
    """Return whether ``text`` is a Brazilian CNPJ."""
    d = bare(text)
    if not re.fullmatch(r"\d{14}", d) or len(set(d)) == 1:
        return False
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first = sum(int(c) * w for c, w in zip(d[:12], weights[1:], strict=True)) % 11
    first = 0 if first < 2 else 11 - first
    second = sum(int(c) * w for c, w in zip(d[:12] + str(first), weights, strict=True)) % 11
    return d[12:] == f"{first}{0 if second < 2 else 11 - second}"


def es_nif(text: str) -> bool:
    """Return whether ``text`` is a Spanish NIF or NIE (letter by mod 23)."""
    code = bare(text)
    if not re.fullmatch(r"[XYZ0-9]\d{7}[A-Z]", code):
        return False
    return (
        code[8]
        == "TRWAGMYFPDXBNJZSQVHLCKE"[
            int({"X": "0", "Y": "1", "Z": "2"}.get(code[0], code[0]) + code[1:8]) % 23
        ]
    )


def fr_nir(text: str) -> bool:
    """Return whether ``text`` is a French social security number (key mod 97)."""
    code = bare(text)
    if not re.fullmatch(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}\d{2}", code):
        return False
    body = code[:13].replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(code[13:])


_FISCAL_ODD = (
    "1 0 5 7 9 13 15 17 19 21 1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23"
)
"""What digits, then letters at odd places count in an Italian fiscal code."""


def it_fiscal_code(text: str) -> bool:
    """Return whether ``text`` is an Italian fiscal code of a person."""
    code = bare(text)
    if not re.fullmatch(
        r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]",
        code,
    ):
        return False
    odd = dict(
        zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", map(int, _FISCAL_ODD.split()), strict=True)
    )
    even = {c: int(c) if c.isdigit() else ord(c) - 65 for c in odd}
    return (sum(odd[c] for c in code[:15:2]) + sum(even[c] for c in code[1:15:2])) % 26 == ord(
        code[15]
    ) - 65


def nl_bsn(text: str) -> bool:
    """Return whether ``text`` is a Dutch BSN (eleven test)."""
    d = bare(text)
    if not re.fullmatch(r"\d{9}", d) or d == "000000000":
        return False
    return (
        sum(int(c) * w for c, w in zip(d[:8], range(9, 1, -1), strict=True)) - int(d[8])
    ) % 11 == 0


def pl_pesel(text: str) -> bool:
    """Return whether ``text`` is a Polish PESEL: a possible birth date and a right check digit."""
    d = bare(text)
    if not re.fullmatch(r"\d{2}(?:[02468][1-9]|[13579][0-2])(?:0[1-9]|[12]\d|3[01])\d{5}", d):
        return False
    return (
        10 - sum(int(c) * w for c, w in zip(d[:10], (1, 3, 7, 9) * 3, strict=False)) % 10
    ) % 10 == int(d[10])


def in_aadhaar(text: str) -> bool:
    """Return whether ``text`` is an Indian Aadhaar number (Verhoeff)."""
    d = bare(text)
    return re.fullmatch(r"[2-9]\d{11}", d) is not None and verhoeff(d)


def in_pan(text: str) -> bool:
    """Return whether ``text`` is an Indian permanent account number."""
    return re.fullmatch(r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", text.strip().upper()) is not None


def se_personnummer(text: str) -> bool:
    """Return whether ``text`` is a Swedish personal number."""
    match = re.fullmatch(
        r"(?:19|20)?(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))[-+]?(\d{4})", text.strip()
    )
    return match is not None and luhn(match[1] + match[2])


def de_tax_id(text: str) -> bool:
    """Return whether ``text`` is a German tax id (ISO 7064 mod 11,10)."""
    d = bare(text)
    if not re.fullmatch(r"[1-9]\d{10}", d) or not 7 <= len(set(d[:10])) <= 9:
        return False
    product = 10
    for c in d[:-1]:
        product = ((int(c) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(d[-1])


def cl_rut(text: str) -> bool:
    """Return whether ``text`` is a Chilean RUT."""
    match = re.fullmatch(r"(\d{1,2}\.?\d{3}\.?\d{3})-([0-9Kk])", text.strip())
    if not match:
        return False
    digits = match[1].replace(".", "")
    total = sum(int(c) * (i % 6 + 2) for i, c in enumerate(reversed(digits)))
    return "0123456789K0"[(11 - total % 11) % 11 if total % 11 != 1 else 10] == match[2].upper()


def mx_curp(text: str) -> bool:
    """Return whether ``text`` is written as a Mexican CURP."""
    return (
        re.fullmatch(r"[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d", text.strip().upper())
        is not None
    )


def tr_national_id(text: str) -> bool:
    """Return whether ``text`` is a Turkish identity number."""
    d = bare(text)
    if not re.fullmatch(r"[1-9]\d{10}", d):
        return False
    n = [int(c) for c in d]
    return (sum(n[0:9:2]) * 7 - sum(n[1:8:2])) % 10 == n[9] and sum(n[:10]) % 10 == n[10]


def za_id(text: str) -> bool:
    """Return whether ``text`` is a South African identity number."""
    d = bare(text)
    return re.fullmatch(
        r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}[012]\d\d", d
    ) is not None and luhn(d)


def cn_resident_id(text: str) -> bool:
    """Return whether ``text`` is a Chinese resident identity number (GB 11643)."""
    code = bare(text)
    if not re.fullmatch(
        r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X]", code
    ):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        "10X98765432"[sum(int(c) * w for c, w in zip(code[:17], weights, strict=True)) % 11]
        == code[17]
    )


def kr_rrn(text: str) -> bool:
    """Return whether ``text`` is written as a Korean resident number."""
    return (
        re.fullmatch(r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}", text.strip())
        is not None
    )


def fi_hetu(text: str) -> bool:
    """Return whether ``text`` is a Finnish personal identity code."""
    match = re.fullmatch(r"(\d{6})[-+ABCDEFUVWXY](\d{3})([0-9A-Y])", text.strip().upper())
    return (
        match is not None
        and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(match[1] + match[2]) % 31] == match[3]
    )


def pk_cnic(text: str) -> bool:
    """Return whether ``text`` is written as a Pakistani identity card number: 12345-1234567-1."""
    return re.fullmatch(r"[1-9]\d{4}-\d{7}-\d", text) is not None


def ru_passport(text: str) -> bool:
    """Return whether ``text`` is written as a Russian passport's series and number."""
    return re.fullmatch(r"[1-9]\d ?\d\d (?:№ ?)?\d{6}", text) is not None


def ru_snils(text: str) -> bool:
    """Return whether ``text`` is written as a Russian pension insurance number: 123-456-789 01."""
    return re.fullmatch(r"\d{3}-\d{3}-\d{3}[ -]\d\d", text) is not None


NATIONAL_IDS: dict[str, tuple[Callable[[str], bool], float]] = {
    "US social security": (us_ssn, 0.001),
    "Pakistani identity card": (pk_cnic, 0.001),
    "Russian passport": (ru_passport, 0.001),
    "Russian pension insurance": (ru_snils, 0.001),
    "UK national insurance": (uk_nino, 0.001),
    "Canadian social insurance": (ca_sin, 0.01),
    "Brazilian CPF": (br_cpf, 0.01),
    "Brazilian CNPJ": (br_cnpj, 0.01),
    "Spanish NIF": (es_nif, 0.04),
    "French NIR": (fr_nir, 0.01),
    "Italian fiscal code": (it_fiscal_code, 0.001),
    "Polish PESEL": (pl_pesel, 0.04),
    "Indian Aadhaar": (in_aadhaar, 0.1),
    "Indian PAN": (in_pan, 0.001),
    "Swedish personal number": (se_personnummer, 0.04),
    "German tax id": (de_tax_id, 0.1),
    "Chilean RUT": (cl_rut, 0.09),
    "Mexican CURP": (mx_curp, 0.001),
    "Turkish identity": (tr_national_id, 0.01),
    "South African identity": (za_id, 0.03),
    "Chinese resident identity": (cn_resident_id, 0.001),
    "Korean resident": (kr_rrn, 0.001),
    "Finnish identity": (fi_hetu, 0.001),
    "UK NHS": (uk_nhs, 0.09),
    "Dutch BSN": (nl_bsn, 0.09),
    "US provider (NPI)": (us_npi, 0.02),
}
"""What a person's official number is called, its test, and the share of same-shaped random numbers
that pass.
"""

CHECKSUMS: dict[str, Callable[[str], bool]] = {
    f.__name__: f
    for f in (
        luhn,
        card,
        iban,
        aba,
        vin,
        us_ssn,
        us_npi,
        ca_sin,
        uk_nino,
        uk_nhs,
        br_cpf,
        br_cnpj,
        es_nif,
        fr_nir,
        it_fiscal_code,
        nl_bsn,
        pl_pesel,
        in_aadhaar,
        in_pan,
        verhoeff,
        se_personnummer,
        de_tax_id,
        cl_rut,
        mx_curp,
        tr_national_id,
        za_id,
        cn_resident_id,
        kr_rrn,
        fi_hetu,
        imei,
    )
}
"""Checks that a custom recognizer may name."""
