"""What a published label covers, and how its weight is spread."""

from __future__ import annotations

import numpy as np
import pytest

from anonymize.privacy.coded import CodedColumn, Level
from anonymize.privacy.utility.covered import Covered

TENS = np.array([0, 0, 1, 1, 1], np.int32)
VALUES = ["21", "24", "30", "35", "39"]
AGES = CodedColumn(
    "age",
    (
        Level(np.arange(5, dtype=np.int32), VALUES, np.zeros(5)),
        Level(TENS, ["20–29", "30–39"], np.array([0.2, 0.5])),
        Level(np.zeros(5, np.int32), ["*"], np.ones(1)),
    ),
    np.array([21.0, 24, 30, 35, 39]),
)
CODES = np.array([0, 1, 2, 3, 4])


def test_a_group_spreads_its_weight_over_all_its_values() -> None:
    """Those that are published under it and those that are not."""
    cells, labels = np.array([0, 0, 1, 2, 2]), ("20–29", "35", "30–39")
    codes = np.array([0, 1, 3, 4, 4])
    covered = Covered.of(AGES, codes, cells, labels)
    spread = covered.spread(np.array([4.0, 1.0, 6.0]))
    assert spread == pytest.approx([2, 2, 2, 3, 2])
    assert covered.means(AGES.order) == pytest.approx([22.5, 35, (30 + 35 + 39) / 3])


def test_everything_is_spread_over_everything() -> None:
    """Nothing of ``*`` is lost."""
    covered = Covered.of(AGES, CODES, np.zeros(5, np.int64), ("*",))
    assert covered.spread(np.array([10.0])) == pytest.approx([2] * 5)


def test_a_label_of_a_value_and_a_group_is_read_as_the_group() -> None:
    """Who reads it cannot tell them apart."""
    column = CodedColumn(
        "job",
        (
            Level(np.arange(3, dtype=np.int32), ["other", "nurse", "guard"], np.zeros(3)),
            Level(np.array([0, 0, 1], np.int32), ["other", "guards"], np.zeros(2)),
        ),
    )
    covered = Covered.of(column, np.arange(3), np.array([0, 0, 1]), ("other", "guard"))
    assert covered.spread(np.array([6.0, 1.0])) == pytest.approx([3, 3, 1])


def test_an_interval_covers_what_lies_between_its_ends() -> None:
    """A label that no group has, where values have an order."""
    covered = Covered.of(AGES, np.array([0, 3, 4]), np.array([0, 0, 1]), ("21–35", "39"))
    assert covered.spread(np.array([8.0, 1.0])) == pytest.approx([2, 2, 2, 2, 1])


def test_a_set_covers_its_values_alone() -> None:
    """A label that no group has, where values have no order; sets may overlap."""
    column = CodedColumn("job", (Level(np.arange(4, dtype=np.int32), list("abcd"), np.zeros(4)),))
    codes, cells = np.array([0, 2, 2, 3, 1]), np.array([0, 0, 1, 1, 2])
    covered = Covered.of(column, codes, cells, ("{a, c}", "{c, d}", "b"))
    assert covered.spread(np.array([4.0, 2.0, 1.0])) == pytest.approx([2, 1, 3, 1])


def test_a_null_is_a_value_that_only_everything_covers() -> None:
    """It has no number, so means leave it out where it is told."""
    column = CodedColumn(
        "age",
        (
            Level(np.arange(3, dtype=np.int32), ["20", None, "25"], np.zeros(3)),
            Level(np.array([0, 1, 0], np.int32), ["20–29", None], np.zeros(2)),
            Level(np.zeros(3, np.int32), ["*"], np.ones(1)),
        ),
        np.array([20, np.nan, 25]),
    )
    covered = Covered.of(column, np.arange(3), np.array([0, 1, 2]), ("20–29", None, "*"))
    assert covered.spread(np.array([2.0, 1.0, 3.0])) == pytest.approx([2, 2, 2])


def test_groups_that_are_no_intervals_are_found_too() -> None:
    """A file may group numbers in any way."""
    column = CodedColumn(
        "code",
        (
            Level(np.arange(4, dtype=np.int32), list("1234"), np.zeros(4)),
            Level(np.array([0, 1, 0, 1], np.int32), ["odd", "even"], np.zeros(2)),
        ),
        np.array([1.0, 2, 3, 4]),
    )
    covered = Covered.of(column, np.arange(4), np.array([0, 1, 0, 1]), ("odd", "even"))
    assert covered.spread(np.array([2.0, 6.0])) == pytest.approx([1, 3, 1, 3])
