"""Usual headers and usual writings of what identifies people: each case was taken for nothing
personal.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pyarrow as pa
import pytest
from faker import Faker

from anonymize.detect import DIRECT_IDENTIFIERS, Finding, inspect_samples, sample_columns
from anonymize.detect.columns.header import name_evidence
from anonymize.errors import PlanError
from anonymize.names import ColumnName
from anonymize.plan import compile_plan
from anonymize.policy import SourceSpec
from tests.plan.helpers import draft_policy, policy_of

ROWS = 200
Make = Callable[[random.Random, Faker], str]


def column(make: Make, seed: int = 5, locale: str = "de_DE") -> list[str]:
    """Return the values of one column."""
    dice, fake = random.Random(seed), Faker(locale)
    fake.seed_instance(seed)
    return [make(dice, fake) for _ in range(ROWS)]


def found(name: str, values: Sequence[str]) -> Finding:
    """Return the finding of one column."""
    return inspect_samples(
        sample_columns([pa.record_batch({name: pa.array(values)})]), countries=("de",)
    )[0]


def refused_under_keep(name: str, values: Sequence[str]) -> bool:
    """Return whether a plan refuses to keep the column."""
    policy = policy_of(f"  {name!r}: {{action: keep}}\n")
    try:
        compile_plan(policy, pa.schema([(name, pa.string())]), [found(name, values)])
    except PlanError as error:
        return any("looks like" in problem.what for problem in error.problems)
    return False


def _date(dice: random.Random, _: Faker) -> str:
    return f"{dice.randint(1, 28):02}.{dice.randint(1, 12):02}.{dice.randint(1945, 2004)}"


def _plate(dice: random.Random, _: Faker) -> str:
    return (
        f"{dice.choice(['HH', 'B', 'M', 'KA'])}-{dice.choice('ABCDEFG')}{dice.choice('HJK')}"
        f" {dice.randint(10, 9999)}"
    )


def _document(dice: random.Random, _: Faker) -> str:
    return dice.choice("LMNPRTVWXYZ") + "".join(dice.choices("CFGHJKLMNPRTVWXYZ0123456789", k=8))


def _vehicle(dice: random.Random, _: Faker) -> str:
    return "WVWZZZ1K" + "".join(dice.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=9))


BIRTHS = [
    "Geb.-Datum",
    "geb",
    "geb.",
    "né(e) le",
    "Né le",
    "Дата рожд.",
    "🎂",
    "D.O.B.",
    "person.birth.date",
    "Data ur.",
]


@pytest.mark.parametrize("name", BIRTHS)
def test_birth_dates_under_usual_abbreviations(name: str) -> None:
    """A dot that ends an abbreviation is none between the parts of a path, and a picture may stand
    for a word.
    """
    assert found(name, column(_date)).verdict == "DATE_OF_BIRTH"


@pytest.mark.parametrize("name", ["Datum", "Rechn.-Datum", "order.date", "Dat."])
def test_other_dates_stay_dates(name: str) -> None:
    """Abbreviations and paths that say nothing of birth."""
    assert found(name, column(_date)).verdict == "DATE_TIME"


MAILS: list[Make] = [
    lambda dice, fake: f"{fake.user_name()} at corp dot com",
    lambda dice, fake: f"{fake.user_name()}[at]corp[dot]com",
    lambda dice, fake: f"{fake.user_name()} (at) mail.corp.com",
    lambda dice, fake: f"{fake.user_name()} punkt x (ät) corp punkt de",
    lambda dice, fake: f"{fake.user_name()} AT corp DOT co DOT uk",
]


@pytest.mark.parametrize("make", MAILS)
@pytest.mark.parametrize("name", ["c1", "contact", "E-Mail"])
def test_addresses_that_are_spelled_out(name: str, make: Make) -> None:
    """Whoever writes them so means a reader."""
    values = column(make)
    assert found(name, values).verdict == "EMAIL_ADDRESS"
    assert refused_under_keep(name, values)


@pytest.mark.parametrize(
    "text", ["{} at the station", "arrived at {}.30", "{} at level.two", "{} [at] home", "{}.dot"]
)
def test_a_word_is_no_at_sign(text: str) -> None:
    """Sentences about places."""
    assert (
        found("c1", column(lambda dice, fake: text.format(dice.randint(1, 9999)))).verdict
        != "EMAIL_ADDRESS"
    )


POSITIONS: list[Make] = [
    lambda dice, _: f"{dice.uniform(47, 55):.5f}N {dice.uniform(6, 15):.5f}E",
    lambda dice, _: f"N{dice.uniform(47, 55):.5f} E{dice.uniform(6, 15):.5f}",
    lambda dice, _: f"N {dice.uniform(47, 55):.4f}°, W {dice.uniform(6, 15):.4f}°",
    lambda dice, _: (
        f"{dice.randint(47, 54)}°{dice.randint(0, 59)}'{dice.uniform(0, 59):.1f}\"N"
        f" {dice.randint(6, 14)}°7'3.1\"E"
    ),
    lambda dice, _: (
        f"{dice.randint(47, 54)}° {dice.uniform(0, 59):.3f}' N, {dice.randint(6, 14)}°"
        f" {dice.uniform(0, 59):.3f}' O"
    ),
]


@pytest.mark.parametrize("make", POSITIONS)
@pytest.mark.parametrize("name", ["GPS", "position", "c1"])
def test_positions_with_their_directions(name: str, make: Make) -> None:
    """Whatever the header says."""
    assert found(name, column(make)).verdict == "LATITUDE_LONGITUDE"


ADDRESSES: list[tuple[str, Make]] = [
    ("c1", lambda dice, _: ".".join(f"{dice.randint(1, 223):03}" for _ in range(4))),
    ("IP", lambda dice, _: ".".join(f"{dice.randint(1, 223):03}" for _ in range(4))),
    ("client_ip", lambda dice, _: f"{dice.randint(1 << 28, (1 << 32) - 1):08x}"),
    ("client_ip", lambda dice, _: str(dice.randint(1 << 28, (1 << 32) - 1))),
]


@pytest.mark.parametrize(("name", "make"), ADDRESSES)
def test_addresses_of_devices_in_other_writings(name: str, make: Make) -> None:
    """Zeros before the numbers, one hexadecimal or decimal number."""
    values = column(make)
    assert found(name, values).verdict == "IP_ADDRESS"
    assert refused_under_keep(name, values)


NAMED: list[tuple[str, Make]] = [
    ("Kunde", lambda dice, fake: f"{fake.last_name()} ({dice.randint(10_000, 99_999)})"),
    ("Klient", lambda dice, fake: f"{fake.last_name()}, {dice.randint(20, 80)}"),
    ("name", lambda dice, fake: f"🔥 {fake.first_name()} 🐱"),
    ("c/o", lambda dice, fake: f"c/o {fake.last_name()}"),
    ("Name", lambda dice, fake: " ".join(fake.last_name().upper())),
    ("patient", lambda dice, fake: f"#{dice.randint(1, 999)} {fake.last_name()}"),
]


@pytest.mark.parametrize(("name", "make"), NAMED)
def test_names_with_something_beside_them(name: str, make: Make) -> None:
    """Under a header that says that people are meant."""
    values = column(make)
    assert found(name, values).verdict == "PERSON_NAME"
    assert refused_under_keep(name, values)


IDS: list[tuple[str, Make, str]] = [
    ("Ausweis", _document, "NATIONAL_ID"),
    ("Personalausweisnummer", _document, "NATIONAL_ID"),
    ("Kfz-Kennz.", _plate, "NATIONAL_ID"),
    ("FIN", _vehicle, "NATIONAL_ID"),
    ("Fahrgestell-Nr.", _vehicle, "NATIONAL_ID"),
    (
        "SV-Nr.",
        lambda dice, _: (
            f"{dice.randint(10**7, 10**8 - 1)}{dice.choice('ABCDM')}{dice.randint(100, 999)}"
        ),
        "NATIONAL_ID",
    ),
    ("Teams/Skype", lambda dice, fake: f"live:{fake.user_name()}", "USERNAME"),
    ("IMEI", lambda dice, _: f"35{dice.randint(10**12, 10**13 - 1)}", "RECORD_ID"),
    (
        "Ref",
        lambda dice, fake: f"{fake.last_name().upper()}{dice.randint(1960, 2003)}",
        "FREE_TEXT_PII",
    ),
    ("Host", lambda dice, fake: f"LAPTOP-{fake.last_name().upper()}", "FREE_TEXT_PII"),
    ("Dokument", lambda dice, fake: f"Vertrag_{fake.last_name()}.pdf", "FREE_TEXT_PII"),
]


@pytest.mark.parametrize(("name", "make", "verdict"), IDS)
def test_what_a_draft_would_not_keep_is_refused_under_keep(
    name: str, make: Make, verdict: str
) -> None:
    """Numbers of people, of what they drive and carry, and names in codes."""
    values = column(make)
    finding = found(name, values)
    schema = pa.schema([(name, pa.string())])
    assert (finding.verdict, finding.verdict in DIRECT_IDENTIFIERS or finding.device) == (
        verdict,
        True,
    )
    assert refused_under_keep(name, values)
    drafted = draft_policy(SourceSpec(path="p.csv"), schema, [finding])
    assert "action: pseudonymize" in drafted


@pytest.mark.parametrize(
    ("name", "make"),
    [
        (
            "product",
            lambda dice, fake: f"{dice.choice(['Lamp', 'Desk', 'Shelf'])}-{dice.randint(1, 9999)}",
        ),
        ("station", lambda dice, fake: f"Station_{fake.city_name()}.csv"),
        ("order", lambda dice, fake: f"ORD{dice.randint(10**7, 10**8)}"),
        ("Artikel-Nr.", lambda dice, fake: f"{dice.randint(10**7, 10**8)}"),
    ],
)
def test_codes_of_things_may_be_kept(name: str, make: Make) -> None:
    """Nobody is in them."""
    assert not refused_under_keep(name, column(make))


def test_one_word_does_not_hide_another() -> None:
    """What stands beside a slash is heard by itself; a header without one is as before."""
    assert name_evidence("Teams/Skype").says["USERNAME"] > name_evidence("Teams/Skype").says.get(
        "ORGANIZATION", 0.0
    )
    assert "USERNAME" not in name_evidence("city/state").says


def test_a_draft_says_where_names_are_only_likely() -> None:
    """The header says it, and the values hardly can be."""
    finding = Finding("c", "NONE", 0.58, "PERSON_NAME", 0.0, None, ("nothing personal",), 100)  # type: ignore[arg-type]
    text = draft_policy(SourceSpec(path="p.csv"), pa.schema([("c", pa.string())]), [finding])
    assert "may hold names of people" in text
    assert ColumnName("c") in text
