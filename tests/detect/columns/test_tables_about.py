"""What a table is about, and what stands beside a column, decides what neither its name nor its
values say.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.detect.columns.test_verdicts import verdicts

GIVEN = ["Anna", "Boris", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jonas"]
RARE = [
    "Brixwold",
    "Tarnquist",
    "Oskelby",
    "Vindrup",
    "Quarmell",
    "Zelbrook",
    "Hostrand",
    "Yarnsley",
    "Plixton",
    "Uverby",
]
MAILS = [f"x{i}q@mail.example" for i in range(10)]


def test_single_words_beside_given_names_are_family_names() -> None:
    """Family names that stand in no dictionary, next to given names that do."""
    assert verdicts({"c1": GIVEN, "c2": RARE})["c2"] == "PERSON_NAME"
    assert verdicts({"c1": [f"{i}.5" for i in range(10)], "c2": RARE})["c2"] == "NONE"


@pytest.mark.parametrize(
    ("letters", "verdict"),
    [
        ([name[0] for name in RARE], "PERSON_NAME"),
        ([f"{name[0]}." for name in RARE], "PERSON_NAME"),
        (list("ABABCABCAB"), "NONE"),
        (["A", "B", "AB", "0", "A", "A", "B", "0", "A", "B"], "NONE"),
        (list("SMLXSMLXSM"), "NONE"),
        (list("BADCFEHGBA"), "NONE"),
    ],
)
def test_letters_beside_names_are_initials_if_they_can_be(
    letters: Sequence[str], verdict: str
) -> None:
    """Grades, blood groups and sizes were emptied as initials: they begin nobody's name here."""
    assert verdicts({"c1": GIVEN, "c2": letters})["c2"] == verdict


def test_a_few_letters_are_initials_where_they_begin_the_names_of_their_rows() -> None:
    """Of a full name beside them, or of a family name elsewhere in the table."""
    families = ("Berg", "Keller", "Moser")
    full = [f"{name} {families[at % 3]}" for at, name in enumerate(GIVEN)]
    own, moved = [full[at].split()[1][0] for at in range(10)], list("KMBKMBKMBK")
    assert verdicts({"c1": full, "c2": own})["c2"] == "PERSON_NAME"
    assert verdicts({"c1": full, "c2": moved})["c2"] == "NONE"


@pytest.mark.parametrize(
    ("key", "verdict"),
    [("SupplierID", "ORGANIZATION"), ("product_id", "NONE"), ("id", "PERSON_NAME")],
)
def test_a_bare_name_is_that_of_what_the_first_column_numbers(key: str, verdict: str) -> None:
    """``name`` behind ``supplier_id`` is a supplier's, behind ``product_id`` a product's; else a
    person's.
    """
    things = ["Ostral", "Plimex", "Quandor", "Rubilo", "Sendaro", "Tolvex"]
    assert verdicts({key: list(range(1, 7)), "name": things})["name"] == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([7_015_550_100 + 37 * i * i for i in range(10)], "PHONE_NUMBER"),
        ([f"555-01{i:02}" for i in range(10)], "PHONE_NUMBER"),
        ([f"{name}hlid {i + 3}" for i, name in enumerate(RARE)], "STREET_ADDRESS"),
        ([f"{i:02}" * 20 for i in range(10, 20)], "SECRET"),
        ([f"{name.lower()}{i}23" for i, name in enumerate(GIVEN)], "USERNAME"),
    ],
)
def test_in_a_table_about_people_numbers_and_digests_are_theirs(
    values: Sequence[object], verdict: str
) -> None:
    """Ten digits are a telephone, digests passwords, words with a small number streets."""
    assert verdicts({"c1": GIVEN, "c2": MAILS, "c3": values})["c3"] == verdict


def test_a_given_name_is_no_login_where_it_is_the_address_too() -> None:
    """``Emma``, whose address is ``emma@…``, wrote her name."""
    mails = [f"{name.lower()}@mail.example" for name in GIVEN]
    assert verdicts({"c1": GIVEN, "c2": mails})["c1"] == "PERSON_NAME"


