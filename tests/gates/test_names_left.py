"""The residual scan's names: what stood in a cell before its rule and still stands there, and
nothing else.
"""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect import sample_columns
from anonymize.detect.interface import SPAN_SCHEMA
from anonymize.detect.name_models.shipped import load_recogniser
from anonymize.gates.names_left import CellPair, NamesLeft, names_left
from anonymize.gates.residual import residual_findings
from anonymize.names import ColumnName
from tests.detect.name_models.test_measures import PROSE

NOTE = ColumnName("note")


def left(*cells: tuple[str, str], allow: tuple[str, ...] = ()) -> int:
    """Return in how many of (before, after) a name was left."""
    return names_left(NOTE, [CellPair(*cell) for cell in cells], load_recogniser(), allow).named


@pytest.mark.parametrize(
    ("after", "count"),
    [
        ("Please call Maria Lopez back before noon.", 1),
        ("Please call <PERSON_1> back before noon.", 0),
        ("Please call Julia Brown back before noon.", 0),
        ("Please call Julia Lopez back before noon.", 0),
        ("Please call p7qz4mmx2k3v back before noon.", 0),
        ("Please call  back before noon.", 0),
    ],
)
def test_only_a_name_that_stood_there_before_is_left(after: str, count: int) -> None:
    """Labels, invented names (in part, too), pseudonyms and nothing are none."""
    assert left(("Please call Maria Lopez back before noon.", after)) == count


def test_a_name_in_a_script_without_blanks_is_left() -> None:
    """The words around it may have changed."""
    assert left(("제갈준호 called about his order", "제갈준호 called <DATE_TIME_1>")) == 1


def test_an_allowed_name_is_not_counted() -> None:
    """The policy says it is none."""
    cell = "Please call Maria Lopez back before noon."
    assert left((cell, cell), allow=("Maria Lopez",)) == 0


@pytest.mark.parametrize(
    ("cells", "named", "found"), [(500, 24, False), (500, 25, True), (40, 2, False), (3, 3, True)]
)
def test_a_model_may_be_wrong_about_a_few(cells: int, named: int, found: bool) -> None:
    """A twentieth of the cells, and three, make a finding."""
    finding = NamesLeft(NOTE, cells, named).finding()
    assert (finding is not None) is found
    assert finding is None or (finding.what, finding.distinct_values, finding.sampled_distinct) == (
        "PERSON",
        named,
        cells,
    )


def test_kept_prose_is_read_by_the_model_too() -> None:
    """People whom no dictionary knows; an accepted column is left alone."""
    cells = [
        f"{PROSE[n % len(PROSE)]} I spoke with Bahar Rostami about case {n}." for n in range(40)
    ]
    samples = sample_columns([pa.record_batch({"note": cells})])
    assert not residual_findings(samples, {})
    (finding,) = residual_findings(samples, {}, names=load_recogniser())
    assert (finding.column, finding.what) == ("note", "FREE_TEXT_PII")
    assert not residual_findings(samples, {NOTE: frozenset({"*"})}, names=load_recogniser())


def test_words_of_a_form_are_no_names_though_the_model_takes_them_for_some() -> None:
    """Every draft for German call notes was refused by what it had itself left of them; a listed
    name in every cell is still counted.
    """
    people = ["Anna Lindqvist", "Chidi Okafor", "Elif Demirci", "Greta Weber"]
    form = "Rückruf an {} erbeten, Vertrag läuft aus"
    cells = [(form.format(people[n % 4]), form.format("<PERSON_1>")) for n in range(24)]
    assert left(*cells[:4]) > 0
    assert left(*cells) == 0
    kept = [(form.format("Maria Lopez"), form.format("Maria Lopez"))] * 24
    assert left(*kept) == 24


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Mrs. Maria Lopez told Frau Keller so", "Mrs. <PERSON_1> told Frau <PERSON_2> so"),
        ("Sra. Herrera and Frau Keller came by", "Sra. <PERSON_1> and Frau <PERSON_2> came by"),
        ("we asked Dr. Weber about it", "we asked Dr. <PERSON_1> about it"),
    ],
)  # fmt: skip
def test_a_title_beside_a_label_is_no_name_that_was_left(before: str, after: str) -> None:
    """The label is in the name's place; a title beside the name itself is counted with it."""
    assert left((before, after)) == 0
    assert left((before, before)) == 1


class _Marks:
    """A model that takes every word of a list for a person."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def scan(self, texts: pa.Array) -> pa.Table:
        """Return each word's first place in each text."""
        rows = [
            {
                "row": row,
                "start": text.index(word),
                "end": text.index(word) + len(word),
                "entity": "PERSON",
                "score": 0.99,
                "recognizer": "stand-in",
            }
            for row, text in enumerate(texts.to_pylist())
            for word in self._words
            if word in text
        ]
        return pa.Table.from_pylist(rows, SPAN_SCHEMA)


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("Patientin Müller klagt.", "Patientin <PERSON_1> klagt.", 0),
        ("Patientin Müller klagt.", "Patientin Dale Huynh klagt.", 0),
        ("Patientin Müller klagt.", "Patientin Müller klagt.", 1),
        ("Mit Herrn Kaiser gesprochen.", "Mit Herrn Dale Huynh gesprochen.", 0),
        ("Mit Herrn Kaiser gesprochen.", "Mit Herrn Kaiser gesprochen.", 1),
        ("Rückruf von Kollegin Koch", "Rückruf von Kollegin <PERSON_1>", 0),
    ],
)
def test_words_beside_a_name_are_none_that_was_left(before: str, after: str, count: int) -> None:
    """A word for a role, a noun, and a form of address before what took the name's place."""
    words = _Marks("Patientin", "Müller", "Herrn", "Rückruf", "Kollegin")
    assert names_left(NOTE, [CellPair(before, after)], words).named == count
