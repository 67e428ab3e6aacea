"""Processes one partition of a source: measures, transforms and encrypts it, and scans its output.
Can run in any process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.dataset.owner import owners_key
from anonymize.errors import DataError, GateError, Problem
from anonymize.gates.cell_pairs import CellPairs
from anonymize.gates.names_left import NamesLeft, with_names_left
from anonymize.gates.output_sample import output_sampler
from anonymize.gates.residual import ResidualFinding
from anonymize.gates.residual_scan import scan_output
from anonymize.io import PartInfo, Partition, write_part
from anonymize.keys import OWNER, Keyring, RowOrder, open_keyring
from anonymize.keys.row_order import ACTION as ORDER_ROWS
from anonymize.names import ColumnName, KeyId
from anonymize.nested.sampling import LeafSampler
from anonymize.plan import QUARANTINE_SCHEMA, Partial, Plan, PlanWithKeys
from anonymize.privacy import ClassCounts
from anonymize.process.core_files import no_core_files
from anonymize.process.file_modes import not_world_writable

QUARANTINE_FILE_SCHEMA = pa.schema([("file", pa.string()), *QUARANTINE_SCHEMA])
"""Schema of a quarantine file, which is encrypted under the owner's key: source file, row number
from 1, column, reason; no value.
"""


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


@dataclass(frozen=True)
class Job:
    """Everything that a worker needs for its partition. Picklable; holds no rows, no keys, and no
    values that can be read without a key.
    """

    plan: Plan
    """The compiled plan."""
    partitions: tuple[Partition, ...]
    """The source's files."""
    staging: str
    """Folder in which the new version is prepared."""
    owner: KeyId
    """Version of the owner's key that all processes use, even if the key is rotated during
    the run.
    """
    order_seed: str
    """Seed that, with the owner's key, gives the order of the version's rows; empty for source
    order.
    """

    def order(self, keyring: Keyring) -> RowOrder | None:
        """Return the order of the version's rows, None for source order. Needs the owner's key."""
        if not self.order_seed:
            return None
        policy = self.plan.policy
        key = owners_key(
            keyring, self.owner, dataset=policy.dataset, purpose=policy.purpose, action=ORDER_ROWS
        )
        return RowOrder(key, self.order_seed)


@dataclass(frozen=True)
class PartReport:
    """Result of one partition: counts, keyed digests and findings, no values."""

    number: int
    """Position of the partition in the job."""
    part: PartInfo
    """The part written, with its digest."""
    quarantine: PartInfo | None
    """The file of quarantined rows, None if there are none."""
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


@no_core_files()
def measure_partition(job: Job, number: int) -> Partial:
    """Return the first pass's measurements of one partition: class sizes and facts. They can be
    merged in any order.
    """
    bound = _bound(job)
    columns = list(job.plan.measured_columns)
    with _named(job.partitions[number]):
        return bound.measure_all(job.partitions[number].batches(columns))


@contextmanager
def _named(partition: Partition) -> Iterator[None]:
    """Add the source file's name to errors about its values."""
    try:
        yield
    except DataError as error:
        places = [
            Problem(": ".join(filter(None, (partition.name, found.place))), found.what)
            for found in error.problems
        ]
        raise DataError(places) from None


def _bound(job: Job) -> PlanWithKeys:
    keyring = open_keyring(job.plan.keyring_uri) if job.plan.opens_keyring else None
    return PlanWithKeys(job.plan, keyring)


@no_core_files()
@not_world_writable()
def write_partition(job: Job, number: int) -> PartReport:
    """Transform one partition into an encrypted part of the staged version, and scan the output.

    Raises:
        AnonymizeError: SourceError, DataError, KeysError; the part is then not written.
    """
    plan, keyring, tally = job.plan, open_keyring(job.plan.keyring_uri), _RowCounts()
    order, place = job.order(keyring), number
    if order is not None:
        place = int(order.parts(len(job.partitions))[number])
    checks = plan.policy.checks
    sample = None if checks.residual_sample == "all" else int(checks.residual_sample)
    sampler = output_sampler(plan, sample) if checks.residual != "off" else None
    pairs = CellPairs(plan, sample)
    sink, folder = plan.policy.sink, Path(job.staging)
    restricted = {str(sink.restricted.key): sink.restricted.columns} if sink.restricted else {}
    columns = list(plan.input_columns)
    out = tally.counted(_bound(job), job.partitions[number].batches(columns), sampler, pairs)
    name = f"part-{place:05}.parquet"
    residual: list[Residual] = []
    with _named(job.partitions[number]):
        part = write_part(
            folder / name,
            plan.output_schema,
            out,
            keyring=keyring,
            key=sink.key,
            restricted=restricted,
            order=order and partial(order.rows, place),
            meanwhile=(
                (lambda: residual.append(_residual(plan, sampler, pairs))) if sampler else None
            ),
        )
    aside = None
    if tally.set_aside:
        path = folder / "quarantine" / name
        path.parent.mkdir(exist_ok=True)
        rows = (_with_file(batch, job.partitions[number].name) for batch in tally.set_aside)
        aside = write_part(path, QUARANTINE_FILE_SCHEMA, rows, keyring=keyring, key=OWNER)
    return tally.report(number, part, aside, residual[0] if residual else None)


