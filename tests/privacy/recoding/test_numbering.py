"""Numbers of equal rows are those that NumPy gives, for small and for large keys."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy.recoding.numbering import keys_of, numbered, order_of
from tests.examples import examples

LARGE = st.integers(0, 3) | st.integers(0, 2**31 - 2)
ROWS = st.lists(st.tuples(LARGE, LARGE, LARGE, LARGE), min_size=1, max_size=30)


@settings(max_examples=examples(90), deadline=None)
@given(ROWS)
def test_keys_are_equal_and_ordered_as_rows_are(rows: list[tuple[int, ...]]) -> None:
    """Also where the columns need more bits than a key has."""
    codes = np.array(rows, np.int64)
    keys = keys_of(codes)
    assert (np.argsort(keys, kind="stable") == np.lexsort(codes.T[::-1])).all()
    assert len(np.unique(keys)) == len(set(rows))


@settings(max_examples=examples(90), deadline=None)
@given(st.lists(st.integers(0, 9) | st.integers(0, 2**62 - 1), min_size=1, max_size=40))
def test_numbers_and_first_positions_are_those_of_unique(given_keys: list[int]) -> None:
    """The order is stable."""
    keys = np.array(given_keys, np.int64)
    _, first, where = np.unique(keys, return_index=True, return_inverse=True)
    number, start = numbered(keys)
    assert (number == where).all()
    assert (start == first).all()
    assert (order_of(keys) == np.argsort(keys, kind="stable")).all()