def test_names_before_house_numbers_are_streets() -> None:
    """Among a postcode, a town and its region, where no column says its name."""
    columns = {
        "f1": [
            "51-416",
            "35-085",
            "65-751",
            "60-967",
            "20-218",
            "00-950",
            "15-190",
            "40-013",
            "90-001",
            "80-299",
        ],
        "f2": [
            "Lublin",
            "Gdańsk",
            "Kraków",
            "Poznań",
            "Łódź",
            "Toruń",
            "Opole",
            "Kielce",
            "Radom",
            "Tychy",
        ],
        "f3": [
            "Kwietna",
            "Krótka",
            "Słonecka",
            "Zielna",
            "Parkowska",
            "Polna",
            "Leśna",
            "Wodna",
            "Żytnia",
            "Rolna",
        ],
        "f4": [4, 17, 23, 8, 91, 2, 66, 31, 12, 5],
    }
    assert verdicts(columns)["f3"] == "STREET_ADDRESS"


def test_two_letters_behind_a_city_are_its_province() -> None:
    """Codes that no list of states holds."""
    towns = ["Torino", "Monza", "Pescara", "Bergamo", "Padova", "Verona"]
    assert verdicts({"c1": towns, "c2": ["TO", "MB", "PE", "BG", "PD", "VR"]})["c2"] == "REGION"


@pytest.mark.parametrize(
    ("name", "values", "verdict"),
    [
        ("account_age_months", [7, 23, 26, 31, 45], "NONE"),
        ("last_login_days_ago", [8, 9, 21, 14, 3], "NONE"),
        ("processing_hours", [1, 4, 24, 48, 8], "NONE"),
        ("seat_no", ["24A", "11A", "21E", "17D", "3C"], "NONE"),
        ("numero_accessi", [3, 4, 1, 5, 2], "NONE"),
        ("Jenis Sekolah", ["Swasta", "Negeri"] * 10, "NONE"),
        ("Keterangan", ["Lulus", "Tidak Lulus"] * 20, "NONE"),
        ("has_diabetes", [True, False] * 10, "HEALTH"),
        ("presion_sistolica", [140.9, 104.7, 109.2, 155.2], "HEALTH"),
        ("cigarrillos_dia", [0, 29, 31, 4], "HEALTH"),
        ("antecedents", ["Asthme léger", "aucun", "Rhume"], "HEALTH"),
        ("Età", ["34", "-29", "None", "38", "50", "27", "43"], "AGE"),
        ("kennitala", [f"{d}0184{d}382" for d in range(11, 22)], "NATIONAL_ID"),
        ("heimilisfang", ["Efrahlíð 34", "Neðrihvammur 16", "Ystahvarf 1"], "STREET_ADDRESS"),
        ("CELL", ["9999999999"], "PHONE_NUMBER"),
        ("policyholder_id", ["SZAsKME", "hhdZrPU", "CwacdRl", "nUOwaAaN", "kTreWqPo"], "RECORD_ID"),
        ("bezirk", ["Alt-Neustadt", "Mitte", "Nord-Süderfeld", "Lichtenau"], "REGION"),
        ("id", [1], "RECORD_ID"),
        ("experience_annees", [12, 7, 8, 5, 3], "NONE"),
        ("open_work_orders", [10, 11, 9, 4], "NONE"),
        ("tilt_degrees", [7.0, 3.4, 1.9, 2.5], "NONE"),
        ("birthPlaces", ["Oslo", "Lima", "Quito", "Turin"], "CITY"),
        ("label", [f"Batch {i}" for i in range(8, 60)], "NONE"),
        ("lab_codes", ["HBA1C", "LDL", "TSH", "CRP"], "HEALTH"),
        ("fuel_cap", [5000, 4000, 3000, 4500], "NONE"),
        ("bank_branch", ["Hafen 12345", "Markt 23456", "Altstadt 34567"], "NONE"),
        ("acc_details", ["Elbe- 912010004060557", "Elbe- 912010004060558"], "BANK_ACCOUNT"),
        ("hourly", [14.5, 15.0, 12.5], "FINANCIAL"),
        ("street2", ["#28", "APT 4", "#1", "#150"], "STREET_ADDRESS"),
    ],
)
def test_headers_are_heard_as_their_languages_put_them(
    name: str, values: Sequence[object], verdict: str
) -> None:
    """Counts and spans of time are no keys and ages; flags of health are health; plurals count as
    singulars.
    """
    assert verdicts({name: values})[name] == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (["1239 9389 9837 9893", "4507 4500 0080 7831", "8327 7382 0902 8928"], "CREDIT_CARD"),
        (["453.555.4569", "515.555.4469", "590.555.4568", "515.555.4560"], "PHONE_NUMBER"),
        (
            [994_707_778_899, 994_992_225_588, 994_705_558_811, 994_553_334_455, 994_501_112_233],
            "PHONE_NUMBER",
        ),
        (
            ["Norra, Bogotá", "Sierra Alta, Cartagena", "Lomas, Medellín", "Punta Baja, Bogotá"],
            "CITY",
        ),
        ([f"https://example.org/{'a' * 500}/{i}" for i in range(5)], "URL"),
        (["Lumi küçəsi, ev 45, mənzil 12", "Sabah prospekti, ev 18, mənzil 4"], "STREET_ADDRESS"),
        (
            ["Lara Quiñal Num. 401 Col. Prado C.P. 58270", "Tomás Orbe Núm. 4 Col. Sur C.P. 06800"],
            "STREET_ADDRESS",
        ),
        (["Hepatitis", "Cólera", "Lupus", "Polio", "Varicela"] * 4, "HEALTH"),
        (["USA"] * 30, "COUNTRY"),
        (
            ["Gave twice before spring", "Needs a new contact", "Wants to hear about boats"] * 2,
            "NONE",
        ),
        (
            [
                "Gave twice before spring",
                "Needs a new contact",
                "Wants news about boats",
                "Asked for a call",
                "Prefers letters over mail",
            ],
            "FREE_TEXT",
        ),
    ],
)
def test_more_forms_are_known_without_a_header(values: Sequence[object], verdict: str) -> None:
    """Cards in fours, dotted telephones, numbers with a country's code, places in places, long
    links.
    """
    assert verdicts({"c3": values})["c3"] == verdict


