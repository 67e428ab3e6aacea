"""Measures marginals with noise: every column, and the pairs of columns that are worth it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

from anonymize.privacy.differential.mechanisms import noisy, scale_of

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Pair = tuple[int, int]
_MOST_ROWS = 10_000_000
"""A noisy number of rows is taken for no more."""
_SINGLES, _SCORES, _PAIRS = 0.1, 0.1, 0.8
"""The parts of ε for single columns, for which pairs are worth it, and for those pairs."""


@dataclass(frozen=True)
class Marginals:
    """Noisy shares."""

    singles: tuple[Floats, ...] = field(repr=False)
    """Per column the share of each of its values."""
    pairs: Mapping[Pair, Floats] = field(repr=False)
    """Per measured pair of columns the shares, shape (values of the first, of the second)."""
    rows: int
    """A noisy number of rows."""


def fitted(codes: Codes, sizes: Sequence[int], rows_of_one: int, epsilon: float) -> Marginals:
    """Return noisy marginals of ``codes``, shape (n, columns), values below ``sizes``.

    One person has at most ``rows_of_one`` rows, so that adding or removing one changes each
    marginal's counts by at most that in all. First each column is counted, then how far each pair
    is from independence, then the pairs for which the noise is a smaller error than taking them
    for independent (after "DenseMarg" of Zhang et al. 2021, "PrivSyn"). All of it costs
    ``epsilon``; nothing that is returned depends on the rows otherwise.
    """
    columns = len(sizes)
    part = epsilon * (_SINGLES if columns > 1 else 1)
    scale = scale_of(rows_of_one, part / columns)
    counted = [
        np.array(noisy(np.bincount(codes[:, at], minlength=sizes[at]).tolist(), scale), float)
        for at in range(columns)
    ]
    total = float(np.mean([counts.sum() for counts in counted]))
    rows = min(_MOST_ROWS, max(1, round(total)))
    singles = tuple(shares_of(counts, rows) for counts in counted)
    every = list(combinations(range(columns), 2))
    if not every:
        return Marginals(singles, {}, rows)
    scores = [_distance(codes, pair, singles, sizes, rows) for pair in every]
    scale = scale_of(rows_of_one + 1, epsilon * _SCORES / len(every))
    worth = _worth(dict(zip(every, noisy(scores, scale), strict=True)), sizes, rows_of_one, epsilon)
    pairs = {}
    if worth:
        scale = scale_of(rows_of_one, epsilon * _PAIRS / len(worth))
        for pair in worth:
            found = np.array(noisy(counts_of(codes, pair, sizes).ravel().tolist(), scale), float)
            pairs[pair] = shares_of(found.reshape(sizes[pair[0]], sizes[pair[1]]), rows)
    return Marginals(singles, pairs, rows)


def _worth(
    scores: Mapping[Pair, int], sizes: Sequence[int], rows_of_one: int, epsilon: float
) -> list[Pair]:
    """Return the pairs to measure, so that what is expected of noise and of those taken for
    independent is least together. Each further pair leaves less of ε for the others.
    """
    order = sorted(scores, key=lambda pair: (-scores[pair], pair))
    cells = np.array([sizes[a] * sizes[b] for a, b in order], float)
    apart = np.maximum(0.0, np.array([scores[pair] for pair in order], float))
    left = np.concatenate([np.cumsum(apart[::-1])[::-1], [0.0]])
    measured = np.arange(len(order) + 1)
    # half of the noise of a cell stays after what is below 0 is taken away, as a rule
    noise = np.concatenate([[0.0], np.cumsum(cells)]) * rows_of_one * measured
    best = int(np.argmin(left + noise / (epsilon * _PAIRS) / 2))
    return sorted(order[:best])


def counts_of(codes: Codes, pair: Pair, sizes: Sequence[int]) -> Codes:
    """Return the counts of a pair of columns, shape (values of the first, of the second)."""
    first, second = pair
    flat = codes[:, first] * sizes[second] + codes[:, second]
    counts: Codes = np.bincount(flat, minlength=sizes[first] * sizes[second])
    return counts.reshape(sizes[first], sizes[second])


def _distance(
    codes: Codes, pair: Pair, singles: Sequence[Floats], sizes: Sequence[int], rows: int
) -> int:
    """Return how far a pair's counts are from independence, in rows: the sum of absolute
    differences. One person changes it by at most the number of their rows, since what it is
    compared with is noisy already; and by one more, because it is rounded.
    """
    expected = np.outer(singles[pair[0]], singles[pair[1]]) * rows
    return math.floor(float(np.abs(counts_of(codes, pair, sizes) - expected).sum()))


def shares_of(counts: Floats, rows: int) -> Floats:
    """Return the nearest shares to noisy counts: no less than 0, adding up to 1 (projection on the
    simplex, Duchi et al. 2008). Cutting off at 0 alone would give noise to each empty cell.
    """
    flat = np.sort((counts / rows).ravel())[::-1]
    over = (np.cumsum(flat) - 1) / np.arange(1, len(flat) + 1)
    last = np.flatnonzero(flat > over)[-1]
    shares: Floats = np.maximum(counts / rows - over[last], 0.0)
    return shares
