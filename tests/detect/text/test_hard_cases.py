"""Ways to break detection, and what stands against them."""

from __future__ import annotations

import base64
import random
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from faker import Faker

from anonymize.detect import CustomRecognizer, inspect_samples, make_scanner, sample_columns
from anonymize.detect.columns.shapes import DATES, SHAPES, STREET
from anonymize.detect.disk_cache import cache_dir, read_cached, write_cached
from anonymize.detect.text import prefilter as prefilter_module
from anonymize.detect.text.own_kinds import own_rules
from anonymize.detect.text.own_rules import OwnPart, OwnRule
from anonymize.detect.text.slow_patterns import blows_up, refuse_bombs
from anonymize.errors import ArgumentError, DataError


def verdict(values: pa.Array, name: str = "col7") -> str:
    """Return the verdict on one column."""
    return inspect_samples(sample_columns([pa.record_batch({name: values})]))[0].verdict


def test_a_column_whose_first_hundred_thousand_rows_are_null() -> None:
    """What follows the nulls decides."""
    batches = [pa.record_batch({"x": pa.nulls(100_000, pa.string())})]
    batches.append(pa.record_batch({"x": pa.array([f"u{i}@example.org" for i in range(500)])}))
    assert inspect_samples(sample_columns(batches))[0].verdict == "EMAIL_ADDRESS"


def test_one_percent_of_personal_data_in_free_text() -> None:
    """Ten e-mail addresses in a thousand notes turn the verdict, and the chance of a miss is
    stated.
    """
    notes = [
        f"the order number {i} was late and the customer was not happy about it"
        for i in range(1000)
    ]
    for i in range(0, 1000, 100):
        notes[i] += f" reach me at jane{i}@example.org"
    samples = sample_columns([pa.record_batch({"notes": pa.array(notes)})], size=1000)
    assert inspect_samples(samples)[0].verdict == "FREE_TEXT_PII"
    assert samples[0].miss_probability(0.01) == 0.0
    assert (
        sample_columns([pa.record_batch({"notes": pa.array(notes)})])[0].miss_probability(0.01)
        < 0.01
    )


def test_dates_as_integers() -> None:
    """20240131 and 31012024 are dates by their digits, not account numbers."""
    days = [f"{y}{m:02}{d:02}" for y in (2018, 2021, 2023) for m in (1, 6, 11) for d in (3, 17, 28)]
    assert verdict(pa.array([int(day) for day in days])) == "DATE_TIME"
    assert verdict(pa.array([day[6:] + day[4:6] + day[:4] for day in days])) == "DATE_TIME"


def test_fifty_thousand_base64_blobs() -> None:
    """Random blobs are neither passwords nor identifiers of people, and cost little."""
    dice = random.Random(1)
    blobs = pa.array([base64.b64encode(dice.randbytes(30)).decode() for _ in range(50_000)])
    assert verdict(blobs) in ("NONE", "RECORD_ID")


