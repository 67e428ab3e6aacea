"""The one pass over a whole source that a draft needs; columns are looked at side by side."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa

from anonymize.detect.columns.leaves import leaves
from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.plan.draft import Joining, Observed, RowsOfKeys, ValueCounts, pairs_to_compare
from anonymize.plan.markers import MissingTexts, distinct_texts
from anonymize.plan.running_steps import MOST_THREADS
from anonymize.plan.same_ids import SharedIds
from anonymize.transform.columns import value_type


@dataclass(frozen=True)
class Seen:
    """What a source showed."""

    findings: tuple[Finding, ...]
    """The findings that the pass began with."""
    nulls: Mapping[ColumnName, tuple[str, ...]]
    """Texts that stand for a missing value, per leaf that has any."""
    domains: Mapping[ColumnName, Joining]
    """Domains of leaves that share ids."""
    observed: Observed
    """How dates are written, and the like."""
    counted: ValueCounts
    """How many values the columns of ids have."""


def seen_in(batches: Iterable[pa.RecordBatch], findings: tuple[Finding, ...]) -> Seen:
    """Return what all rows of a source show. The result does not depend on the number of cores."""
    looking = _Looking(findings)
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), "coatcheck-draft") as pool:
        for batch in batches:
            looking.rows += batch.num_rows
            columns: dict[ColumnName, list[pa.Array]] = {}
            for path, values in leaves(batch):
                columns.setdefault(path, []).append(values)
            beside = pool.map(looking.at_distinct, columns, columns.values())
            looking.of_keys.add(columns, batch.num_rows)
            for path, several in columns.items():
                for values in several:
                    looking.observed.add(path, values)
            for _ in beside:  # raises what a thread raised
                pass
    ids = looking.ids
    shares = looking.of_keys.shares()
    counted = ValueCounts(looking.rows, ids.counts(), looking.present, shares)
    return Seen(findings, looking.missing.proposed(), ids.domains(), looking.observed, counted)


class _Looking:
    """What a draft looks for. A leaf is looked at by one thread at a time."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.ids, self.observed = SharedIds(findings), Observed(findings)
        self.missing = MissingTexts(findings)
        self.of_keys = RowsOfKeys(pairs_to_compare(findings))
        self.rows = 0
        self.present: dict[ColumnName, int] = {one.column: 0 for one in findings}

    def at_distinct(self, path: ColumnName, several: Sequence[pa.Array]) -> None:
        """Look at the distinct values of a leaf."""
        for values in several:
            kind = value_type(values.type)
            ids, missing = self.ids.looks_at(path, kind), self.missing.looks_at(path, kind)
            if not (ids or missing):
                continue
            distinct = distinct_texts(values)
            if ids:
                self.ids.add(path, distinct)
                self.present[path] = self.present.get(path, 0) + len(values) - values.null_count
            if missing:
                self.missing.add(path, distinct)
