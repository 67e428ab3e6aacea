"""Postal addresses go whole, and what only looks like one stays."""

from __future__ import annotations

import pytest

from anonymize.detect import make_scanner
from anonymize.detect.name_models.shipped import load_recogniser
from anonymize.detect.text.addresses import whole_addresses
from anonymize.detect.text.name_bounds import refined
from anonymize.detect.text.span_table import Span

WHOLE: list[tuple[str, str, tuple[str, ...]]] = [
    ("wohne in der Bahnhofstr. 5 und komme um 7", "Bahnhofstr. 5", ("Bahnhofstr",)),
    (
        "ul. Marszałkowska 10/12, 00-590 Warszawa",
        "ul. Marszałkowska 10/12, 00-590 Warszawa",
        ("590 Warszawa",),
    ),
    ("an Postfach 1234, 3001 Bern senden", "Postfach 1234, 3001 Bern", ("3001 Bern",)),
    (
        "at 12 Baker Street, London NW1 6XE now",
        "12 Baker Street, London NW1 6XE",
        ("12 Baker Street, London NW1",),
    ),
    ("P.O. Box 123, Springfield", "P.O. Box 123, Springfield", ("Springfield",)),
    ("Apartado de correos 123, 28080 Madrid", "Apartado de correos 123, 28080 Madrid", ("Madrid",)),
    (
        "Unter den Linden 77, 10117 Berlin",
        "Unter den Linden 77, 10117 Berlin",
        ("Unter den Linden", "Berlin"),
    ),
    ("Am Alten Markt 12, 50667 Köln", "Am Alten Markt 12, 50667 Köln", ("Köln",)),
    ("Kalverstraat 92, 1012 PH Amsterdam.", "Kalverstraat 92, 1012 PH Amsterdam", ()),
    ("Calle Mayor 5 a las 7 en Madrid", "Calle Mayor 5", ("Madrid",)),
    (
        "vive en Calle Mayor 5, 3º izq, 28013 Madrid",
        "Calle Mayor 5, 3º izq, 28013 Madrid",
        ("Madrid",),
    ),
    ("Rua das Flores, nº 12, 4050-262 Porto", "Rua das Flores, nº 12, 4050-262 Porto", ("Porto",)),
    ("abita in Piazza Garibaldi 7 a Lecce", "Piazza Garibaldi 7", ("Lecce",)),
    ("Via Roma 12, 00184 Roma", "Via Roma 12, 00184 Roma", ("Roma",)),
    ("Storgatan 12, 111 23 Stockholm", "Storgatan 12, 111 23 Stockholm", ("Stockholm",)),
    ("elle habite 10 rue de la Paix", "10 rue de la Paix", ()),
    ("Musterstraße 12\n12345 Musterstadt", "Musterstraße 12\n12345 Musterstadt", ()),
    (
        "1600 Pennsylvania Avenue NW, Washington, DC 20500",
        "1600 Pennsylvania Avenue NW, Washington, DC 20500",
        ("Washington",),
    ),
    ("flat: 221B Baker St., Apt 4, London", "221B Baker St., Apt 4, London", ("London",)),
    ("im Lindenweg 5, Köln", "Lindenweg 5, Köln", ("Lindenweg", "Köln")),
]
NONE: list[tuple[str, tuple[str, ...]]] = [
    ("In Platz 1 und Ring 3, weg 5 Tage", ()),
    ("Er ging 2019 Berlin besuchen", ("Berlin",)),
    ("Paris, London 2024", ("Paris", "London")),
    ("via Slack 5 and via Zoom 12", ()),
    ("Blood pressure BP 120 over 80", ()),
    ("die Chaussee 5 km entlang, am Montag 5 Stunden", ()),
    ("Berlin im Januar 2024", ("Berlin",)),
    ("In 1998 Toronto, 12 Angry Men and 3 Michelin stars", ("Toronto",)),
    ("la place 5 est libre, le cours 12 commence", ()),
    ("He paid 20000 Euro in Bern, 500 people came", ("Bern",)),
    ("Apollo 11, Area 51, Route 66 and Boeing 747", ()),
    ("@ Hot975Vegas", ("Hot975Vegas",)),
]


def places(text: str, several: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return where ``several`` stand in ``text``."""
    return [(text.rindex(one), text.rindex(one) + len(one)) for one in several]


@pytest.mark.parametrize(
    ("text", "address", "seen"), WHOLE, ids=[address for _, address, _ in WHOLE]
)
def test_an_address_goes_whole(text: str, address: str, seen: tuple[str, ...]) -> None:
    """Street, number, postcode and town are one place, whatever part of it the model saw; nothing
    else is.
    """
    assert [text[low:high] for low, high in whole_addresses(text, places(text, seen))] == [address]


@pytest.mark.parametrize(("text", "seen"), NONE, ids=[text for text, _ in NONE])
def test_numbers_beside_other_words_are_no_address(text: str, seen: tuple[str, ...]) -> None:
    """Ranks, years, amounts, distances, films."""
    assert whole_addresses(text, places(text, seen)) == []


def test_an_address_takes_the_place_of_its_parts() -> None:
    """One LOCATION is left; names of people and identifiers beside it stay as they are."""
    text = "Ana, Calle Mayor 5, 28013 Madrid, ana@example.org"
    spans: list[Span] = [
        (0, 3, "PERSON", 0.9, "m"),
        (26, 32, "LOCATION", 0.9, "m"),
        (34, 49, "EMAIL_ADDRESS", 1.0, "m"),
    ]
    assert [(text[s[0] : s[1]], s[2]) for s in refined(text, spans)] == [
        ("Ana", "PERSON"),
        ("Calle Mayor 5, 28013 Madrid", "LOCATION"),
        ("ana@example.org", "EMAIL_ADDRESS"),
    ]


def test_a_word_in_small_letters_is_no_place_and_code_no_name() -> None:
    """The model is right of one such word in ten; a call is a call."""
    text = "Berlin kommt, CarbonHelper.run(x) also"
    weak: list[Span] = [
        (7, 12, "LOCATION", 0.18, "m"),
        (14, 26, "PERSON", 0.6, "m"),
        (0, 6, "LOCATION", 0.9, "m"),
    ]
    assert refined(text, weak) == [(0, 6, "LOCATION", 0.9, "m")]


def test_a_name_that_begins_inside_an_address_ends_with_it() -> None:
    """What is glued to the address goes with it; a name a blank away stays a name."""
    text = "alice@example.org으로 Marie Dupont"
    spans: list[Span] = [(0, 17, "EMAIL_ADDRESS", 1.0, "m"), (14, 32, "PERSON", 0.8, "m")]
    assert [text[s[0] : s[1]] for s in refined(text, spans)] == [
        "alice@example.org",
        "Marie Dupont",
    ]


@pytest.mark.parametrize(
    "text", ["wohne in der Bahnhofstr. 5 und komme um 7", "Postfach 1234, 3001 Bern"]
)
def test_the_scanner_finds_the_whole_with_the_model(text: str) -> None:
    """All digits of the address lie in one LOCATION."""
    import pyarrow as pa

    spans = make_scanner(ner=load_recogniser()).scan(pa.array([None, text, "", text])).to_pylist()
    found = [(s["row"], text[s["start"] : s["end"]]) for s in spans if s["entity"] == "LOCATION"]
    assert [row for row, _ in found] == [1, 3]
    assert all("5" in place or "3001" in place for _, place in found)