def _with_file(batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    """Return quarantined rows with a column for the source file."""
    files = pa.repeat(pa.scalar(name), batch.num_rows)
    return pa.RecordBatch.from_arrays([files, *batch.columns], schema=QUARANTINE_FILE_SCHEMA)


class _RowCounts:
    """Counts the rows that pass through one partition."""

    def __init__(self) -> None:
        self.rows_in = self.rows_out = self.filtered = self.suppressed = self.quarantined = 0
        self.nulled: Counter[ColumnName] = Counter()
        self.missing: Counter[ColumnName] = Counter()
        self.set_aside: list[pa.RecordBatch] = []
        self.reasons: Counter[Reason] = Counter()
        self.classes: ClassCounts | None = None

    def counted(
        self,
        bound: PlanWithKeys,
        batches: Iterator[pa.RecordBatch],
        sampler: LeafSampler | None,
        pairs: CellPairs,
    ) -> Iterator[pa.RecordBatch]:
        """Yield the sanitized batches and count their rows by outcome."""
        for batch in batches:
            done = bound.apply(batch, first_row=self.rows_in)
            self.rows_in += done.rows_in
            self.rows_out += done.batch.num_rows
            self.filtered += done.filtered
            self.suppressed += done.suppressed
            self.nulled.update(done.nulled)
            self.classes = (
                self.classes.merge(done.classes) if self.classes and done.classes else done.classes
            )
            self.missing.update(done.missing)
            if done.quarantined.num_rows:
                self.quarantined += len(pc.unique(done.quarantined["row"]))
                self.set_aside.append(done.quarantined)
                self.reasons.update(_reasons(done.quarantined))
            if sampler:
                sampler.add(done.batch)
                pairs.add(batch, done.rows, done.batch)
            written = done.batch
            del batch, done  # release the raw batch before the sanitized one is consumed
            if written.num_rows:
                yield written

    def report(
        self, number: int, part: PartInfo, aside: PartInfo | None, residual: Residual | None
    ) -> PartReport:
        """Return the counts as a report.

        Raises:
            GateError: the counts do not add up to the rows read.
        """
        if self.rows_in != self.rows_out + self.filtered + self.suppressed + self.quarantined:
            raise GateError(
                f"partition {number}: rows in and rows accounted for differ; nothing was published"
            )
        counts = (self.rows_in, self.rows_out, self.filtered, self.suppressed, self.quarantined)
        classes = self.classes.together() if self.classes else None
        told = (dict(self.missing), dict(self.reasons))
        return PartReport(number, part, aside, *counts, dict(self.nulled), residual, classes, *told)


def _reasons(quarantined: pa.RecordBatch) -> dict[Reason, int]:
    """Return the number of bad values per column and reason."""
    counted = pa.table([quarantined["column"], quarantined["reason"]], names=["column", "reason"])
    groups = counted.group_by(["column", "reason"]).aggregate([([], "count_all")])
    return {(row["column"], row["reason"]): row["count_all"] for row in groups.to_pylist()}


def _residual(plan: Plan, sampler: LeafSampler, pairs: CellPairs) -> Residual:
    """Return what detection finds in the sampled output that the policy does not allow."""
    samples, left = sampler.samples(), pairs.names_left()
    found = scan_output(plan, samples)
    return Residual(
        with_names_left(found, left),
        {sample.name: len(sample.distinct) for sample in samples},
        {sample.name: round(sample.miss_probability(0.01), 6) for sample in samples},
        left,
    )
