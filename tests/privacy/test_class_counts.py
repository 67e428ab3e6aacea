"""Classes are sized by people, or rows, in parts that merge in any order and in linear time."""

from __future__ import annotations

import functools
import pickle
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy import (
    ClassCounts,
    ClassDigests,
    class_digests,
    countable,
    diversity,
    linkage_risk,
    persons,
)
from anonymize.privacy import class_counts as module
from anonymize.privacy.digests import OF_PROCESS
from tests.examples import examples

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]),
        st.integers(0, 2),
        st.sampled_from([None, *"pqrstu"]),
        st.sampled_from("xyz"),
    ),
    max_size=60,
)
Rows = list[tuple[str | None, int, str | None, str]]


def counts_of(rows: Rows, *, people: bool = True) -> ClassCounts:
    """Return the counts of rows of two quasi-identifiers, a subject and a sensitive value."""
    columns = [
        pa.array([row[at] for row in rows], kind)
        for at, kind in enumerate((pa.string(), pa.int64()))
    ]
    who = persons(OF_PROCESS, pa.array([row[2] for row in rows], pa.string())) if people else None
    return ClassCounts.of(columns, who, {"dx": pa.array([row[3] for row in rows], pa.string())})


def sizes_by_pandas(rows: Rows, *, people: bool = True) -> list[int]:
    """Return the sizes of all classes, by an independent count."""
    groups = pd.DataFrame(rows, columns=["zip", "age", "who", "dx"]).groupby(
        ["zip", "age"], dropna=False
    )
    return sorted((groups["who"].nunique() if people else groups.size()).tolist())


@settings(max_examples=examples(40), deadline=None)
@given(ROWS, st.booleans())
def test_sizes_are_those_that_pandas_counts(rows: Rows, people: bool) -> None:
    """Distinct known people of each class, or its rows; a null is a value of its own in a class,
    and no person.
    """
    assert sorted(counts_of(rows, people=people).sizes().people.tolist()) == sizes_by_pandas(
        rows, people=people
    )


@settings(max_examples=examples(40), deadline=None)
@given(ROWS, st.integers(0, 59), st.integers(2, 4), st.booleans())
def test_parts_merge_to_the_whole(rows: Rows, cut: int, k: int, people: bool) -> None:
    """Any split of the rows gives the classes, people and rows of all of them, in either order."""
    parts = [counts_of(part, people=people) for part in (rows[:cut], rows[cut:])]
    whole = counts_of(rows, people=people)
    for merged in (parts[0].merge(parts[1]), parts[1].merge(parts[0]).together()):
        assert sorted(merged.sizes().people) == sorted(whole.sizes().people)
        assert merged.rows == len(rows)
        assert merged.rows_of_nobody == whole.rows_of_nobody
        assert merged.allowed(k).rows_in_small == whole.allowed(k).rows_in_small
        assert list(diversity(merged)) == list(diversity(whole))


def test_merging_batch_by_batch_groups_a_small_multiple_of_the_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """200 parts with no class in common: the rows grouped are at most four times those there are,
    not a hundred.
    """
    grouped: list[int] = []
    group = module.summed

    def noted(table: pa.Table, *said: Any) -> pa.Table:
        grouped.append(table.num_rows)
        return group(table, *said)

    monkeypatch.setattr(module, "_LEAST", 100)
    monkeypatch.setattr(module, "summed", noted)
    parts = [
        ClassCounts.of([pa.array(np.arange(start, start + 50))]) for start in range(0, 10_000, 50)
    ]
    grouped.clear()
    whole = functools.reduce(ClassCounts.merge, parts).together()
    assert whole.table.num_rows == 10_000
    assert sum(grouped) <= 40_000


def test_many_rows_of_few_classes_stay_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory follows the distinct combinations: 200 parts of the same 50 classes never hold 1,000
    rows.
    """
    monkeypatch.setattr(module, "_LEAST", 100)
    parts = [ClassCounts.of([pa.array(np.arange(50))])] * 200
    held = [whole.table.num_rows for whole in _running(parts)]
    assert max(held) < 1_000


def _running(parts: list[ClassCounts]) -> list[ClassCounts]:
    wholes = [parts[0]]
    for part in parts[1:]:
        wholes.append(wholes[-1].merge(part))
    return wholes


def test_long_tables_are_grouped_in_parts_to_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All rows of a class are in one part, so no class is counted twice."""
    rows: Rows = [(str(at % 97), at % 3, f"p{at % 41}", "x") for at in range(2_000)]
    expected = sorted(counts_of(rows).sizes().people)
    monkeypatch.setattr(module, "_AT_ONCE", 100)
    assert sorted(counts_of(rows).sizes().people) == expected


@settings(max_examples=examples(40), deadline=None)
@given(ROWS, st.integers(1, 4), st.booleans())
def test_only_counted_classes_that_are_large_enough_are_allowed(
    rows: Rows, k: int, people: bool
) -> None:
    """Row by row: allowed where pandas finds k people in its class; a class that was not counted
    never is.
    """
    frame = pd.DataFrame(rows, columns=["zip", "age", "who", "dx"])
    groups = frame.groupby(["zip", "age"], dropna=False)
    sizes = groups["who"].transform("nunique") if people else groups["age"].transform("size")
    columns = [
        pa.array([row[0] for row in rows], pa.string()),
        pa.array([row[1] for row in rows], pa.int64()),
    ]
    allowed = counts_of(rows, people=people).allowed(k)
    assert allowed.holds(class_digests(OF_PROCESS, columns)).to_pylist() == (sizes >= k).tolist()
    unseen = class_digests(OF_PROCESS, [pa.array(["a"]), pa.array([99])])
    assert allowed.holds(unseen).to_pylist() == [False]


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_the_allow_list_compares_whole_digests(
    pairs: list[tuple[int, int]], high: int, low: int
) -> None:
    """Digests that share their first half are told apart by the second."""
    from anonymize.privacy import AllowedClasses

    known = sorted(set(pairs))
    halves = np.array(known, np.int64).reshape(-1, 2)
    listed = AllowedClasses.of(ClassDigests(halves[:, 0], halves[:, 1]), rows=0, rows_in_small=0)
    asked = ClassDigests(np.array([high]), np.array([low]))
    assert listed.holds(asked).to_pylist() == [(high, low) in known]


