"""Names of columns that say something personal over values that no rule reads."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pyarrow as pa
import pytest

from anonymize.detect import ColumnSampler, Finding, inspect_samples

DAYS = [date(1940, 1, 1) + timedelta(days=61 * i) for i in range(300)]
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
random.Random(4).shuffle(DAYS)


def _finding(name: str, values: Sequence[object]) -> Finding:
    table = pa.table({"n": [0.5] * len(values), name: values})
    sampler = ColumnSampler(table.schema, every_row=True)
    for batch in table.to_batches():
        sampler.add(batch)
    return inspect_samples(sampler.samples())[1]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("date_of_birth", [d.strftime("%A, %d of %B %Y") for d in DAYS]),
        ("dob", [d.strftime("%Y %b %d") for d in DAYS]),
        ("birth_date", [f"{d.day}. {ROMAN[d.month - 1]}. {d.year}" for d in DAYS]),
        ("gebdat", [f"{d.day} {ROMAN[d.month - 1]} {d.year}" for d in DAYS]),
        ("dob_epoch", [(d - date(1970, 1, 1)).days * 86_400 for d in DAYS]),
        ("dob_text", [f"the {d.day}th of the {d.month}th in {d.year}" for d in DAYS]),
        ("生年月日", [f"昭和{d.year - 1925}年{d.month}月{d.day}日" for d in DAYS]),
    ],
)
def test_birth_dates_in_forms_that_are_not_read_are_birth_dates(
    name: str, values: list[object]
) -> None:
    """The weight says that only the name was heard."""
    found = _finding(name, values)
    assert (found.verdict, found.unread, found.share) == ("DATE_OF_BIRTH", True, 0.0)
    assert found.confidence < 0.6
    assert "in no form that is read" in found.evidence[0]


@pytest.mark.parametrize(
    ("name", "verdict", "value"),
    [
        ("e_mail", "EMAIL_ADDRESS", "a{}(at)web"),
        ("telephone", "PHONE_NUMBER", "two-three {}-four"),
        ("username", "USERNAME", "@@user {} !"),
        ("postal_code", "POSTAL_CODE", "ZZ {} unknown"),
    ],
)
def test_a_name_that_says_an_identifier_is_heard_where_values_are_not_read(
    name: str, verdict: str, value: str
) -> None:
    """All kinds that the vocabulary knows."""
    found = _finding(name, [value.format(i) for i in range(300)])
    assert (found.verdict, found.unread) == (verdict, True)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("has_dob", [0, 1] * 150),
        ("dob_known", ["y", "n"] * 150),
        ("email_opt_in", ["yes", "no", "later"] * 100),
        ("phone_verified", [True, False] * 150),
        ("phone_model", [f"Galaxy {i}" for i in range(300)]),
        ("birth_rate", [i / 7 for i in range(300)]),
        ("days_since_birth", list(range(1, 31)) * 10),
        ("ip", [i / 7 for i in range(300)]),
        ("full_name", [0, 1] * 150),
    ],
)
def test_flags_counts_and_few_values_stay_nothing_personal(name: str, values: list[object]) -> None:
    """What is about an identifier is none."""
    assert _finding(name, values).verdict == "NONE"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("birth_month", list(range(1, 13)) * 25),
        ("birth_day", list(range(1, 31)) * 10),
        ("geb_tag", list(range(1, 31)) * 10),
        ("geb_monat", ["Januar", "Februar", "März", "Mai", "Juni"] * 60),
        ("mes_nacimiento", list(range(1, 13)) * 25),
    ],
)
def test_days_and_months_of_birth_are_of_the_birth_date(name: str, values: list[object]) -> None:
    """With a year or an age they are the birth date again."""
    assert _finding(name, values).verdict == "DATE_OF_BIRTH"


def test_a_name_that_says_a_person_is_not_called_nothing_personal() -> None:
    """The sentence says what was looked for in vain."""
    found = _finding("ssn", ["Y", "N"] * 150)
    assert found.evidence == (
        "the name says 'ssn', but no such thing was read in 2 distinct values",
    )


@pytest.mark.parametrize("name", ["ชื่อ", "नाम"])
def test_names_in_thai_and_hindi_are_names_by_their_column(name: str) -> None:
    """Vowel signs are part of a column's words."""
    text = {"ชื่อ": "สมชาย ใจดี", "नाम": "राहुल शर्मा"}[name]
    assert _finding(name, [f"{text}{'ก' * (i % 7)}" for i in range(300)]).verdict == "PERSON_NAME"


def test_cells_in_unserved_scripts_are_said_to_be_unread() -> None:
    """A draft takes them for texts, which a plan refuses to leave."""
    found = _finding("c6", [f"東京都新宿区西新宿{i}-{i % 9}" for i in range(300)])
    assert found.verdict == "FREE_TEXT"
    assert found.evidence[0].startswith("300 of 300 cells are in scripts that are not read (Han)")


def test_categories_in_unserved_scripts_stay_and_are_said_to_be_unread() -> None:
    """Few values are no texts."""
    found = _finding("kind", ["สมัคร", "รอ", "เสร็จ"] * 100)
    assert found.verdict == "NONE"
    assert "scripts that are not read (Thai)" in found.evidence[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [("kz", "UL-AB {}"), ("fz", "M-X {}"), ("reg", "AB{} CDE"), ("targa", "AB{}CD")],
)
def test_plates_under_short_words_are_numbers_of_somebodys_vehicle(name: str, value: str) -> None:
    """Without such a word the form alone says nothing."""
    digits = range(10, 90) if name == "reg" else range(100, 400)
    assert _finding(name, [value.format(i) for i in digits]).verdict == "NATIONAL_ID"
    assert _finding("c", [value.format(i) for i in digits]).verdict != "NATIONAL_ID"
