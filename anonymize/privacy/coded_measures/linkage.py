"""How likely rows are linked to their persons by quasi-identifiers, for three kinds of attackers.

Source: El Emam, "Guide to the De-Identification of Personal Health Information", CRC Press, 2013,
chapter 16; Dankar, El Emam, "A method for evaluating marketer re-identification risk", PAIS 2010.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anonymize.privacy.coded_measures.histogram import Floats, Ints


@dataclass(frozen=True)
class Risk:
    """Probabilities of a correct link, 0 to 1."""

    highest: float
    """Of the row that is easiest to link."""
    average: float
    """Mean over rows: the expected share of rows that are linked."""
    at_risk: float
    """Share of rows whose probability is above the threshold."""


def prosecutor_risk(sizes: Ints, threshold: float = 0.2) -> Risk:
    """Return the risk if the attacker knows that the person is in the table.

    Args:
        sizes: Number of rows, or persons, of each class of the table.
        threshold: For ``at_risk``.
    """
    return _risk(sizes, sizes, threshold)


def journalist_risk(sizes: Ints, population: Ints, threshold: float = 0.2) -> Risk:
    """Return the risk if the attacker has a register of the population that the table is part of.

    The average is the higher one of linking table to register and register to table.

    Args:
        sizes: Number of rows of each class of the table.
        population: Number of persons of the same class in the population, at least as many.
        threshold: For ``at_risk``.
    """
    found = _risk(sizes, population, threshold)
    used = sizes > 0
    people = float(population[used].sum())
    other = float(used.sum()) / people if people else 0.0
    return Risk(found.highest, max(found.average, other), found.at_risk)


def marketer_risk(sizes: Ints, population: Ints | None = None) -> float:
    """Return the expected share of rows that are linked correctly if all rows are linked to a
    register of the ``population``; to the table itself if None.
    """
    return _risk(sizes, sizes if population is None else population, 1.0).average


def _risk(sizes: Ints, among: Ints, threshold: float) -> Risk:
    used = sizes > 0
    rows, chance = sizes[used].astype(np.float64), 1.0 / np.maximum(among[used], 1)
    total = float(rows.sum())
    if not total:
        return Risk(0.0, 0.0, 0.0)
    return Risk(
        float(chance.max()),
        float((rows * chance).sum()) / total,
        float(rows[chance > threshold].sum()) / total,
    )


def uniqueness(sizes: Ints) -> float:
    """Return the share of rows that are alone in their class, 0 to 1."""
    total = int(sizes.sum())
    return int((sizes == 1).sum()) / total if total else 0.0


def k_map(sizes: Ints, population: Ints) -> int:
    """Return the k of k-map: the least number of persons of the population that share the
    quasi-identifiers of a row of the table; 0 if the table has no row.

    Source: Sweeney, "Computational Disclosure Control", MIT, 2001.
    """
    used = sizes > 0
    return int(population[used].min()) if used.any() else 0


def delta_presence(sizes: Ints, population: Ints) -> tuple[float, float]:
    """Return the lowest and highest probability with which a person of the population is in the
    table, given the quasi-identifiers: δ-presence holds for every range that covers both.

    Args:
        sizes: Number of rows of each class of the population in the table, 0 included.
        population: Number of persons of each class, at least as many.

    Source: Nergiz, Atzori, Clifton, "Hiding the presence of individuals", SIGMOD 2007.
    """
    used = population > 0
    if not used.any():
        return 0.0, 0.0
    share: Floats = sizes[used] / population[used]
    return float(share.min()), float(share.max())