def test_a_homogeneous_class_shows_as_one() -> None:
    """Everybody of one class has one diagnosis: l is 1 whatever the other classes hold."""
    rows: Rows = [("a", 1, who, "x") for who in "pqr"] + [
        ("b", 1, who, dx) for who, dx in zip("stu", "xyz", strict=True)
    ]
    (found,) = diversity(counts_of(rows))
    assert (found.distinct, found.entropy, found.largest_share, found.homogeneous) == (
        1,
        1.0,
        1.0,
        1,
    )


def test_diversity_counts_people_not_rows() -> None:
    """Nine visits of one patient with a rare diagnosis do not make a class of five look diverse."""
    rows: Rows = [("a", 1, who, "x") for who in "pqrs"] + [("a", 1, "t", "y")] * 9
    (found,) = diversity(counts_of(rows))
    assert (found.distinct, found.largest_share) == (2, 0.8)
    assert found.entropy == pytest.approx(np.exp(-0.8 * np.log(0.8) - 0.2 * np.log(0.2)), abs=1e-3)
    assert next(diversity(counts_of(rows, people=False))).largest_share == pytest.approx(
        9 / 13, abs=1e-3
    )


def test_a_value_that_all_share_is_certain_whatever_else_they_have() -> None:
    """Each person has x and a value of their own: x is sure of everybody, so l is 1."""
    rows: Rows = [
        ("a", 1, who, dx) for who, own in zip("pq", "yz", strict=True) for dx in ("x", own)
    ]
    assert next(diversity(counts_of(rows))).distinct == 1


def test_risk_is_of_people() -> None:
    """Classes of 2 and 3 people: the chance is a half at most and 2 in 5 on average."""
    rows: Rows = [("a", 1, who, "x") for who in "pqp"] + [("b", 1, who, "x") for who in "rstr"]
    risk = linkage_risk(counts_of(rows).sizes())
    assert (risk.k, risk.classes, risk.highest, risk.average) == (2, 2, 1 / 2, 2 / 5)


def test_values_with_separators_inside_do_not_collide() -> None:
    """Two different combinations never share a digest, whatever characters they hold."""
    left, right = (
        pa.array(["a\x1f", "a", "1:a", None, "-", ""]),
        pa.array(["b", "\x1fb", "", "x", "x", "1:ax"]),
    )
    assert (
        len(
            set(zip(*map(np.ndarray.tolist, class_digests(OF_PROCESS, [left, right])), strict=True))
        )
        == 6
    )


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"\xff\x01", b"\xff\x01", b"\xfe"]),
        pa.array([b"\xff\x01", b"\xff\x01", b"\xfe\x00"], pa.binary(2)),
        pa.array(["a", "a", "b"]).dictionary_encode(),
        pa.array(["a", "a", "b"], pa.string_view()),
        pa.array([b"\xff", b"\xff", b"\xfe"], pa.binary_view()),
        pa.array([0.0, 0.0, -0.0], pa.float32()),
        pa.array([-0.0, 0.0, 0.0], pa.float64()),
        pa.array([True, True, False]),
        pa.array([Decimal("1.10"), Decimal("1.10"), Decimal("1.11")]),
        pa.array(
            [datetime(2900, 1, 1, tzinfo=UTC)] * 2 + [None], pa.timestamp("us", "Europe/Berlin")
        ),
        pa.array([time(1), time(1), time(2)]),
        pa.array([1, 1, 2], pa.duration("s")),
        pa.array(["z", "a", "a", "b"]).slice(1),
    ],
    ids=lambda column: str(column.type),
)
def test_every_countable_type_tells_equal_values_from_others(column: pa.Array) -> None:
    """The first two are one class, the third another."""
    assert countable(column.type)
    assert sorted(ClassCounts.of([column]).sizes().people) == [1, 2]


def test_another_key_gives_other_digests() -> None:
    """Without the key a class cannot be recomputed from a guessed value."""
    from anonymize.keys import PurposeKey, Secret
    from anonymize.names import KeyId

    other = PurposeKey(
        KeyId("other.1"), Secret(b"k" * 32), domain="", entity="", action="first pass"
    )
    column = pa.array(["02139"])
    assert class_digests(OF_PROCESS, [column]).high[0] != class_digests(other, [column]).high[0]


@pytest.mark.parametrize("people", [False, True])
def test_counts_are_sent_once_and_not_with_each_slice(people: bool) -> None:
    """Grouped tables are slices of one buffer: pickled as tables they took it along with each."""
    numbers = pa.array(np.arange(200_000))
    counts = ClassCounts.of(
        [numbers], persons(OF_PROCESS, numbers) if people else None, {"dx": numbers}
    )
    sent = pickle.dumps(counts)
    assert len(sent) < 1.1 * counts.table.nbytes
    found = pickle.loads(sent)
    assert found.table.equals(counts.table)
    assert (found.sensitive, found.grouped) == (counts.sensitive, counts.grouped)
    empty = ClassCounts.of([pa.array([], pa.int64())])
    assert pickle.loads(pickle.dumps(empty)).table.num_rows == 0
