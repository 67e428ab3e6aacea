"""A name model is asked about the columns that rules leave open, and about no more than it can read
in passing.
"""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.detect import Finding, Scanner, inspect_samples, sample_columns
from anonymize.detect.columns.evidence.name_model import CODE_POINTS_IN_ALL, NOT_ASKED
from anonymize.detect.columns.evidence.prose import _mentions_person
from anonymize.detect.interface import SPAN_SCHEMA
from anonymize.detect.name_models import choose as name_model
from anonymize.detect.name_models.shipped import load_recogniser
from anonymize.errors import MissingExtraError
from anonymize.pipeline.prepare import inspect_source
from tests.detect.name_models.test_measures import PROSE
from training.names import ORIGINS, held_out

PERSIAN = ORIGINS["persian"]
PEOPLE = [
    name
    for name in (f"{given} {family}" for family in PERSIAN.family for given in PERSIAN.female)
    if not _mentions_person(name)
]
MESSAGES = [f"{PROSE[at % len(PROSE)]} I spoke with {PEOPLE[at]} about it." for at in range(40)]
THINGS = [
    f"{a} {b}"
    for a in ("Steel", "Garden", "Folding", "Solar")
    for b in ("Chair", "Lamp", "Table", "Hose")
]


def finding(cells: list[str], names: Scanner | None = None, header: str = "c1") -> Finding:
    """Return what inspection says of one column."""
    return inspect_samples(sample_columns([pa.record_batch({header: cells})]), names=names)[0]


def test_prose_that_names_people_is_seen() -> None:
    """Names that stand in no dictionary; rules alone see none, and the evidence says who was not
    asked.
    """
    rules, model = finding(MESSAGES), finding(MESSAGES, load_recogniser())
    assert (rules.verdict, rules.evidence[-1]) == ("FREE_TEXT", NOT_ASKED)
    assert model.verdict == "FREE_TEXT_PII"
    assert "cells mention people, says the name model" in model.evidence[-1]


def test_prose_that_names_nobody_stays_prose() -> None:
    """Sentences that training never saw."""
    found = finding([f"{a} {b}" for a in PROSE for b in PROSE if a != b][:100], load_recogniser())
    assert found.verdict == "FREE_TEXT"
    assert NOT_ASKED not in found.evidence


@pytest.mark.parametrize("header", ["c1", "label"])
@pytest.mark.parametrize("order", ["{0} {1}", "{1}, {0}"])
def test_a_column_of_names_is_seen_under_any_header(header: str, order: str) -> None:
    """Held-out names, of which no dictionary knows enough."""
    names = [
        order.format(given, family)
        for given in held_out(PERSIAN.female + PERSIAN.male)
        for family in held_out(PERSIAN.family)
    ]
    assert finding(names, None, header).verdict == "NONE"
    assert finding(names, load_recogniser(), header).verdict == "PERSON_NAME"


def test_a_column_of_things_is_not_taken_for_people() -> None:
    """Two capitalised words each."""
    assert finding(THINGS, load_recogniser()).verdict == "NONE"


SPECIES = [
    f"{a} {b}"
    for a in ("Vulpes", "Martes", "Lepus", "Felis")
    for b in ("corsac", "zibella", "timidus", "manul")
]


def test_the_names_of_species_are_not_read_as_names() -> None:
    """A capital, then a word in lower case, is how nobody is called: the model is not asked."""
    counting = Counting()
    assert finding(SPECIES, counting).verdict == "NONE"
    assert counting.code_points == 0


class Counting:
    """Counts what it is asked to read."""

    def __init__(self) -> None:
        self.code_points = 0

    def scan(self, texts: pa.Array) -> pa.Table:
        """Return no spans."""
        self.code_points += sum(map(len, texts.to_pylist()))
        return SPAN_SCHEMA.empty_table()


def test_what_is_read_is_bounded_over_the_whole_table() -> None:
    """Twenty columns of long cells cost what five cost."""
    dice, counting = random.Random(2), Counting()
    cells = [" ".join(dice.choices(PROSE, k=20)) for _ in range(20)]
    batch = pa.record_batch({f"c{number}": cells for number in range(20)})
    inspect_samples(sample_columns([batch]), names=counting)
    assert 0 < counting.code_points <= CODE_POINTS_IN_ALL


@pytest.fixture
def source(tmp_path: Path) -> str:
    """Return a CSV with one column of messages."""
    path = tmp_path / "messages.csv"
    path.write_text("c1\n" + "\n".join(f'"{message}"' for message in MESSAGES) + "\n")
    return str(path)


def test_the_shipped_model_is_asked_where_it_can_run(source: str) -> None:
    """By default; off is off."""
    assert inspect_source(source)[0].verdict == "FREE_TEXT_PII"
    assert inspect_source(source, ner="off")[0].verdict == "FREE_TEXT"


def test_without_the_extra_rules_decide_and_say_so(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless the model was asked for by name."""

    def missing(feature: str, extra: str, *packages: str) -> None:
        raise MissingExtraError.of(feature, extra)

    monkeypatch.setattr(name_model, "require", missing)
    assert NOT_ASKED in inspect_source(source)[0].evidence
    with pytest.raises(
        MissingExtraError, match="needs the extra ner: python -m pip install 'onnxruntime"
    ):
        inspect_source(source, ner="coatcheck")
