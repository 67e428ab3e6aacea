"""What is measured of classes: the risk of being linked, and how much a class tells of a sensitive
value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.privacy.class_counts import CLASS, ClassCounts, ClassSizes, summed


@dataclass(frozen=True)
class LinkageRisk:
    """How exposed the people of some classes are (the prosecutor model)."""

    k: int
    """People, or rows where rows are counted, in the smallest class; 0 where there is none."""
    classes: int
    """Classes."""
    highest: float
    """Chance of picking the right person of the smallest class by quasi-identifiers alone: 1 /
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
    """How many values of a sensitive column the people of a class have; the worst class decides."""

    column: str
    """The sensitive column."""
    distinct: int
    """Distinct l: the fewest different values in a class; 1 where all people of some class share
    one.
    """
    entropy: float
    """Entropy l: e to the entropy of the values in a class, the least of all classes; each person
    counts once.
    """
    largest_share: float
    """Largest share of a class's people that have one and the same value: how sure that value is of
    each.
    """
    homogeneous: int
    """Classes all of whose people share a value."""


def diversity(counts: ClassCounts) -> Iterator[Diversity]:
    """Yield what each sensitive column's values are worth in the worst class.

    A null is a value of its own. A person with several values counts once, a part for each; rows of
    nobody known count for nothing. A value that all people of a class have makes l = 1, whatever
    else they have.
    """
    whole = counts.together().table
    if counts.counts_people:
        whole = whole.filter(whole["person"].is_valid())
    for number, name in enumerate(counts.sensitive):
        yield _diversity(name, _per_value(whole, f"value_{number}", people=counts.counts_people))


def _per_value(table: pa.Table, value: str, *, people: bool) -> pa.Table:
    """Return per class and value: ``people`` that have it, and their ``weight``."""
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
