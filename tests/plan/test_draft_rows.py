"""What a draft states because rows show it: people, formats of dates, countries, special
categories.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.plan import compile_plan
from anonymize.plan.draft import Observed
from anonymize.policy import Policy, SourceSpec, parse_policy
from tests.plan.helpers import draft_policy

ROWS = 120
DAYS = [date(1950, 1, 1) + timedelta(days=137 * at) for at in range(ROWS)]
NAMES = [f"Name{chr(65 + at % 26)}{chr(97 + at // 26)}" for at in range(ROWS)]


def drafted(columns: dict[str, tuple[str, Any]], **said: Any) -> tuple[str, Policy]:
    """Return the draft of a table, its columns given as verdict and values."""
    table = pa.table({name: values for name, (_, values) in columns.items()})
    findings = [
        Finding(ColumnName(name), verdict, 0.9, "NONE", 1.0, None, ("why",), ROWS)  # type: ignore[arg-type]
        for name, (verdict, _) in columns.items()
    ]
    observed = Observed(findings)
    assert pa.Table.from_batches(observed.watch(table.to_batches(max_chunksize=50))) == table
    text = draft_policy(SourceSpec(path="p.csv"), table.schema, findings, observed=observed, **said)
    policy = parse_policy(text)
    compile_plan(policy, table.schema, findings)
    return text, policy


def rule(policy: Policy, column: str) -> Any:
    """Return a column's rule."""
    return policy.columns[ColumnName(column)]


