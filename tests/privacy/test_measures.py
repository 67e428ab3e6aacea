"""What is measured of classes without people is stated, and stays within its bounds."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.privacy import ClassCounts, Diversity, LinkageRisk, diversity, linkage_risk, persons
from anonymize.privacy.digests import OF_PROCESS


def counted(places: list[str], who: list[str | None]) -> ClassCounts:
    """Return the counts of people in places, with the place as the sensitive value."""
    column = pa.array(places, pa.string())
    people = persons(OF_PROCESS, pa.array(who, pa.string()))
    return ClassCounts.of([column], people, {"dx": column})


@pytest.mark.parametrize(
    ("places", "who", "expected"),
    [
        (["a"], [None], LinkageRisk(0, 1, 1.0, 1.0)),
        (["a", "b", "b"], [None, "p", "q"], LinkageRisk(0, 2, 1.0, 1.0)),
        ([], [], LinkageRisk(0, 0, 0.0, 0.0)),
    ],
    ids=["nobody", "nobody in one class", "no class"],
)
def test_the_risk_of_a_class_of_nobody_is_certain(
    places: list[str], who: list[str | None], expected: LinkageRisk
) -> None:
    """It has fewer people than any k, and no probability is above one."""
    assert linkage_risk(counted(places, who).sizes()) == expected


@pytest.mark.parametrize(("places", "who"), [([], []), (["a", "a"], [None, None])])
def test_values_of_nobody_have_no_diversity(places: list[str], who: list[str | None]) -> None:
    """Zeros, as where nothing was written."""
    assert list(diversity(counted(places, who))) == [Diversity("dx", 0, 0.0, 0.0, 0)]


def test_diversity_is_stated_with_four_digits() -> None:
    """Two people of three share a value: e to the power of the entropy of 2:1 is 1.88988."""
    who = persons(OF_PROCESS, pa.array(list("pqr")))
    counts = ClassCounts.of([pa.array([1, 1, 1])], who, {"dx": pa.array(list("xxy"))})
    assert list(diversity(counts)) == [Diversity("dx", 2, 1.8899, 0.6667, 0)]


@pytest.mark.parametrize("people", [True, False])
def test_a_missing_value_is_no_further_value(people: bool) -> None:
    """Five with ``flu`` and one without a value: l is 1, and the share of ``flu`` is certain."""
    who = persons(OF_PROCESS, pa.array(list("pqrstu"))) if people else None
    counts = ClassCounts.of([pa.array([1] * 6)], who, {"dx": pa.array(["flu"] * 5 + [None])})
    assert list(diversity(counts)) == [Diversity("dx", 1, 1.0, 1.0, 1)]


def test_a_class_in_which_nobody_has_a_value_has_none() -> None:
    """Everybody in it is known to have no value, whatever the other class has."""
    values = pa.array([None, None, "flu", "cold"])
    counts = ClassCounts.of([pa.array([1, 1, 2, 2])], None, {"dx": values})
    assert list(diversity(counts)) == [Diversity("dx", 0, 0.0, 0.5, 1)]
