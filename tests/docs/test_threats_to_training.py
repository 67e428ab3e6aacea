"""The page on threats to training has all attacks, and the tests that it names are there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
TEXT = (TESTS.parent / "docs" / "threats-to-training.md").read_text(encoding="utf-8")
ATTACKS = (
    "poisoned source",
    "label flips",
    "trigger, backdoor",
    "duplicate bursts",
    "drift",
    "evasion",
    "membership inference",
    "model inversion",
    "attribute inference",
    "memorisation and extraction",
    "reconstruction from exact aggregates",
    "differencing",
    "averaging",
    "overspending",
    "leaked version",
    "colluding recipients",
    "honest-but-curious compute",
)


def _rows() -> list[list[str]]:
    lines = [line for line in TEXT.splitlines() if line.startswith("| **")]
    return [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines]


def test_every_named_test_is_there() -> None:
    """In the file that is named."""
    named = re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", TEXT)
    assert len(named) >= 50
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (TESTS / file).is_file() or f"def {name}(" not in (TESTS / file).read_text("utf-8")
    ]
    assert missing == []


def test_every_attack_has_a_row_of_what_is_done_and_what_is_not() -> None:
    """Each says something; what is prevented or detected without a bound or a test is not said."""
    heads = [re.findall(r"\*\*(.+?)\*\*", row[0])[0] for row in _rows()]
    assert [attack for attack in ATTACKS if attack not in heads] == []
    assert all(len(row) == 4 and any(row[1:]) for row in _rows())


def test_what_is_prevented_or_detected_names_a_test() -> None:
    """A cell without one begins with "not", or says of what it is a bound."""
    bare = [
        row[0]
        for row in _rows()
        for cell in row[1:3]
        if cell and "::" not in cell and not cell.startswith(("not ", "a bound"))
    ]
    assert bare == []
