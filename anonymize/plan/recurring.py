"""Finds values that occur far more often than all others in a column of people. They may be markers
that are in no list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.columns.leaves import leaves
from anonymize.detect.vocabulary.missing_words import stands_for_missing
from anonymize.names import ColumnName
from anonymize.policy import Policy
from anonymize.policy.actions import rules_in_turn
from anonymize.transform.columns import as_text, is_scalar, plain, value_type

KEYED = frozenset({"pseudonymize", "tokenize", "encrypt_format", "fake"})
"""Actions that make a person's value of each value."""
ROWS = 20
"""Minimum rows, exclusive, for a recurring value."""
FAR_ABOVE = 20
"""Minimum ratio to the mean rows of the other values."""
SHARE = 0.01
"""Minimum share of the rows with a value; below it nothing is reported."""


def people_columns(policy: Policy) -> frozenset[ColumnName]:
    """Return the columns whose rules make people's values, and the subject."""
    return keyed_columns(policy) | ({policy.subject} if policy.subject else set())


def keyed_columns(policy: Policy) -> frozenset[ColumnName]:
    """Return the columns whose rules make people's values."""
    return frozenset(
        name
        for name, rule in policy.columns.items()
        if any(str(getattr(part, "action", "")) in KEYED for part in rules_in_turn(rule))
    )


def recurring_in(
    batch: pa.RecordBatch, columns: Collection[ColumnName]
) -> Mapping[ColumnName, tuple[int, float]]:
    """Return, per column that has any, the number of recurring values and their share of its rows.

    Markers from the list are not counted, because they are reported by name.
    """
    found = {}
    for path, values in leaves(batch):
        if ColumnName(path) in columns and is_scalar(value_type(values.type)):
            told = _recurring(as_text(plain(values)))
            if told[0]:
                found[ColumnName(path)] = told
    return found


def _recurring(texts: pa.Array) -> tuple[int, float]:
    counted = pc.value_counts(texts.drop_null())
    if len(counted) < 2:
        return 0, 0.0
    if pc.max(counted.field(1)).as_py() <= ROWS:
        return 0, 0.0
    known = np.asarray(pc.fill_null(stands_for_missing(counted.field(0)), False))
    counts = np.sort(np.asarray(counted.field(1))[~known])[::-1]
    rows = int(counts.sum())
    above = 0
    for at, count in enumerate(counts[:-1]):
        others = (rows - int(counts[: at + 1].sum())) / (len(counts) - at - 1)
        if count <= ROWS or count < SHARE * rows:
            break
        if count >= FAR_ABOVE * others:
            above = at + 1
    return above, round(float(counts[:above].sum() / rows), 4) if above else 0.0
