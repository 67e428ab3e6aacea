"""What a label covers, which class a person is looked for in, how close records are, and rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.privacy.attacks import (
    AttackColumn,
    Rate,
    closer,
    closest,
    risk_of,
    written_as_published,
)
from anonymize.privacy.attacks.alone import alone, control_rate
from anonymize.privacy.attacks.narrowest import narrowest
from anonymize.privacy.hierarchies import HierarchySpec, hierarchy_of

AGES = pa.array([30, 34, 35, 71, None])
AGE_LABELS = ["34", "30–34", "30–39", "*", None]
SHARES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]), min_size=1, max_size=30)


def ages(labels: list[str | None] = AGE_LABELS) -> AttackColumn:
    """Return a column of ages in bands of 5 and 10 years."""
    coded = hierarchy_of(HierarchySpec(ranges=(5, 10))).coded("age", AGES)
    return AttackColumn.by_levels(coded, labels)


def sexes() -> AttackColumn:
    """Return a column that is published as it is."""
    return AttackColumn.same("sex", ("f", "m"))


def test_a_label_covers_the_values_of_its_group() -> None:
    """At whichever level; null is covered by itself and by the root."""
    covers = ages().covers
    assert covers is not None
    assert covers.tolist() == [
        [False, True, False, False, False],
        [True, True, False, False, False],
        [True, True, True, False, False],
        [True] * 5,
        [False, False, False, False, True],
    ]
    assert ages().width.tolist() == [0, 0.25, 0.5, 1, 0]


@pytest.mark.parametrize(
    ("label", "covered"),
    [
        ("30–35", [30, 34, 35]),
        ("30–35 or missing", [30, 34, 35, None]),
        ("71 or missing", [71, None]),
        ("71", [71]),
        ("{30, 71}", [30, 71]),
        ("{30, missing}", [30, None]),
        (None, [None]),
    ],
)
def test_intervals_and_sets_cover_what_is_in_them(label: str | None, covered: list[Any]) -> None:
    """As the method mondrian writes them."""
    coded = hierarchy_of(HierarchySpec(ranges=(5, 10))).coded("age", AGES)
    column = AttackColumn.by_sets(coded, [label])
    assert column.covers is not None
    assert AGES.filter(pa.array(column.covers[0])).to_pylist() == covered


def test_a_label_of_another_hierarchy_is_strange() -> None:
    """It covers nobody."""
    assert ages(["30–39", "25–44"]).strange == 1


def test_a_person_is_looked_for_in_the_narrowest_class_that_covers_all_of_them() -> None:
    """Not in a narrower one of the other sex; where none covers them, each cell by itself."""
    columns = [ages(), sexes()]
    published = np.array([[2, 0], [1, 0], [0, 1], [3, 0]])  # 30–39 f, 30–34 f, 34 m, * f
    people = np.array([[1, 0], [2, 0], [1, 1], [3, 0], [2, 1]])  # 34 f, 35 f, 34 m, 71 f, 35 m
    assert narrowest(columns, published, people).tolist() == [1, 0, 2, 3, -1]
    age, sex = written_as_published(columns, published, people)
    assert age.tolist() == ["30–34", "30–39", "34", "*", "30–39"]
    assert sex.tolist() == ["f", "f", "m", "f", "m"]


def test_the_distance_to_a_cell_is_its_width() -> None:
    """0 to the value itself, 1 to what covers nothing; the mean over columns."""
    columns = [ages(), sexes()]
    published = np.array([[1, 0], [3, 1]])  # 30–34 f, * m
    people = np.array([[1, 0], [2, 0], [2, 1]])  # 34 f, 35 f, 35 m
    assert closest(columns, published, people).tolist() == [0.125, 0.5, 0.5]


def test_numbers_that_are_published_are_as_far_apart_as_they_are() -> None:
    """As a share of the range of all."""
    column = AttackColumn.same("pay", ("0", "25", "100"), np.array([0.0, 25, 100]))
    found = closest([column], np.array([[1]]), np.array([[0], [1], [2]]))
    assert found.tolist() == [0.25, 0.0, 0.75]


@given(SHARES, SHARES)
def test_closer_is_the_share_of_pairs(source: list[float], control: list[float]) -> None:
    """Equal distances count one half."""
    pairs = [(a < b) + (a == b) / 2 for a in source for b in control]
    made = closer(np.array(source), np.array(control))
    assert made.share == pytest.approx(np.mean(pairs))
    assert made.attacks == min(len(source), len(control))


def test_an_interval_is_wilsons() -> None:
    """Ten of a hundred: 5.52 % to 17.44 % (any table of Wilson's interval)."""
    rate = Rate(100, 10)
    assert (rate.value - rate.error, rate.value + rate.error) == pytest.approx(
        (0.05523, 0.17437), abs=1e-5
    )


def test_risk_is_what_the_control_set_does_not_explain() -> None:
    """None where both succeed alike, all where nobody else is found; never negative."""
    assert risk_of(Rate(500, 400), Rate(500, 400)).value == 0
    assert risk_of(Rate(500, 100), Rate(500, 400)).high == 0
    found = risk_of(Rate(5000, 5000), Rate(5000, 0))
    assert found.value > 0.999
    half = risk_of(Rate(10**8, 6 * 10**7), Rate(10**8, 2 * 10**7))
    assert half.value == pytest.approx(0.5, abs=1e-6)
    assert half.low < 0.5 < half.high


def test_a_rate_of_nothing_is_refused() -> None:
    """No attacks have no rate."""
    with pytest.raises(ValueError, match="number of attacks"):
        Rate(0, 0)


@pytest.mark.parametrize("shares", [(1e-4, 1e-4), (1e-5, 1e-3), (1e-6, 0.02)])
@pytest.mark.parametrize(("size", "rows"), [(600, 1500), (3000, 1500), (1000, 1000)])
def test_predicates_alone_are_carried_over_to_another_size(
    shares: tuple[float, float], size: int, rows: int
) -> None:
    """As counted in populations of both sizes, whether predicates are rare or not."""
    draw = np.random.default_rng(3)
    weights = np.exp(draw.uniform(*np.log(shares), 20_000))
    expected = (rows * weights * np.exp(-rows * weights)).sum()
    found = alone(draw.poisson(size * weights), size, rows)
    assert found == pytest.approx(expected, rel=0.25)


def test_a_small_control_set_is_less_sure() -> None:
    """By as many attacks as it lacks people; never more than were made."""
    assert control_rate(50, 500, 300, 3000) == Rate(50, 5)
    assert control_rate(900, 500, 9000, 3000) == Rate(500, 500)
    with pytest.raises(ValueError, match="nobody"):
        alone(np.array([1]), 0, 10)
