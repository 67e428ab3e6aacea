"""Measures of classes: the risk of linkage, and how much a class reveals about a sensitive
value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.privacy.class_counts import CLASS, ClassCounts, ClassSizes, summed
from anonymize.privacy.digests import MISSING


@dataclass(frozen=True)
class LinkageRisk:
    """The risk for the people of some classes (the prosecutor model)."""

    k: int
    """Number of people, or rows if rows are counted, in the smallest class; 0 if there is none."""
    classes: int
    """Number of classes."""
    highest: float
    """Probability of finding the right person of the smallest class by quasi-identifiers alone: 1 /
    k.
    """
    average: float
    """The same, averaged over people: classes / people."""


def linkage_risk(sizes: ClassSizes) -> LinkageRisk:
    """Return the linkage risk of the people in all of these classes."""
    if not len(sizes.people):
        return LinkageRisk(0, 0, 0.0, 0.0)
    smallest, people, classes = int(sizes.people.min()), int(sizes.people.sum()), len(sizes.people)
    return LinkageRisk(smallest, classes, 1 / max(smallest, 1), classes / max(people, 1))


@dataclass(frozen=True)
class Diversity:
    """Diversity of a sensitive column's values among the people of a class who have one; the
    minimum over all classes.
    """

    column: str
    """The sensitive column."""
    distinct: int
    """Distinct l: the smallest number of different values in a class; 1 if all people of some class
    share one, 0 if nobody in some class has one.
    """
    entropy: float
    """Entropy l: e to the power of the entropy of the values in a class, minimum of all classes;
    each person counts once.
    """
    largest_share: float
    """Largest share of those people of a class who have a value that have the same: how certain it
    is for each of them.
    """
    homogeneous: int
    """Number of classes in which all people who have a value share it, or nobody has one."""


def diversity(counts: ClassCounts) -> Iterator[Diversity]:
    """Yield the diversity of each sensitive column in the worst class.

    A missing value is none: whoever knows that somebody has a value would not take it for another.
    A person with several values counts once, with a part for each; rows of unknown persons do not
    count. A value that all people of a class have makes l = 1, whatever other values they have.
    """
    whole = counts.together().table
    if counts.counts_people:
        whole = whole.filter(whole["person"].is_valid())
    for number, name in enumerate(counts.sensitive):
        value = f"value_{number}"
        known = whole.filter(pc.not_equal(whole[value], MISSING))
        without = _classes(whole) - _classes(known)
        found = _diversity(name, _per_value(known, value, people=counts.counts_people))
        yield (
            replace(found, distinct=0, entropy=0.0, homogeneous=found.homogeneous + without)
            if without
            else found
        )


def _classes(table: pa.Table) -> int:
    return int(pc.count_distinct(table[CLASS]).as_py())


def _per_value(table: pa.Table, value: str, *, people: bool) -> pa.Table:
    """Return, per class and value, the number of ``people`` with it, and their ``weight``."""
    if not people:
        made = summed(table, [CLASS, value], {"rows": "sum"})
        counted = made["rows_sum"]
        return pa.table(
            {CLASS: made[CLASS], "people": counted, "weight": counted.cast(pa.float64())}
        )
    pairs = summed(table, [CLASS, "person", value], {"rows": "sum"}).select(
        [CLASS, "person", value]
    )
    values = summed(pairs, [CLASS, "person"], {value: "count"})
    each = pairs.join(values, [CLASS, "person"], join_type="inner", use_threads=False)
    each = each.append_column("weight", pc.divide(1.0, each[f"{value}_count"].cast(pa.float64())))
    each = each.append_column("one", _ones(each.num_rows))
    made = summed(each, [CLASS, value], {"one": "sum", "weight": "sum"})
    return pa.table({CLASS: made[CLASS], "people": made["one_sum"], "weight": made["weight_sum"]})


def _ones(rows: int) -> pa.Array:
    return pa.array(np.ones(rows, np.int64))


def _diversity(name: str, values: pa.Table) -> Diversity:
    if not values.num_rows:
        return Diversity(name, 0, 0.0, 0.0, 0)
    values = values.append_column("logs", pc.multiply(values["weight"], pc.ln(values["weight"])))
    values = values.append_column("one", _ones(values.num_rows))
    made = summed(values, [CLASS], {"people": "max", "weight": "sum", "logs": "sum", "one": "sum"})
    total = np.asarray(made["weight_sum"])
    share = np.asarray(made["people_max"]) / total
    shared = share >= 1 - 1e-9
    entropy = np.where(shared, 1.0, np.exp(np.log(total) - np.asarray(made["logs_sum"]) / total))
    distinct = np.where(shared, 1, np.asarray(made["one_sum"]))
    return Diversity(
        name,
        int(distinct.min()),
        round(float(entropy.min()), 4),
        round(float(share.max()), 4),
        int(shared.sum()),
    )
