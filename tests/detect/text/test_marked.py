"""What one cell proves is looked for in all values, and is in the sample however many others there
are.
"""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect import ColumnSampler
from anonymize.detect.columns.whole_column_search import MOST, Marked, proves

ROWS = 100_000
PROOFS = {
    "address": "ask ann@example.org about it",
    "address in a link": "/u?email=ann%40example.org",
    "hardware address": "seen 00:1a:2b:3c:4d:5e today",
    "IBAN": "to DE89 3704 0044 0532 0130 00, please",
}


def sampled(values: list[str], *, mark: bool) -> list[str]:
    """Return the sample of one column read in batches."""
    sampler = ColumnSampler(pa.schema([("c", pa.string())]), 500, mark=mark)
    for start in range(0, len(values), 25_000):
        sampler.add(pa.record_batch({"c": values[start : start + 25_000]}))
    return sampler.samples()[0].texts


@pytest.mark.parametrize("proof", PROOFS)
def test_one_cell_of_a_hundred_thousand_is_in_the_sample(proof: str) -> None:
    """Chance would take it once in two hundred."""
    values = [f"item {at} in a box of the size {at % 97}" for at in range(ROWS)]
    values[77_777] = PROOFS[proof]
    assert PROOFS[proof] in sampled(values, mark=True)


def test_dictionaries_are_looked_at_by_their_entries() -> None:
    """Text that was read as a dictionary is text."""
    marked = Marked(pa.string())
    marked.add(pa.array(["a@example.org", "b", "b"]).dictionary_encode())
    assert marked.values().to_pylist() == ["a@example.org"]


def test_no_more_are_kept_than_are_needed_and_what_only_looks_alike_is_not() -> None:
    """Tracking numbers begin like IBANs."""
    marked = Marked(pa.string())
    marked.add(pa.array([f"RR{at:09}DE44" for at in range(1_000)]))
    assert not len(marked.values())
    marked.add(pa.array([f"a{at}@example.org" for at in range(1_000)]))
    assert len(marked.values()) == MOST


def test_what_is_there_by_a_mark_does_not_count_as_drawn() -> None:
    """The chance that something escaped the sample is told as if it were not there."""
    values = [f"item {at}" for at in range(ROWS)] + [f"a{at}@example.org" for at in range(20)]
    sampler = ColumnSampler(pa.schema([("c", pa.string())]), 500, mark=True)
    sampler.add(pa.record_batch({"c": values}))
    (sample,) = sampler.samples()
    assert sample.marked >= 15
    assert sample.miss_probability(0.01) == pytest.approx(0.99**500)


@pytest.mark.parametrize("text", ["npm@1.2.3", "@ann", "10:20:30", "icon@2x.png", "RR123456789DE"])
def test_things_prove_nothing(text: str) -> None:
    """Versions, mentions, times, files, parcels."""
    assert not proves(text)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_distinct_values_are_sought_once_for_search_and_sample(kind: pa.DataType) -> None:
    """A column that repeats few values; the sample holds them in the order of their first row."""
    values = pa.array([f"v{(7 * at) % 50}" for at in range(10_000)], kind).slice(3)
    sought = Marked(kind).add(values)
    assert sought is not None
    assert sought.equals(values.unique())
    samples = []
    for mark in (False, True):
        sampler = ColumnSampler(pa.schema({"c": kind}), mark=mark)
        sampler.add(pa.record_batch({"c": values}))
        samples.append(sampler.samples()[0])
    assert samples[0].distinct.equals(samples[1].distinct)
    assert samples[1].complete


def test_a_dictionary_may_hold_what_no_row_has() -> None:
    """Its entries are searched, and are not taken for the column's values."""
    column = pa.array(["a", "b"] * 5_000).dictionary_encode().slice(0, 1)
    assert Marked(column.type.value_type).add(column) is None
