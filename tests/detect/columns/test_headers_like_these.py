"""Headers that were taken for nothing: initials, plates, groups of ages, what people may not
eat.
"""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns

_DRAW = random.Random(5)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
INITIALS = [f"{_DRAW.choice(_LETTERS)}.{_DRAW.choice(_LETTERS)}." for _ in range(60)]
PLATES = [
    f"{_DRAW.choice(_LETTERS)}X{_DRAW.randint(10, 99)} {''.join(_DRAW.choices(_LETTERS, k=3))}"
    for _ in range(60)
]
AGES = _DRAW.choices(["18-24", "25-34", "35-44", "45-54", "55+"], k=60)
DIETS = _DRAW.choices(["Kosher", "Halal", "Nut allergy", "Vegan", "No pork"], k=60)


def verdict(name: str, values: list[str]) -> str:
    """Return the verdict on one column."""
    (found,) = inspect_samples(sample_columns([pa.record_batch({name: values})]))
    return found.verdict if found.confidence >= 0.5 else f"{found.verdict}, not sure"


@pytest.mark.parametrize(
    "name", ["initials", "patient_initials", "Initialen", "iniciales", "iniziali"]
)
def test_initials_are_a_name(name: str) -> None:
    """Two letters with dots say nothing by themselves; the header does."""
    assert verdict(name, INITIALS) == "PERSON_NAME"


@pytest.mark.parametrize(
    "name",
    [
        "vehicle_reg",
        "VehicleRegistration",
        "number_plate",
        "licence_plate",
        "kfz_kennzeichen",
        "targa",
        "kenteken",
    ],
)
def test_plates_are_an_identifier(name: str) -> None:
    """A vehicle's plate leads to its keeper."""
    assert verdict(name, PLATES) == "NATIONAL_ID"


@pytest.mark.parametrize(
    "name",
    [
        "age_group",
        "ageGroup",
        "AGE_BAND",
        "customer_age_group",
        "Altersgruppe",
        "tranche_age",
        "grupo_edad",
    ],
)
def test_a_group_of_ages_is_an_age(name: str) -> None:
    """The word group does not make it one of things."""
    assert verdict(name, AGES) == "AGE"


@pytest.mark.parametrize("name", ["machine_age_group", "house_age", "product_group"])
def test_things_have_ages_and_groups_too(name: str) -> None:
    """Those are nobody's."""
    assert verdict(name, AGES) == "NONE"


@pytest.mark.parametrize(
    "name",
    [
        "dietary_restrictions",
        "diet",
        "food_allergies",
        "regime_alimentaire",
        "restricciones_alimentarias",
    ],
)
def test_what_people_may_not_eat_is_health(name: str) -> None:
    """It tells of allergies, and of religion."""
    assert verdict(name, DIETS) == "HEALTH"


@pytest.mark.parametrize(
    "name", ["How old are you?", "Wie alt sind Sie?", "Quanti anni hai?", "¿Cuántos años tiene?"]
)
def test_the_question_of_a_survey_asks_for_the_age(name: str) -> None:
    """Forms export their questions as headers; those about things stay nobody's."""
    assert verdict(name, [str(age) for age in range(18, 78)]) == "AGE"
    assert verdict("How old is your car?", [str(age) for age in range(60)]) == "NONE"


@pytest.mark.parametrize(
    "text",
    [
        "contattato via Elena Rossi per il contratto {}",
        "inviato via Elena Rossi, tel. {}",
        "via Elena Rossi",
    ],
)
def test_via_before_a_name_is_no_street(text: str) -> None:
    """It is a preposition, unless a house's number stands a few words behind it."""
    assert verdict("c1", [text.format(at) + " " * (at % 3) for at in range(60)]) != "STREET_ADDRESS"
    assert (
        verdict("c1", [f"via Giuseppe Verdi {at}, Milano" for at in range(60)]) == "STREET_ADDRESS"
    )
