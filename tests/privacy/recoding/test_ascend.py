"""The ascent takes a band of cells in parts if it is large, with the same result."""

from __future__ import annotations

import importlib
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy.recoding import Promise, recode
from tests.examples import examples
from tests.privacy.recoding.made import COLUMNS, Table, tables


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 6))
def test_memory_does_not_change_the_result(table: Table, k: int) -> None:
    """With room for no more pairs than combinations, and for few pairs at a time."""
    k = min(k, int(table.rows.sum()))
    plain = recode(COLUMNS, table.codes, table.rows, Promise(k))
    ascend = importlib.import_module("anonymize.privacy.recoding.ascend")
    cells = importlib.import_module("anonymize.privacy.recoding.cells")
    with mock.patch.object(ascend, "_AT_MOST", 1), mock.patch.object(cells, "_BLOCK", 3):
        small = recode(COLUMNS, table.codes, table.rows, Promise(k))
    assert small.labels == plain.labels
    assert (small.cells == plain.cells).all()
    assert (small.kept == plain.kept).all()
