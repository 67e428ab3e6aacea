"""Processes one partition of a source: measures, transforms and encrypts it, and scans its output.
Can run in any process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow as pa

from anonymize.dataset.journal import ACTION as JOURNAL
from anonymize.dataset.journal import Journal
from anonymize.dataset.manifest import FileEntry
from anonymize.dataset.owner import owners_key
from anonymize.dataset.verify import entry_problem
from anonymize.errors import DataError, Problem
from anonymize.io import Partition, write_part
from anonymize.io.sink.row_groups import GroupOrder
from anonymize.io.sources.pieces import first_row_of
from anonymize.keys import OWNER, Keyring, RowOrder, open_keyring
from anonymize.keys.row_order import ACTION as ORDER_ROWS
from anonymize.names import KeyId
from anonymize.pipeline.canaries.plant import Planting, Wanted, stream_of
from anonymize.pipeline.keys_of_run import Checks, as_begun
from anonymize.pipeline.passing import PartReport, PassingRows
from anonymize.pipeline.records import partial_bytes, partial_of, report_bytes, report_of
from anonymize.pipeline.results import shut_columns
from anonymize.pipeline.subject_index import SubjectIndex
from anonymize.plan import QUARANTINE_SCHEMA, Partial, Plan, PlanWithKeys
from anonymize.plan.show.field_facts import field_facts
from anonymize.policy.privacy import PrivacySpec
from anonymize.process.core_files import no_core_files
from anonymize.process.file_modes import not_world_writable

QUARANTINE_FILE_SCHEMA = pa.schema([("file", pa.string()), *QUARANTINE_SCHEMA])
"""Schema of a quarantine file, which is encrypted under the owner's key: source file, row number
from 1, column, reason; no value.
"""


@dataclass(frozen=True)
class Job:
    """Everything that a worker needs for its partition. Picklable; holds no rows, no keys, and no
    values that can be read without a key.
    """

    plan: Plan
    """The compiled plan."""
    partitions: tuple[Partition, ...]
    """The source's files, large ones in pieces, in order: one part each."""
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
    places: tuple[int, ...] = ()
    """The number of each partition's part; empty for those that the seed gives."""
    identity: str = ""
    """What a later run must be equal in to go on with this one's finished partitions; empty if they
    are not noted.
    """
    goes_on: bool = False
    """True if a run that was killed may have finished partitions."""
    files: tuple[str, ...] = ()
    """Names of the source's files, in order."""
    canaries: tuple[Wanted, ...] = ()
    """Per partition the canaries that its part gets; empty if the policy asks for none."""
    version: int = 0
    """The number that the version will have, if nobody publishes another one before."""
    recipient: str = ""
    """Whom the version is for; empty for all readers."""
    privacy: PrivacySpec | None = None
    """The classes that a recipient's rows have from the base version: its ``privacy:``."""
    keys: Checks = ()
    """Key versions that all processes use, with check values; empty if rows are only handed
    back.
    """

    def keyring(self) -> Keyring:
        """Return this process's keyring, as the run began with it.

        Raises:
            KeysError: it does not open, or holds other keys.
        """
        return as_begun(open_keyring(self.plan.keyring_uri), self.keys)

    def order(self, keyring: Keyring) -> RowOrder | None:
        """Return the order of the version's rows, None for source order. Needs the owner's key."""
        if not self.order_seed:
            return None
        policy = self.plan.policy
        key = owners_key(
            keyring, self.owner, dataset=policy.dataset, purpose=policy.purpose, action=ORDER_ROWS
        )
        return RowOrder(key, self.order_seed)

    def place(self, number: int, order: RowOrder | None) -> int:
        """Return the number of a partition's part."""
        if self.places:
            return self.places[number]
        return number if order is None else int(order.parts(len(self.partitions))[number])

    def journal(self, keyring: Keyring) -> Journal | None:
        """Return where finished partitions are noted, None if they are not. Needs the owner's
        key.
        """
        if not self.identity:
            return None
        policy = self.plan.policy
        key = owners_key(
            keyring, self.owner, dataset=policy.dataset, purpose=policy.purpose, action=JOURNAL
        )
        return Journal(Path(self.staging), key, self.identity)


@no_core_files()
def measure_partition(job: Job, number: int) -> Partial:
    """Return the first pass's measurements of one partition: class sizes and facts. They can be
    merged in any order.
    """
    journal = job.journal(job.keyring()) if job.identity else None
    name = f"measured-{'classes' if job.plan.fitted else 'facts'}-{number:05}"
    if journal and job.goes_on and (noted := journal.get(name)):
        return partial_of(noted)
    partition = job.partitions[number]
    bound = _bound(job, partition)
    columns = list(job.plan.measured_columns)
    with naming_partition(partition):
        measured = bound.measure_all(partition.batches(columns), first_row_of(partition))
    if journal:
        journal.put(name, partial_bytes(measured))
    return measured


@contextmanager
def naming_partition(partition: Partition) -> Iterator[None]:
    """Add the source file's name to errors about its values."""
    try:
        yield
    except DataError as error:
        places = [
            Problem(": ".join(filter(None, (partition.name, found.place))), found.what)
            for found in error.problems
        ]
        raise type(error)(places) from None


def _bound(job: Job, partition: Partition) -> PlanWithKeys:
    keyring = job.keyring() if job.plan.opens_keyring else None
    return PlanWithKeys(job.plan, keyring, file=partition.name)


