"""How many characters an official number has besides its marks: most values need no other test."""

from __future__ import annotations

LENGTHS: dict[str, range] = {
    name: range(shortest, longest + 1)
    for name, shortest, longest in (
        ("us_ssn", 9, 9),
        ("pk_cnic", 13, 13),
        ("ru_passport", 10, 11),
        ("ru_snils", 11, 11),
        ("uk_nino", 9, 9),
        ("ca_sin", 9, 9),
        ("br_cpf", 11, 11),
        ("br_cnpj", 14, 14),
        ("es_nif", 9, 9),
        ("fr_nir", 15, 15),
        ("it_fiscal_code", 16, 16),
        ("pl_pesel", 11, 11),
        ("in_aadhaar", 12, 12),
        ("in_pan", 10, 10),
        ("se_personnummer", 10, 13),
        ("de_tax_id", 11, 11),
        ("cl_rut", 8, 9),
        ("mx_curp", 18, 18),
        ("tr_national_id", 11, 11),
        ("za_id", 13, 13),
        ("cn_resident_id", 18, 18),
        ("kr_rrn", 13, 13),
        ("fi_hetu", 10, 11),
        ("uk_nhs", 10, 10),
        ("nl_bsn", 9, 9),
        ("us_npi", 10, 10),
        ("iban", 15, 34),
        ("card", 12, 19),
        ("imei", 15, 15),
        ("vin", 17, 17),
    )
}
"""Name of a test in ``checksums`` → how long ``check_digits.bare`` of a text is that can pass it;
every other text fails.
"""
