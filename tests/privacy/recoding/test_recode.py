"""Every published class fulfils the promise, whatever the table and its order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy.coded import CodedColumn, Level
from anonymize.privacy.recoding import Promise, RecodingError, recode
from tests.examples import examples
from tests.privacy.recoding.made import COLUMNS, Table, classes, column, tables


@settings(max_examples=examples(150), deadline=None)
@given(tables(), st.integers(1, 8), st.sampled_from([0.0, 0.02, 0.3]))
def test_each_published_class_has_k_rows(table: Table, k: int, share: float) -> None:
    """Counted here by label, with no more rows suppressed than allowed."""
    k = min(k, int(table.rows.sum()))
    made = recode(COLUMNS, table.codes, table.rows, Promise(k), max_suppressed=share)
    assert all(table.rows[members].sum() >= k for members in classes(made).values())
    assert made.suppressed == table.rows[~made.kept].sum()
    assert made.suppressed <= share * table.rows.sum()


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 8))
def test_each_label_holds_the_value_that_it_replaces(table: Table, k: int) -> None:
    """A cell is the value's own group at some level of its column."""
    k = min(k, int(table.rows.sum()))
    made = recode(COLUMNS, table.codes, table.rows, Promise(k))
    for at, name in enumerate(made.labels):
        for value, cell in zip(
            table.codes[made.kept, at].tolist(), made.cells[made.kept, at].tolist(), strict=True
        ):
            groups = [level.labels[level.nodes[value]] for level in COLUMNS[at].levels]
            assert name[cell] in groups


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 8))
def test_the_loss_is_that_of_the_labels(table: Table, k: int) -> None:
    """Mean over rows and columns, counted here from the labels; suppressed rows count 1."""
    k = min(k, int(table.rows.sum()))
    made = recode(COLUMNS, table.codes, table.rows, Promise(k))
    losses = [
        {
            label: loss
            for level in one.levels
            for label, loss in zip(level.labels, level.losses, strict=True)
        }
        for one in COLUMNS
    ]
    total = sum(
        table.rows[at] * sum(loss[label] for loss, label in zip(losses, labels, strict=True)) / 3
        for labels, members in classes(made).items()
        for at in members
    )
    assert made.loss == pytest.approx((total + made.suppressed) / table.rows.sum())


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 8), st.randoms(use_true_random=False))
def test_order_and_numbering_do_not_matter(table: Table, k: int, random: object) -> None:
    """Combinations in another order, and values and groups with other numbers, get the same
    labels.
    """
    k = min(k, int(table.rows.sum()))
    shuffled = np.array(random.sample(range(len(table.rows)), len(table.rows)))  # type: ignore[attr-defined]
    columns, codes = [], table.codes.copy()
    for at, one in enumerate(COLUMNS):
        new = np.array(random.sample(range(one.values), one.values))  # type: ignore[attr-defined]
        codes[:, at] = new[table.codes[:, at]]
        columns.append(_renumbered(one, new, random))
    plain = recode(COLUMNS, table.codes, table.rows, Promise(k))
    other = recode(columns, codes[shuffled], table.rows[shuffled], Promise(k))
    expected = {tuple(sorted(members)): labels for labels, members in classes(plain).items()}
    found = {
        tuple(sorted(shuffled[members].tolist())): labels
        for labels, members in classes(other).items()
    }
    assert found == expected
    assert other.labels == plain.labels


