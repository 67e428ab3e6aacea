"""l-diversity of each class: how many values its rows have, and how evenly.

Source: Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam, "l-diversity: privacy beyond
k-anonymity", TKDD 1(1), 2007.
"""

from __future__ import annotations

import numpy as np

from anonymize.privacy.coded_measures.histogram import Floats, Histogram, Ints


def distinct_l(counts: Histogram) -> Ints:
    """Return the number of different values of each class."""
    return counts.entries()


def entropy_l(counts: Histogram) -> Floats:
    """Return e to the power of the entropy of the values of each class; 0 for an empty class.

    Equal shares of n values give n, and no class has more than its number of values.
    """
    share = counts.shares()
    entropy = -counts.sums(share * np.log(share))
    return np.where(counts.entries() > 0, np.exp(entropy), 0.0)


def recursive_c(counts: Histogram, level: int) -> Floats:
    """Return the c of each class such that it is recursively (c', l)-diverse for every c' above c.

    With counts r1 ≥ r2 ≥ … of a class, c = r1 / (r_l + r_(l+1) + …): the most frequent value is at
    most c times as frequent as all but the l - 1 most frequent ones together. Infinite for a class
    with fewer than l values.

    Args:
        counts: The values of the classes.
        level: l, at least 1.
    """
    order = np.lexsort((-counts.count, counts.group))
    group, count = counts.group[order], counts.count[order]
    starts = np.searchsorted(group, np.arange(counts.groups))
    rank = np.arange(len(group)) - starts[group]
    tail = np.bincount(
        group, weights=np.where(rank >= level - 1, count, 0), minlength=counts.groups
    )
    top = counts.largest()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(tail > 0, top / tail, np.inf)
