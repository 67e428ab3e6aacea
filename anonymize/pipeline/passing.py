"""The one way of rows through a plan, for a file's partition and for a frame: transformed, counted,
and sampled for the gates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import GateError
from anonymize.gates.cell_pairs import CellPairs
from anonymize.gates.names_left import NamesLeft, with_names_left
from anonymize.gates.output_sample import output_sampler
from anonymize.gates.own_values import OwnCount, OwnValues, with_own_values
from anonymize.gates.residual import ResidualFinding
from anonymize.gates.residual_scan import scan_output
from anonymize.io import PartInfo
from anonymize.names import ColumnName
from anonymize.pipeline.subject_index import SubjectIndex
from anonymize.plan import PlanWithKeys
from anonymize.plan.facts import SealedFacts
from anonymize.plan.held import COVERED, LINKED, Covered, Linked
from anonymize.plan.model import Applied
from anonymize.privacy import ClassCounts

Reason = tuple[str, str]
"""A column and the reason why values of it are bad; no value."""


@dataclass(frozen=True)
class Residual:
    """Result of the residual scan of one part: findings and sample sizes."""

    findings: tuple[ResidualFinding, ...]
    """Personal data in the output that the policy does not allow."""
    sampled_distinct: Mapping[ColumnName, int]
    """Number of distinct values scanned, per output leaf."""
    miss_1_percent: Mapping[ColumnName, float]
    """Probability, per output leaf, that the sample missed a kind of value that makes up 1 % of the
    leaf's distinct values.
    """
    names_left: tuple[NamesLeft, ...] = ()
    """Per free-text column: cells that the name model read again, and cells in which a name was
    left. A few such cells are not a finding.
    """
    own: tuple[OwnCount, ...] = ()
    """Per column: cells that hold what their own row says of a person."""


@dataclass(frozen=True, kw_only=True)
class PassedCounts:
    """What became of one partition's rows: counts, keyed digests and findings, no values."""

    rows_in: int
    """Rows read."""
    rows_out: int
    """Rows written."""
    filtered: int
    """Rows that ``where`` left out."""
    suppressed: int
    """Rows in equivalence classes below k."""
    quarantined: int
    """Rows set aside because of a bad value."""
    nulled: Mapping[ColumnName, int]
    """Bad values that were replaced by null, per column."""
    residual: Residual | None
    """Result of the residual scan; None if it is switched off."""
    classes: ClassCounts | None = None
    """Equivalence classes of the rows written, by keyed digest; None without a ``privacy:``
    block.
    """
    missing: Mapping[ColumnName, int] = field(default_factory=dict)
    """Values read as missing, per column: blank ones and the policy's ``null_values``."""
    reasons: Mapping[Reason, int] = field(default_factory=dict)
    """Bad values that set rows aside, per column and reason."""
    source_nulls: Mapping[ColumnName, int] = field(default_factory=dict)
    """Nulls of the source's columns for which ``expect:`` has a limit."""
    held: Mapping[ColumnName, SealedFacts] = field(default_factory=dict)
    """What a comparison with earlier releases needs of the rows written, encrypted."""


@dataclass(frozen=True)
class Planted:
    """The canaries of one part."""

    people: int = 0
    """Invented people."""
    rows: int = 0
    """Their rows."""
    nulls: Mapping[str, int] = field(default_factory=dict)
    """Nulls of these rows per output column."""


@dataclass(frozen=True, kw_only=True)
class PartReport(PassedCounts):
    """Result of one partition of a run: what became of its rows, and the files written."""

    number: int
    """Position of the partition in the job."""
    part: PartInfo
    """The part written, with its digest."""
    quarantine: PartInfo | None
    """The file of quarantined rows, None if there are none."""
    subjects: PartInfo | None = None
    """The file that says whose the rows are; None if the policy asks for none."""
    canaries: PartInfo | None = None
    """The file that says which rows are invented; None if the policy asks for none."""
    planted: Planted = field(default_factory=Planted)
    """What is invented; not in the counts."""
    screened: str = ""
    """Digest of the rows that the policy's screen set aside, by their numbers in the part; empty
    for none.
    """
    taken_over: bool = False
    """True if a run that was interrupted had finished it."""

    @property
    def beside(self) -> tuple[PartInfo, ...]:
        """Return the files beside the part that the owner alone reads."""
        return tuple(filter(None, (self.quarantine, self.subjects, self.canaries)))


AppliedBatch = tuple[pa.RecordBatch, Applied, int]
"""A batch as read, what was applied to it, and the number of rows before it."""
PlantedBatch = tuple[pa.RecordBatch, Applied, int, "npt.NDArray[np.bool_]", pa.RecordBatch]
"""The same, which of the rows to write are of the source, and the rows to write."""
Plant = Callable[[Iterable[AppliedBatch]], Iterator[PlantedBatch]]


def _nothing_planted(applied: Iterable[AppliedBatch]) -> Iterator[PlantedBatch]:
    for batch, done, before in applied:
        yield batch, done, before, np.ones(done.batch.num_rows, np.bool_), done.batch
        del batch, done


