"""Differential privacy for aggregates: what one person can change is bounded, then noise is added.

In: for each row a number of its person, its group and its value, all coded by the caller; out:
values with intervals, and the ε and δ that releasing them costs one person. Neighbouring tables
differ in all rows of one person. ``bounded.py`` drops rows at random until a person has at most so
many groups, and so many rows in each; ``mechanisms.py`` adds the noise of OpenDP to whole numbers,
so that no rounding of floating point numbers tells anything; ``estimates.py`` makes counts, sums,
means and quantiles of the two, with intervals; ``spent.py`` adds up budgets exactly.

To add a statistic: a function in ``estimates.py`` that says its sensitivity in its docstring, a
measure in ``policy/aggregates.py``, a case in ``pipeline/aggregate/release.py``.
"""

from anonymize.privacy.differential.bounded import Kept, bounded
from anonymize.privacy.differential.estimates import (
    Estimates,
    counts,
    counts_above,
    half_width,
    means,
    quantiles,
    sums,
)
from anonymize.privacy.differential.spent import Loss

__all__ = [
    "Estimates",
    "Kept",
    "Loss",
    "bounded",
    "counts",
    "counts_above",
    "half_width",
    "means",
    "quantiles",
    "sums",
]
