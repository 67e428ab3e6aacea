"""t-closeness of each class: the earth mover's distance from its values to those of a population.

Source: Li, Li, Venkatasubramanian, "t-closeness: privacy beyond k-anonymity and l-diversity", ICDE
2007, sections 4.1 to 4.3. The work follows the values that the classes have, not all pairs of class
and value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymize.privacy.coded_measures.histogram import Floats, Histogram, Ints


def equal_distance(counts: Histogram, population: Floats) -> Floats:
    """Return each class's distance if any two values are 1 apart: half the sum of differences.

    Args:
        counts: The values of the classes.
        population: The share of each value to compare with, sum 1; of the whole table, or of the
            released rows (``counts.together()``).
    """
    share, expected = counts.shares(), population[counts.value]
    differences = counts.sums(np.abs(share - expected) - expected)
    return np.clip((differences + 1.0) / 2, 0.0, 1.0)


def ordered_distance(counts: Histogram, population: Floats, rank: Ints | None = None) -> Floats:
    """Return each class's distance if values have an order, and two of them are as far apart as
    the number of steps between them over the number of all steps.

    Args:
        counts: The values of the classes.
        population: The share of each value to compare with, sum 1.
        rank: The place of each value in the order, each place once; that of its code if None.
    """
    places = counts.values
    if places < 2:
        return np.zeros(counts.groups)
    place = np.arange(places) if rank is None else np.asarray(rank, np.int64)
    in_order = np.empty(places)
    in_order[place] = population
    heights = np.concatenate([np.cumsum(in_order)[:-1], [1.0]])
    heights = np.minimum(np.maximum.accumulate(heights), 1.0)
    areas = np.concatenate([[0.0], np.cumsum(heights)])
    at = place[counts.value]
    order = np.lexsort((at, counts.group))
    group, at, share = counts.group[order], at[order], counts.shares()[order]
    # Each class's cumulated share is a flight of steps; between two of them it is flat.
    running = np.cumsum(share)
    starts = np.searchsorted(group, np.arange(counts.groups))
    before = np.concatenate([[0.0], running])[starts]
    level = running - before[group]
    last = np.concatenate([group[1:] != group[:-1], [True]]) if len(group) else np.zeros(0, bool)
    end = np.where(last, places, np.concatenate([at[1:], [places]]))
    used = counts.entries() > 0
    first = np.zeros(counts.groups, np.int64)
    first[used] = at[starts[used]]
    total = areas[first] + counts_sums(
        group, _area_between(heights, areas, np.where(last, 1.0, level), at, end), counts.groups
    )
    return np.where(used, total / (places - 1), 0.0)


def _area_between(heights: Floats, areas: Floats, level: Floats, start: Ints, end: Ints) -> Floats:
    """Return the area between a flat ``level`` and the ascending ``heights`` from ``start`` up to
    ``end``.
    """
    cross = np.clip(np.searchsorted(heights, level), start, end)
    below = level * (cross - start) - (areas[cross] - areas[start])
    above = (areas[end] - areas[cross]) - level * (end - cross)
    return np.asarray(below + above, np.float64)


def hierarchical_distance(counts: Histogram, population: Floats, levels: Sequence[Ints]) -> Floats:
    """Return each class's distance if two values are as far apart as the level of their lowest
    common group over the number of levels.

    Args:
        counts: The values of the classes.
        population: The share of each value to compare with, sum 1.
        levels: The group of each value, from the finest groups up; the last is usually one group.
            If it is not, one group above all of them is assumed.
    """
    steps = [np.asarray(level, np.int64) for level in levels]
    if not steps or (steps[-1] != steps[-1][:1]).any():
        steps.append(np.zeros(counts.values, np.int64))
    below = np.arange(counts.values)
    group, node = counts.group, counts.value
    extra = counts.shares() - population[node]
    expected = population
    distance = np.zeros(counts.groups)
    for height, level in enumerate(steps, 1):
        up = np.zeros(len(expected), np.int64)
        up[below] = level
        nodes = int(level.max(initial=0)) + 1
        above = np.bincount(up, weights=expected, minlength=nodes)
        key, where = np.unique(group * nodes + up[node], return_inverse=True)
        more = np.bincount(where, weights=np.maximum(extra, 0), minlength=len(key))
        less = np.bincount(where, weights=np.maximum(-extra, 0), minlength=len(key))
        seen = np.bincount(where, weights=expected[node], minlength=len(key))
        group_up, node_up = key // nodes, key % nodes
        less = less + (above[node_up] - seen)  # values that the class lacks
        distance += counts_sums(group_up, np.minimum(more, less), counts.groups) * height
        group, node, extra = group_up, node_up, np.asarray(more - less, np.float64)
        expected, below = np.asarray(above, np.float64), level
    return np.asarray(distance / len(steps), np.float64)


def counts_sums(group: Ints, amounts: Floats, groups: int) -> Floats:
    """Return the sum of ``amounts`` of each group."""
    return np.bincount(group, weights=amounts, minlength=groups).astype(np.float64)
