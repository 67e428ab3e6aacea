"""Which rows of a version are read by which process: ranks of a job, and workers of a rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """One process of those that divide an epoch's rows."""

    rank: int = 0
    ranks: int = 1
    worker: int = 0
    """Worker within the rank."""
    workers: int = 1

    def rows(self, total: int, *, even: bool = False) -> tuple[int, int]:
        """Return the first of its rows, and the one after its last, of ``total`` in the epoch's
        order.

        The shares of all ranks and workers are all rows, each once, and differ by one row at most
        within a rank and between ranks. With ``even`` every rank has the same number: the epoch's
        last ``total % ranks`` rows are left out.
        """
        if even:
            total -= total % self.ranks
        first, end = _cut(0, total, self.rank, self.ranks)
        return _cut(first, end, self.worker, self.workers)


def _cut(first: int, end: int, number: int, count: int) -> tuple[int, int]:
    rows = end - first
    return first + rows * number // count, first + rows * (number + 1) // count


@dataclass(frozen=True)
class Piece:
    """Neighbouring rows of one part, ``start`` up to ``stop``, counted from the part's first."""

    part: int
    start: int
    stop: int

    @property
    def rows(self) -> int:
        """Return their number."""
        return self.stop - self.start


def pieces(rows_of_parts: Sequence[int], order: Sequence[int], first: int, end: int) -> list[Piece]:
    """Return the rows ``first`` up to ``end`` of the parts laid one after the other in ``order``,
    part by part.
    """
    found, before = [], 0
    for part in order:
        start = max(first - before, 0)
        stop = min(end - before, rows_of_parts[part])
        if start < stop:
            found.append(Piece(part, start, stop))
        before += rows_of_parts[part]
    return found


def batches_of_workers(taken: int, batches: Sequence[int]) -> list[int]:
    """Return how many of ``taken`` batches each worker gave, if they are taken in turn, worker by
    worker, and a worker that has given all its ``batches`` is passed over.
    """
    given = [0] * len(batches)
    while taken:
        left = [w for w, most in enumerate(batches) if given[w] < most]
        if not left:
            break
        turns = min(taken // len(left), min(batches[w] - given[w] for w in left))
        for w in left if turns else left[:taken]:
            given[w] += turns or 1
        taken -= turns * len(left) if turns else len(left[:taken])
    return given
