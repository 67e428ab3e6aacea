"""The distance from people to their closest published record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymize.privacy.attacks.columns import AttackColumn, Ints
from anonymize.privacy.attacks.rates import Rate
from anonymize.privacy.coded import Floats

_AT_ONCE = 1 << 23
"""Pairs of a record and a person that are compared at a time: 32 MiB."""


def closest(columns: Sequence[AttackColumn], published: Ints, people: Ints) -> Floats:
    """Return each person's distance to the closest published record, 0 (the same) to 1.

    The mean over columns of what `AttackColumn.apart` says: Gower's distance, in which a
    generalized cell that covers a value is as far from it as the cell is wide.

    Source: J. C. Gower, A general coefficient of similarity and some of its properties, Biometrics
    27 (1971).
    """
    records = np.unique(published, axis=0)
    distinct, back = np.unique(people, axis=0, return_inverse=True)
    found = np.ones(len(distinct))
    step = max(1, _AT_ONCE // max(1, len(records)))
    for start in range(0, len(distinct), step):
        some = distinct[start : start + step]
        total = np.zeros((len(records), len(some)), np.float32)
        for at, column in enumerate(columns):
            total += column.apart(records[:, at], some[:, at])
        found[start : start + step] = total.min(axis=0) / len(columns)
    return found[back.reshape(-1)]


def closer(source: Floats, control: Floats) -> Rate:
    """Return how often somebody of the source is closer to the release than somebody of the control
    set is, over all pairs; equal distances count one half. Without anything learnt it is one half.

    The number of attacks is the smaller number of people: the variance of such a share is at most
    that of as many independent attacks, so the interval errs on the wide side.

    Source: Z. W. Birnbaum, O. M. Klose, Bounds for the variance of the Mann-Whitney statistic,
    Annals of Mathematical Statistics 28 (1957).
    """
    ranked = np.sort(np.round(control, 6))
    mine = np.round(source, 6)
    below = np.searchsorted(ranked, mine, "left")
    within = np.searchsorted(ranked, mine, "right") - below
    share = float((len(ranked) - below - within / 2.0).mean() / len(ranked))
    attacks = min(len(source), len(control))
    return Rate(attacks, min(attacks, max(0.0, share * attacks)))
