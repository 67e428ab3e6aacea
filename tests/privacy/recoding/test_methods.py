"""What holds for every method: the promise, the bound, the same result in any order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy.coded import CodedColumn, Level
from anonymize.privacy.recoding import Promise, RecodingError, Sensitive, recode
from anonymize.privacy.recoding.recode import Method
from tests.examples import examples
from tests.privacy.recoding.made import COLUMNS, Table, classes, column, tables

METHODS: tuple[Method, ...] = ("local", "mondrian", "hierarchy")
ANY = st.sampled_from(METHODS)
UNORDERED = tuple(column(one.name, one.values, (), ordered=False) for one in COLUMNS)


def dx_of(table: Table) -> Sensitive:
    """Return the table's sensitive column."""
    combination, value = np.nonzero(table.dx)
    return Sensitive(combination, value, table.dx[combination, value].astype(float))


@settings(max_examples=examples(150), deadline=None)
@given(tables(), ANY, st.integers(1, 6), st.sampled_from([0.0, 0.1]))
def test_k_l_and_t_hold(table: Table, method: Method, k: int, share: float) -> None:
    """Counted by label, with plain loops; or the whole table breaks the promise too, or it cannot
    be fulfilled for each whole combination.
    """
    promise = Promise(k, l=2, t=0.4)
    try:
        made = recode(
            COLUMNS,
            table.codes,
            table.rows,
            promise,
            sensitive=[dx_of(table)],
            method=method,
            max_suppressed=share,
        )
    except RecodingError:
        assert table.rows.sum() < k or (table.dx.sum(axis=0) > 0).sum() < 2
        return
    whole = table.dx.sum(axis=0) / table.dx.sum()
    for members in classes(made).values():
        counts = table.dx[members].sum(axis=0)
        assert counts.sum() >= k
        assert (counts > 0).sum() >= 2
        assert np.abs(counts / counts.sum() - whole).sum() / 2 <= 0.4 + 1e-6
    assert table.rows[~made.kept].sum() == made.suppressed <= share * table.rows.sum()


@settings(max_examples=examples(90), deadline=None)
@given(tables(), ANY, st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_order_of_combinations_does_not_matter(
    table: Table, method: Method, k: int, random: object
) -> None:
    """Each combination gets the same labels."""
    k = min(k, int(table.rows.sum()))
    at = np.array(random.sample(range(len(table.rows)), len(table.rows)))  # type: ignore[attr-defined]
    plain = recode(COLUMNS, table.codes, table.rows, Promise(k), method=method)
    other = recode(COLUMNS, table.codes[at], table.rows[at], Promise(k), method=method)
    assert other.labels == plain.labels
    assert (other.cells == plain.cells[at]).all()
    assert (other.kept == plain.kept[at]).all()


def least_loss(table: Table, at: int, level: Level) -> np.ndarray:
    """Return each combination's loss at ``level``: that of the smallest group which holds the same
    of the table's values.
    """
    column = table.codes[:, at]
    found = level.losses[level.nodes[column]]
    for other in COLUMNS[at].levels:
        for row, value in enumerate(column.tolist()):
            here = set(column[level.nodes[column] == level.nodes[value]].tolist())
            there = set(column[other.nodes[column] == other.nodes[value]].tolist())
            if here == there:
                found[row] = min(found[row], other.losses[other.nodes[value]])
    return found


@settings(max_examples=examples(60), deadline=None)
@given(tables(12), st.integers(1, 6))
def test_full_domain_is_the_best_of_all_levels(table: Table, k: int) -> None:
    """No choice of levels, all of them tried here, loses less within the bound."""
    k = min(k, int(table.rows.sum()))
    made = recode(
        COLUMNS, table.codes, table.rows, Promise(k), method="hierarchy", max_suppressed=0.2
    )
    total, best = table.rows.sum(), np.inf
    for levels in itertools.product(*(one.levels for one in COLUMNS)):
        cells = np.stack([level.nodes[table.codes[:, at]] for at, level in enumerate(levels)])
        _, group = np.unique(cells, axis=1, return_inverse=True)
        kept = (np.bincount(group.ravel(), weights=table.rows) >= k)[group.ravel()]
        lost = table.rows[~kept].sum()
        loss = sum(least_loss(table, at, levels[at]) for at in range(3)) / 3
        if lost <= 0.2 * total and kept.any():
            best = min(best, ((loss * table.rows)[kept].sum() + lost) / total)
    assert made.loss == pytest.approx(best)


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 6))
def test_a_set_holds_exactly_the_values_of_its_class(table: Table, k: int) -> None:
    """Without an order a class's label lists its values; loss is what it adds to one value."""
    k = min(k, int(table.rows.sum()))
    made = recode(
        UNORDERED, table.codes, table.rows, Promise(k), method="mondrian", max_suppressed=0
    )
    loss = 0.0
    for labels, members in classes(made).items():
        for at, label in enumerate(labels):
            values = sorted(set(table.codes[members, at].tolist()))
            texts = [f"{value:02}" for value in values]
            assert label == (texts[0] if len(texts) == 1 else "{" + ", ".join(texts) + "}")
            present = len(set(table.codes[:, at].tolist()))
            loss += table.rows[members].sum() * (len(values) - 1) / max(present - 1, 1) / 3
    assert made.loss == pytest.approx(loss / table.rows.sum())


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 6))
def test_a_range_is_from_the_least_to_the_greatest_value(table: Table, k: int) -> None:
    """With an order a label says both ends, or one value."""
    k = min(k, int(table.rows.sum()))
    made = recode(COLUMNS, table.codes, table.rows, Promise(k), method="mondrian")
    for labels, members in classes(made).items():
        low, high = table.codes[members, 0].min(), table.codes[members, 0].max()
        assert labels[0] == (f"{low:02}" if low == high else f"{low:02}–{high:02}")


