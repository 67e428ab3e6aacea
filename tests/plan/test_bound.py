"""Applying a plan: rows, nesting, bad values, filters, suppression."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import DataError, PlanError
from anonymize.keys import Keyring
from anonymize.plan import PlanWithKeys
from tests.examples import examples
from tests.plan.helpers import applied, plan_of

DATES = pa.table({"born": ["1984-02-29", "no date", None, "2001-01-01"], "n": [1, 2, 3, 4]})
BORN = "  born: {action: generalize, to: year}\n  n: {action: keep}\n"
NESTED = pa.table(
    {
        "who": [
            {"name": "Ana", "mail": "a@x.example"},
            None,
            {"name": None, "mail": "b@x.example"},
        ],
        "said": [[{"by": "Ana", "text": "hi"}, None], [], None],
        "tags": [["red", None], None, []],
    }
)


def _bound(table: pa.Table, columns: str, extra: str = "") -> PlanWithKeys:
    return PlanWithKeys(plan_of(table, columns, extra), None)


def test_a_bad_value_sets_its_row_aside_and_no_other() -> None:
    """Quarantine carries the row's number, the column and the reason, never the value."""
    done = _bound(DATES, BORN).apply(DATES.to_batches()[0], first_row=100)
    assert done.batch.to_pylist() == [
        {"born": 1984, "n": 1},
        {"born": None, "n": 3},
        {"born": 2001, "n": 4},
    ]
    assert done.quarantined.to_pylist()[0]["row"] == 102
    assert "no date" not in str(done.quarantined.to_pylist())


def test_a_dictionary_holds_no_value_of_rows_left_out() -> None:
    """A column encoded as a dictionary comes out with the values of its rows and no other."""
    table = pa.table({"plan": pa.array(["pro", "planted"]).dictionary_encode(), "n": [1, 2]})
    done = _bound(table, "  plan: {action: keep}\n", "rows: {where: [[n, '=', 1]]}\n").apply(
        table.to_batches()[0]
    )
    assert done.batch.column(0).dictionary.to_pylist() == ["pro"]


def test_a_bad_value_can_become_null() -> None:
    """Under ``null`` the row stays and the count says how many."""
    done = _bound(DATES, BORN, 'rows: {on_bad_value: "null"}\n').apply(DATES.to_batches()[0])
    assert done.batch["born"].to_pylist() == [1984, None, None, 2001]
    assert done.nulled == {"born": 1}


def test_a_bad_value_can_stop_the_run() -> None:
    """Under ``refuse`` the error points at the row and leaves the value where it is."""
    with pytest.raises(DataError, match=r"column born: 1 value: .* \(row 2\)") as caught:
        _bound(DATES, BORN, "rows: {on_bad_value: refuse}\n").apply(DATES.to_batches()[0])
    assert "no date" not in str(caught.value)


def test_a_filter_leaves_rows_out_and_counts_them() -> None:
    """A null holds no condition; quarantine still names the row's number in the source."""
    table = pa.table({"born": [None, "x", "1984-01-01"], "n": [None, 5, 6]})
    done = _bound(table, BORN, "rows: {where: [[n, '>=', 5]]}\n").apply(table.to_batches()[0])
    assert (done.filtered, done.batch.num_rows, done.quarantined["row"].to_pylist()) == (1, 1, [2])


def test_alternatives_in_a_filter_are_joined_by_or() -> None:
    """A list of lists is one of which must hold."""
    table = pa.table({"n": [1, 2, 3, 4]})
    rows = applied(
        table,
        "  n: {action: keep}\n",
        "rows: {where: [[[n, '=', 1]], [[n, 'in', [3, 4]], [n, '<', 4]]]}\n",
    )
    assert [row["n"] for row in rows] == [1, 3]


def test_nested_leaves_are_transformed_in_place() -> None:
    """Structs, lists of structs and lists keep their shape, their nulls and their empties."""
    rows = applied(
        NESTED,
        '  who.name: {action: mask}\n  said[].text: {action: redact}\n  "tags[]": {action: mask,'
        " keep_first: 1}\n",
    )
    assert rows == [
        {"who": {"name": "***"}, "said": [{"text": "<REDACTED>"}, None], "tags": ["r**", None]},
        {"who": None, "said": [], "tags": None},
        {"who": {"name": None}, "said": None, "tags": []},
    ]


