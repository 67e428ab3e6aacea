"""How much more frequent a value may be in a class than in the population.

Source: Cao, Karras, "Publishing microdata with a robust privacy guarantee", PVLDB 5(11), 2012.
"""

from __future__ import annotations

import numpy as np

from anonymize.privacy.coded_measures.histogram import Floats, Histogram


def beta_likeness(counts: Histogram, population: Floats) -> Floats:
    """Return the β of each class: the highest relative gain (q - p) / p of a value's share q in the
    class over its share p in the population; 0 if no value gains.

    Args:
        counts: The values of the classes.
        population: The share of each value, above 0 for every value of a class.
    """
    expected = population[counts.value]
    found = np.zeros(counts.groups)
    with np.errstate(divide="ignore"):
        gains = (counts.shares() - expected) / expected
    np.maximum.at(found, counts.group, gains)
    return found


def enhanced_beta(counts: Histogram, population: Floats, beta: float) -> Floats:
    """Return, per class, by how much it exceeds enhanced β-likeness; 0 or less fulfils it.

    A value of share p may gain at most min(β, -ln p), so that frequent values are bounded too.
    """
    expected = population[counts.value]
    found = np.full(counts.groups, -np.inf)
    with np.errstate(divide="ignore"):
        gains = (counts.shares() - expected) / expected
        excess = gains - np.minimum(beta, -np.log(expected))
    excess = np.where(gains <= 0, -np.inf, excess)
    np.maximum.at(found, counts.group, excess)
    return found
