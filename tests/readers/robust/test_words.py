"""Words in disguise: they read the same, differ in bytes, and are folded back where that is
promised.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect.text.disguises import fold_disguises
from anonymize.readers.robust.words import FOLDED, KINDS, forms

PLAIN = st.text("abcdefghijklmnopqrstuvwxyzACEHKMOPT", min_size=3, max_size=12)


def folded(text: str) -> str:
    """Return the text without disguises."""
    found = fold_disguises(text)
    return text if found is None else found.text


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_a_word_that_has_such_letters(kind: str) -> None:
    """Two forms or more of a word like this."""
    assert len(forms("transfer", (kind,))) >= 2  # type: ignore[arg-type]


@given(PLAIN)
def test_forms_are_distinct_and_never_the_word(word: str) -> None:
    """So an option is a change."""
    found = forms(word)
    assert word not in found
    assert "" not in found
    assert len(set(found)) == len(found)


@given(PLAIN)
def test_the_detector_takes_its_disguises_off(word: str) -> None:
    """But not off a word that has no Latin letter left: that may be Russian."""
    for form in forms(word, FOLDED):
        foreign = not any(char.isascii() and char.isalpha() for char in form)
        alike = form.isalpha() and foreign and form not in forms(word, ("wide",))
        assert folded(form) == word or alike


def test_letters_apart_and_digits_stay_with_the_detector() -> None:
    """Folding is no defence against these; the page says so."""
    assert [folded(form) for form in forms("transfer", ("digits", "apart"))] == list(
        forms("transfer", ("digits", "apart"))
    )


@pytest.mark.parametrize("word", ["", "no", "1234", "Привет", "中文字", "€€€"])
def test_words_without_three_latin_letters_have_no_forms(word: str) -> None:
    """There is nothing to put in their place."""
    assert forms(word) == ()
