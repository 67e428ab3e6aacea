"""Official numbers: Faker's valid ones pass, the same with one digit changed mostly do not."""

from __future__ import annotations

import pytest
from faker import Faker

from anonymize.detect.text.checksums import CHECKSUMS

MADE = [
    *[
        ("en_US", "credit_card_number", "card"),
        ("en_US", "aba", "aba"),
        ("en_US", "vin", "vin"),
        ("de_DE", "iban", "iban"),
    ],
    *[
        ("pt_BR", "cpf", "br_cpf"),
        ("pt_BR", "cnpj", "br_cnpj"),
        ("es_ES", "nif", "es_nif"),
        ("es_ES", "nie", "es_nif"),
    ],
    *[
        ("fr_FR", "ssn", "fr_nir"),
        ("it_IT", "ssn", "it_fiscal_code"),
        ("pl_PL", "pesel", "pl_pesel"),
    ],
    *[
        ("sv_SE", "ssn", "se_personnummer"),
        ("tr_TR", "ssn", "tr_national_id"),
        ("zh_CN", "ssn", "cn_resident_id"),
    ],
    *[
        ("fi_FI", "ssn", "fi_hetu"),
        ("nl_NL", "ssn", "nl_bsn"),
        ("en_CA", "ssn", "ca_sin"),
        ("es_CL", "rut", "cl_rut"),
    ],
]
PUBLISHED = {
    "luhn": "79927398713",
    "iban": "GB82 WEST 1234 5698 7654 32",
    "card": "4111 1111 1111 1111",
    "vin": "1M8GDM9AXKP042788",
    "uk_nhs": "943 476 5919",
    "us_npi": "1234567893",
    "verhoeff": "2363",
    "it_fiscal_code": "RSSMRA85T10A562S",
    "fr_nir": "255081416802538",
    "de_tax_id": "86095742719",
    "imei": "490154203237518",
}


@pytest.mark.parametrize(("locale", "maker", "check"), MADE)
def test_valid_numbers_pass_and_changed_ones_fail(locale: str, maker: str, check: str) -> None:
    """At least 97 of 100 pass; of the same with a digit changed at most 20."""
    fake = Faker(locale)
    fake.seed_instance(5)
    numbers = [str(getattr(fake, maker)()) for _ in range(100)]
    changed = [
        n[:-2] + str((int(n[-2]) + 1) % 10) + n[-1] if n[-2].isdigit() else "0" for n in numbers
    ]
    assert sum(map(CHECKSUMS[check], numbers)) >= 97
    assert sum(map(CHECKSUMS[check], changed)) <= 20


@pytest.mark.parametrize("check", [name for name in PUBLISHED if name != "imei"])
def test_published_examples_pass(check: str) -> None:
    """Numbers printed in standards and on Wikipedia pass."""
    assert CHECKSUMS[check](PUBLISHED[check])


@pytest.mark.parametrize("check", sorted(CHECKSUMS))
@pytest.mark.parametrize("text", ["", " ", "x", "0", "-", "١٢٣٤", "\u00b2" * 11, "9" * 40])
def test_odd_input_is_no_number(check: str, text: str) -> None:
    """Nothing, letters, foreign digits and far too many digits are refused without an error."""
    assert CHECKSUMS[check](text) in (True, False)
