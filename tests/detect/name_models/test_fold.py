"""Folding and windows: the way back to the original text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.detect.name_models.shipped import ENTITIES, load_model
from anonymize.detect.name_models.shipped_encode import MAX_PIECES, encode, windows
from anonymize.detect.name_models.shipped_fold import fold
from anonymize.detect.name_models.shipped_spans import find_spans, name_of


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ｊｏｈｎ", "john"),
        ("𝐉𝐨𝐡𝐧", "John"),
        ("sm\u00adi\u200bth", "smith"),
        ("Mаria Gаrcíа", "Maria Garcia"),
        ("Иван Петров", "Ivan Petrov"),
        ("Γιώργος", "Giorgos"),
        ("Łukasz Ødegård Weiß", "Lukasz Odegard Weiss"),
        ("J\u0336o\u0336h\u0336n\u0336", "John"),
        ("O’Neill – “x”", 'O\'Neill - "x"'),
        ("Anna\u00a0Lopez", "Anna Lopez"),
        ("\U0001f600Anna Lopez\u2764\ufe0f", " Anna Lopez "),
        ("\u2705Anna\U0001f44d\U0001f3fdLopez\u2605", " Anna  Lopez "),
        ("\u24b6nna", "Anna"),
        ("same person as 제갈준호", "same person as Jegaljunho"),
        ("call सुनीता Iyengar", "call Sunita Iyengar"),
        ("from فاطمة here", "from Fatma here"),
        ("ask משה about it", "ask Mshh about it"),
        ("see 西園寺 today", "see Liwein today"),
        ("M a r i a  L.o.p.e.z", "Maria  Lopez"),
        (
            "Maria- Lopez and Maria -Lopez, Anna-Lena - no",
            "Maria Lopez and Maria Lopez, Anna-Lena - no",
        ),
        ("U.S.A. a b c, J. R. R. Tolkien", "U.S.A. a b c, J. R. R. Tolkien"),
    ],
)
def test_disguises_are_folded(text: str, plain: str) -> None:
    """Look-alikes inside Latin words by look, other Cyrillic and Greek by sound."""
    assert fold(text)[0] == plain


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_every_folded_letter_knows_where_it_came_from(text: str) -> None:
    """One origin per folded code point, never going back; none where all stay in their places."""
    plain, origin = fold(text)
    if origin is None:
        assert len(plain) == len(text)
    else:
        assert len(origin) == len(plain)
        assert (np.diff(origin) >= 0).all()
        assert not len(origin) or origin[-1] < len(text)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["Maria", "ab.", "x\n", "!", "12", "Supercalifragilistic", "  ", "é"]),
        max_size=400,
    ),
    st.integers(8, 126),
)
def test_windows_cover_every_piece_in_order(words: list[str], limit: int) -> None:
    """No piece is skipped, none is beyond the limit, each window goes further than the last."""
    (encoded,) = encode(load_model().tokenizer, [" ".join(words)])
    found = windows(encoded, limit, overlap=limit // 3)
    covered = np.zeros(len(encoded.ids), bool)
    for begin, stop in found:
        assert 0 < stop - begin <= limit <= MAX_PIECES
        covered[begin:stop] = True
    assert covered.all()
    assert all(a[1] < b[1] and b[0] <= a[1] for a, b in pairwise(found))


def test_words_know_their_case() -> None:
    """The shape is the second input: lower, Capitalised, UPPER, single, mIxed, digits, letters with
    digits, marks.
    """
    (encoded,) = encode(load_model().tokenizer, ["maria Maria MARIA M McLeod 12 a1 ,\nMaria"])
    first = np.flatnonzero(np.concatenate(([True], np.diff(encoded.word) > 0)))
    assert encoded.shapes[first].tolist() == [1, 2, 3, 4, 5, 6, 7, 0, 10]


def _spans(text: str, likely: list[tuple[str, float]]) -> list[tuple[str, str]]:
    """Return the spans of ``text`` where each word has one likely label and is else nothing."""
    model = load_model()
    (encoded,) = encode(model.tokenizer, [text])
    probabilities = np.zeros((len(encoded.start), len(model.labels)), np.float32)
    for row, (label, share) in zip(probabilities, likely, strict=True):
        row[0] = 1 - share
        row[model.labels.index(label)] += share
    found = find_spans(model, [encoded], [probabilities], np.zeros(1, np.int64), ENTITIES, 0.5)
    pairs = zip(found.start, found.end, found.entity, strict=True)
    return [(text[start:end], str(ENTITIES[entity])) for start, end, entity in pairs]


def test_a_doubtful_word_beside_a_name_is_part_of_it() -> None:
    """A capitalised one, with nothing but a space between, and not out of the question; nothing
    else is.
    """
    sure, doubtful, no = ("B-PERSON", 0.9), ("B-PERSON", 0.2), ("B-PERSON", 0.01)
    assert _spans("Pilar Cisneros asked", [doubtful, sure, no]) == [("Pilar Cisneros", "PERSON")]
    assert _spans("Ana Mercedes Mora asked", [doubtful, doubtful, sure, no]) == [
        ("Ana Mercedes Mora", "PERSON")
    ]
    assert _spans("Mora Castro", [sure, ("B-LOCATION", 0.9)]) == [
        ("Mora", "PERSON"),
        ("Castro", "LOCATION"),
    ]
    assert _spans("Then Cisneros asked", [no, sure, no]) == [("Cisneros", "PERSON")]
    assert _spans("ask Cisneros", [doubtful, sure]) == [("Cisneros", "PERSON")]
    assert _spans("Pilar\nCisneros", [doubtful, sure]) == [("Cisneros", "PERSON")]
    assert _spans("Pilar, Cisneros", [doubtful, no, sure]) == [("Cisneros", "PERSON")]


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("Mayor Egal", "Egal"),
        ("Dr. Ana Mora", "Ana Mora"),
        ("But Morales", "Morales"),
        ("Dear Mrs. Mora", "Mora"),
        ("Dean Martin", "Dean Martin"),
        ("Dr.", "Dr."),
        ("I w o n a", "I w o n a"),
    ],
)
def test_titles_and_small_words_before_a_name_are_no_part_of_it(found: str, name: str) -> None:
    """What may be a given name stays."""
    assert name_of(found) == name
