"""Columns that look like something personal and are not, or the other way round."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns
from tests.detect.columns.test_verdicts import verdicts

STATES = ["South Carolina", "Louisiana", "Georgia", "Maine", "New Jersey", "Nevada"]


@pytest.mark.parametrize(
    ("name", "values", "verdict"),
    [
        ("estado_cliente", ["Bloqueado", "Activo", "Inactivo"] * 20, "NONE"),
        ("estado", ["Baja", "Activo"] * 20, "NONE"),
        ("estado", ["Jalisco", "Oaxaca", "Sonora", "Puebla"] * 10, "REGION"),
        ("Departamento", ["Atendimento", "Gestão", "TI", "Administrativo"], "NONE"),
        ("Departamento", ["Antioquia", "Boyacá", "Nariño", "Tolima"], "REGION"),
        ("user_role", ["press_officer", "tester", "editor", "head_office"] * 10, "NONE"),
        (
            "Airport Name",
            ["ORLY LAKE INTL", "BERG AIRFIELD", "KANE FIELD ARPT", "SAN MARTIN INTL"] * 3,
            "NONE",
        ),
        (
            "customerID",
            [f"{a}{b}QX{c}" for a in "BKLM" for b in "AEO" for c in "NRS"] * 3,
            "RECORD_ID",
        ),
        ("account_id", ["ACG001", "ACS001", "ACU001", "ACE001"] * 60, "RECORD_ID"),
        ("postcode", ["EC1 123", "EC1 124", "EC1 125"], "POSTAL_CODE"),
        ("description", [f"Transaction_{i}" for i in range(7, 300)], "RECORD_ID"),
        ("location", [f"north > Block {i} > Level {i} > Bay 9" for i in range(1, 9)], "NONE"),
    ],
)
def test_a_name_that_could_mean_two_things_is_decided_by_the_values(
    name: str, values: Sequence[str], verdict: str
) -> None:
    """*Estado* is a state or a status, *departamento* a province or a part of a firm."""
    assert verdicts({name: values})[name] == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([f"4{i:02}01-12{i:02}567-{i % 10}" for i in range(20)], "NATIONAL_ID"),
        ([f"46{i:02} 86{i:02}72" for i in range(20)], "NATIONAL_ID"),
        ([f"303-{i + 100}-475 {i:02}" for i in range(20)], "NATIONAL_ID"),
        ([f"03{i:02}-77{i:02}889" for i in range(20)], "PHONE_NUMBER"),
        (
            [
                "+331782005493",
                "00331772081603",
                "779020870",
                "774650598",
                "781112233",
                "+331776543210",
            ],
            "PHONE_NUMBER",
        ),
        (
            ["House 12 Sector F-8", "Villa 7, DHA Phase 5", "Apartment 45 Sector G-9"],
            "STREET_ADDRESS",
        ),
        (["Suite 146", "Apt. 149", "Suite 7"], "STREET_ADDRESS"),
        ([*STATES], "REGION"),
        (["Veneto", "Sicilia", "Lombardia", "Toscana", "Umbria"], "REGION"),
        (["Madrid", "Sevilla", "Barcelona", "Bilbao", "Valencia"], "CITY"),
        (["ES", "España"], "COUNTRY"),
        (["Sénégal"], "COUNTRY"),
        (
            ["The soup was too cold.", "Lovely place, come again!", "Waiters were very kind."],
            "FREE_TEXT",
        ),
        (["Martin swallow", "Canada goose", "Rosa lily", "Jay finch", "Cooper hawk"] * 2, "NONE"),
        (
            [
                "Wire transfer fee",
                "Transfer from Anna Berg",
                "Transfer to Carl Lind",
                "Debit card purchase",
            ]
            * 2,
            "NONE",
        ),
        (
            ["cook_john", "tester_tom", "editor_david", "nurse_sarah", "guide_emily"] * 30,
            "USERNAME",
        ),
    ],
)
def test_values_without_a_header_say_what_they_are(values: Sequence[str], verdict: str) -> None:
    """Official numbers, telephones, addresses, places and prose are known by their forms."""
    assert verdicts({"c3": values})["c3"] == verdict


def test_amounts_that_happen_to_differ_are_no_keys() -> None:
    """Whole numbers of all sizes behind another column are amounts; where all have one length they
    are keys.
    """
    amounts = [(i * 7919) % 500_000 + 37 for i in range(200)]
    keys = [100_000 + (i * 7919) % 800_000 for i in range(200)]
    found = verdicts({"c1": [f"row {i % 9}" for i in range(200)], "c2": amounts, "c3": keys})
    assert (found["c2"], found["c3"]) == ("NONE", "RECORD_ID")


def test_the_columns_of_an_address_are_known_by_their_places() -> None:
    """Without a header: unknown towns behind a street, codes before a country, foreign postcodes
    beside a town.
    """
    columns = {
        "c1": [f"{i}, rue Xelo" for i in range(1, 13)],
        "c2": ["Kayarra", "Bignolla", "Dagan Sud", "Lingue", "Mbourou", "Potou"] * 2,
        "c3": ["Táchira", "AK", "SP", "DF", "WY", "Zulia"] * 2,
        "c4": ["5022", "99508", "B-6000", "05454-876", "WX1 6LT", "S-844 67"] * 2,
        "c5": ["Venezuela", "Brazil", "France", "Peru", "Belgium", "Norway"] * 2,
    }
    assert list(verdicts(columns).values()) == [
        "STREET_ADDRESS",
        "CITY",
        "REGION",
        "POSTAL_CODE",
        "COUNTRY",
    ]


def test_provinces_behind_cities_of_the_same_name_are_regions() -> None:
    """Where provinces are named for their capitals, the second column is the province."""
    towns = ["Granada", "Córdoba", "Zaragoza", "Barcelona", "Valencia", "Murcia"]
    found = verdicts({"c1": towns * 4, "c2": towns * 4})
    assert list(found.values()) == ["CITY", "REGION"]


def test_a_ship_name_beside_a_ship_address_is_a_recipient() -> None:
    """``ship name`` is a vessel's, unless an address with the same word stands beside it."""
    names = ["Zum Anker", "Casa Lunar", "Petit Fournil", "Noodle Inn"]
    streets = ["Ahornstr. 4", "Rua da Serra, 6", "Boulevard Xelo, 25", "Birkenweg 31"]
    assert verdicts({"shipName": names, "shipAddress": streets})["shipName"] == "PERSON_NAME"
    assert verdicts({"shipName": names, "tonnage": [1, 2, 3, 4]})["shipName"] == "NONE"


def test_four_part_versions_are_no_addresses_where_the_name_says_so() -> None:
    """Nor are thousands with a comma pairs of coordinates."""
    versions = [f"{at % 9}.{at % 7}.{at % 200}.{at % 13}" for at in range(3, 300)]
    amounts = [f"{at % 90 + 1},{at % 900 + 100}.{at % 100:02}" for at in range(300)][:297]
    batch = pa.record_batch({"firmware_version": versions, "amount": amounts})
    found = inspect_samples(sample_columns([batch]))
    assert not {"IP_ADDRESS", "LATITUDE_LONGITUDE"} & {str(one.verdict) for one in found}
