"""The samples are what their script writes, say nothing about real people, and their truth is
true.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
TEXT_FILES = (
    "customers.csv",
    "customers.truth.jsonl",
    "support_tickets.jsonl",
    "support_tickets.truth.jsonl",
)
RESERVED = re.compile(r"(?:[\w-]+\.)*example\.(?:com|org|net)", re.IGNORECASE)


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the script has just written the samples, in a process with another hash
    seed.
    """
    folder = tmp_path_factory.mktemp("samples")
    script = SAMPLES / "make_samples.py"
    environment = {"PYTHONHASHSEED": "4711", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, str(script), str(folder)], check=True, env=environment)
    return folder


@pytest.fixture(scope="module")
def customers() -> list[dict[str, str]]:
    """The rows of customers.csv, as text."""
    with (SAMPLES / "customers.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def json_lines(name: str) -> list[dict[str, Any]]:
    """The records of a JSON Lines file of the samples."""
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


def at_path(row: dict[str, Any], path: str) -> Any:
    """What lies in ``row`` under ``messages[2].body``; ``messages[].author`` gives the set of
    all.
    """
    if path.startswith("messages[]"):
        return {message[path.partition("].")[2]] for message in row["messages"]}
    value: Any = row
    for step in re.findall(r"\w+", path):
        value = value[int(step)] if step.isdigit() else value[step]
    return value


def texts_of(ticket: dict[str, Any]) -> dict[str, str]:
    """The free texts of a ticket by path."""
    bodies = {
        f"messages[{index}].body": message["body"]
        for index, message in enumerate(ticket["messages"])
    }
    return {"subject": ticket["subject"]} | bodies


def luhn_sum(number: str) -> int:
    """The Luhn sum modulo ten of a number's digits."""
    digits = [int(sign) for sign in number if sign.isdigit()][::-1]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10


@pytest.mark.parametrize("name", TEXT_FILES)
def test_the_script_writes_the_committed_text_files_byte_for_byte(
    rewritten: Path, name: str
) -> None:
    """The same seed gives the same bytes, whatever the hash seed and the locale."""
    assert (rewritten / name).read_bytes() == (SAMPLES / name).read_bytes()


def test_the_script_writes_an_equal_patients_table(rewritten: Path) -> None:
    """Values and types of the Parquet file repeat; its bytes may change with the Parquet writer."""
    assert pq.read_table(rewritten / "patients.parquet").equals(
        pq.read_table(SAMPLES / "patients.parquet")
    )


def test_the_sizes_are_those_that_the_readme_says(customers: list[dict[str, str]]) -> None:
    """5,000 customers, 2,000 tickets, 3,000 patients, in less than 5.5 MB."""
    assert (len(customers), len(json_lines("support_tickets.jsonl"))) == (5000, 2000)
    assert pq.read_metadata(SAMPLES / "patients.parquet").num_rows == 3000
    assert sum(path.stat().st_size for path in SAMPLES.glob("*.*")) < 5_500_000


def test_customers_type_as_the_readme_says() -> None:
    """Dates, times, numbers and truth values are clean enough for Arrow to see them; the rest stays
    text.
    """
    table = pa_csv.read_csv(
        SAMPLES / "customers.csv", parse_options=pa_csv.ParseOptions(newlines_in_values=True)
    )
    typed = {field.name: field.type for field in table.schema if field.type != pa.string()}
    assert typed == {
        "born": pa.date32(),
        "consent": pa.bool_(),
        "visited_at": pa.timestamp("s", tz="UTC"),
        "lifetime_value": pa.float64(),
    }


def test_customers_are_as_messy_as_the_readme_says(customers: list[dict[str, str]]) -> None:
    """Nulls, other scripts, stray spaces, upper case, leading zeros, quoted commas and line breaks
    occur.
    """
    names = [row["full_name"] for row in customers]
    assert sum(not name for name in names) > 20
    assert sum(any(ord(sign) > 0x2FF for sign in name) for name in names) > 200
    assert sum(name != name.strip() for name in names) > 100
    assert sum(name.isupper() for name in names) > 50
    assert sum(row["zip"].startswith("0") for row in customers) > 100
    assert sum("," in row["street"] for row in customers) > 100
    assert sum("\n" in row["notes"] for row in customers) > 20
    assert len({row["country"] for row in customers}) > 15


def test_duplicate_persons_share_their_email_cell(customers: list[dict[str, str]]) -> None:
    """Some two hundred e-mails occur in two rows or more, under different customer ids."""
    repeated = [
        email
        for email, count in Counter(row["email"] for row in customers).items()
        if email and count > 1
    ]
    assert 150 < len(repeated) < 400
    assert len({row["customer_id"] for row in customers}) == len(customers)


def test_every_email_is_of_a_reserved_domain() -> None:
    """RFC 2606: nobody's post can arrive there; ``@`` occurs nowhere else, spelled-out addresses
    aside.
    """
    for name in ("customers.csv", "support_tickets.jsonl"):
        text = (SAMPLES / name).read_text(encoding="utf-8").replace(" (at) ", "@")
        hosts = re.findall(r"@([A-Za-z0-9.-]*[A-Za-z])", text)
        assert text.count("@") == len(hosts)
        assert not [host for host in hosts if not RESERVED.fullmatch(host)]


def test_every_card_has_a_valid_check_digit_and_a_test_prefix(
    customers: list[dict[str, str]],
) -> None:
    """Cards pass the Luhn check and begin as the published test cards do."""
    prefixes = ("424242", "400000", "411111", "555555", "545454", "222300", "601111", "378282")
    cards = [row["card"] for row in customers if row["card"]]
    assert {luhn_sum(card) for card in cards} == {0}
    assert all(re.sub(r"\D", "", card).startswith(prefixes) for card in cards)


def test_american_phones_are_of_the_range_for_fiction(customers: list[dict[str, str]]) -> None:
    """Every number of the United States and Canada is 555-0100 to 555-0199 of its area."""
    phones = [row["phone"] for row in customers if row["country"].upper() in ("US", "CA")]
    digits = [
        re.sub(r"\D", "", phone.partition(" x")[0])
        for phone in phones
        if phone not in ("", "unknown")
    ]
    assert all(re.fullmatch(r"1?\d{3}55501\d\d", number) for number in digits)


def test_social_security_numbers_are_nobodys() -> None:
    """Areas from 900 were never issued, and groups up to 49 are no taxpayer numbers."""
    numbers = (
        pq.read_table(SAMPLES / "patients.parquet", columns=["ssn"])["ssn"].drop_null().to_pylist()
    )
    assert all(re.fullmatch(r"9\d\d-(?!00)[0-4]\d-(?!0000)\d{4}", number) for number in numbers)


@pytest.mark.parametrize("name", ["customers", "support_tickets"])
def test_truth_spans_point_at_what_they_claim(customers: list[dict[str, str]], name: str) -> None:
    """A span lies within its text, has no spaces around it, and is exact only if it equals the
    row's value.
    """
    rows = customers if name == "customers" else json_lines("support_tickets.jsonl")
    for span in json_lines(f"{name}.truth.jsonl"):
        row = rows[span["row"]]
        said = at_path(row, span["path"])[span["start"] : span["end"]]
        assert len(said) == span["end"] - span["start"] > 0
        assert said == said.strip()
        held = at_path(row, span["of"]) if "of" in span else None
        assert (said in held if isinstance(held, set) else said == held) == span["exact"]


def test_truth_spans_hold_values_of_their_kind() -> None:
    """E-mails have an ``@`` or spell it, phones have digits, cards pass Luhn, addresses of the net
    have dots.
    """
    forms = {
        "EMAIL_ADDRESS": r"\S+(@| \(at\) )\S+",
        "PHONE_NUMBER": r"[\d+(][\d ().+-]{6,}",
        "IP_ADDRESS": r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+",
        "CUSTOMER_ID": r"(CUS-\d{6}|EXT-\d{5})",
        "DATE_TIME": r"[\d/-]{10}",
    }
    tickets = json_lines("support_tickets.jsonl")
    for span in json_lines("support_tickets.truth.jsonl"):
        said = at_path(tickets[span["row"]], span["path"])[span["start"] : span["end"]]
        assert re.fullmatch(forms.get(span["kind"], ".+"), said)
        assert span["kind"] != "CREDIT_CARD" or luhn_sum(said) == 0


def test_every_exact_copy_of_a_rows_identifier_is_in_the_truth() -> None:
    """No text holds the customer's id, name, e-mail or phone outside a truth span."""
    covered: dict[tuple[int, str], set[int]] = {}
    for span in json_lines("support_tickets.truth.jsonl"):
        covered.setdefault((span["row"], span["path"]), set()).update(
            range(span["start"], span["end"])
        )
    for index, ticket in enumerate(json_lines("support_tickets.jsonl")):
        for path, text in texts_of(ticket).items():
            for value in map(str.strip, filter(None, ticket["customer"].values())):
                for found in re.finditer(re.escape(value), text):
                    assert set(range(*found.span())) <= covered.get((index, path), set())


def test_most_tickets_join_the_customers_by_email(customers: list[dict[str, str]]) -> None:
    """At least two in three ticket customers carry the e-mail cell of a row of customers.csv as it
    stands.
    """
    known = {row["email"] for row in customers if row["email"]}
    emails = [ticket["customer"]["email"] for ticket in json_lines("support_tickets.jsonl")]
    assert 2 / 3 < np.mean([email in known for email in emails]) < 0.8


def test_nobody_only_talked_about_is_the_namesake_of_a_row(customers: list[dict[str, str]]) -> None:
    """Third persons in tickets have names that no customer has, so that a leaked row name is always
    a leak.
    """
    tickets = json_lines("support_tickets.jsonl")
    names = {row["full_name"].strip() for row in customers} | {
        ticket["customer"]["full_name"] for ticket in tickets
    }
    for span in json_lines("support_tickets.truth.jsonl"):
        ticket = tickets[span["row"]]
        if span["kind"] == "PERSON" and "of" not in span and ticket["customer"]["full_name"]:
            assert at_path(ticket, span["path"])[span["start"] : span["end"]] not in names


def test_patients_reach_five_anonymity_with_little_suppressed() -> None:
    """Decade of birth, three digits of the postcode and gender leave under 2 % of rows in classes
    below five.
    """
    table = pq.read_table(SAMPLES / "patients.parquet")
    decade = pc.divide(pc.year(table["born"]), 10).to_numpy().astype(str)
    area = pc.utf8_slice_codeunits(table["zip"], 0, 3).to_numpy().astype(str)
    classes = np.char.add(np.char.add(decade, area), table["gender"].to_numpy().astype(str))
    _, place, size = np.unique(classes, return_inverse=True, return_counts=True)
    assert np.mean(size[place] < 5) < 0.02
