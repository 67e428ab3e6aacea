"""Results of a first pass merge whatever parts of them there are, and only under one key."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pytest

from anonymize.errors import PlanError, UnforeseenError
from anonymize.plan import PlanWithKeys
from anonymize.plan.facts import Decision, Fitted, Partial, added_up, merged, same_key
from anonymize.privacy import ClassCounts
from tests.plan.helpers import plan_of

RAW = "jane.canary@example.org"
TABLE = pa.table({"mail": [RAW], "n": [1]})
COLUMNS = "  mail: {action: redact}\n  n: {action: keep}\n"
CLASSES = ClassCounts.of([pa.array([1, 1, 2])])


def test_classes_are_kept_where_the_other_part_has_none() -> None:
    """A partition without rows, or a pass that only fits, takes nothing from the count."""
    none, some = Partial(under="k"), Partial(CLASSES, under="k")
    for whole in (none.merge(some), some.merge(none), merged([none, some, none])):
        assert whole.classes is CLASSES
    both = some.merge(some).classes
    assert both is not None
    assert both.rows == 6


def test_a_pass_that_decides_nothing_leaves_what_was_decided() -> None:
    """What was allowed before stays; a decision takes its place."""
    two = Fitted().added(Partial(CLASSES), Decision(CLASSES.allowed(2)))
    assert two.classes is not None
    assert (two.classes.rows, two.classes.rows_in_small) == (3, 1)
    assert two.added(Partial(), Decision()).classes is two.classes
    assert two.added(Partial(), Decision(CLASSES.allowed(3))).classes is not two.classes
    assert Fitted().added(Partial(CLASSES), Decision()).classes is None


def test_a_result_without_a_key_takes_the_others() -> None:
    """In either order; two keys are refused."""
    assert [same_key(*pair) for pair in (("", ""), ("a", ""), ("", "a"), ("a", "a"))] == [
        "", "a", "a", "a",
    ]  # fmt: skip
    with pytest.raises(PlanError, match="was kept under another key"):
        same_key("a", "b")


@dataclass(frozen=True)
class Part:
    """Facts that count how often they were copied."""

    names: tuple[int, ...]
    copied: int = 0

    def merge(self, other: Part) -> Part:
        """Return both."""
        return Part(self.names + other.names, 1 + max(self.copied, other.copied))


@pytest.mark.parametrize(
    ("parts", "most"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (7, 3), (8, 3), (100, 7)]
)
def test_facts_are_added_up_in_few_steps_and_none_is_left_out(parts: int, most: int) -> None:
    """Each is copied log2 of their number times, rounded up."""
    whole = added_up([Part((at,)) for at in range(parts)])
    assert sorted(whole.names) == list(range(parts))
    assert whole.copied == most


def test_a_plan_that_learns_nothing_names_no_key() -> None:
    """Its parts merge with those of any other process, which has another key."""
    plan = plan_of(TABLE, COLUMNS)
    assert PlanWithKeys(plan, None).measure_all(TABLE.to_batches()) == Partial()


@pytest.mark.parametrize(
    "act",
    [
        lambda plan, batch: plan.measure_all([batch]),
        lambda plan, batch: plan.apply(batch),
        lambda plan, batch: plan.preview(batch),
    ],
    ids=["measure", "apply", "preview"],
)
def test_an_error_of_others_code_is_not_quoted(
    act: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library's text may hold a value."""

    def fails(*asked: object) -> None:
        raise ValueError(RAW)

    monkeypatch.setattr("anonymize.plan.apply.open_batch", fails)
    plan = PlanWithKeys(plan_of(TABLE, COLUMNS), None)
    with pytest.raises(UnforeseenError, match="its text is not shown") as told:
        act(plan, TABLE.to_batches()[0])  # type: ignore[operator]
    assert RAW not in repr(told.value) + repr(told.value.__cause__)