def test_names_of_one_row_are_of_one_person() -> None:
    """Apart, ``Mia`` stood beside the family name of another person, and of another in each
    table.
    """
    _, policy = drafted(
        {
            "customer_id": ("RECORD_ID", [f"C{at}" for at in range(ROWS)]),
            "First Name": ("PERSON_NAME", NAMES),
            "Last Name": ("PERSON_NAME", NAMES),
            "gender": ("GENDER", ["F", "M"] * (ROWS // 2)),
            "email": ("EMAIL_ADDRESS", [f"u{at}@mail.com" for at in range(ROWS)]),
        }
    )
    first, last = rule(policy, "First Name"), rule(policy, "Last Name")
    assert (first.kind, last.kind) == ("first_name", "last_name")
    assert first.person == last.person
    assert (first.person.by, first.person.gender) == ("customer_id", "gender")


def test_two_people_of_a_row_stay_two() -> None:
    """The manager's e-mail address tells nothing of the customer."""
    _, policy = drafted(
        {
            "first_name": ("PERSON_NAME", NAMES),
            "last_name": ("PERSON_NAME", NAMES),
            "email": ("EMAIL_ADDRESS", [f"u{at}@mail.com" for at in range(ROWS)]),
            "manager_first_name": ("PERSON_NAME", NAMES),
            "manager_last_name": ("PERSON_NAME", NAMES),
            "manager_email": ("EMAIL_ADDRESS", [f"m{at}@mail.com" for at in range(ROWS)]),
        }
    )
    own, manager = rule(policy, "last_name").person, rule(policy, "manager_last_name").person
    assert (own.by, manager.by) == ("email", "manager_email")
    assert own.name != manager.name


def test_ids_and_addresses_without_an_owner_are_the_rows_persons() -> None:
    """``EMPLID`` and ``Work Email`` tell the employee, also where a manager's names stand beside;
    a spouse's address tells nobody else.
    """
    _, policy = drafted(
        {
            "First Name": ("PERSON_NAME", NAMES),
            "Last Name": ("PERSON_NAME", NAMES),
            "Spouse Email": ("EMAIL_ADDRESS", [f"s{at}@mail.com" for at in range(ROWS)]),
            "EMPLID": ("RECORD_ID", [f"E{at}" for at in range(ROWS)]),
            "Manager First Name": ("PERSON_NAME", NAMES),
            "Manager Last Name": ("PERSON_NAME", NAMES),
            "Manager ID": ("RECORD_ID", [f"E{at}" for at in range(ROWS)]),
        }
    )
    assert rule(policy, "First Name").person.by == "EMPLID"
    assert rule(policy, "Manager First Name").person.by == "Manager ID"


def test_names_without_a_column_that_tells_the_person_stay_apart() -> None:
    """Chosen by the family name, everybody of a family would have one given name."""
    _, policy = drafted(
        {"vorname": ("PERSON_NAME", NAMES), "nachname": ("PERSON_NAME", NAMES)},
    )
    assert rule(policy, "vorname").kind == "first_name"
    assert rule(policy, "vorname").person is None


@pytest.mark.parametrize(
    ("column", "locale"),
    [
        (("COUNTRY", ["Deutschland"] * ROWS), "de_DE"),
        (("COUNTRY", ["FR", "DE"] * (ROWS // 2)), "en_US"),
        (("PHONE_NUMBER", [f"+48 601 {at:06}" for at in range(ROWS)]), "pl_PL"),
        (("EMAIL_ADDRESS", [f"u{at}@posta.it" for at in range(ROWS)]), "it_IT"),
        (("EMAIL_ADDRESS", [f"u{at}@mail.io" for at in range(ROWS)]), "en_US"),
        (("COUNTRY", ["Russia"] * ROWS), "en_US"),
        (("COUNTRY", ["IN"] * ROWS), "en_IN"),
    ],
)
def test_fake_names_are_of_the_datas_country(column: tuple[str, Any], locale: str) -> None:
    """In the script of the names that stand there; where nothing tells clearly, in English."""
    _, policy = drafted({"name": ("PERSON_NAME", NAMES), "beside": column})
    assert rule(policy, "name").locale == locale


@pytest.mark.parametrize(
    ("written", "said"),
    [("%d.%m.%Y", "%d.%m.%Y"), ("%m/%d/%Y", "%m/%d/%Y"), ("%Y-%m-%d", None)],
)
def test_the_format_of_dates_in_text_is_stated(written: str, said: str | None) -> None:
    """Without it every row was set aside, and the run refused; ISO 8601 needs none."""
    values = [day.strftime(written) for day in DAYS[:-1]] + ["N/A"]
    _, policy = drafted({"born": ("DATE_OF_BIRTH", values)})
    assert (rule(policy, "born").to, rule(policy, "born").format) == ("year", said)


def test_dates_of_two_readings_are_said_to_have_two() -> None:
    """The third of April or the fourth of March: nobody but the owner knows."""
    text, policy = drafted({"born": ("DATE_OF_BIRTH", ["03/04/1980", "05/06/1991"] * 60)})
    assert rule(policy, "born").format == "%d/%m/%Y"
    assert "or format: %m/%d/%Y" in text


def test_dates_that_are_not_nearly_all_read_are_dropped() -> None:
    """One in twenty that no format reads: a run would refuse over one in a hundred."""
    values = [*[day.strftime("%d.%m.%Y") for day in DAYS[:-6]], *["around 1950"] * 6]
    _, policy = drafted({"born": ("DATE_OF_BIRTH", values), "n": ("NONE", list(range(ROWS)))})
    assert rule(policy, "born").action == "drop"


def test_a_table_of_which_every_column_would_be_dropped_is_emptied() -> None:
    """The plan refused such a draft, because no column was left."""
    _, policy = drafted({"street": ("STREET_ADDRESS", [f"{at} Oak Rd" for at in range(ROWS)])})
    assert rule(policy, "street").action == "redact"


def test_moments_beside_people_keep_their_day() -> None:
    """The second of a visit tells whose it is; in a table of machines it tells nobody."""
    moments = pa.array([1_700_000_000 + 977 * at for at in range(ROWS)], pa.timestamp("s"))
    written = [f"{day:%d.%m.%Y} 12:30" for day in DAYS]
    people = {"name": ("PERSON_NAME", NAMES)}
    times = {"at": ("DATE_TIME", moments), "seen": ("DATE_TIME", written)}
    _, policy = drafted({**people, **times})
    assert (rule(policy, "at").to, rule(policy, "seen").format) == ("day", "%d.%m.%Y %H:%M")
    _, machines = drafted(times)
    assert {one.action for one in machines.columns.values()} == {"keep"}


def test_special_categories_are_under_a_key_of_their_own() -> None:
    """With the reason beside them; who lacks the key reads the rest."""
    text, policy = drafted(
        {
            "name": ("PERSON_NAME", NAMES),
            "Konfession": ("DEMOGRAPHIC", ["rk", "ev"] * (ROWS // 2)),
            "salary": ("FINANCIAL", [1000.5 + at for at in range(ROWS)]),
            "union_member": ("NONE", [True, False] * (ROWS // 2)),
            "orientation": ("NONE", ["landscape", "portrait"] * (ROWS // 2)),
            "european_union": ("NONE", ["yes", "no"] * (ROWS // 2)),
        }
    )
    restricted = policy.sink.restricted
    assert restricted is not None
    assert set(restricted.columns) == {"Konfession", "salary", "union_member"}
    assert "religion: Konfession; salary: salary; union membership: union_member" in text


@pytest.mark.parametrize(
    ("key", "of_people"),
    [("patient_id", True), ("Kunden-Nr", True), ("pk", False), ("product_id", False)],
)
def test_people_who_have_ids_alone_are_people(key: str, of_people: bool) -> None:
    """Ids in place of names leave people's illnesses and pay; a product's are nobody's."""
    _, policy = drafted(
        {
            key: ("RECORD_ID", [f"P{at}" for at in range(ROWS)]),
            "icd": ("HEALTH", ["J45.0", "E11.9"] * (ROWS // 2)),
            "salary": ("FINANCIAL", [1000.5 + at for at in range(ROWS)]),
        }
    )
    restricted = policy.sink.restricted
    assert (set(restricted.columns) if restricted else set()) == (
        {"icd", "salary"} if of_people else set()
    )


@pytest.mark.parametrize(
    "name", ["icd_version", "cie10", "CIM-10", "Hauptdiagnose", "diag_1", "diagnosi"]
)
def test_columns_of_diagnoses_are_told_by_their_names(name: str) -> None:
    """Codes without a point look like any others; what they are called says it."""
    _, policy = drafted(
        {"name": ("PERSON_NAME", NAMES), name: ("NONE", ["J45", "E11"] * (ROWS // 2))}
    )
    assert policy.sink.restricted is not None
    assert set(policy.sink.restricted.columns) == {name}


def test_prices_of_things_are_nobodys_salary() -> None:
    """Without a column of people nothing is restricted."""
    _, policy = drafted({"income": ("FINANCIAL", [1.5] * ROWS), "part": ("NONE", ["x"] * ROWS)})
    assert policy.sink.restricted is None


def test_decimal_commas_are_stated() -> None:
    """Such numbers are text to every reader; with a comma for thousands they are not meant."""
    text, _ = drafted(
        {
            "price": ("NONE", ["1.234,50", "12,5"] * (ROWS // 2)),
            "count": ("NONE", ["1,234", "12"] * (ROWS // 2)),
        }
    )
    lines = {line.split(":")[0].strip(): line for line in text.splitlines()}
    assert "decimal comma" in lines["price"]
    assert "decimal comma" not in lines["count"]


def test_the_purpose_is_the_one_said_or_states_that_it_is_a_guess() -> None:
    """A run refused the placeholder that stood there, and a draft was not to be run as it is."""
    columns = {"visits": ("NONE", [1] * ROWS)}
    text, policy = drafted(columns)
    assert policy.purpose == "analysis of p"
    assert "Every pseudonym depends on the purpose" in text
    text, policy = drafted(columns, purpose="churn: 2026 #1")
    assert policy.purpose == "churn: 2026 #1"
    assert "Every pseudonym" not in text


@pytest.mark.parametrize("name", ["010", "1e3", "2024-01-02", "null"])
def test_a_dataset_named_like_a_number_is_text(name: str) -> None:
    """Files are called 010.csv; the draft did not load."""
    text = draft_policy(SourceSpec(path=f"{name}.csv"), pa.schema([("n", pa.int64())]), [])
    assert parse_policy(text).dataset == name


def test_a_special_category_is_not_called_nothing_personal() -> None:
    """The comment beside the rule says what the name tells."""
    text, _ = drafted(
        {"name": ("PERSON_NAME", NAMES), "partei": ("NONE", ["a", "b"] * (ROWS // 2))}
    )
    line = next(one for one in text.splitlines() if one.startswith("  partei:"))
    assert line.endswith("# special category (political opinion); the name says so")
