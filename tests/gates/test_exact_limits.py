"""The gates refuse at exactly the number that the policy states, and say the numbers they saw."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from anonymize.errors import GateError
from anonymize.gates.interface import Output
from anonymize.gates.rows import rows_left_out, values_emptied
from anonymize.gates.suppression import (
    check_suppression,
    privacy_measured,
    small_classes,
    subject_sentences,
)
from anonymize.plan.model import Plan
from anonymize.privacy import AllowedClasses, ClassCounts, ClassDigests, persons
from anonymize.privacy.digests import OF_PROCESS
from tests.plan.helpers import policy_of

COLUMNS = "  who: {action: keep, accept: made up}\n  zip: {action: keep}\n  dx: {action: keep}\n"
PRIVACY = "privacy: {quasi_identifiers: [zip], k: 3, max_suppressed: 0.1, sensitive: [dx]}\n"
CLEAN = Output(read=100, written=90, filtered=0, suppressed=10, quarantined=0)


def a_plan(*, people: bool = True, fitted: object = None, extra: str = PRIVACY) -> Plan:
    """Return what the gates read of a plan."""
    by, subject = ("who", "subject: who\n") if people else (None, "")
    policy = policy_of(COLUMNS, subject + extra)
    return cast(Any, SimpleNamespace(policy=policy, counted_by=by, fitted=fitted))


def classes(*people: int) -> ClassCounts:
    """Return classes of so many people, one row each, with one sensitive value each."""
    places = [place for place, size in enumerate(people) for _ in range(size)]
    who = persons(OF_PROCESS, pa.array([str(at) for at in range(len(places))]))
    return ClassCounts.of([pa.array(places, pa.int64())], who, {"dx": pa.array(places, pa.int64())})


@pytest.mark.parametrize(("sizes", "refused"), [((3, 87), False), ((2, 88), True), ((90,), False)])
def test_a_class_of_k_passes_and_one_of_fewer_does_not(
    sizes: tuple[int, ...], refused: bool
) -> None:
    """K is 3."""
    found = small_classes(replace(CLEAN, classes=classes(*sizes)), a_plan())
    assert bool(found) is refused
    assert not refused or "1 of 2 classes in what was written are smaller than 3" in found[0].what


@pytest.mark.parametrize("counted", [None, classes(89), classes(91)])
def test_rows_that_were_not_counted_are_not_published(counted: ClassCounts | None) -> None:
    """Classes that cover other rows than those written prove nothing."""
    (found,) = small_classes(replace(CLEAN, classes=counted), a_plan())
    assert "90 rows were written" in found.what


def test_without_a_privacy_block_no_class_is_asked_for() -> None:
    """And nothing is measured."""
    plan = a_plan(extra="", people=False)
    assert small_classes(replace(CLEAN, suppressed=90), plan) == ()
    assert privacy_measured(plan, None) is None


def test_an_output_without_rows_has_no_classes_and_is_judged_by_its_share() -> None:
    """All of them were suppressed."""
    (found,) = small_classes(replace(CLEAN, written=0, suppressed=100), a_plan())
    assert "100 of 100 rows are in classes of zip with fewer than 3 people" in found.what
    (found,) = small_classes(replace(CLEAN, written=0, suppressed=100), a_plan(people=False))
    assert "100 of 100 rows are in classes of zip with fewer than 3 rows" in found.what
    assert small_classes(replace(CLEAN, read=0, written=0, suppressed=0), a_plan()) == ()


@pytest.mark.parametrize(("suppressed", "refused"), [(10, False), (11, True)])
def test_what_was_suppressed_counts_against_all_rows(suppressed: int, refused: bool) -> None:
    """A tenth of those that were written or suppressed, not of those written."""
    output = replace(CLEAN, classes=classes(90), suppressed=suppressed)
    assert bool(small_classes(output, a_plan())) is refused


@pytest.mark.parametrize(("small", "refused"), [(10, False), (11, True)])
def test_a_plan_that_would_suppress_more_is_refused_before_rows(small: int, refused: bool) -> None:
    """By the first pass's count."""
    none = ClassDigests.of_keys(pa.array([], pa.binary(16)))
    allowed = AllowedClasses.of(none, rows=100, rows_in_small=small)
    plan = a_plan(fitted=SimpleNamespace(classes=allowed))
    if refused:
        with pytest.raises(GateError, match="11 of 100 rows are in classes of zip with fewer"):
            check_suppression(plan)
    else:
        check_suppression(plan)


def test_nothing_is_suppressed_by_a_plan_that_counted_no_classes() -> None:
    """Before its first pass, without one for classes, and without a privacy block."""
    counted = SimpleNamespace(classes=SimpleNamespace(rows=10, rows_in_small=10))
    check_suppression(a_plan(fitted=None))
    check_suppression(a_plan(fitted=SimpleNamespace(classes=None)))
    check_suppression(a_plan(fitted=counted, extra="", people=False))


@pytest.mark.parametrize("people", [True, False])
def test_what_was_measured_says_what_was_counted(people: bool) -> None:
    """People by their subject, with the rows of nobody; or rows."""
    who = pa.array([None, None, "a", "b", "b"], pa.string())
    counted = ClassCounts.of(
        [pa.array([1, 1, 1, 1, 2])],
        persons(OF_PROCESS, who) if people else None,
        {"dx": pa.array(list("xxxyy"))},
    )
    found = privacy_measured(a_plan(people=people), counted)
    assert found is not None
    assert (found.asked_k, found.k, found.classes) == (3, 1, 2)
    assert (found.counts, found.rows_without_subject) == (
        ("people", 2) if people else ("rows", None)
    )
    assert (found.most_frequent_subject is not None) is people
    assert [one.column for one in found.sensitive] == ["dx"]


