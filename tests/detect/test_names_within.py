"""Full names beside something else are found in columns that are neither names nor prose."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns
from anonymize.detect.name_model import find_name_model
from anonymize.detect.names_within import holds_full_name

GIVEN = ("Alice", "Peter", "Maria", "John", "Laura", "Carlos", "Emma", "Daniel", "Olivia", "Thomas")
FAMILY = ("Smith", "Rossi", "Johnson", "Garcia", "Miller", "Brown", "Fischer", "Novak", "Walker", "Clark")
NAMES = [f"{one} {other}" for one in GIVEN for other in FAMILY]
FORMS = (
    "{} (sister)",
    "sister: {}",
    "17 {}",
    "{} (#184)",
    "{}; {}",
    "{} 2024-03-01",
    "[{}]",
    "HR/{}",
    "signed by {}",
)


def verdict(values: list[str], model: bool) -> str:
    """Return the verdict on a column whose header says nothing."""
    names = find_name_model("coatcheck").scanner() if model else None  # type: ignore[union-attr]
    (found,) = inspect_samples(sample_columns([pa.record_batch({"c7": values})]), names=names)
    return str(found.verdict)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("model", [True, False])
def test_a_name_beside_something_else_is_found(form: str, model: bool) -> None:
    """With a model and, where all cells hold one, without."""
    values = [form.format(name, other) for name, other in zip(NAMES, reversed(NAMES), strict=True)]
    assert verdict(values, model) in ("PERSON_NAME", "FREE_TEXT_PII")


def test_a_fifth_of_the_cells_is_enough_for_the_model() -> None:
    """Half of a column may be about things."""
    values = [*(f"{name} (sister)" for name in NAMES[:40]), *(f"item {at} in stock" for at in range(160))]
    assert verdict(values, True) == "FREE_TEXT_PII"


@pytest.mark.parametrize("blank", ["\u00a0", "\t", "_", "|", ", "])
def test_what_stands_between_the_names_does_not_matter(blank: str) -> None:
    """Spreadsheets and the web write no-break spaces."""
    assert holds_full_name(f"x {blank.join(('Alice', 'Smith'))} y")


@pytest.mark.parametrize("text", ["Red chair 12", "Bayes theorem", "version 4.2", "alice smith", "Passer domesticus"])
def test_things_hold_no_full_name(text: str) -> None:
    """Neither do lower-case words: too many are names of somebody."""
    assert not holds_full_name(text)
