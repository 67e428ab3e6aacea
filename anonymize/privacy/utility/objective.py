"""How much the detail of each column matters for predicting a target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymize.privacy.coded import CodedColumn, Codes
from anonymize.privacy.utility.covered import Ints, sums

LEAST = 0.05
"""The least weight: a column that tells nothing is still worth something to somebody."""


def weights_for(
    columns: Sequence[CodedColumn], codes: Codes, combination: Ints, target: Ints, counts: Ints
) -> list[float]:
    """Return a weight for each column, 1 on average before the least is kept: its mutual
    information with the target, in the table.

    Args:
        columns: The quasi-identifiers, shape (n,).
        codes: Distinct combinations, shape (combinations, n).
        combination: The combination of each count.
        target: Its value of the target, from 0.
        counts: Its rows.
    """
    found = [
        _information(codes[combination, at], column.values, target, counts)
        for at, column in enumerate(columns)
    ]
    mean = sum(found) / len(found)
    return [max(LEAST, one / mean) if mean > 0 else 1.0 for one in found]


def _information(values: Codes, count: int, target: Ints, counts: Ints) -> float:
    """Return the mutual information of two codes in nats, less what chance gives to a table of its
    size (Miller 1955), at least 0.
    """
    kinds = int(target.max(initial=0)) + 1
    pairs, at = np.unique(values.astype(np.int64) * kinds + target, return_inverse=True)
    both = sums(at, counts, len(pairs))
    total = both.sum()
    if total <= 0:
        return 0.0
    of_value, of_target = sums(pairs // kinds, both, count), sums(pairs % kinds, both, kinds)
    expected = of_value[pairs // kinds] * of_target[pairs % kinds] / total
    there = both > 0
    found = float((both[there] * np.log(both[there] / expected[there])).sum() / total)
    seen = int((of_value > 0).sum()), int((of_target > 0).sum())
    by_chance = (seen[0] - 1) * (seen[1] - 1) / (2 * total)
    return max(0.0, found - float(by_chance))
