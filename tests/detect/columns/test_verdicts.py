"""Verdicts on columns: names, values and neighbours weighed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest
from faker import Faker

from anonymize.detect import Finding, inspect_samples, sample_columns
from anonymize.gates.residual import residual_findings


def verdicts(columns: Mapping[str, Sequence[object] | pa.Array]) -> dict[str, str]:
    """Return each column's verdict."""
    return {name: finding.verdict for name, finding in findings(columns).items()}


def findings(columns: Mapping[str, Sequence[object] | pa.Array]) -> dict[str, Finding]:
    """Return each column's finding."""
    batch = pa.record_batch(
        {name: v if isinstance(v, pa.Array) else pa.array(v) for name, v in columns.items()}
    )
    return {f.column: f for f in inspect_samples(sample_columns([batch]))}


@pytest.fixture(scope="module")
def fake() -> Faker:
    """Return a seeded Faker."""
    made = Faker("en_US")
    made.seed_instance(11)
    return made


@pytest.mark.parametrize("name", ["x1", "value", "whatever"])
def test_values_decide_where_the_name_says_nothing(fake: Faker, name: str) -> None:
    """E-mails, cards, phones, streets and persons are known by their values."""
    makers = {
        "EMAIL_ADDRESS": fake.email,
        "CREDIT_CARD": fake.credit_card_number,
        "NATIONAL_ID": fake.ssn,
        "STREET_ADDRESS": fake.street_address,
        "PERSON_NAME": fake.name,
        "IP_ADDRESS": fake.ipv4,
        "MAC_ADDRESS": fake.mac_address,
        "BANK_ACCOUNT": fake.iban,
    }
    for verdict, make in makers.items():
        assert verdicts({name: [make() for _ in range(60)]})[name] == verdict


@pytest.mark.parametrize(
    ("name", "values", "verdict"),
    [
        ("id", list(range(1, 200)), "RECORD_ID"),
        ("version", [f"1.{i}.0.{i}" for i in range(40)], "NONE"),
        ("Age", ["Adult", "Juvenile"] * 20, "NONE"),
        ("email_status", ["sent", "bounced", "open"] * 20, "NONE"),
        ("Geburtsdatum", ["01.02.1980", "03.04.1975", "05.12.2001"], "DATE_OF_BIRTH"),
        ("codice_fiscale", ["RSSMRA85T10A562S", "BNCGNN80A01H501B"], "NATIONAL_ID"),
        ("created", ["2020-01-01", "2021-01-02"], "DATE_TIME"),
        ("email", [], "EMAIL_ADDRESS"),
    ],
)
def test_names_are_heard_only_as_far_as_values_fit(
    name: str, values: list[object], verdict: str
) -> None:
    """Names that lie are not believed; names in other languages are."""
    column = pa.array(values) if values else pa.array([], pa.string())
    assert verdicts({name: column})[name] == verdict


def test_every_type_gets_a_verdict() -> None:
    """Integers, floats, dates, booleans, lists, structs, nulls and decimals pass through."""
    import datetime
    from decimal import Decimal

    columns = {
        "a": [1],
        "b": [1.5],
        "c": [datetime.date(2020, 1, 1)],
        "d": [True],
        "e": [["x"]],
        "f": [{"g": 1}],
        "h": [None],
        "i": [Decimal("1.1")],
        "j": [b"x"],
        "k": [datetime.timedelta(1)],
    }
    assert set(verdicts(columns)) == {"a", "b", "c", "d", "e[]", "f.g", "h", "i", "j", "k"}


def test_evidence_never_quotes_a_value(fake: Faker) -> None:
    """No sampled value occurs in any finding's text."""
    columns = {
        "mail": [fake.email() for _ in range(30)],
        "who": [fake.name() for _ in range(30)],
        "note": [f"{fake.name()} wrote from {fake.email()} about the order" for _ in range(30)],
    }
    said = repr(findings(columns))
    assert not [v for values in columns.values() for v in values if v in said]


def test_one_identifier_in_fifty_notes_is_found() -> None:
    """The maximum counts: one national id in 50 rows of prose turns the verdict."""
    notes = [
        f"the customer asked about order and delivery number {i} again today" for i in range(49)
    ]
    notes.append("please correct my social security number, it is 536-22-1894 and not the other")
    found = findings({"notes": notes})["notes"]
    assert found.verdict == "FREE_TEXT_PII"


def test_what_the_policy_lets_through_is_no_residue(fake: Faker) -> None:
    """E-mails in the output are reported unless the policy expects them; one inside prose is
    too.
    """
    columns = {
        "mail": [fake.email() for _ in range(30)],
        "note": ["all fine"] * 20 + ["write to jane.roe@example.org"],
    }
    samples = sample_columns(
        [pa.record_batch({"mail": columns["mail"], "note": (columns["note"] * 2)[:30]})]
    )
    assert {(r.column, r.what) for r in residual_findings(samples, {})} == {
        ("mail", "EMAIL_ADDRESS"),
        ("note", "EMAIL_ADDRESS"),
    }
    assert not residual_findings(
        samples, {"mail": frozenset({"EMAIL_ADDRESS"}), "note": frozenset({"*"})}
    )
