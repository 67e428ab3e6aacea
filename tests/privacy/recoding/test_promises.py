"""Diversity, closeness and persons, counted again from the published labels by plain loops."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anonymize.privacy.recoding import Promise, RecodingError, Sensitive, recode
from tests.examples import examples
from tests.privacy.recoding.made import COLUMNS, Table, classes, tables


def sensitive_of(table: Table, **more: object) -> Sensitive:
    """Return the table's sensitive column."""
    combination, value = np.nonzero(table.dx)
    count = table.dx[combination, value].astype(float)
    return Sensitive(combination, value, count, **more)  # type: ignore[arg-type]


def entropy(counts: np.ndarray) -> float:
    """Return e to the power of the entropy."""
    share = counts[counts > 0] / counts.sum()
    return math.exp(-float((share * np.log(share)).sum()))


@settings(max_examples=examples(120), deadline=None)
@given(tables(), st.integers(1, 6), st.sampled_from([1, 2, 3]))
def test_each_class_has_l_values(table: Table, k: int, level: int) -> None:
    """Distinct diversity, or a refusal if the whole table has fewer values."""
    promise = Promise(k, l=level)
    if table.rows.sum() < k or (table.dx.sum(axis=0) > 0).sum() < level:
        with pytest.raises(RecodingError):
            recode(COLUMNS, table.codes, table.rows, promise, sensitive=[sensitive_of(table)])
        return
    made = recode(COLUMNS, table.codes, table.rows, promise, sensitive=[sensitive_of(table)])
    for members in classes(made).values():
        assert (table.dx[members].sum(axis=0) > 0).sum() >= level
        assert table.rows[members].sum() >= k


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.sampled_from([1.2, 1.5, 2.0]))
def test_each_class_has_the_entropy(table: Table, level: float) -> None:
    """Entropy diversity; the error's nearest promise is one that the table fulfils."""
    promise = Promise(2, l=level, kind="entropy")
    given = [sensitive_of(table)]
    if entropy(table.dx.sum(axis=0)) < level or table.rows.sum() < 2:
        with pytest.raises(RecodingError) as refused:
            recode(COLUMNS, table.codes, table.rows, promise, sensitive=given, max_suppressed=0)
        assert refused.value.nearest is not None
        recode(COLUMNS, table.codes, table.rows, refused.value.nearest, sensitive=given)
        return
    made = recode(COLUMNS, table.codes, table.rows, promise, sensitive=given)
    for members in classes(made).values():
        assert entropy(table.dx[members].sum(axis=0)) >= level - 1e-6


@settings(max_examples=examples(90), deadline=None)
@given(tables(), st.sampled_from([0.5, 1.0, 3.0]))
def test_each_class_is_recursively_diverse(table: Table, c: float) -> None:
    """The most frequent value has fewer than c times the rows of all others, for l = 2."""
    promise = Promise(2, l=2, kind="recursive", c=c)
    try:
        made = recode(COLUMNS, table.codes, table.rows, promise, sensitive=[sensitive_of(table)])
    except RecodingError:
        counts = np.sort(table.dx.sum(axis=0))
        assert counts[-1] >= c * counts[:-1].sum() or table.rows.sum() < 2
        return
    for members in classes(made).values():
        counts = np.sort(table.dx[members].sum(axis=0))
        assert counts[-1] < c * counts[:-1].sum()


@pytest.mark.parametrize(
    ("counts", "level", "c", "nearest"),
    [
        ([90, 5, 5], 2, 3.0, (2, 9.01)),
        ([90, 5, 5], 3, 3.0, (3, 18.01)),
        ([90, 10], 3, 3.0, (2, 9.01)),
        ([100], 2, 3.0, (1, 3.0)),
    ],
)
def test_the_nearest_recursive_promise_names_an_l_and_the_least_c(
    counts: list[int], level: int, c: float, nearest: tuple[int, float]
) -> None:
    """The highest l that some c reaches; no l only where all share one value."""
    codes = np.zeros((len(counts), len(COLUMNS)), np.int64)
    sensitive = Sensitive(
        np.zeros(len(counts), np.int64), np.arange(len(counts)), np.array(counts, float)
    )
    promise = Promise(2, l=level, kind="recursive", c=c)
    rows = np.array([sum(counts)])
    with pytest.raises(RecodingError) as refused:
        recode(COLUMNS, codes[:1], rows, promise, sensitive=[sensitive], max_suppressed=0)
    found = refused.value.nearest
    assert found is not None
    assert (found.l, found.c) == nearest
    if found.l != 1:
        recode(COLUMNS, codes[:1], rows, found, sensitive=[sensitive], max_suppressed=0)


def distance(share: np.ndarray, other: np.ndarray, kind: str) -> float:
    """Return the earth mover's distance of three values, by its definition."""
    difference = share - other
    if kind == "ordered":
        return float(np.abs(np.cumsum(difference)[:-1]).sum() / 2)
    return float(np.abs(difference).sum() / 2)


