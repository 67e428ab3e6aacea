"""Long tables, whose cells are values of the field that the same row names, and tables that look
like them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.detect import Finding, inspect_samples, sample_columns
from anonymize.errors import AnonymizeError
from anonymize.policy import SourceSpec, parse_policy
from tests.plan.helpers import draft_policy, policy_of

PEOPLE = 40
GIVEN = ["Anna", "Marek", "Jonas", "Priya", "Fatima", "Sofia", "Diego", "Ingrid", "Yusuf", "Elif"]
FAMILY = [
    "Kowalski",
    "Nowak",
    "Berg",
    "Sharma",
    "Khan",
    "Rossi",
    "Garcia",
    "Larsen",
    "Demir",
    "Yilmaz",
]
DRAW = random.Random(3)
Make = Callable[[], object]

MAKERS: dict[str, Make] = {
    "first_name": lambda: DRAW.choice(GIVEN),
    "last_name": lambda: DRAW.choice(FAMILY),
    "birth_date": lambda: f"{DRAW.randint(1940, 2005)}-{DRAW.randint(1, 12):02d}-11",
    "address": lambda: f"Hauptstr. {DRAW.randint(1, 99)}, 89073 Ulm",
    "diagnosis": lambda: DRAW.choice(["F32.1", "B20"]),
    "sex": lambda: DRAW.choice("MF"),
    "weight": lambda: str(DRAW.randint(50, 120)),
}
"""The fields of the table, with values."""


def _rows(
    fields: Sequence[str] = tuple(MAKERS), people: int = PEOPLE
) -> list[tuple[str, str, object]]:
    made = list(MAKERS.values())
    return [
        (f"R{person:05d}", field, made[at % len(made)]())
        for person in range(people)
        for at, field in enumerate(fields)
    ]


def _long(headers: str, fields: Sequence[str] = tuple(MAKERS), people: int = PEOPLE) -> pa.Table:
    rows = _rows(fields, people)
    return pa.table(
        {header: [str(row[at]) for row in rows] for at, header in enumerate(headers.split())}
    )


def _found(table: pa.Table) -> dict[str, Finding]:
    return {one.column: one for one in inspect_samples(sample_columns(table.to_batches()))}


def _verdicts(table: pa.Table) -> dict[str, str]:
    return {column: str(one.verdict) for column, one in _found(table).items()}


@pytest.mark.parametrize(
    "headers",
    [
        "record_id field value",
        "patient_id variable answer",
        "id attribute val",
        "subject item result",
        "entity_id attr data",
        "record_id key value_text",
        "fall merkmal wert",
        "id champ valeur",
        "c1 c2 c3",
    ],
)
def test_values_of_named_fields_are_told_whatever_the_headers(headers: str) -> None:
    """Of headers that say nothing, too: the names of the fields say it."""
    assert _verdicts(_long(headers))[headers.split()[2]] == "FIELD_VALUES"


@pytest.mark.parametrize(
    "fields",
    [
        "Vorname Nachname Geburtsdatum Adresse",
        "FIRSTNAME LASTNAME DOB ADDRESS",
        "given_name family_name birth_date street",
        "email height",
        "nom prenom date_naissance adresse",
    ],
)
def test_fields_are_known_in_the_languages_and_writings_of_headers(fields: str) -> None:
    """The vocabulary is that of columns' names."""
    assert _verdicts(_long("id field value", fields.split()))["value"] == "FIELD_VALUES"


def test_two_people_are_enough_where_headers_say_what_the_columns_are() -> None:
    """A form that two people filled in."""
    assert _verdicts(_long("id field value", people=2))["value"] == "FIELD_VALUES"


def test_each_column_of_values_counts() -> None:
    """Texts, and numbers where a field is one; the unit and the id are none."""
    rows = _rows(["first_name", "age", "birth_date", "ssn"])
    table = pa.table(
        {
            "record_id": [row[0] for row in rows],
            "field": [row[1] for row in rows],
            "value_text": [str(row[2]) if row[1] != "age" else None for row in rows],
            "value_num": [DRAW.randint(18, 90) if row[1] == "age" else None for row in rows],
            "unit": ["years" if row[1] == "age" else "" for row in rows],
        }
    )
    found = _verdicts(table)
    assert found["value_text"] == found["value_num"] == "FIELD_VALUES"
    assert found["unit"] == found["field"] == "NONE"
    assert found["record_id"] == "RECORD_ID"


def test_both_sides_of_a_log_of_changes_count() -> None:
    """What a field held before and after."""
    rows = _rows(["email", "last_name", "status"])
    table = pa.table(
        {
            "changed_at": ["2024-01-01"] * len(rows),
            "field_name": [row[1] for row in rows],
            "old_value": [str(row[2]) for row in rows],
            "new_value": [str(row[2]) for row in reversed(rows)],
        }
    )
    found = _verdicts(table)
    assert found["old_value"] == found["new_value"] == "FIELD_VALUES"
    assert found["changed_at"] == "DATE_TIME"


def test_attributes_inside_each_row_count() -> None:
    """A list of structs with a key and a value."""
    rows = [
        [{"key": "first_name", "value": DRAW.choice(GIVEN)}, {"key": "dob", "value": "1950-02-01"}]
        for _ in range(PEOPLE)
    ]
    found = _verdicts(pa.table({"id": list(range(PEOPLE)), "attrs": rows}))
    assert found["attrs[].value"] == "FIELD_VALUES"