class PassingRows:
    """Counts and samples what passes through a plan; read `counts` after the last batch."""

    def __init__(
        self,
        bound: PlanWithKeys,
        first_row: int = 0,
        index: SubjectIndex | None = None,
        plant: Plant | None = None,
    ) -> None:
        """Start with no rows, of a plan that has had its first pass.

        ``first_row`` is the number of rows of the file before these, for the numbers in errors and
        in the quarantine. ``index`` takes note of whose the rows are. ``plant`` adds canaries.
        """
        self._plant = plant or _nothing_planted
        self._first_row, self._index = first_row, index
        self._bound, self._plan = bound, bound.plan
        checks = self._plan.policy.checks
        size = None if checks.residual_sample == "all" else int(checks.residual_sample)
        self._sampler = output_sampler(self._plan, size) if checks.residual != "off" else None
        self._pairs, self._own = CellPairs(self._plan, size), OwnValues(self._plan, size)
        self._rows = Counter[str]()
        self._nulled, self._missing = Counter[ColumnName](), Counter[ColumnName]()
        self._reasons, self._source_nulls = Counter[Reason](), Counter[ColumnName]()
        self._classes: ClassCounts | None = None
        self._covered: Covered | None = None
        self._linked: Linked | None = None
        self._residual: Residual | None = None
        self.set_aside: list[pa.RecordBatch] = []
        """Places of the bad values that set rows aside, by `QUARANTINE_SCHEMA`; no value."""

    @property
    def scanned(self) -> bool:
        """Return whether the policy asks for a scan of the output."""
        return self._sampler is not None

    def batches(self, source: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the sanitized batches that have rows, with canaries among them if any are planted:
        those are in no count and no sample.

        Raises:
            DataError: a bad value, under ``on_bad_value: refuse``.
        """
        planted = self._plant(self._applied(source))
        for batch, done, before, real, written in planted:
            if self._index is not None:
                aside = np.unique(done.quarantined["row"].to_numpy(zero_copy_only=False))
                self._index.add(batch, done.rows, aside, before, real)
            del batch, done  # what was read is not kept while the rows written are taken over
            if written.num_rows:
                yield written

    def _applied(self, source: Iterable[pa.RecordBatch]) -> Iterator[AppliedBatch]:
        """Yield each batch as read, what was applied to it, and the number of rows before it."""
        for batch in source:
            before = self._first_row + self._rows["in"]
            done = self._bound.apply(batch, first_row=before)
            self._count(done)
            if self._sampler is not None:
                self._sampler.add(done.batch)
                self._pairs.add(batch, done.rows, done.batch)
                self._own.add(batch, done.rows, done.batch)
            yield batch, done, before
            del batch, done

    def _count(self, done: Applied) -> None:
        self._rows["in"] += done.rows_in
        self._rows["out"] += done.batch.num_rows
        self._rows["filtered"] += done.filtered
        self._rows["suppressed"] += done.suppressed
        self._nulled.update(done.nulled)
        self._missing.update(done.missing)
        self._source_nulls.update(done.source_nulls)
        self._classes = _merged(self._classes, done.classes)
        self._covered = _both(self._covered, done.covered)
        self._linked = _both(self._linked, done.linked)
        if done.quarantined.num_rows:
            self._rows["quarantined"] += len(pc.unique(done.quarantined["row"]))
            self.set_aside.append(done.quarantined)
            self._reasons.update(_reasons(done.quarantined))

    def scan(self) -> None:
        """Scan the sample of the output; called once, after the last batch."""
        if self._sampler is None:
            return
        samples, left = self._sampler.samples(), self._pairs.names_left()
        found = scan_output(self._plan, samples)
        self._residual = Residual(
            with_own_values(with_names_left(found, left), self._own.findings()),
            {sample.name: len(sample.distinct) for sample in samples},
            {sample.name: round(sample.miss_probability(0.01), 6) for sample in samples},
            left,
            self._own.counts(),
        )

    def counts(self, name: str) -> PassedCounts:
        """Return what became of the rows of the partition called ``name``.

        Raises:
            GateError: the rows do not add up.
        """
        rows = self._rows
        if rows["in"] != sum(rows[n] for n in ("out", "filtered", "suppressed", "quarantined")):
            raise GateError(f"{name}: rows in and rows accounted for differ; nothing was published")
        return PassedCounts(
            rows_in=rows["in"],
            rows_out=rows["out"],
            filtered=rows["filtered"],
            suppressed=rows["suppressed"],
            quarantined=rows["quarantined"],
            nulled=dict(self._nulled),
            residual=self._residual,
            classes=self._classes.together() if self._classes else None,
            missing=dict(self._missing),
            reasons=dict(self._reasons),
            source_nulls=dict(self._source_nulls),
            held=self._held(),
        )

    def _held(self) -> dict[ColumnName, SealedFacts]:
        """Return what is kept for a comparison, encrypted."""
        kept = {COVERED: self._covered, LINKED: self._linked}
        return {name: self._bound.sealed(name, one) for name, one in kept.items() if one}


def _reasons(quarantined: pa.RecordBatch) -> dict[Reason, int]:
    """Return the number of bad values per column and reason."""
    counted = pa.table([quarantined["column"], quarantined["reason"]], names=["column", "reason"])
    groups = counted.group_by(["column", "reason"]).aggregate([([], "count_all")])
    return {(row["column"], row["reason"]): row["count_all"] for row in groups.to_pylist()}


Grouped = TypeVar("Grouped", Covered, Linked)


def _both(one: Grouped | None, other: Grouped | None) -> Grouped | None:
    return one.merge(other) if one is not None and other is not None else one or other


def _merged(one: ClassCounts | None, other: ClassCounts | None) -> ClassCounts | None:
    return one.merge(other) if one is not None and other is not None else one or other