def test_nothing_is_measured_where_nothing_was_written() -> None:
    """Zeros, not the numbers of something else."""
    found = privacy_measured(a_plan(), None)
    assert found is not None
    assert (found.k, found.classes, found.highest, found.average) == (0, 0, 0.0, 0.0)
    assert (found.rows_without_subject, found.sensitive) == (0, ())
    assert found.most_frequent_subject is not None
    assert found.most_frequent_subject.share_of_rows == 0.0


@pytest.mark.parametrize(("rows", "told"), [(30, True), (1, False)])
def test_a_subject_that_is_hardly_one_person_is_told(rows: int, told: bool) -> None:
    """With its share, without its value."""
    who = persons(OF_PROCESS, pa.array(["x"] * rows + [f"p{at}" for at in range(70)]))
    plan = a_plan()
    counted = ClassCounts.of([pa.array([1] * (rows + 70))], who)
    measured = privacy_measured(plan, counted)
    assert measured is not None
    assert measured.most_frequent_subject is not None
    assert measured.most_frequent_subject.share_of_rows == round(rows / (rows + 70), 2)
    found = subject_sentences(plan, measured)
    assert len(found) == told
    assert not told or "it stands in 30% of the rows" in found[0]
    assert subject_sentences(plan, None) == ()


LIMIT = "rows: {on_bad_value: quarantine, max_quarantined: 0.1}\n"


@pytest.mark.parametrize(("bad", "refused"), [(8, False), (9, True)])
def test_bad_values_count_against_the_rows_taken(bad: int, refused: bool) -> None:
    """Rows that the filter left out are no part of the share: a tenth of 80."""
    output = Output(
        read=100, filtered=20, written=80 - bad, suppressed=0, quarantined=bad,
        reasons={("zip", "is no number"): bad},
    )  # fmt: skip
    found = rows_left_out(output, a_plan(people=False, extra=LIMIT))
    assert len(found) == 2 * refused
    assert not refused or f"{bad} of 80 rows would be set aside" in found[0].what


def test_one_bad_value_is_said_in_the_singular_and_the_most_frequent_reasons_first() -> None:
    """Five of them."""
    reasons = {("zip", f"why {at}"): at for at in range(1, 7)} | {("dx", "odd"): 50}
    output = replace(CLEAN, quarantined=71, written=29, suppressed=0, reasons=reasons)
    found = rows_left_out(output, a_plan(people=False, extra=LIMIT))
    assert [one.what.split(":")[0] for one in found[1:]] == [
        "50 bad values", "6 bad values", "5 bad values", "4 bad values", "3 bad values",
    ]  # fmt: skip
    few = replace(output, reasons={("zip", "why"): 1})
    assert rows_left_out(few, a_plan(people=False, extra=LIMIT))[1].what == "1 bad value: why"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"read": 0, "suppressed": 0}, ""),
        ({"filtered": 100, "suppressed": 0}, "none of 100 rows is taken"),
        ({"suppressed": 100}, "no row of 100 is left to publish: 100 suppressed"),
        (
            {"filtered": 40, "suppressed": 57, "quarantined": 3},
            "40 left out by rows.where, 57 suppressed, 3 set aside",
        ),
    ],
)
def test_no_version_is_empty_but_of_an_empty_source(changed: dict[str, int], said: str) -> None:
    """What became of the rows is said."""
    where = "rows: {where: [[zip, '=', '1']], max_quarantined: 0.1}\n"
    found = rows_left_out(replace(CLEAN, written=0, **changed), a_plan(people=False, extra=where))
    assert [bool(one.what) for one in found] == [True] * bool(said)
    assert not said or said in found[0].what


@pytest.mark.parametrize(
    ("nulled", "nulls", "said"),
    [
        ({"zip": 9}, {"zip": 9}, None),
        ({"zip": 10}, {"zip": 10}, "10 bad values in 90 rows would be emptied"),
        ({"zip": 1}, {"zip": 90}, "no value is left of it"),
        ({"zip": 0}, {"zip": 90}, None),
    ],
)
def test_a_column_that_bad_values_empty_is_refused(
    nulled: dict[str, int], nulls: dict[str, int], said: str | None
) -> None:
    """All of it, or more than a tenth; a column that was empty before is its own affair."""
    output = replace(CLEAN, read=90, suppressed=0, nulled=nulled, nulls=nulls)
    found = values_emptied(output, a_plan(people=False, extra=LIMIT))
    assert len(found) == (said is not None)
    assert said is None or said in found[0].what


def test_a_column_without_rows_was_not_emptied() -> None:
    """Neither where no row is written, nor where none was read."""
    plan = a_plan(people=False, extra=LIMIT)
    none = replace(CLEAN, read=90, suppressed=90, written=0, nulled={"zip": 5}, nulls={"zip": 0})
    assert values_emptied(none, plan) == ()
    assert values_emptied(replace(none, read=0, nulled={"zip": 0}), plan) == ()
