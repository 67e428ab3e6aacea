"""A subject whose id is spelled in several ways is one subject, wherever ids are compared."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from anonymize.keys import Keyring
from tests.plan.helpers import applied

SPELLINGS = [
    "EMP-017",
    "emp-017",
    "Emp-017 ",
    " EMP-017",
    "\u00a0EMP-017",
    "\uff25\uff2d\uff30-017",
    "em\u200bp-017",
]
DAY = date(2024, 2, 28)


def _rows(columns: str, keyring: Keyring, **more: list[object]) -> list[dict[str, object]]:
    table = pa.table({"id": SPELLINGS, "seen": [DAY] * len(SPELLINGS), **more})
    return applied(table, columns, "subject: id\n", keyring)


@pytest.mark.parametrize(
    "rule",
    ["pseudonymize, normalize: fold", "fake, kind: name", "tokenize", "keep, accept: made up"],
)
def test_dates_of_one_subject_move_alike_however_its_id_is_spelled(
    rule: str, keyring: Keyring
) -> None:
    """One pseudonym had seven shifts; whatever the rule of the id column, the shift is the same."""
    rows = _rows(
        f"  id: {{action: {rule}}}\n  seen: {{action: shift_dates, within_days: 30000}}\n", keyring
    )
    assert len({row["seen"] for row in rows}) == 1
    assert len({row["id"] for row in rows}) == (
        1 if "fold" in rule or "fake" in rule else len(SPELLINGS)
    )


def test_subjects_that_differ_by_more_than_spelling_move_apart(keyring: Keyring) -> None:
    """Four ids, four shifts."""
    ids = ["EMP-017", "EMP-018", "EMP017", "EMPL-017"]
    table = pa.table({"id": ids, "seen": [DAY] * len(ids)})
    columns = "  id: {action: drop}\n  seen: {action: shift_dates, within_days: 30000}\n"
    assert len({row["seen"] for row in applied(table, columns, "subject: id\n", keyring)}) == len(
        ids
    )


def test_labels_of_one_subject_keep_their_number_however_its_id_is_spelled(
    keyring: Keyring,
) -> None:
    """The number says that two texts of one subject mean the same address."""
    columns = (
        "  id: {action: pseudonymize, normalize: fold}\n  note: {action: free_text, entities:"
        " {EMAIL_ADDRESS: {action: label, numbered: subject}, DEFAULT: keep}}\n"
    )
    rows = _rows(columns, keyring, note=["write to jo@example.org"] * len(SPELLINGS))
    assert len({row["note"] for row in rows}) == 1


def test_an_invented_person_is_one_however_its_id_is_spelled(keyring: Keyring) -> None:
    """Each rule of the person says something else about spelling; name and address are one person's
    all the same.
    """
    columns = (
        "  id: {action: pseudonymize, normalize: fold}\n"
        "  name: {action: fake, kind: name, normalize: exact, person: p}\n"
        "  mail: {action: fake, kind: email, normalize: trim, person: p}\n"
    )
    names = [f"Person {number}" for number in range(len(SPELLINGS))]
    rows = _rows(
        columns, keyring, name=list(names), mail=[f"{n}@example.org" for n in range(len(SPELLINGS))]
    )
    assert len({(row["name"], row["mail"]) for row in rows}) == 1
