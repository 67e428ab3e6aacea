"""Tables with more combinations than are searched are made coarser first, for all rows alike."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy.recoding import Promise, Sensitive, recode
from anonymize.privacy.recoding.coarsen import coarsened
from tests.examples import examples
from tests.privacy.recoding.made import COLUMNS, Table, classes, tables


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 6), st.integers(1, 30))
def test_the_promise_holds_and_a_combination_has_what_its_own_values_have(
    table: Table, k: int, most: int
) -> None:
    """Counted by label over the table's own combinations; labels are groups of their values."""
    k = min(k, int(table.rows.sum()))
    combination, value = np.nonzero(table.dx)
    given = Sensitive(combination, value, table.dx[combination, value].astype(float))
    level = int((table.dx.sum(axis=0) > 0).sum() > 1) + 1
    made = recode(
        COLUMNS,
        table.codes,
        table.rows,
        Promise(k, l=level),
        sensitive=[given],
        most_combinations=most,
    )
    for members in classes(made).values():
        assert table.rows[members].sum() >= k
        assert (table.dx[members].sum(axis=0) > 0).sum() >= level
    for at, labels in enumerate(made.labels):
        for code, cell in zip(
            table.codes[made.kept, at].tolist(), made.cells[made.kept, at].tolist(), strict=True
        ):
            lowest = made.coarsened[at] if made.coarsened else 0
            assert labels[cell] in [
                one.labels[one.nodes[code]] for one in COLUMNS[at].levels[lowest:]
            ]
    assert made.suppressed == table.rows[~made.kept].sum()


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 30))
def test_as_many_combinations_are_searched_as_may_be(table: Table, most: int) -> None:
    """No more than the bound, each once, with all rows; a table below it stays as it is."""
    coarse = coarsened(COLUMNS, table.codes, table.rows, None, most)
    if len(table.codes) <= most:
        assert coarse is None
        return
    assert coarse is not None
    assert len(coarse.codes) <= most
    assert len(np.unique(coarse.codes, axis=0)) == len(coarse.codes)
    assert coarse.summed(table.rows).sum() == table.rows.sum()


@settings(max_examples=examples(60), deadline=None)
@given(tables(), st.integers(1, 20), st.randoms(use_true_random=False))
def test_the_order_of_combinations_does_not_matter(table: Table, most: int, random: object) -> None:
    """The same labels, and the same levels."""
    at = np.array(random.sample(range(len(table.rows)), len(table.rows)))  # type: ignore[attr-defined]
    k = min(3, int(table.rows.sum()))
    plain = recode(COLUMNS, table.codes, table.rows, Promise(k), most_combinations=most)
    other = recode(COLUMNS, table.codes[at], table.rows[at], Promise(k), most_combinations=most)
    assert other.labels == plain.labels
    assert other.coarsened == plain.coarsened
    assert (other.cells == plain.cells[at]).all()


def test_persons_in_combinations_that_become_one_count_once() -> None:
    """Two of three pairs are of one person: no class of three persons."""
    codes = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]], np.int32)
    people = (np.array([0, 1, 2, 3]), np.array([7, 7, 8, 9]))
    made = recode(
        COLUMNS, codes, np.ones(4, np.int64), Promise(3), people=people, most_combinations=2
    )
    assert len(classes(made)) == 1