@no_core_files()
@not_world_writable()
def write_partition(job: Job, number: int, apart: Path | None = None) -> PartReport:
    """Transform one partition into an encrypted part of the staged version, and scan the output.

    With ``apart``, a folder, the part is written there and not noted as finished: whoever asked for
    it puts it in place. One that a killed run finished is in place already.

    Raises:
        AnonymizeError: SourceError, DataError, KeysError; the part is then not written.
    """
    keyring, folder = job.keyring(), Path(job.staging)
    journal = job.journal(keyring)
    if journal and job.goes_on and (done := _finished(journal, number, folder)):
        return done
    partition, place = job.partitions[number], job.place(number, job.order(keyring))
    rows = partition.batches(list(job.plan.input_columns))
    with naming_partition(partition):
        report = write_rows(
            replace(job, staging=str(apart)) if apart else job,
            _bound(job, partition),
            keyring,
            rows,
            name=partition.name,
            number=number,
            place=place,
            first_row=first_row_of(partition),
        )
    if apart is None:
        note_finished(job, keyring, report)
    return report


def note_finished(job: Job, keyring: Keyring, report: PartReport) -> None:
    """Note a part that is in place, so that a later run can go on after a kill.

    Raises:
        DatasetError: the disk is full, or the folder cannot be written to.
    """
    if journal := job.journal(keyring):
        journal.put(f"part-{report.number:05}", report_bytes(report))


def write_rows(
    job: Job,
    bound: PlanWithKeys,
    keyring: Keyring,
    rows: Iterable[pa.RecordBatch],
    *,
    name: str,
    number: int,
    place: int,
    first_row: int = 0,
) -> PartReport:
    """Transform ``rows`` into an encrypted part of the staged version, and scan the output.

    Args:
        job: The job whose version is staged.
        bound: Its plan with this process's keys.
        keyring: This process's keyring, which encrypts the part.
        rows: The rows as read, with the plan's input columns.
        name: Where they are from, for the quarantine file.
        number: The position of their report among all.
        place: The number in the part's name, from which its rows' secret order follows too; no two
            parts of a version have the same.
        first_row: Rows of the file before these.

    Raises:
        AnonymizeError: as `write_partition`.
    """
    plan, order = job.plan, job.order(keyring)
    sink, folder = plan.policy.sink, Path(job.staging)
    index = SubjectIndex.of(plan.policy, keyring, job.owner)
    planting = _planting(job, bound, keyring, number, place)
    passing = PassingRows(bound, first_row, index, planting.among if planting else None)
    in_group: GroupOrder | None = partial(order.rows, place) if order else None
    if planting:
        in_group = planting.noting(in_group)
    restricted = {str(sink.restricted.key): sink.restricted.columns} if sink.restricted else {}
    file = f"part-{place:05}.parquet"
    part = write_part(
        folder / file,
        plan.output_schema,
        passing.batches(rows),
        keyring=keyring,
        key=sink.key,
        restricted=restricted,
        order=index.noting(in_group) if index else in_group,
        layout=sink.layout,
        told=field_facts(plan, shut_columns(plan.policy)),
        meanwhile=passing.scan if passing.scanned else None,
    )
    aside = None
    if passing.set_aside:
        path = folder / "quarantine" / file
        path.parent.mkdir(exist_ok=True)
        listed = (_with_file(batch, name) for batch in passing.set_aside)
        aside = write_part(path, QUARANTINE_FILE_SCHEMA, listed, keyring=keyring, key=OWNER)
    counts = vars(passing.counts(name))
    subjects = index.write(folder, file, keyring) if index else None
    screened = plan.screened.digest(name, first_row, counts["rows_in"]) if plan.screened else ""
    report = PartReport(
        number=number, part=part, quarantine=aside, subjects=subjects, screened=screened, **counts
    )
    if planting is None:
        return report
    canaries = planting.write(folder, file, keyring)
    return replace(report, canaries=canaries, planted=planting.planted())


def _planting(
    job: Job, bound: PlanWithKeys, keyring: Keyring, number: int, place: int
) -> Planting | None:
    """Return the canaries of one part; None if the policy asks for none."""
    if not job.canaries:
        return None
    policy, version = job.plan.policy, job.version
    about = {"dataset": policy.dataset, "recipient": job.recipient}
    stream = stream_of(keyring, **about, run=job.plan.run, version=version, place=str(place))
    facts = {**about, "run": job.plan.run, "version": version, "place": place}
    return Planting(bound, stream, job.canaries[number], facts, job.privacy or policy.privacy)


def _finished(journal: Journal, number: int, folder: Path) -> PartReport | None:
    """Return the report of a part that a killed run finished; None if it did not, or if a file is
    not as it was written.
    """
    noted = journal.get(f"part-{number:05}")
    if noted is None:
        return None
    report = report_of(noted, folder)
    entries = [FileEntry.of(info, folder) for info in (report.part, *report.beside)]
    sound = not any(entry_problem(folder, entry) for entry in entries)
    return replace(report, taken_over=True) if sound else None


def _with_file(batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    """Return quarantined rows with a column for the source file."""
    files = pa.repeat(pa.scalar(name), batch.num_rows)
    return pa.RecordBatch.from_arrays([files, *batch.columns], schema=QUARANTINE_FILE_SCHEMA)