@pytest.mark.parametrize("method", METHODS)
def test_what_fulfils_the_promise_is_left_as_it_is(method: Method) -> None:
    """No loss if all classes have enough rows already."""
    codes = np.array([[0, 0, 0], [5, 2, 1], [5, 3, 1]], np.int32)
    made = recode(COLUMNS, codes, np.array([5, 7, 5]), Promise(5), method=method)
    assert made.loss == 0
    assert made.kept.all()


def test_a_null_in_a_set_is_named() -> None:
    """A set of a missing value and another says ``missing`` for the first."""
    labels: list[str | None] = [None, "x"]
    one = CodedColumn("zip", (Level(np.arange(2, dtype=np.int32), labels, np.zeros(2)),))
    made = recode(
        [one], np.array([[0], [1]], np.int32), np.array([1, 1]), Promise(2), method="mondrian"
    )
    assert set(classes(made)) == {("{x, missing}",)}


@settings(max_examples=examples(60), deadline=None)
@given(tables(), st.integers(1, 6))
def test_the_best_effort_keeps_the_promise_and_loses_no_more(table: Table, k: int) -> None:
    """Dissolving classes and moving combinations never adds to the loss."""
    k = min(k, int(table.rows.sum()))
    quick = recode(COLUMNS, table.codes, table.rows, Promise(k))
    best = recode(COLUMNS, table.codes, table.rows, Promise(k), effort="best")
    assert all(table.rows[members].sum() >= k for members in classes(best).values())
    assert best.loss <= quick.loss + 1e-9


def test_a_larger_k_loses_no_less() -> None:
    """On a table of 2,000 rows, for k of 2 to 50; each k is far enough from the next that the
    search's own differences do not show.
    """
    random = np.random.default_rng(5)
    rows = np.stack([random.binomial(size, 0.4, 2_000) for size in (7, 5, 1)], axis=1)
    codes, counts = np.unique(rows, axis=0, return_counts=True)
    for method in METHODS:
        losses = [
            recode(COLUMNS, codes.astype(np.int32), counts, Promise(k), method=method).loss
            for k in (2, 5, 10, 20, 50)
        ]
        assert losses == sorted(losses)


def test_values_with_commas_do_not_look_like_two_in_a_set() -> None:
    """A value that could be taken for two, for a set or for a missing one stands in quotes."""
    values = ('a "b"', "Craft, fine", "missing", "Sales", None)
    level = Level(np.arange(5, dtype=np.int32), values, np.zeros(5))
    top = Level(np.zeros(5, np.int32), ("*",), np.ones(1))
    codes = np.arange(5, dtype=np.int32)[:, None]
    made = recode(
        [CodedColumn("job", (level, top))],
        codes,
        np.ones(5, np.int64),
        Promise(5),
        method="mondrian",
    )
    assert set(made.labels[0]) == {'{"a ""b""", "Craft, fine", "missing", Sales, missing}'}