def test_unlisted_leaves_are_dropped_at_every_level() -> None:
    """Minimization reaches into structs: only ``who.name`` has a rule."""
    assert plan_of(NESTED, "  who.name: {action: mask}\n").dropped == (
        "who.mail",
        "said[].by",
        "said[].text",
        "tags[]",
    )


def test_when_and_otherwise_choose_per_row() -> None:
    """Rows of the filter get one action, all others the other; nulls go to the others."""
    table = pa.table({"name": ["Ana", "Bo", "Cy"], "country": ["DE", "US", None]})
    rule = (
        "  name: {action: redact, when: [[country, '=', DE]], otherwise: {action: mask, keep_first:"
        " 1}}\n"
    )
    assert [row["name"] for row in applied(table, rule)] == ["<REDACTED>", "B*", "C*"]


def test_rows_of_small_classes_are_suppressed() -> None:
    """A first pass counts the output's equivalence classes; the second leaves small ones out."""
    table = pa.table({"zip": ["10115", "10117", "10119", "20095"]})
    plan = plan_of(
        table,
        "  zip: {action: generalize, prefix: 2}\n",
        "privacy: {quasi_identifiers: [zip], k: 3}\n",
    )
    batch = table.to_batches()[0]
    halves = [plan.measure(batch.slice(0, 2)), plan.measure(batch.slice(2))]
    done = PlanWithKeys(plan.fit(halves[1].merge(halves[0])), None).apply(batch)
    assert (done.batch.num_rows, done.suppressed) == (3, 1)


def test_a_plan_with_a_first_pass_refuses_to_skip_it() -> None:
    """k-anonymity cannot be applied batch by batch without the whole table's counts."""
    table = pa.table({"zip": ["10115"]})
    plan = plan_of(table, "  zip: {action: keep}\n", "privacy: {quasi_identifiers: [zip], k: 3}\n")
    with pytest.raises(PlanError, match="first pass"):
        plan.apply(table.to_batches()[0])


def test_a_bound_plan_refuses_to_be_pickled(keyring: Keyring) -> None:
    """It holds keys; the plan is what travels."""
    with pytest.raises(TypeError, match="keys"):
        pickle.dumps(PlanWithKeys(plan_of(DATES, BORN), keyring))


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=1, max_size=30),
    st.integers(0, 30),
)
def test_one_batch_is_its_halves(keyring: Keyring, names: list[str | None], cut: int) -> None:
    """Batch borders do not show in the result."""
    table = pa.table({"name": pa.array(names, pa.string())})
    columns = "  name: {action: pseudonymize}\n"
    bound = PlanWithKeys(plan_of(table, columns, keyring=keyring), keyring)
    batch = table.to_batches()[0]
    parts = [bound.apply(part).batch for part in (batch.slice(0, cut), batch.slice(cut))]
    assert pa.Table.from_batches(parts).combine_chunks() == pa.Table.from_batches(
        [bound.apply(batch).batch]
    )


def test_rows_set_aside_for_another_column_do_not_count_towards_k() -> None:
    """A class is as large as what is published of it: a bad date in its third row leaves two, and k
    is 3.
    """
    table = pa.table(
        {
            "zip": ["10"] * 3 + ["20"] * 3,
            "born": ["1984-01-01", "1984-01-01", "x", *["1990-01-01"] * 3],
        }
    )
    columns = "  zip: {action: keep}\n  born: {action: generalize, to: year}\n"
    plan = plan_of(table, columns, "privacy: {quasi_identifiers: [zip], k: 3}\n")
    batch = table.to_batches()[0]
    done = PlanWithKeys(plan.fit(plan.measure(batch)), None).apply(batch)
    assert done.batch["zip"].to_pylist() == ["20"] * 3
    assert (done.suppressed, len(done.quarantined)) == (2, 1)
