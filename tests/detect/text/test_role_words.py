"""Words for people in a role are no part of the names that follow them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect.name_models.shipped import load_recogniser
from anonymize.detect.name_models.shipped_spans import name_of
from anonymize.detect.text.name_bounds import refined
from anonymize.detect.vocabulary.lexicon import any_name
from anonymize.detect.vocabulary.roles import role_words, without_roles

CUT = [
    ("Patientin Müller", "Müller"),
    ("Kundin Anna Berg", "Anna Berg"),
    ("Rechtsanwältin Frau Dr. Lang", "Lang"),
    ("La patiente", "La patiente"),
    ("patiente Moreau", "Moreau"),
    ("paciente García", "García"),
    ("kollegin müller", "müller"),
    ("Patientin wurde", "Patientin wurde"),
    ("Kollegin", "Kollegin"),
    ("Gast, Peter", "Gast, Peter"),
    ("Anna Vater", "Anna Vater"),
]


@pytest.mark.parametrize(("surface", "left"), CUT)
def test_a_role_before_a_name_is_cut_off(surface: str, left: str) -> None:
    """And stays where nothing that may be a name follows, so that no piece of a name is lost."""
    assert name_of(surface) == left


def test_no_role_is_a_name_of_the_dictionaries() -> None:
    """Or somebody's name would be cut."""
    assert not role_words() & any_name()
    assert without_roles("Bauer Peter") == "Bauer Peter"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Patientin Müller klagt über Schmerzen.", ["Müller"]),
        ("Rücksprache mit Kollegin Schneider gehalten.", ["Schneider"]),
        ("Antragsteller Yusuf Demir, geb. in Köln", ["Yusuf Demir"]),
    ],
)
def test_the_model_marks_the_name_alone(text: str, names: list[str]) -> None:
    """The word before it went with the name, and a note lost what it is about."""
    found = load_recogniser().scan(pa.array([text])).to_pylist()
    assert [text[f["start"] : f["end"]] for f in found if f["entity"] == "PERSON"] == names


def test_a_role_alone_is_no_person() -> None:
    """Where the model is not sure of it."""
    text = "Kollegin war krank."
    assert refined(text, [(0, 8, "PERSON", 0.74, "m")]) == []
    assert refined(text, [(0, 8, "PERSON", 0.95, "m")])
