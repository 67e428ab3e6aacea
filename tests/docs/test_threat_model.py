"""The threat model's table is complete, and the tests that it names are there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
TEXT = (TESTS.parent / "docs" / "threat-model.md").read_text(encoding="utf-8")
HOLDERS = (
    "nothing",
    "write access",
    "a reader's keyring",
    "a data key",
    "the owner's keyring",
)


def test_every_named_test_is_there() -> None:
    """In the file that is named."""
    named = re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", TEXT)
    assert len(named) >= 20
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (TESTS / file).read_text("utf-8")
    ]
    assert missing == []


def test_every_holder_has_three_cells() -> None:
    """What they can do to confidentiality, integrity, availability."""
    rows = [line.strip("| \n").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")][
        1:
    ]
    assert all(row[0].startswith(holder) for row, holder in zip(rows, HOLDERS, strict=True))
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)
