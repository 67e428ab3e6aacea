"""Associations against pandas and by the definition, row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats.contingency import association as scipy_association

from anonymize.privacy.utility.association import Side, associations, cramers_v, pooled
from anonymize.privacy.utility.covered import Covered

ROWS = 4_000


def exact(values: np.ndarray, *, number: bool) -> Side:
    """Return a column of exact values; all rows weigh 1."""
    found, codes = np.unique(values, return_inverse=True)
    covered = Covered.alone(len(found))
    if number:
        return Side.numbers(codes, covered, found.astype(float))
    return Side.categories(codes, covered, pooled(np.bincount(codes)))


def only(one: Side, other: Side, weights: np.ndarray) -> tuple[str, float]:
    """Return the measure of two columns, and its value."""
    ((_, _, measure, value),) = associations([one, other], weights)
    return measure, value


def test_exact_values_have_the_textbook_figures() -> None:
    """Pearson of pandas, Cramér's V of SciPy but for the correction, the ratio of variances."""
    draw = np.random.default_rng(1)
    x = draw.integers(0, 60, ROWS)
    y = x * 3 + draw.integers(0, 90, ROWS)
    town = (x // 15 + draw.integers(0, 3, ROWS)) % 5
    frame, ones = pd.DataFrame({"x": x, "y": y, "town": town}), np.ones(ROWS)
    measure, found = only(exact(x, number=True), exact(y, number=True), ones)
    assert (measure, found) == ("pearson", pytest.approx(frame["x"].corr(frame["y"])))
    measure, found = only(exact(x, number=True), exact(town, number=False), ones)
    means = frame.groupby("town")["x"].transform("mean")
    ratio = np.sqrt(means.var(ddof=0) / frame["x"].var(ddof=0))
    assert (measure, found) == ("correlation_ratio", pytest.approx(ratio))
    table = pd.crosstab(frame["town"], frame["x"] // 10).to_numpy()
    plain = scipy_association(table, method="cramer")
    assert cramers_v(table * 1_000_000.0) == pytest.approx(plain, rel=1e-5)
    assert cramers_v(table.astype(float)) < plain


def test_independent_columns_have_none() -> None:
    """That is what the correction of Cramér's V is for."""
    draw = np.random.default_rng(2)
    corrected = [
        cramers_v(pd.crosstab(*draw.integers(0, 12, (2, 500))).to_numpy().astype(float))
        for _ in range(20)
    ]
    assert np.mean(corrected) < 0.05
    assert corrected.count(0.0) > 5


@pytest.mark.parametrize("kinds", [(True, True), (True, False), (False, True), (False, False)])
def test_groups_count_as_rows_spread_over_what_they_cover(kinds: tuple[bool, bool]) -> None:
    """The same as exact rows, one for each pair of values that a row's two cells cover."""
    draw = np.random.default_rng(3)
    ends = [(0, 4), (4, 7), (7, 12), (2, 3), (5, 6), (0, 12)]
    covered = Covered(np.arange(12), *(np.array(side) for side in zip(*ends, strict=True)), 12)
    cells = draw.integers(0, 6, (2, 300))
    cells[1, :150] = cells[0, :150]
    weights = draw.integers(1, 5, 300).astype(float)
    numbers = draw.permutation(12).astype(float)

    def side(at: int) -> Side:
        if kinds[at]:
            return Side.numbers(cells[at], covered, numbers)
        return Side.categories(cells[at], covered, np.arange(12))

    rows = [
        (a, b, weight / ((ends[one][1] - ends[one][0]) * (ends[other][1] - ends[other][0])))
        for one, other, weight in zip(*cells, weights, strict=True)
        for a in range(*ends[one])
        for b in range(*ends[other])
    ]
    left, right, share = (np.array(side) for side in zip(*rows, strict=True))
    each = Covered.alone(12)
    spread = [
        Side.numbers(codes, each, numbers) if kind else Side.categories(codes, each, np.arange(12))
        for codes, kind in zip((left, right), kinds, strict=True)
    ]
    assert only(side(0), side(1), weights)[1] == pytest.approx(only(*spread, share)[1])
    assert only(side(0), side(1), weights)[1] > 0.05


def test_missing_numbers_take_no_part() -> None:
    """The figure is that of the rows that have both."""
    draw = np.random.default_rng(4)
    frame = pd.DataFrame(draw.normal(size=(500, 2)), columns=["x", "y"])
    frame["y"] += frame["x"]
    frame.loc[:99, "x"] = np.nan
    frame.loc[50:199, "y"] = np.nan
    each = Covered.alone(500)
    sides = [Side.numbers(np.arange(500), each, frame[name].to_numpy()) for name in frame]
    assert only(*sides, np.ones(500))[1] == pytest.approx(frame["x"].corr(frame["y"]))


def test_a_column_of_one_value_goes_with_nothing() -> None:
    """No division by nothing."""
    same, other = np.zeros(40, np.int64), np.arange(40)
    for number in (True, False):
        for also in (True, False):
            assert only(exact(same, number=number), exact(other, number=also), np.ones(40))[1] == 0


def test_many_groups_are_compared_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a table of labels by labels would be too large; the figure is the same."""
    draw = np.random.default_rng(5)
    start = draw.integers(0, 18, 60)
    covered = Covered(np.arange(20), start, start + 2, 20)
    cells = draw.integers(0, 60, 3_000)
    side = Side.categories(cells, covered, np.arange(20))
    other, ones = exact(start[cells] // 5, number=False), np.ones(3_000)
    whole = only(side, other, ones)[1]
    assert whole > 0.5
    monkeypatch.setattr("anonymize.privacy.utility.association._CELLS", 50)
    monkeypatch.setattr("anonymize.privacy.utility.association._ROWS", 700)
    assert only(side, other, ones)[1] == pytest.approx(whole)


def test_rare_categories_count_as_one() -> None:
    """The fifty most frequent are told apart."""
    rows = np.arange(80.0)
    found = pooled(rows)
    assert len(set(found[30:])) == 50
    assert set(found[:30]) == {50}
