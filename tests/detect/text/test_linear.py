# ruff: noqa: E501
"""No cell, no column count, no policy makes detection take the square of what it is given."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect import inspect_samples, make_scanner, sample_columns
from anonymize.detect.columns.identifiers_in_cells import SearchedKinds, held_in
from anonymize.detect.text.addresses import whole_addresses
from anonymize.detect.text.intervals import Places

SMALL = 4_000
TIMES = 4
"""How many times as much the larger input is."""
ALLOWED = 5.0
"""How many times as long it may take."""
FLOOR_SECONDS = 0.06
"""Processor time below which a measurement says nothing; a square of the larger input takes many
times as long.
"""
_dice = random.Random(5)
UNITS = [
    "".join(_dice.choice("0123456789abcdef") for _ in range(24_000)),
    "".join(_dice.choice("ABCDEFGHIJabcdefghij0123456789+/") for _ in range(24_000)),
    *("a", "1", ".", "@", "-", " ", "/", "\n", "_", "<", "[", '"', "李", "ก", "а", "１", "\u00a0", "\u0301", "😀", "a\u0301"),
    *("a.", "1-", "1.", "1 ", "1_ ", "a ", "a@", "a-", "aA1", "1/", "1:", "::", "x.de", "%41", "&amp;", "a'", "A-", "A.", "Aa "),
    *("http://a.b/", "www.", "<a>", "January ", "1 January ", "password ", "password: ", "card ", "phone: ", "电话1", "1月"),
    *("a@b.co,", "a@b.co ", "a dot ", "a at a dot ", "(at) ", " -", "born on ", "-----BEGIN A ", "curl -u ", "be 1.1.1.1 "),
    *("123-45-6789 ", "DE89 3704 0044 0532 0130 00 ", "1.1.1.1 ", "12 Main ", "Anna Meier, ", "2024-01-01 10:00:00 GET /a "),
]  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that ``work`` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def is_linear(work: Callable[[int], Callable[[], object]]) -> bool:
    """Return whether ``TIMES`` as much input takes at most ``ALLOWED`` times as long, in the best
    of three tries.
    """
    for _ in range(3):
        large = seconds(work(TIMES))
        if large <= ALLOWED * FLOOR_SECONDS or large <= ALLOWED * seconds(work(1)):
            return True
    return False


def repeated(unit: str, length: int) -> str:
    """Return ``unit`` over and over, ``length`` code points."""
    return (unit * (length // len(unit) + 1))[:length]


def not_linear(look: Callable[[str], object], units: Sequence[str] = UNITS) -> list[str]:
    """Return those of ``units`` of which a longer row takes more than its share of time."""
    look("call 212-555-1234 or a@example.org, 1 May 2001, 12 Main Street")

    def of(unit: str) -> Callable[[int], Callable[[], object]]:
        return lambda times: lambda: look(f"12 {repeated(unit, SMALL * times)}!")

    return [unit[:20] for unit in units if not is_linear(of(unit))]


def test_a_cell_of_any_repetition_is_scanned_in_linear_time() -> None:
    """Digits, letters, marks, words, addresses, scripts: four times the cell takes at most five
    times as long.
    """
    scanner = make_scanner(countries=("us", "uk", "de", "fr"))
    assert not_linear(scanner.scan_text) == []


@pytest.mark.soak
def test_a_cell_of_any_repetition_is_looked_at_in_linear_time() -> None:
    """So do the column's shapes, the output's scan and the addresses beside a name model's
    places.
    """

    def look(text: str) -> None:
        inspect_samples(
            sample_columns([pa.record_batch({"street": pa.array([text])})]),
            scanner=make_scanner(entities=[]),
        )
        held_in([text], SearchedKinds(), ())
        whole_addresses(text, [])

    assert not_linear(look) == []


def test_a_wide_table_is_inspected_in_linear_time() -> None:
    """Four times the columns take at most five times as long."""

    def inspect(times: int) -> Callable[[], object]:
        names = (
            "first_name",
            "street",
            "zip",
            "amount",
            "note",
            "city",
            "phone",
            "date",
            "status",
            "email",
        )
        cells = ["Anna", "Main St 5", "12345", "x", "hello"]
        table = pa.record_batch(
            {
                f"{names[i % 10]}_{i}": pa.array([*cells[i % 5 :], *cells[: i % 5]])
                for i in range(120 * times)
            }
        )
        samples = sample_columns([table])
        return lambda: inspect_samples(samples)

    inspect(1)()
    assert is_linear(inspect)


spans = st.tuples(st.integers(0, 40), st.integers(0, 8)).map(lambda pair: (pair[0], sum(pair)))


@given(st.lists(spans), spans)
def test_places_that_meet_a_span_are_those_that_comparing_each_finds(
    places: list[tuple[int, int]], span: tuple[int, int]
) -> None:
    """Looking up by place finds what a walk over all places finds."""
    start, end = span
    known = Places(places)
    assert list(known.touching(start, end)) == sorted(
        p for p in places if p[0] <= end and start <= p[1]
    )
    assert list(known.overlapping(start, end)) == sorted(
        p for p in places if p[0] < end and start < p[1]
    )
    assert known.around(start, end) is any(low <= start and end <= high for low, high in places)
