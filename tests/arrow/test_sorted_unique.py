"""Distinct numbers by sorting are those of NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anonymize.arrow.sorted_unique import sorted_unique


@pytest.mark.parametrize("kind", [np.uint64, np.int64])
@given(data=st.data())
def test_it_is_what_numpy_finds(kind: type, data: st.DataObject) -> None:
    """Empty, single, repeated and extreme numbers."""
    numbers = data.draw(arrays(kind, st.integers(0, 50)))
    assert sorted_unique(numbers).tolist() == np.unique(numbers).tolist()