def test_a_weight_is_somebodys_only_in_a_table_about_people() -> None:
    """What parcels weigh is nobody's health; what a patient weighs is."""
    weights, codes = [5.2, 12.9, 80.1, 61.0], ["TR-1", "TR-2", "TR-3", "TR-4"]
    parcels = verdicts({"tracking": codes, "port": ["A", "B", "A", "B"], "weight_kg": weights})
    patients = verdicts({"patient_id": codes, "ward": ["A", "B", "A", "B"], "weight_kg": weights})
    assert (parcels["weight_kg"], patients["weight_kg"]) == ("NONE", "HEALTH")


def test_five_digits_beside_a_city_are_what_their_name_says() -> None:
    """A daily rate is no postcode because a town stands beside it; without a name it may be one."""
    towns, numbers = ["Hamburg", "Bremen", "Kiel", "Rostock"], [80000, 85000, 65000, 75000]
    assert (
        verdicts({"tarif_journalier": numbers, "ville": towns})["tarif_journalier"] == "FINANCIAL"
    )
    assert (
        verdicts({"codigo_municipio": numbers, "ville": towns})["codigo_municipio"] != "POSTAL_CODE"
    )
    assert verdicts({"c1": numbers, "c2": towns})["c1"] == "POSTAL_CODE"


@pytest.mark.parametrize(
    ("around", "first", "last"),
    [
        ("who.", "first", "last"),
        ("customer.", "given", "family"),
        ("a.b[].kontakt.", "vor", "nach"),
        ("", "first", "last"),
    ],
)
def test_first_and_last_beside_each_other_are_names(around: str, first: str, last: str) -> None:
    """In two rows already: no dictionary has their names, and no cell tells enough by itself."""
    table = {f"{around}{first}": ["Ana", "Bo"], f"{around}{last}": ["Castro", "Lindqvist"]}
    assert set(verdicts(table).values()) == {"PERSON_NAME"}


@pytest.mark.parametrize(
    "table",
    [
        {"step.first": ["Start", "Begin"], "step.last": ["End", "Stop"]},
        {"a.first": ["Ana", "Bo"], "b.last": ["Castro", "Lindqvist"]},
        {"who.first": ["x-1", "y 2"], "who.last": ["17 b", "z_4"]},
        {"seen.first": ["2024-01-02", "2024-01-03"], "seen.last": ["2024-02-02", "2024-02-03"]},
        {"rank.first": [1, 2], "rank.last": [8, 9]},
    ],
)
def test_first_and_last_of_something_else_are_none(table: dict[str, Sequence[object]]) -> None:
    """Steps, dates, numbers, codes; and where the other stands beside somebody else."""
    assert "PERSON_NAME" not in verdicts(table).values()
