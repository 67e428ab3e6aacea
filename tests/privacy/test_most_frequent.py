"""The person with the most rows is told with exact numbers, and doubted at exact limits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from anonymize.names import KeyId
from anonymize.plan.facts import SealedFacts, facts_key
from anonymize.privacy import AllowedClasses, ClassCounts, ClassDigests, MostFrequent, persons
from anonymize.privacy.digests import OF_PROCESS


def counts(who: list[str | None], places: list[int]) -> ClassCounts:
    """Return the counts of people in places."""
    return ClassCounts.of([pa.array(places)], persons(OF_PROCESS, pa.array(who, pa.string())))


def test_rows_share_and_classes_are_those_of_the_person_with_most() -> None:
    """Four rows of six that are known, of eight; the others have one each; two of four places."""
    who = ["a", "a", "a", "a", "b", "c", None, None]
    found = counts(who, [1, 1, 2, 2, 1, 3, 4, 4]).most_frequent()
    assert found == MostFrequent(4, 0.5, 1.0, 2, 4)


@pytest.mark.parametrize(
    "counted",
    [
        ClassCounts.of([pa.array([1, 1, 2])]),
        counts([None, None], [1, 2]),
        counts([], []),
    ],
    ids=["rows", "nobody", "nothing"],
)
def test_no_person_is_most_frequent_where_none_is_known(counted: ClassCounts) -> None:
    """Neither where rows are counted."""
    assert counted.most_frequent() == MostFrequent(0, 0.0, 0.0, 0, 0)


def test_one_person_alone_exceeds_nobody() -> None:
    """There are no others, so their mean is zero."""
    assert counts(["a"] * 3, [1, 1, 2]).most_frequent() == MostFrequent(3, 1.0, 0.0, 2, 2)
    assert counts([*"aaab"], [1, 1, 2, 2]).most_frequent() == MostFrequent(3, 0.75, 1.0, 2, 2)


@pytest.mark.parametrize(
    ("found", "implausible"),
    [
        (MostFrequent(21, 0.06, 4.2, 1, 100), True),
        (MostFrequent(20, 0.06, 4.0, 1, 100), False),
        (MostFrequent(21, 0.05, 4.2, 1, 100), False),
        (MostFrequent(21, 0.06, 4.3, 1, 100), False),
        (MostFrequent(21, 0.01, 4.2, 21, 419), True),
        (MostFrequent(21, 0.01, 4.2, 20, 100), False),
        (MostFrequent(21, 0.01, 4.2, 21, 420), False),
        (MostFrequent(21, 0.01, 4.3, 21, 419), False),
    ],
)
def test_the_limits_are_exact(found: MostFrequent, implausible: bool) -> None:
    """More than 20 rows, a twentieth of all, five times the others; or as many classes."""
    assert found.implausible is implausible


def test_rows_of_nobody_are_rows_not_people() -> None:
    """Two of three rows in one place, and none where rows are counted."""
    assert counts([None, None, "a"], [1, 1, 1]).rows_of_nobody == 2
    assert counts(["a", "b"], [1, 1]).rows_of_nobody == 0
    assert ClassCounts.of([pa.array([1, 1])]).rows_of_nobody == 0


def test_a_grouped_table_keeps_rows_of_each_combination() -> None:
    """Rows are summed, not counted, when a second grouping follows the first."""
    part = ClassCounts.of([pa.array(np.array([1, 1, 2]))])
    whole = part.merge(part).together()
    assert (whole.rows, whole.grouped, whole.table.num_rows) == (6, 2, 2)
    assert sorted(whole.sizes().rows.tolist()) == [2, 4]


def test_no_digest_is_shown() -> None:
    """What is printed by mistake names counts only."""
    counted = counts(["a", "b"], [1, 1])
    allowed = counted.allowed(2)
    assert repr(allowed) == "AllowedClasses(rows=2, rows_in_small=0)"
    assert repr(counted) == "ClassCounts(sensitive=(), grouped=2)"
    assert repr(counted.sizes()) == "ClassSizes()"
    assert repr(SealedFacts((b"sealed",))) == "SealedFacts()"


def test_digests_that_share_their_first_half_are_found_one_by_one() -> None:
    """None is skipped, the last one neither."""
    high, low = np.array([5, 5, 5, 7]), np.array([1, 2, 3, 1])
    allowed = AllowedClasses.of(ClassDigests(high, low), rows=0, rows_in_small=0)
    asked = ClassDigests(np.array([5, 5, 5, 5, 7, 7, 9]), np.array([1, 2, 3, 4, 1, 2, 1]))
    assert allowed.holds(asked).to_pylist() == [True, True, True, False, True, False, False]


def test_facts_without_a_keyring_are_kept_under_a_key_of_the_process() -> None:
    """Whatever the plan names."""
    assert facts_key(None, KeyId("training.1"), "d") is OF_PROCESS