BOMBS = (
    *(
        r"(a+)+$",
        r"([a-z]+)*\d",
        r"(x+x+)+y",
        r"^(?P<hide>(a+)+)$",
        r"(a|aa)+$",
        r"(\w+\s?)*$",
        r"(.*)(.*)(.*)x",
    ),
    *(r"\w+\s*\w*x", r"(a?){30}a{30}", r"(\p{L}+)+\d", "["),
)
HARMLESS = (
    *(
        r"\bZZ\d{5}\b",
        r"[A-Z]+-\d+",
        r"\w+@\w+\.\w+",
        r"^DE(?P<hide>.*)....$",
        r"\p{L}+\d+",
        r"(?:[a-z]+-)+\d",
    ),
    *(r"(\d+\.)+x", r"(?:a++)+b", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
)


@pytest.mark.parametrize("pattern", BOMBS)
def test_a_regex_bomb_is_refused_by_name(pattern: str) -> None:
    """A pattern that can take for ever never meets data."""
    with pytest.raises(ArgumentError, match="recognizer staff: pattern 1"):
        make_scanner(custom=[CustomRecognizer("staff", "STAFF", (pattern,))]).scan(pa.array(["x"]))


@pytest.mark.parametrize("pattern", HARMLESS)
def test_a_pattern_whose_steps_grow_with_the_square_at_most_is_taken(pattern: str) -> None:
    """Ordinary patterns pass; a deadline stops those that are slow on the data."""
    refuse_bombs("staff", (pattern,))


def test_the_verdict_on_a_pattern_asks_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which every search ends at once, and one on which none does, refuse the same
    patterns.
    """
    import regex

    class Engine:
        """Compiles, and says nothing about time."""

        def finditer(self, *_: object, **__: object) -> list[object]:
            """Return nothing, at once."""
            return []

    blows_up.cache_clear()
    monkeypatch.setattr(regex, "compile", lambda *_: Engine())
    with pytest.raises(ArgumentError, match="pattern 2"):
        refuse_bombs("staff", (HARMLESS[0], BOMBS[1]))


@pytest.mark.soak
def test_our_own_shapes_are_no_bombs() -> None:
    """Every pattern that looks at values stands the probes that a policy's patterns have to
    stand.
    """
    refuse_bombs("shapes", tuple(p.pattern for p in (*SHAPES.values(), *DATES, *STREET)))


@pytest.mark.parametrize("rule", own_rules((), None, 0.0), ids=lambda rule: rule.name)
def test_our_own_rules_are_no_bombs(rule: OwnRule) -> None:
    """Nor is what looks into texts for kinds that Presidio has no recognizer for."""
    assert [
        part.shape.pattern
        for part in rule.parts
        if isinstance(part, OwnPart) and blows_up(part.shape.pattern)
    ] == []


def test_a_pattern_that_takes_too_long_stops_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the probes did not show ends after the time limit, with the recognizer's name and no
    text.
    """
    monkeypatch.setattr(
        "anonymize.detect.text.presidio_engine.refuse_bombs", lambda name, patterns: None
    )
    monkeypatch.setattr("anonymize.detect.text.presidio_rules.PATTERN_SECONDS", 0.05)
    scanner = make_scanner(
        custom=[CustomRecognizer("slow staff", "STAFF", (r"(a+)+$",))], entities=["STAFF"]
    )
    with pytest.raises(DataError, match="slow staff") as raised:
        scanner.scan(pa.array(["a" * 5000 + "b"]))
    assert "aaaa" not in str(raised.value)


@pytest.mark.soak
def test_a_damaged_cache_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed byte in a cached database is noticed, and the findings stay."""
    monkeypatch.setenv("COATCHECK_CACHE", str(tmp_path))
    prefilter_module._database.cache_clear()
    custom = [CustomRecognizer("badge", "BADGE", (r"\bZZ\d{5}\b",))]
    make = lambda score: make_scanner(custom=custom, score_threshold=score)  # noqa: E731
    first = make(0.41).scan_text("badge ZZ12345 of a@b.com")
    files = list(tmp_path.glob("patterns-*.bin"))
    assert files
    for file in files:
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    prefilter_module._database.cache_clear()
    assert make(0.42).scan_text("badge ZZ12345 of a@b.com") == first
    assert cache_dir() == tmp_path


def test_the_cache_refuses_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Truncated, changed and foreign files read as absent; an unwritable folder is no error."""
    monkeypatch.setenv("COATCHECK_CACHE", str(tmp_path))
    write_cached("k", b"body")
    assert read_cached("k") == b"body"
    (tmp_path / "other.bin").write_bytes((tmp_path / "k.bin").read_bytes())
    assert read_cached("other") is None
    (tmp_path / "k.bin").write_bytes((tmp_path / "k.bin").read_bytes()[:-1])
    assert read_cached("k") is None
    monkeypatch.setenv("COATCHECK_CACHE", str(tmp_path / "k.bin"))
    write_cached("k", b"body")


def test_a_million_and_one_characters_are_scanned() -> None:
    """A long text is cut with overlap: findings at the cuts are found once, with places in the
    whole.
    """
    from anonymize.detect.text.long_texts import CORE

    text = ["."] * 1_000_001
    mail = "jane.roe@example.org"
    places = [0, CORE - 10, 3 * CORE - 1, 5 * CORE, 1_000_001 - len(mail)]
    for at in places:
        text[at : at + len(mail)] = list(mail)
        if at:
            text[at - 1] = " "
        if at + len(mail) < len(text):
            text[at + len(mail)] = " "
    spans = make_scanner(entities=["EMAIL_ADDRESS"]).scan_text("".join(text))
    assert [start for start, *_ in spans] == places


def test_five_thousand_columns() -> None:
    """A very wide table is inspected; each column gets its verdict."""
    batch = pa.record_batch({f"c{i}": pa.array([i, i + 1, i + 2]) for i in range(5000)})
    assert len(inspect_samples(sample_columns([batch]))) == 5000


def test_memory_of_a_sample_does_not_grow_with_rows() -> None:
    """A hundred batches need no more than a few."""
    values = pa.array(np.arange(50_000)).cast(pa.string())
    peaks = []
    for batches in (3, 40):
        tracemalloc.start()
        sample_columns(pa.record_batch({"x": values}) for _ in range(batches))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2_000_000


@pytest.mark.parametrize("locale", ["de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "pl_PL"])
def test_names_of_other_countries_without_a_header(locale: str) -> None:
    """Whole names in seven languages are known by the dictionaries."""
    fake = Faker(locale)
    fake.seed_instance(2)
    people = [f"{fake.first_name()} {fake.last_name()}" for _ in range(80)]
    assert verdict(pa.array(people)) == "PERSON_NAME"


def test_a_validation_that_breaks_keeps_the_finding() -> None:
    """Presidio's fiscal code check breaks on a full-width digit: the scan goes on and the match
    stays.
    """
    spans = make_scanner(countries=["it"], entities=["IT_FISCAL_CODE"], fold=False).scan_text(
        "RSSMRA85T1\uff10A562S"
    )
    assert [entity for _, _, entity, *_ in spans] in ([], ["IT_FISCAL_CODE"])


@pytest.mark.parametrize(
    "name", ["🦄", "", " ", "---", "1", "é", "\u200b", "\n", "a" * 3000, "日本", "№", "%"]
)
def test_a_name_without_words_is_no_obstacle(name: str) -> None:
    """Columns may be called anything; the values then decide."""
    batch = pa.record_batch({name: [f"user{i}@example.com" for i in range(30)]})
    (finding,) = inspect_samples(sample_columns([batch]))
    assert finding.verdict == "EMAIL_ADDRESS"


def _agents() -> list[str]:
    fake = Faker()
    fake.seed_instance(1)
    return [fake.user_agent() for _ in range(60)]


FORMS: list[tuple[str, list[str], str]] = [
    ("user_agent", _agents(), "NONE"),
    (
        "location",
        [
            f"{city}, {state}"
            for city in ("Dayton", "Salem", "Aurora")
            for state in ("OH", "IL", "MA")
        ],
        "CITY",
    ),
    ("cep", [f"{10_000_000 + 7919 * at}" for at in range(60)], "POSTAL_CODE"),
    (
        "nir",
        [f"1 {50 + at % 40} 0{at % 9 + 1} 75 0{at % 90 + 10} {at % 800 + 100}" for at in range(60)],
        "NATIONAL_ID",
    ),
    ("followers", [str(at * at) for at in range(60)], "NONE"),
    (
        "c1",
        [
            f"{at}{kind}"
            for at in ("Kerk", "Molen", "Dorps", "Berg")
            for kind in ("straat", "weg", "laan")
        ],
        "STREET_ADDRESS",
    ),
    ("c1", [f"978-3-16-{at:06d}-{at % 10}" for at in range(60)], "RECORD_ID"),
    ("c1", [str(1_500_000_000 + at * 1_234_567) for at in range(60)], "DATE_TIME"),
    (
        "c1",
        [
            "van der Berg",
            "de Vries",
            "van Dijk",
            "Bakker",
            "Visser",
            "de Boer",
            "van den Heuvel",
            "Mulder",
        ],
        "PERSON_NAME",
    ),
]


@pytest.mark.parametrize(
    "name,values,expected", FORMS, ids=[f"{name} {what}" for name, _, what in FORMS]
)
def test_values_of_a_known_form_are_told_apart(name: str, values: list[str], expected: str) -> None:
    """By their form, and by the name where the form says nothing."""
    column = pa.array([int(value) for value in values]) if values[0].isdigit() else pa.array(values)
    (finding,) = inspect_samples(sample_columns([pa.record_batch({name: column})]))
    assert finding.verdict == expected


def test_ship_to_name_is_a_person_s() -> None:
    """Not a vessel's."""
    fake = Faker()
    fake.seed_instance(1)
    batch = pa.record_batch(
        {"ship_to_name": [fake.name() for _ in range(40)], "ship_name": ["Beagle", "Vasa"] * 20}
    )
    assert [finding.verdict for finding in inspect_samples(sample_columns([batch]))] == [
        "PERSON_NAME",
        "NONE",
    ]


def test_birth_dates_reach_to_the_newborn() -> None:
    """Without a header, beside names."""
    fake = Faker()
    fake.seed_instance(1)
    batch = pa.record_batch(
        {
            "c1": [fake.name() for _ in range(80)],
            "c2": [str(fake.date_of_birth()) for _ in range(80)],
        }
    )
    assert [finding.verdict for finding in inspect_samples(sample_columns([batch]))] == [
        "PERSON_NAME",
        "DATE_OF_BIRTH",
    ]
