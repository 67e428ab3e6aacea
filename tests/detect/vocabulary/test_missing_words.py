"""Texts that stand for a missing value, told from values: one definition for drafts, plans and the
counter.
"""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect.vocabulary.missing_words import kind_of, stands_for_missing

MARKERS = """N/A|n/a|NA|NULL|none|None|nan|-|--|?|k.A.|K. A.|keine Angabe|KEINE  ANGABE|unbekannt
unknown|guest
anonymous|TBD|s.o.|не указано|НЕИЗВЕСТНО|不明|不詳|未知|sin datos|desconocido|inconnu|non renseigne
Non renseigné|ND
n.d.|N.N.|0|00000|999999|-1|-1.0|xxx|test|(leer)|(blank)|#N/A|#NV|#REF!|n.v.t.|onbekend|brak
nieznany|bilinmiyor
BİLİNMİYOR|없음|غير معروف|לא ידוע|.|_|*|nobody|not available|not-available|kein|ohne|entfällt
nicht bekannt|n. bek.
ukendt|ingen|není|няма|непознат|puudub|nežinoma|未回答|回答なし|ไม่มี|नहीं|nu se aplică|entf.|pending
walk-in|Laufkunde|ikke oplyst|unknown1
N / A|Ｎ／Ａ|void|default|dummy|anonym|\u200b|—|00000000-0000-0000-0000-000000000000|\\N|(null)
не\u00a0указано"""
PEOPLE = (
    "Ann|K-17|1|17|-17|99|A|M|007|Nadia|Unknownson|Testa|Mr N. Ka|998|x|2024-01-01|a@b.org|Anna"
    " Tester|李明|null-17|unknown12|Neni Rossi"
)


@pytest.mark.parametrize(
    "text", [text for line in MARKERS.splitlines() for text in line.split("|")]
)
def test_a_marker_in_any_spelling_stands_for_missing(text: str) -> None:
    """Many languages; case, accents, width, spaces and punctuation aside."""
    assert stands_for_missing(pa.array([text])).to_pylist() == [True]


@pytest.mark.parametrize("text", PEOPLE.split("|"))
def test_what_may_be_somebody_does_not(text: str) -> None:
    """A marker is a whole value, not a part of one."""
    assert stands_for_missing(pa.array([text])).to_pylist() == [False]
    assert kind_of(text) is None


def test_null_stays_null() -> None:
    """The caller says what null means."""
    assert stands_for_missing(pa.array([None, "x-1"], pa.string())).to_pylist() == [None, False]


@pytest.mark.parametrize(
    "text", ["Guest", "Neni", "Null", "Nan", "Brak", "Leer", "+", "★", "€ offen"]
)
def test_names_and_signs_are_not_proposed_to_be_read_as_missing(text: str) -> None:
    """They count for nobody where people are counted, but their values are not lost."""
    assert stands_for_missing(pa.array([text])).to_pylist() == [True]
    assert kind_of(text) is None


@given(st.lists(st.none() | st.text("0123456789 -.,#nNaA/()٣２é", max_size=5), max_size=12))
def test_digits_that_no_marker_holds_tell_texts_apart_and_change_no_answer(
    values: list[str | None],
) -> None:
    """A column of them is answered as its texts are one by one."""
    texts = pa.array([*values, *["234"] * (len(values) + 1)], pa.string())
    alone = [
        None if text is None else stands_for_missing(pa.array([text], pa.string()))[0].as_py()
        for text in texts.to_pylist()
    ]
    assert stands_for_missing(texts).to_pylist() == alone
