"""Counts, sums, means and quantiles per group with differential privacy, and their intervals."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from anonymize.privacy.differential.mechanisms import (
    chosen,
    noise_within,
    noisy,
    noisy_above,
    scale_of,
    threshold_of,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
CHANCE = 0.95
"""How often an interval holds the value that it is of."""
_STEPS = 1 << 32
"""Units of the largest bound: values are rounded to whole units before they are added. 2^30 rows
fit into 64 bits.
"""
_RANKS = 1000
"""Quantiles are given in thousandths."""


@dataclass(frozen=True)
class Estimates:
    """A value per group, each with an interval that holds the true one (of the bounded rows) in 95
    of 100 releases.
    """

    values: list[float | None] = field(repr=False)
    """None where too few rows are left to say anything."""
    low: list[float | None] = field(repr=False)
    high: list[float | None] = field(repr=False)
    keys: list[str] | None = None
    """The groups, where those that show were found by their count."""


def half_width(sensitivity: int, epsilon: float) -> int:
    """Return half the width of the interval of a count, of which one person changes all groups
    together by at most ``sensitivity``.
    """
    return noise_within(scale_of(sensitivity, epsilon), CHANCE)


def counts(true: Ints, groups: int, rows: int, epsilon: float) -> Estimates:
    """Return noisy counts. One person changes them by at most ``groups × rows`` in all."""
    scale = scale_of(groups * rows, epsilon)
    return _not_negative(noisy(true.tolist(), scale), noise_within(scale, CHANCE))


def counts_above(
    true: Mapping[str, int], groups: int, rows: int, epsilon: float, delta: float
) -> tuple[Estimates, int]:
    """Return noisy counts of the groups whose noisy count is high enough to show, in the order of
    their keys, and that threshold. For groups that nobody listed: that one is there tells of its
    people, and with probability at most ``delta`` one shows that a single person has.
    """
    scale = scale_of(groups * rows, epsilon)
    threshold = threshold_of(groups, rows, scale, delta)
    found = noisy_above(true, groups, rows, scale, threshold)
    keys = sorted(found)
    made = _not_negative([found[key] for key in keys], noise_within(scale, CHANCE))
    return Estimates(made.values, made.low, made.high, keys), threshold


def _not_negative(numbers: Sequence[int], within: int) -> Estimates:
    """Return noisy counts with their intervals, cut off at 0, which costs nothing."""
    return Estimates(
        [float(max(0, number)) for number in numbers],
        [float(max(0, number - within)) for number in numbers],
        [float(max(0, number + within)) for number in numbers],
    )


def unit_of(low: float, high: float, whole: bool) -> float:
    """Return the unit in which values between two bounds are added: 1 for whole numbers between
    whole bounds, else a fraction of the larger bound. ``whole`` is what the column's declared type
    says: it must depend on no value.
    """
    largest = max(abs(low), abs(high))
    if whole and largest < _STEPS and float(low).is_integer() and float(high).is_integer():
        return 1.0
    return largest / _STEPS


def sums(
    codes: Ints,
    values: Floats,
    number: int,
    bounds: tuple[float, float],
    contributed: tuple[int, int],
    epsilon: float,
    *,
    whole: bool,
) -> Estimates:
    """Return noisy sums of ``number`` groups.

    Args:
        codes: The group of each row that stays, n.
        values: The value of each, n; clamped into ``bounds``.
        number: How many groups there are.
        bounds: Least and greatest value.
        contributed: The most groups of a person, and rows in each.
        epsilon: The loss of all groups together.
        whole: Whether the values are whole numbers.

    One person changes the sums by at most groups × rows × the larger bound's absolute value.
    """
    low, high = bounds
    unit = unit_of(low, high, whole)
    true = _added(codes, values, number, bounds, 0.0, unit)
    sensitivity = math.prod(contributed) * math.ceil(max(abs(low), abs(high)) / unit)
    scale = scale_of(sensitivity, epsilon)
    within = noise_within(scale, CHANCE)
    found = noisy(true.tolist(), scale)
    return Estimates(
        [one * unit for one in found],
        [(one - within) * unit for one in found],
        [(one + within) * unit for one in found],
    )


def _added(
    codes: Ints,
    values: Floats,
    number: int,
    bounds: tuple[float, float],
    middle: float,
    unit: float,
) -> Ints:
    """Return the sums of clamped values less ``middle``, in units. Each value is rounded up or down
    at random, by itself, so that a million small ones are right in sum. None counts more steps than
    the larger bound has.
    """
    exact = (np.clip(values, *bounds) - middle) / unit
    chance = np.random.default_rng(secrets.randbits(128))
    steps = np.floor(exact + chance.random(len(exact))).astype(np.int64)
    most = math.ceil(max(abs(bounds[0] - middle), abs(bounds[1] - middle)) / unit)
    steps = np.clip(steps, -most, most)
    total = np.zeros(number, np.int64)
    np.add.at(total, codes, steps)
    return total


def means(
    codes: Ints,
    values: Floats,
    number: int,
    bounds: tuple[float, float],
    contributed: tuple[int, int],
    epsilon: float,
) -> Estimates:
    """Return noisy means: a noisy sum of distances to the middle of the bounds, by a noisy count,
    with half of ``epsilon`` each. Arguments as for `sums`.

    An interval holds whenever both of its parts' do, of 97.5 in 100 releases each.
    """
    low, high = bounds
    middle, half = (low + high) / 2, (high - low) / 2
    unit = half / _STEPS
    people_rows, chance = math.prod(contributed), (1 + CHANCE) / 2
    scale_sum = scale_of(people_rows * math.ceil(half / unit), epsilon / 2)
    scale_count = scale_of(people_rows, epsilon / 2)
    true = np.bincount(codes, minlength=number)
    found_sums = noisy(_added(codes, values, number, bounds, middle, unit).tolist(), scale_sum)
    found_counts = noisy(true.tolist(), scale_count)
    around_sum, around = noise_within(scale_sum, chance) * unit, noise_within(scale_count, chance)
    made: list[tuple[float | None, float | None, float | None]] = []
    for total, count in zip(found_sums, found_counts, strict=True):
        if count <= 0:
            made.append((None, low, high))
            continue
        offset, least, most = total * unit, max(1, count - around), count + around
        ends = [(offset - around_sum) / n for n in (least, most)]
        ends += [(offset + around_sum) / n for n in (least, most)]
        near = [middle + offset / count, middle + min(ends), middle + max(ends)]
        made.append(tuple(min(high, max(low, one)) for one in near))  # type: ignore[arg-type]
    return Estimates([m[0] for m in made], [m[1] for m in made], [m[2] for m in made])


def quantiles(
    codes: Ints,
    values: Floats,
    number: int,
    candidates: Floats,
    at: float,
    contributed: tuple[int, int],
    epsilon: float,
) -> tuple[Estimates, float]:
    """Return for each group one of ``candidates`` (ascending, evenly spaced) near the ``at``
    quantile, and by how many rows its rank may be off in 95 of 100 releases. Values are taken for
    the nearest candidate, so that one of them is the quantile: the ranks are among these.

    Exponential mechanism over the distance in ranks (Smith 2011), which is 0 for a candidate if no
    more than the share ``at`` of the values is below it, and no more than the rest above. A person
    in several groups pays in each, so each group gets ``epsilon`` by the most groups of a person.
    The interval is of ranks, not of values: what values lie there would cost more.
    """
    groups, rows = contributed
    part = round(at * _RANKS)
    sensitivity = max(part, _RANKS - part) * rows
    step = (candidates[-1] - candidates[0]) / (len(candidates) - 1)
    values = np.rint((values - candidates[0]) / step)
    order = np.lexsort((values, codes))
    by_group = np.searchsorted(codes[order], np.arange(number + 1))
    found: list[float | None] = []
    for group in range(number):
        held = values[order[by_group[group] : by_group[group + 1]]]
        places = np.arange(len(candidates))
        less = np.searchsorted(held, places, side="left")
        greater = len(held) - np.searchsorted(held, places, side="right")
        below = _RANKS * less - part * len(held)
        above = _RANKS * greater - (_RANKS - part) * len(held)
        scores = np.maximum(0, np.maximum(below, above))
        found.append(float(candidates[chosen(scores.tolist(), sensitivity, epsilon / groups)]))
    off = _rank_off(sensitivity, groups, len(candidates), epsilon)
    nothing: list[float | None] = [None] * number
    return Estimates(found, nothing, list(nothing)), off


def expected_width(
    measure: str,
    contributed: tuple[int, int],
    epsilon: float,
    *,
    bounds: tuple[float, float] | None,
    at: float,
    candidates: int,
    delta: float | None,
) -> tuple[float, int | None]:
    """Return half the width of the interval that a statistic would have, in its own unit (of a mean
    the width of its sum, of a quantile ranks), and the count from which on a found group shows.
    Depends on no row.
    """
    groups, rows = contributed
    if measure == "quantiles":
        sensitivity = round(at * _RANKS) * rows
        return _rank_off(sensitivity, groups, candidates, epsilon), None
    if measure == "sum" and bounds is not None:
        largest = max(abs(bounds[0]), abs(bounds[1]))
        unit = largest / _STEPS
        return half_width(groups * rows * _STEPS, epsilon) * unit, None
    if measure == "mean" and bounds is not None:
        unit = (bounds[1] - bounds[0]) / 2 / _STEPS
        return half_width(groups * rows * _STEPS, epsilon / 2) * unit, None
    scale = scale_of(groups * rows, epsilon)
    shown = None if delta is None else threshold_of(groups, rows, scale, delta)
    return float(noise_within(scale, CHANCE)), shown


def _rank_off(sensitivity: int, groups: int, candidates: int, epsilon: float) -> float:
    """Return by how many rows a chosen rank is off more than the best candidate's, with probability
    1 - CHANCE at most.
    """
    worst = math.log(candidates / (1 - CHANCE))
    return 2 * sensitivity * groups / epsilon * worst / _RANKS