@settings(max_examples=examples(120), deadline=None)
@given(
    tables(),
    st.sampled_from([0.05, 0.2, 0.4]),
    st.sampled_from(["equal", "ordered"]),
    st.sampled_from([0, 0.1, 0.4]),
)
def test_each_class_is_close_to_the_table_and_to_what_is_released(
    table: Table, t: float, kind: str, lost: float
) -> None:
    """Closeness to the whole table and to the released rows."""
    rank = np.arange(3) if kind == "ordered" else None
    made = recode(
        COLUMNS,
        table.codes,
        table.rows,
        Promise(1, t=t),
        sensitive=[sensitive_of(table, rank=rank)],
        max_suppressed=lost,
    )
    assert made.kept.any()
    whole = table.dx.sum(axis=0) / table.dx.sum()
    released = table.dx[made.kept].sum(axis=0) / table.dx[made.kept].sum()
    for members in classes(made).values():
        share = table.dx[members].sum(axis=0) / table.dx[members].sum()
        assert distance(share, whole, kind) <= t + 1e-6
        assert distance(share, released, kind) <= t + 1e-6


@settings(max_examples=examples(120), deadline=None)
@given(tables(20), st.integers(1, 5), st.data())
def test_each_class_has_k_persons(table: Table, k: int, data: st.DataObject) -> None:
    """A person in several combinations of a class counts once."""
    who = data.draw(
        st.lists(
            st.sets(st.integers(0, 9), min_size=1, max_size=4),
            min_size=len(table.rows),
            max_size=len(table.rows),
        )
    )
    pairs = [(at, person) for at, persons in enumerate(who) for person in sorted(persons)]
    people = (np.array([at for at, _ in pairs]), np.array([person for _, person in pairs]))
    if len(set().union(*who)) < k:
        with pytest.raises(RecodingError):
            recode(COLUMNS, table.codes, table.rows, Promise(k), people=people)
        return
    made = recode(COLUMNS, table.codes, table.rows, Promise(k), people=people)
    for members in classes(made).values():
        assert len(set().union(*(who[at] for at in members))) >= k


@settings(max_examples=examples(90), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(0, 2)), min_size=1))
@example([(0, 0, 0), (0, 1, 1), (1, 0, 0)])
def test_a_value_that_all_persons_share_is_not_diverse(
    triples: list[tuple[int, int, int]],
) -> None:
    """With persons, l = 2 asks for a second value and for a person without the first."""
    triples = sorted(set(triples))
    used = sorted({zip_ for zip_, _, _ in triples})
    codes = np.array([[0, zip_, 0] for zip_ in used], np.int32)
    at = np.array([used.index(zip_) for zip_, _, _ in triples])
    person, value = np.array([one[1] for one in triples]), np.array([one[2] for one in triples])
    pairs = np.unique(np.stack([at, person]), axis=1)
    rows = np.bincount(at)

    def certain(members: list[int]) -> bool:
        inside = np.isin(at, members)
        each = set(zip(person[inside].tolist(), value[inside].tolist(), strict=True))
        count = Counter(one for _, one in each)  # a person in two combinations is one
        return max(count.values()) >= len({who for who, _ in each})

    given = Sensitive(at, value, person=person)
    try:
        made = recode(
            COLUMNS, codes, rows, Promise(1, l=2), people=(pairs[0], pairs[1]), sensitive=[given]
        )
    except RecodingError:
        assert certain(list(range(len(used))))
        return
    assert not any(certain(members) for members in classes(made).values())


@settings(max_examples=examples(60), deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_order_does_not_matter_with_sensitive_values(table: Table, random: object) -> None:
    """The same classes for combinations in another order."""
    shuffled = np.array(random.sample(range(len(table.rows)), len(table.rows)))  # type: ignore[attr-defined]
    promise = Promise(2, t=0.3)
    other = Table(table.codes[shuffled], table.rows[shuffled], table.dx[shuffled])
    if table.rows.sum() < 2:
        return
    plain = recode(COLUMNS, table.codes, table.rows, promise, sensitive=[sensitive_of(table)])
    again = recode(COLUMNS, other.codes, other.rows, promise, sensitive=[sensitive_of(other)])
    assert {tuple(sorted(members)): labels for labels, members in classes(plain).items()} == {
        tuple(sorted(shuffled[members].tolist())): labels
        for labels, members in classes(again).items()
    }


def test_closeness_and_diversity_need_a_sensitive_column() -> None:
    """A promise about no column would always hold."""
    with pytest.raises(RecodingError, match="sensitive"):
        recode(COLUMNS, np.zeros((1, 3), np.int32), np.array([3]), Promise(1, t=0.1))


@settings(max_examples=examples(60), deadline=None)
@given(tables(), st.integers(1, 4), st.sampled_from(["distinct", "entropy", "recursive"]))
def test_a_missing_value_makes_no_class_diverse(table: Table, k: int, kind: str) -> None:
    """Whatever way diversity is counted, it is that of the values that are there."""
    promise = Promise(k, l=2 if kind != "entropy" else 1.5, kind=kind)  # type: ignore[arg-type]
    given = [sensitive_of(table, missing=0)]
    try:
        made = recode(COLUMNS, table.codes, table.rows, promise, sensitive=given)
    except RecodingError:
        assert table.rows.sum() < k or _breaks(table.dx[:, 1:].sum(axis=0), kind)
        return
    for members in classes(made).values():
        assert not _breaks(table.dx[members][:, 1:].sum(axis=0), kind)


def _breaks(counts: np.ndarray, kind: str) -> bool:
    """Return True if values that occur so often break a diversity of 2, or entropy 1.5."""
    found = np.sort(counts[counts > 0])[::-1]
    if len(found) < 2:
        return True
    if kind == "entropy":
        return entropy(found) < 1.5 - 1e-6
    return kind == "recursive" and not found[0] < 3 * found[1:].sum()
