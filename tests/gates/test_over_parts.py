"""What is left in the output shows however the source was divided."""

from __future__ import annotations

from anonymize.gates.names_left import NamesLeft
from anonymize.gates.over_parts import findings_over_parts
from anonymize.gates.own_values import OwnCount
from anonymize.gates.residual import ResidualFinding
from anonymize.names import ColumnName, EntityType

NOTE, CITY = ColumnName("note"), ColumnName("city")


def _found(column: ColumnName, what: str, confidence: float) -> ResidualFinding:
    return ResidualFinding(column, EntityType(what), 5, 50, confidence, ("why",))


def test_a_finding_of_several_parts_is_told_once() -> None:
    """The surest, with the number of parts."""
    parts = [(_found(CITY, "PERSON", 0.9),), (), (_found(CITY, "PERSON", 0.95),)]
    (one,) = findings_over_parts(parts, (), ())
    assert (one.confidence, one.evidence) == (0.95, ("why", "the same in 2 of 3 parts"))


def test_one_parts_findings_are_told_as_they_are() -> None:
    """A source of one part is what it was."""
    found = (_found(CITY, "PERSON", 0.9), _found(NOTE, "EMAIL_ADDRESS", 0.9))
    assert findings_over_parts([found], [NamesLeft(NOTE, 10, 9)], ()) == found


def test_names_too_few_in_each_part_are_counted_over_all() -> None:
    """Two of ten cells in each of two parts are four of twenty."""
    left = [NamesLeft(NOTE, 10, 2), NamesLeft(NOTE, 10, 2)]
    (one,) = findings_over_parts([(), ()], left, ())
    assert (one.column, one.distinct_values, one.sampled_distinct) == (NOTE, 4, 20)
    assert findings_over_parts([()], left[:1], ()) == ()


def test_own_values_too_few_in_each_part_are_counted_over_all() -> None:
    """And are not told where other rows' values are as frequent."""
    own = [OwnCount(CITY, 20, 2, 0), OwnCount(CITY, 20, 2, 0)]
    (one,) = findings_over_parts([(), ()], (), own)
    assert (one.column, one.distinct_values, one.sampled_distinct) == (CITY, 4, 40)
    chance = [OwnCount(CITY, 20, 2, 1), OwnCount(CITY, 20, 2, 1)]
    assert findings_over_parts([(), ()], (), chance) == ()
