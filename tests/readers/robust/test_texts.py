"""Texts whose words are disguised: within the set, and never beyond it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.errors import ArgumentError
from anonymize.readers.robust import TextChanges
from anonymize.readers.robust.search import random_choices
from anonymize.readers.robust.words import FOLDED
from tests.readers.robust.test_words import folded

TEXTS = st.lists(
    st.one_of(
        st.none(),
        st.text(st.sampled_from("abcdeo XYZ \n\t\u00a0\u00e9\u0416\u4e2d1.%&;"), max_size=40),
    ),
    min_size=1,
    max_size=6,
)


@given(TEXTS, st.integers(1, 4), st.integers(0, 2**31))
def test_a_changed_text_is_in_the_set(texts: list[str | None], most: int, seed: int) -> None:
    """At most so many words differ; null and blanks stay."""
    changes, rows = TextChanges(most), pa.array(texts, pa.string())
    options = changes.options(rows)
    choices = random_choices(options, most, np.random.default_rng(seed))
    after = changes.changed(rows, choices)
    assert changes.holds(rows, after).all()
    assert ((choices > 0).sum(axis=1) <= most).all()
    assert (choices <= options).all()
    assert [text is None for text in texts] == [text is None for text in after.to_pylist()]
    same = ~choices.any(axis=1)
    assert after.filter(pa.array(same)).equals(rows.filter(pa.array(same)))


@given(st.lists(st.sampled_from(["please", "transfer", "code", "today"]), min_size=1, max_size=8))
def test_disguises_of_the_detector_fold_back_to_the_text(words: list[str]) -> None:
    """The reader of the text sees what was written."""
    changes, rows = TextChanges(3, FOLDED), pa.array([" ".join(words)])
    choices = random_choices(changes.options(rows), 3, np.random.default_rng(len(words)))
    after = folded(changes.changed(rows, choices)[0].as_py())
    differ = [a for a, b in zip(after.split(), words, strict=True) if a != b]
    assert all(not word.isascii() for word in differ)  # look-alikes of every letter


@pytest.mark.parametrize(
    "after",
    [
        "pay the fee",
        "p4y the fee now",
        "pay thе fee n0w",
        "pay  the fee now",
        "",
        "pay the fee now!",
    ],
)
def test_other_texts_are_not_in_the_set(after: str) -> None:
    """Words left out or added, more of them disguised than said, other blanks."""
    changes = TextChanges(1)
    before = pa.array(["pay the fee now"])
    inside = after == "p4y the fee now"
    assert changes.holds(before, pa.array([after])).tolist() == [inside]


def test_null_is_no_text() -> None:
    """It stays null, and is an empty text for a model."""
    changes, rows = TextChanges(), pa.array([None, "code"])
    assert changes.holds(rows, pa.array(["code", "code"])).tolist() == [False, True]
    assert changes.given(rows).tolist() == ["", "code"]


def test_words_beyond_the_first_stay() -> None:
    """What a search tries is bounded."""
    changes = TextChanges(1, first_words=1)
    assert changes.options(pa.array([" code code"])).tolist() == [[len(changes.forms("code"))]]
    before = pa.array([" code code"])
    assert changes.holds(before, pa.array([" c0de code"])).tolist() == [True]
    assert changes.holds(before, pa.array([" code c0de"])).tolist() == [False]


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view()])
def test_the_type_stays(type_: pa.DataType) -> None:
    """Also where nothing changes."""
    rows = pa.array(["code today"], type_)
    assert TextChanges().changed(rows, np.array([[1, 0]])).type == type_


@pytest.mark.parametrize("choices", [[[99, 0]], [[1, 1]], [[0, 0, 1]], [[1], [1]], [1, 0]], ids=str)
def test_choices_that_are_none_are_refused(choices: list[object]) -> None:
    """A form that the word has not, too many words, a word that is not there, other rows."""
    with pytest.raises(ArgumentError, match="choices"):
        TextChanges(1).changed(pa.array(["code today"]), np.array(choices))


def test_what_makes_no_set_is_refused() -> None:
    """With what there is; a text is never in the message."""
    for wrong in ({"most": 0}, {"kinds": ["rot13"]}, {"kinds": []}, {"first_words": 0}):
        with pytest.raises(ArgumentError):
            TextChanges(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="no Arrow column of text"):
        TextChanges().options(pa.array([1]))