def test_the_evidence_says_words_of_the_vocabulary_and_no_cells() -> None:
    """The name of a field can hold somebody's: ``first_name_of_jonas_berg``."""
    fields = ["first_name jonas berg", "last_name", "birth_date"]
    (why, *_) = _found(_long("id field value", fields))["value"].evidence
    assert "'field' beside it holds names of personal fields" in why
    assert "first name" in why
    assert "birth date" in why
    assert "jonas" not in why.lower()


@pytest.mark.parametrize("action", ["keep", "free_text", "mask, keep_first: 9"])
def test_values_of_fields_leave_under_no_rule_that_leaves_some_of_them(action: str) -> None:
    """The message says to pivot; a rule for text misses single names."""
    policy = policy_of(
        f"  record_id: {{action: drop}}\n  field: {{action: keep}}\n  value: {{action: {action}}}\n"
    )
    with pytest.raises(AnonymizeError, match="FIELD_VALUES") as refused:
        anonymize.anonymize_frame(_long("record_id field value").to_pandas(), policy)
    assert "pivot the table so that each field is a column" in str(refused.value)


def test_the_draft_drops_values_of_fields() -> None:
    """No one rule suits names, dates and diagnoses."""
    table = _long("record_id field value")
    text = draft_policy(
        SourceSpec(path="p.csv"), table.schema, tuple(_found(table).values()), sink="out/p"
    )
    drafted = parse_policy(text, "p.yaml")
    assert drafted.columns["value"].action == "drop"
    assert drafted.columns["field"].action == "keep"


def _numbers(n: int, top: int = 500) -> list[int]:
    return [DRAW.randint(1, top) for _ in range(n)]


def _table(n: int, **columns: object) -> pa.Table:
    made = {
        name: [values[at % len(values)] for at in range(n)]  # type: ignore[index, arg-type]
        for name, values in columns.items()
    }
    return pa.table(made)


COLUMNS = ["first_name", "last_name", "email", "birth_date", "order_total", "city"]
WORDS = [
    f"{a} {b}" for a in ["good", "fair", "poor", "late", "early"] for b in ["service", "price"]
]

HARMLESS: dict[str, Callable[[], pa.Table]] = {
    "survey": lambda: _table(
        200, id=range(200), question=["email_opt_in", "sms_opt_in", "nps"], answer=["yes", "no"]
    ),
    "satisfaction": lambda: _table(
        200, id=range(200), question=["service", "price", "delivery"], answer=WORDS
    ),
    "data dictionary": lambda: _table(
        6, column=COLUMNS, description=["Given", "Family", "Mail", "Day", "Sum", "Town"]
    ),
    "catalogue of tables": lambda: _table(
        12,
        table_name=["customer"] * 6 + ["supplier"] * 6,
        column_name=COLUMNS,
        data_type=["text", "text", "text", "date", "num", "text"],
        ordinal=range(1, 13),
    ),
    "shares of nulls": lambda: _table(
        120,
        run_id=range(120),
        column_name=COLUMNS,
        metric=["null_rate", "fill_rate"],
        value=[DRAW.random() for _ in range(120)],
    ),
    "importances": lambda: _table(
        120,
        model=["a", "b"],
        feature=["age", "income", "tenure"],
        importance=[DRAW.random() for _ in range(120)],
    ),
    "laboratory": lambda: _table(
        200, sample=range(200), analyte=["glucose", "sodium", "ph"], value=_numbers(200)
    ),
    "product attributes": lambda: _table(
        200,
        sku=[f"SKU{at}" for at in range(50)],
        attribute=["color", "size", "material", "brand"],
        value=["red", "XL", "cotton", "Acme", "blue", "M", "linen", "Umbra"],
    ),
    "channels": lambda: _table(
        200, ticket=range(200), channel=["email", "phone", "chat"], minutes=_numbers(200)
    ),
    "kinds of documents": lambda: _table(
        200, id=range(200), document=["passport", "driving licence"], days=_numbers(200, 30)
    ),
    "settings": lambda: _table(
        200,
        host=[f"h{at}" for at in range(20)],
        key=["timeout", "retries", "log_level", "mode"],
        value=["30", "5", "info", "fast", "60", "3", "debug", "safe"],
    ),
    "validation errors": lambda: _table(
        200, row=range(200), field=COLUMNS, error=["missing", "too long", "wrong type"]
    ),
    "indicators": lambda: _table(
        200,
        country=["DE", "FR", "IT"],
        indicator=["population", "gdp", "area"],
        year=[2019, 2020, 2021, 2022],
        value=_numbers(200, 99999),
    ),
    "translations": lambda: _table(
        6, key=COLUMNS, en=["Given name", "Family name", "Mail", "Born", "Total", "Town"]
    ),
    "sensors": lambda: _table(
        200, ts=range(1700000000, 1700000200), sensor=["temp", "humidity"], value=_numbers(200)
    ),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_tables_that_name_fields_or_other_things_are_no_long_tables(kind: str) -> None:
    """Dictionaries of columns name each once or twice; numbers and choices are nobody's names."""
    assert "FIELD_VALUES" not in _verdicts(HARMLESS[kind]()).values()


def test_a_harmless_long_table_is_published() -> None:
    """Fields that are not personal, with their values, under the default gates."""
    frame: pd.DataFrame = HARMLESS["product attributes"]().to_pandas()
    policy = policy_of(
        "  sku: {action: drop}\n  attribute: {action: keep}\n  value: {action: keep}\n"
    )
    assert anonymize.anonymize_frame(frame, policy)["value"].tolist() == frame["value"].tolist()
