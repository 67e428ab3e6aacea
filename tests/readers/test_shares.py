"""Which rows are whose, and in which order: arithmetic, without a dataset."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.readers.order import EpochOrder
from anonymize.readers.shares import Piece, Share, batches_of_workers, pieces
from anonymize.readers.stream import group_spans

COUNTS = st.integers(0, 10_000)


@given(COUNTS, st.integers(1, 9), st.integers(1, 5))
def test_shares_are_all_rows_each_once_and_nearly_equal(
    total: int, ranks: int, workers: int
) -> None:
    """Of all workers of all ranks."""
    cuts = [Share(r, ranks, w, workers).rows(total) for r in range(ranks) for w in range(workers)]
    assert cuts[0][0] == 0
    assert cuts[-1][1] == total
    assert all(one[1] == two[0] for one, two in itertools.pairwise(cuts))
    by_rank = [Share(r, ranks).rows(total) for r in range(ranks)]
    sizes = [end - first for first, end in by_rank]
    assert max(sizes) - min(sizes) <= 1


@given(COUNTS, st.integers(1, 9))
def test_even_shares_are_equal_and_leave_out_less_than_a_row_each(total: int, ranks: int) -> None:
    """The rows that are left out are the last ones of the order."""
    sizes = {
        end - first for first, end in (Share(r, ranks).rows(total, even=True) for r in range(ranks))
    }
    assert len(sizes) == 1
    assert total - ranks * sizes.pop() < ranks


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.data())
def test_pieces_are_the_rows_of_a_stretch(rows: list[int], data: st.DataObject) -> None:
    """Of the parts laid one after the other, in any order."""
    order = data.draw(st.permutations(range(len(rows))))
    first = data.draw(st.integers(0, sum(rows)))
    end = data.draw(st.integers(first, sum(rows)))
    laid = [(part, row) for part in order for row in range(rows[part])]
    found = pieces(rows, order, first, end)
    assert [(p.part, row) for p in found for row in range(p.start, p.stop)] == laid[first:end]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 60))
def test_batches_are_taken_from_workers_in_turn(most: list[int], taken: int) -> None:
    """As a loader does that passes over a worker which has ended."""
    given_, turn = [0] * len(most), 0
    for _ in range(min(taken, sum(most))):
        while given_[turn % len(most)] == most[turn % len(most)]:
            turn += 1
        given_[turn % len(most)] += 1
        turn += 1
    assert batches_of_workers(taken, most) == given_


@given(st.lists(st.integers(0, 20), min_size=1, max_size=6), st.data())
def test_spans_of_groups_are_the_rows_of_a_piece(counts: list[int], data: st.DataObject) -> None:
    """Group, first row in it, and number."""
    start = data.draw(st.integers(0, sum(counts)))
    stop = data.draw(st.integers(start, sum(counts)))
    rows = [(group, row) for group, count in enumerate(counts) for row in range(count)]
    spans = group_spans(counts, Piece(0, start, stop))
    assert [(g, first + n) for g, first, count in spans for n in range(count)] == rows[start:stop]


def test_an_order_is_one_of_all_and_hangs_on_everything_it_is_drawn_from() -> None:
    """Seed, epoch, and what is put in order."""
    orders = [
        EpochOrder(1, 0, shuffle=True).of_buffer(50, 0, 0).tolist(),
        EpochOrder(2, 0, shuffle=True).of_buffer(50, 0, 0).tolist(),
        EpochOrder(1, 1, shuffle=True).of_buffer(50, 0, 0).tolist(),
        EpochOrder(1, 0, shuffle=True).of_buffer(50, 7, 0).tolist(),
        EpochOrder(1, 0, shuffle=True).of_buffer(50, 0, 1).tolist(),
        EpochOrder(1, 0, shuffle=True).of_parts(50),
        EpochOrder(1, 0, shuffle=True).of_groups(50, 0, 0),
    ]
    assert all(sorted(order) == list(range(50)) for order in orders)
    assert len({tuple(order) for order in orders}) == len(orders)
    assert EpochOrder(1, 0, shuffle=False).of_parts(5) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("epoch", "order"), [(0, [5, 1, 2, 7, 6, 4, 0, 3]), (1, [2, 6, 7, 4, 1, 5, 0, 3])]
)
def test_orders_stay_what_they_are(epoch: int, order: list[int]) -> None:
    """A stored place means the same rows under later versions."""
    assert EpochOrder(7, epoch, shuffle=True).of_parts(8) == order
