"""Nouns with which notes begin are nobody's names; names that look like them, or stand beside them,
stay.
"""

from __future__ import annotations

import pytest

from anonymize.detect.text.name_bounds import refined
from anonymize.detect.vocabulary.lexicon import any_name
from anonymize.detect.vocabulary.notes import begins_a_note, note_words


@pytest.mark.parametrize(
    "surface",
    [
        "Vertrag",
        "Rückruf erbeten",
        "Mahnung",
        "Bestellung storniert",
        "Versicherung zahlt",
        "Richiesta arrivata",
    ],
)
def test_a_noun_is_no_person(surface: str) -> None:
    """Alone or before words in small letters, where the model is not sure of it."""
    assert begins_a_note(surface)
    span = (0, len(surface), "PERSON", 0.8, "m")
    assert refined(f"{surface}, siehe oben", [span]) == []
    assert refined(f"{surface}, siehe oben", [(*span[:3], 0.95, "m")])


@pytest.mark.parametrize(
    "surface",
    [
        "Müller",
        "Kunde Müller",
        "Hartung",
        "Leung",
        "Cheung",
        "Joulaud lança",
        "Anna kommt",
        "Bütt ner",
    ],
)
def test_names_stay(surface: str) -> None:
    """Those that end like nouns, those behind one, and words that nobody knows."""
    assert not begins_a_note(surface)


def test_no_word_of_the_list_hides_a_name() -> None:
    """A word that is somebody's name, too, is kept whatever the list says."""
    assert not [
        word for word in note_words() if word in any_name() and begins_a_note(word.capitalize())
    ]
