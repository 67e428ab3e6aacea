"""Values counted for charts: the same however rows are divided, and people once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from anonymize.privacy.pooled import Bar
from anonymize.privacy.value_counts import ValueCounts, is_counted, nice_step, round_edges

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from("abcdefghij")), max_size=120)


def counted(values: pa.Array, people: pa.Array | None = None, **given: bool) -> ValueCounts:
    """Return counts of one batch."""
    counts = ValueCounts(**given)
    counts.add(values, people)
    return counts


@given(TEXTS, st.integers(0, 120), st.integers(2, 12))
def test_two_batches_are_counted_as_one(texts: list[str | None], at: int, limit: int) -> None:
    """Texts as dictionaries, too."""
    whole, halves = counted(pa.array(texts, pa.string())), ValueCounts()
    halves.add(pa.array(texts[:at], pa.string()))
    halves.add(pa.array(texts[at:], pa.string()).dictionary_encode())
    assert whole.bars(limit, named=True) == halves.bars(limit, named=True)


@given(TEXTS, st.integers(2, 12))
def test_no_text_is_a_label_unless_asked_for(texts: list[str | None], limit: int) -> None:
    """And the bars are the same."""
    counts = counted(pa.array(texts, pa.string()))
    bars = counts.bars(limit, named=False)
    assert not {bar.label for bar in bars} & set("abcdefghij")
    named = counts.bars(limit, named=True)
    assert sorted(bar.rows for bar in bars) == sorted(bar.rows for bar in named)


def test_a_person_counts_once() -> None:
    """By the first row: fifty rows of one person are not fifty, whatever categories and ranges
    they are in, alone and together.
    """
    people = pa.array(["one"] * 50 + [f"p{n}" for n in range(12)] + ["one", "two", None])
    texts = pa.array([f"own {n}" for n in range(50)] + ["shared"] * 12 + [None] * 3)
    assert counted(texts, people).rows == {"own 0": 1, "shared": 12}
    assert counted(texts, people).bars(10, named=True) == ()
    numbers = counted(pa.array([*range(100, 150), *range(12), None, 7, 8]), people)
    assert (sum(numbers.rows.values()), numbers.missing) == (14, 0)


def test_rows_of_nobody_do_not_count() -> None:
    """Where people are counted."""
    values, nobody = pa.array(["a"] * 30), pa.nulls(30, pa.string())
    assert counted(values, nobody).bars(10, named=True) == ()


def test_days_are_counted_by_month_year_or_decade() -> None:
    """By what has at most 24, most of them large enough."""
    for step, first in ((1, "2001-03"), (1.5, "2001"), (9, "2001"), (90, "2000s")):
        dates = [date(2001, 3, 1) + timedelta(int(step * n)) for n in range(400)]
        assert counted(pa.array(dates)).bars(25, named=False)[0].label == first


def test_numbers_without_a_size_are_missing() -> None:
    """Not a number, infinite; text that is no number is not taken for one."""
    numbers = pa.array([float("nan")] * 6 + [float("inf")] * 6 + [*map(float, range(40))])
    bars = counted(numbers).bars(10, named=False)
    assert bars[-1] == Bar("missing", 10)
    assert counted(pa.array([float("nan")] * 20)).bars(10, named=False) == ()


def test_few_numbers_that_a_rule_made_are_called_by_themselves() -> None:
    """Years, bands; in their order."""
    years = pa.array([2010, 2009, 2011] * 20, pa.int64())
    bars = counted(years, is_coarse=True).bars(10, named=True)
    assert bars == (Bar("2009", 20), Bar("2010", 20), Bar("2011", 20))


def test_a_column_of_too_many_values_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """And holds no more of them."""
    monkeypatch.setattr("anonymize.privacy.value_counts.MOST_DISTINCT", 50)
    counts = counted(pa.array([f"v{n % 60}" for n in range(6000)]))
    counts.add(pa.array(["v1"] * 100))
    assert (counts.bars(10, named=True), len(counts.rows)) == ((), 0)


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=60))
def test_edges_are_few_and_ascend(numbers: list[float]) -> None:
    """Of numbers of any size."""
    edges = round_edges(np.asarray(numbers))
    assert 1 <= len(edges) <= 14
    assert all(low < high for low, high in pairwise(edges))


def test_steps_are_round() -> None:
    """1, 2 or 5 times a power of ten."""
    assert [nice_step(step) for step in (0.011, 1, 1.5, 30, 7)] == [0.02, 1, 2, 50, 10]


def test_types_that_are_counted() -> None:
    """By the name that a manifest has of them."""
    known = [pa.int8(), pa.uint64(), pa.float16(), pa.decimal128(9, 2), pa.date32(), pa.bool_(),
             pa.timestamp("us", "UTC"), pa.string(),
             pa.dictionary(pa.int32(), pa.string())]  # fmt: skip
    others = [pa.list_(pa.int8()), pa.struct([("a", pa.int8())]), pa.binary(), pa.time32("s"),
              pa.null(), pa.map_(pa.string(), pa.int8()), pa.duration("s")]  # fmt: skip
    assert all(is_counted(str(kind)) for kind in known)
    assert not any(is_counted(str(kind)) for kind in others)
