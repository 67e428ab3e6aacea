"""Values that recur far above the others in a column that stands for people: a marker that no list
knows may be one.
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
"""Rows above which a value can recur."""
FAR_ABOVE = 20
"""How many times the mean of the other values' rows that is."""
SHARE = 0.01
"""Share of the rows with a value below which it is not told."""


def people_columns(policy: Policy) -> frozenset[ColumnName]:
    """Return the columns of which a rule makes people's values, and the subject."""
    return keyed_columns(policy) | ({policy.subject} if policy.subject else set())


def keyed_columns(policy: Policy) -> frozenset[ColumnName]:
    """Return the columns of which a rule makes people's values."""
    return frozenset(
        name
        for name, rule in policy.columns.items()
        if any(str(getattr(part, "action", "")) in KEYED for part in rules_in_turn(rule))
    )


def recurring_in(
    batch: pa.RecordBatch, columns: Collection[ColumnName]
) -> Mapping[ColumnName, tuple[int, float]]:
    """Return per column that has any how many values recur far above its others, and their share of
    its rows.

    Markers that the list knows are not counted: they are told by name.
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
