"""Values of invented people: of the same form, and pairs that occur."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from anonymize.keys import Secret
from anonymize.keys.primitives.stream import KeyedStream
from anonymize.plan.canaries.look_alike import coded, is_wide, mixed, most_similar, nearby


@pytest.fixture
def stream() -> KeyedStream:
    """Return a stream of a fixed key."""
    return KeyedStream(Secret(bytes(32)))


def _drawn(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_numbers_have_the_decimals_and_range_of_the_column(stream: KeyedStream) -> None:
    """Most are values that no row has."""
    values = np.round(_drawn().lognormal(3, 1, 500), 2)
    made = nearby(pa.array(values), np.arange(500), stream).to_numpy()
    assert np.array_equal(np.round(made, 2), made)
    assert values.min() <= made.min() <= made.max() <= values.max()
    assert np.isin(made, values).mean() < 0.9


def test_whole_numbers_keep_their_step(stream: KeyedStream) -> None:
    """Prices in tens stay in tens."""
    values = pa.array((_drawn().integers(0, 9_000, 400) * 10).tolist())
    made = nearby(values, np.arange(400), stream).to_numpy()
    assert not (made % 10).any()


def test_times_of_day_occur(stream: KeyedStream) -> None:
    """Nobody comes at night because two days were averaged."""
    start, drawn = datetime(2026, 1, 5), _drawn()
    moments = [
        start + timedelta(days=int(d), hours=9, minutes=int(m))
        for d, m in zip(drawn.integers(0, 300, 300), drawn.integers(0, 480, 300), strict=True)
    ]
    made = nearby(pa.array(moments, pa.timestamp("us")), np.arange(300), stream)
    assert {one.hour for one in made.to_pylist()} <= set(range(9, 17))
    assert len(set(made.to_pylist()) & set(moments)) < 100


def test_null_stays_null(stream: KeyedStream) -> None:
    """In each type of wide column."""
    for column in (
        pa.array([None, *np.arange(30.0)]),
        pa.array([None, *range(30)]),
        pa.array([None, *(f"A-{one:04}" for one in range(30))]),
    ):
        assert is_wide(column)
        made = nearby(column, np.arange(31), stream)
        assert made.null_count == 1
        assert made.type == column.type


def test_only_pairs_that_occur_are_made(stream: KeyedStream) -> None:
    """Of each city there is one country; no row gets the country of another one."""
    drawn = _drawn()
    city, tariff, sex = (drawn.integers(0, n, 2_000) for n in (8, 5, 2))
    columns = [pa.array(one) for one in (city, city // 2, tariff, sex)]
    codes = coded(columns, np.arange(2_000))
    near = codes[drawn.permutation(2_000)]  # rows that have little in common
    taken = mixed(codes, near, codes, np.ones(codes.shape, bool), stream)
    made = np.where(taken, near, codes)
    assert taken.any(axis=1).mean() > 0.2
    pairs = {tuple(row) for row in codes[:, :2].tolist()}
    assert {tuple(row) for row in made[:, :2].tolist()} <= pairs


def test_the_most_similar_row_is_another_one_and_any_of_equals(stream: KeyedStream) -> None:
    """Of many that differ in one column not always the first."""
    donors = np.zeros((400, 3), np.int64)
    others = np.array([[0, 0, 0], [5, 6, 7], *([0, 0, one] for one in range(1, 9))])
    found = most_similar(donors, others, stream)
    assert set(found.tolist()) == set(range(2, 10))


def test_numbers_beyond_63_bits_are_taken_from_other_rows() -> None:
    """Neighbours of smaller ones are computed."""
    assert not is_wide(pa.array([(1 << 63) + at for at in range(300)], pa.uint64()))
    assert is_wide(pa.array(range(300), pa.uint64()))
