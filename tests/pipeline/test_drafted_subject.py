"""A draft says whose each row is if nothing speaks against it, so that k counts people."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from anonymize.names import ColumnName
from anonymize.pipeline.drafting import draft_source
from anonymize.plan.draft import measure
from anonymize.policy import parse_policy
from tests.pipeline.test_drafting import published, uncommented

PEOPLE, VISITS = 150, 4
ROWS = PEOPLE * VISITS
Row = dict[str, Any]


def _visit(at: int) -> Row:
    """Return a visit: a patient comes four times, now and then."""
    who = at % PEOPLE
    return {
        "patient_id": f"PAT-{who * 7919 % 90000 + 10000}",
        "email": f"guest{who}@example.org",
        "gender": "FM"[who % 2],
        "age": 30 + who % 3,
        "ward": f"ward {at % 5}",
    }


def _drafted(folder: Path, row: Callable[[int], Row], name: str = "visits.csv") -> str:
    rows = [row(at) for at in range(ROWS)]
    with open(folder / name, "w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, list(rows[0]))
        written.writeheader()
        written.writerows(rows)
    return draft_source(str(folder / name))


def _why(text: str, column: str) -> str:
    """Return why a column is only proposed, in a comment."""
    lines = text.splitlines()
    assert parse_policy(text).subject is None
    at = lines.index(f"# subject: {column}")
    return lines[at - 1].removeprefix("# Look first: ")


def test_a_persons_key_that_repeats_is_the_subject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft says so, counts by it, and runs, also with its privacy block."""
    text = _drafted(tmp_path, _visit)
    assert parse_policy(text).subject == "patient_id"
    assert "# k counts people: different values of patient_id, as subject: says." in text
    asked = uncommented(text)
    assert parse_policy(asked).privacy is not None
    assert published(asked, tmp_path, monkeypatch) > 0.98 * ROWS


def test_classes_are_measured_by_people() -> None:
    """Twenty rows of four people are no class of five."""
    table = pa.table(
        {
            "a": ["x"] * 100 + ["y"] * 20,
            "who": [str(at) for at in range(100)] + [f"n{at % 4}" for at in range(20)],
        }
    )
    column, who = ColumnName("a"), ColumnName("who")
    assert measure(table, [column]).kept == (column,)
    assert measure(table, [column], counted_by=who).left_out == {column: 20 / 120}


def test_a_key_that_is_another_in_each_row_is_none(tmp_path: Path) -> None:
    """Rows are people then."""
    text = _drafted(tmp_path, lambda at: {**_visit(at), "patient_id": f"PAT-{at + 10000}"})
    assert "subject: patient_id" not in text


@pytest.mark.parametrize("name", ["order_id", "visit_id", "patient_room_id", "manager_id", "ward"])
def test_a_key_of_something_else_is_none(tmp_path: Path, name: str) -> None:
    """However often it repeats: k would be stated of people, and count orders."""

    def row(at: int) -> Row:
        said = _visit(at)
        return {name: said.pop("patient_id"), **said}

    text = _drafted(tmp_path, row)
    assert f"subject: {name}" not in text
    assert "for example subject: email" in text


def test_without_columns_of_people_there_is_none(tmp_path: Path) -> None:
    """Customers may be companies."""

    def row(at: int) -> Row:
        return {"customer_id": f"C-{at % 150 + 10000}", "amount": at % 90, "open": at % 2}

    assert "subject" not in _drafted(tmp_path, row)


def _other_key(at: int) -> Row:
    return {**_visit(at), "user_id": f"U-{at % 140 + 5000}"}


def _missing(at: int) -> Row:
    return {**_visit(at), **({"patient_id": ""} if at % 20 == 3 else {})}


def _several_keys(at: int) -> Row:
    return {**_visit(at), "email": f"guest{at % PEOPLE // 2}@example.org"}


def _served_by(at: int) -> Row:
    """Return a customer's ticket, which an employee is at."""
    draw = random.Random(at)
    said = _visit(draw.randrange(PEOPLE))
    said.pop("patient_id")
    return {"employee_id": f"E-{draw.randrange(PEOPLE) + 10000}", **said}


def _of(name: str) -> Callable[[int], Row]:
    def row(at: int) -> Row:
        said = _visit(at)
        return {name: said.pop("patient_id"), **said}

    return row


@pytest.mark.parametrize(
    "row, column, why",
    [
        (_other_key, "patient_id", "several columns may tell whose a row is: patient_id, user_id."),
        (_missing, "patient_id", "5% of the rows have none, would count as nobody and be"),
        (_several_keys, "patient_id", "it has more values than email: one person may have several"),
        (_served_by, "employee_id", "rows of one value differ in email: they may be of several"),
        (_of("doctor_id"), "doctor_id", "its name does not say that the rows are this person's"),
        (_of("account_id"), "account_id", "its name does not say that the rows are this person's"),
    ],
)
def test_what_is_not_safe_is_a_comment_with_the_reason(
    tmp_path: Path, row: Callable[[int], Row], column: str, why: str
) -> None:
    """For the owner to look at: k counts rows until then, and the draft says that."""
    text = _drafted(tmp_path, row)
    assert _why(text, column).startswith(why)
    assert "# k counts rows. If one person has several, say also whose each row is: see" in text
    assert "guest" not in text


def test_names_with_line_ends_stay_inside_the_comments(tmp_path: Path) -> None:
    """They ended them, and the draft did not load."""

    def row(at: int) -> Row:
        said = _visit(at)
        born = f"{1900 + at % 124}-0{at % 9 + 1}-11"
        said = {"date of\nbirth": born, "religious\nbelief": f"none{at % 4}", **said}
        return {("account\nid" if name == "patient_id" else name): of for name, of in said.items()}

    text = _drafted(tmp_path, row)
    assert '#     "date of\\nbirth": {ranges: [5, 10, 20, 40]}' in text
    assert '# subject: "account\\nid"' in text
    parse_policy(text)
