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
from anonymize.plan.draft import Joining, Observed
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


def seen_in(batches: Iterable[pa.RecordBatch], findings: tuple[Finding, ...]) -> Seen:
    """Return what all rows of a source show. The result does not depend on the number of cores."""
    looking = _Looking(findings)
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), "coatcheck-draft") as pool:
        for batch in batches:
            columns: dict[ColumnName, list[pa.Array]] = {}
            for path, values in leaves(batch):
                columns.setdefault(path, []).append(values)
            beside = pool.map(looking.at_distinct, columns, columns.values())
            for path, several in columns.items():
                for values in several:
                    looking.observed.add(path, values)
            for _ in beside:  # raises what a thread raised
                pass
    return Seen(findings, looking.missing.proposed(), looking.ids.domains(), looking.observed)


class _Looking:
    """What a draft looks for. A leaf is looked at by one thread at a time."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.ids, self.observed = SharedIds(findings), Observed(findings)
        self.missing = MissingTexts(findings)

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
            if missing:
                self.missing.add(path, distinct)
