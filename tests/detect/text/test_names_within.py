"""Full names beside something else are found in columns that are neither names nor prose."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns
from anonymize.detect.columns.names_within_cells import holds_full_name
from anonymize.detect.name_models.choose import find_name_model, names_scanner
from tests.detect.harmless_columns import HARMLESS, values_of

GIVEN = ("Alice", "Peter", "Maria", "John", "Laura", "Carlos", "Emma", "Daniel", "Olivia", "Thomas")
FAMILY = (
    "Smith",
    "Rossi",
    "Johnson",
    "Garcia",
    "Miller",
    "Brown",
    "Fischer",
    "Novak",
    "Walker",
    "Clark",
)
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
    names = names_scanner(find_name_model("coatcheck")) if model else None  # type: ignore[arg-type]
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
    values = [
        *(f"{name} (sister)" for name in NAMES[:40]),
        *(f"item {at} in stock" for at in range(160)),
    ]
    assert verdict(values, True) == "FREE_TEXT_PII"


@pytest.mark.parametrize(
    ("model", "form"), [(True, "{}"), (True, "{} (owner)"), (True, "{}; {}"), (False, "{}")]
)
def test_three_in_a_hundred_cells_are_enough(model: bool, form: str) -> None:
    """Nine full names, alone, with a word, two in a cell, among three hundred other values."""
    values = [f"{at} {value}" for at, value in enumerate(values_of("product"))][:291]
    assert (
        verdict([*values, *(form.format(*NAMES[at : at + 2]) for at in range(0, 18, 2))], model)
        == "FREE_TEXT_PII"
    )


@pytest.mark.parametrize("blank", ["\u00a0", "\t", "_", "|", ", "])
def test_what_stands_between_the_names_does_not_matter(blank: str) -> None:
    """Spreadsheets and the web write no-break spaces."""
    assert holds_full_name(f"x {blank.join(('Alice', 'Smith'))} y")


@pytest.mark.parametrize(
    "text", ["Red chair 12", "Bayes theorem", "version 4.2", "alice smith", "Passer domesticus"]
)
def test_things_hold_no_full_name(text: str) -> None:
    """Neither do lower-case words: too many are names of somebody."""
    assert not holds_full_name(text)


@pytest.mark.parametrize("model", [True, False])
@pytest.mark.parametrize("kind", ["verdict on a code", "town", "date"])
def test_they_are_seen_beside_values_that_have_a_verdict(kind: str, model: bool) -> None:
    """Codes of records and days of which some cells name a person."""
    others = {
        "verdict on a code": [f"ORD-{at:06}" for at in range(280)],
        "town": [f"C{at:04}" for at in range(280)],
        "date": [f"2024-{at % 12 + 1:02}-{at % 28 + 1:02}" for at in range(280)],
    }
    assert verdict([*others[kind], *NAMES[::5]], model) == "FREE_TEXT_PII"


@pytest.mark.parametrize("model", [True, False])
@pytest.mark.parametrize(
    "form",
    ["CV_{}_{}.pdf", "{}{}", "{}-{}-cv.docx", "2024_{}_{}", "cv-{}-{}.pdf", "scan.{}.{}.png"],
)
def test_names_of_files_and_names_written_together(form: str, model: bool) -> None:
    """A column that is mostly of these is personal, in capitals or, where a mark parts the words,
    without.
    """
    pairs = [tuple(name.split()) for name in NAMES[::4]]
    small = "cv" in form or "scan" in form
    values = [form.format(*((one.lower() for one in pair) if small else pair)) for pair in pairs]
    assert verdict([*values, "notes.txt", "logo.png", "index.html"], model) in (
        "FREE_TEXT_PII",
        "USERNAME",
    )


@pytest.mark.parametrize("model", [True, False])
def test_files_without_names_are_not(model: bool) -> None:
    """Reports, images and parts of code."""
    files = [
        f"{a}-{b}.{c}"
        for a in ("report", "summer", "main")
        for b in ("final", "draft", "view")
        for c in ("md", "png")
    ]
    assert (
        verdict([*files, "CarbonHelper", "ReadTable", "HttpClient", "OrderService"], model)
        == "NONE"
    )


def under(header: str, values: list[str]) -> str:
    """Return the verdict on a column of 300 rows."""
    names = names_scanner(find_name_model("coatcheck"))  # type: ignore[arg-type]
    rows = [values[at % len(values)] for at in range(300)]
    (found,) = inspect_samples(sample_columns([pa.record_batch({header: rows})]), names=names)
    return str(found.verdict)


MAKES = [
    "Calvin Klein",
    "Ralph Lauren",
    "Tommy Hilfiger",
    "Hugo Boss",
    "Paul Smith",
    "Tom Ford",
    "Marc Jacobs",
    "Nike",
]


@pytest.mark.parametrize("header", ["brand", "product_brand", "Marke", "manufacturer"])
def test_a_few_makes_called_like_their_founders_are_no_people(header: str) -> None:
    """They recur, under a header of makes."""
    assert under(header, MAKES) not in ("PERSON_NAME", "FREE_TEXT_PII")


@pytest.mark.parametrize("header", ["brand", "team", "product", "title"])
def test_many_names_are_people_whatever_the_header_says(header: str) -> None:
    """A hundred different ones."""
    assert under(header, NAMES) in ("PERSON_NAME", "FREE_TEXT_PII")


@pytest.mark.parametrize("kind", HARMLESS)
def test_nothing_harmless_holds_one(kind: str) -> None:
    """With the model, a thousand values of every kind."""
    names = names_scanner(find_name_model("coatcheck"))  # type: ignore[arg-type]
    samples = sample_columns([pa.record_batch({"c7": values_of(kind, 1_000)})], 1_000)
    (found,) = inspect_samples(samples, names=names)
    assert found.verdict not in ("PERSON_NAME", "FREE_TEXT_PII")


@pytest.mark.parametrize("people", [0, 20])
def test_people_among_firms_are_seen_and_firms_called_like_people_are_none(people: int) -> None:
    """One in fifteen of the customers is a person; the firms bear the names of their founders."""
    family = [name.split()[1] for name in NAMES]
    firms = [f"{family[at]}, {family[at - 3]} and {family[at - 4]}" for at in range(60)]
    firms += [f"{name} GmbH" for name in NAMES] + [
        f"{one} {other} Ltd" for one in family[:12] for other in family[20:30]
    ]
    names = names_scanner(find_name_model("coatcheck"))  # type: ignore[arg-type]
    samples = sample_columns([pa.record_batch({"company": [*firms, *NAMES[: people * 5 : 5]]})])
    (found,) = inspect_samples(samples, names=names)
    assert (found.verdict == "FREE_TEXT_PII") is bool(people)