def _renumbered(one: CodedColumn, new: np.ndarray, random: object) -> CodedColumn:
    levels = []
    for at, level in enumerate(one.levels):
        group = np.array(random.sample(range(len(level.labels)), len(level.labels)))  # type: ignore[attr-defined]
        nodes, labels = np.empty(one.values, np.int32), [""] * len(group)
        losses = np.empty(len(group))
        nodes[new] = group[level.nodes] if at else np.arange(one.values)[new]
        for old, label in enumerate(level.labels):
            labels[new[old] if at == 0 else group[old]] = str(label)
            losses[new[old] if at == 0 else group[old]] = level.losses[old]
        levels.append(Level(nodes, labels, losses))
    return CodedColumn(one.name, tuple(levels))


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.integers(1, 8))
def test_recoding_an_output_changes_nothing(table: Table, k: int) -> None:
    """What is published, read as a table of values with the hierarchy above them, stays as it
    is.
    """
    k = min(k, int(table.rows.sum()))
    made = recode(COLUMNS, table.codes, table.rows, Promise(k))
    cells = made.cells[made.kept]
    codes, where = np.unique(cells, axis=0, return_inverse=True)
    rows = np.bincount(where.ravel(), weights=table.rows[made.kept]).astype(np.int64)
    columns = []
    for name, one in zip(made.labels, COLUMNS, strict=True):
        count = len(name)
        bottom = Level(np.arange(count, dtype=np.int32), list(name), np.zeros(count))
        top = Level(np.zeros(count, np.int32), ["*"], np.ones(1))
        columns.append(CodedColumn(one.name, (bottom, top)))
    again = recode(columns, codes, rows, Promise(k))
    assert again.kept.all()
    assert again.loss == 0
    assert [
        [name[cell] for name, cell in zip(again.labels, cells, strict=True)]
        for cells in again.cells.tolist()
    ] == [
        [name[cell] for name, cell in zip(made.labels, cells, strict=True)]
        for cells in codes.tolist()
    ]


def test_a_table_that_fulfils_the_promise_is_left_as_it_is() -> None:
    """No loss, nothing suppressed."""
    codes = np.array([[0, 0, 0], [5, 2, 1]], np.int32)
    made = recode(COLUMNS, codes, np.array([5, 7]), Promise(5))
    assert made.loss == 0
    assert set(classes(made)) == {("00", "00", "00"), ("05", "02", "01")}


def test_a_lone_row_is_suppressed_only_within_the_bound() -> None:
    """One row of a hundred far from all others is suppressed at 2 %, and generalized at 0."""
    codes = np.array([[0, 0, 0], [7, 5, 1]], np.int32)
    rows = np.array([99, 1])
    assert recode(COLUMNS, codes, rows, Promise(5), max_suppressed=0.02).suppressed == 1
    whole = recode(COLUMNS, codes, rows, Promise(5), max_suppressed=0)
    assert whole.kept.all()
    assert whole.loss == 1


def test_a_null_is_a_value_of_its_own() -> None:
    """A missing value is published as missing where enough rows miss it, and is not a text."""
    labels: list[str | None] = [None, "None"]
    bottom = Level(np.arange(2, dtype=np.int32), labels, np.zeros(2))
    top = Level(np.zeros(2, np.int32), ["*"], np.ones(1))
    one = CodedColumn("zip", (bottom, top))
    made = recode([one], np.array([[0], [1]], np.int32), np.array([5, 5]), Promise(5))
    assert set(classes(made)) == {(None,), ("None",)}


def test_too_high_a_k_is_refused_with_the_nearest_that_holds() -> None:
    """The error says how many rows there are at all."""
    with pytest.raises(RecodingError, match="k = 12") as refused:
        recode(COLUMNS, np.array([[0, 0, 0], [1, 1, 1]], np.int32), np.array([5, 7]), Promise(20))
    assert refused.value.nearest == Promise(12)


def test_a_column_without_a_root_is_refused_by_what_is_missing() -> None:
    """If values cannot be joined at all, the error asks for a hierarchy or more suppression."""
    one = CodedColumn("zip", column("zip", 4, ()).levels[:1])
    with pytest.raises(RecodingError, match="hierarchy"):
        recode([one], np.array([[0], [1]], np.int32), np.array([1, 1]), Promise(2))


def test_many_wide_columns_do_not_overflow_the_keys_of_cells() -> None:
    """Ten columns of 100 values are more cells than 64 bits count."""
    random = np.random.default_rng(0)
    columns = [column(f"c{at}", 100, (10,)) for at in range(10)]
    codes = np.repeat(random.integers(0, 100, (20, 10)), 2, axis=0).astype(np.int32)
    codes[1::2, 3] = codes[::2, 3] // 10 * 10 + (codes[::2, 3] + 1) % 10
    made = recode(columns, codes, np.ones(40, np.int64), Promise(2))
    assert all(len(members) >= 2 for members in classes(made).values())
    assert made.loss == pytest.approx(9 / 99 / 10)


def test_more_levels_than_can_be_searched_are_refused() -> None:
    """Forty columns of four levels are 4^40 choices."""
    columns = [column(f"c{at}", 8, (2, 4)) for at in range(40)]
    with pytest.raises(RecodingError, match="40 quasi-identifiers"):
        recode(columns, np.zeros((1, 40), np.int32), np.array([3]), Promise(2))
