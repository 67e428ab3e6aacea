"""The main loop: inspect, compile, transform, encrypt, check, publish. The command line and the
flows both call it.

A run has three steps, so that the second can run in other processes: ``begin`` (one process, which
holds the dataset's lock), ``write_partition`` per file or piece of one (any process),
``RunInProgress.finish`` (the first process). Only paths, counts, digests and key names are passed
between them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from anonymize.arguments import checked
from anonymize.custody.belonging import require_keys_of
from anonymize.dataset import Manifest, Staging
from anonymize.dataset.sink import sink_of
from anonymize.errors import AnchorError
from anonymize.gates.interface import Output
from anonymize.gates.refuse import refuse
from anonymize.io import PartInfo, Partition
from anonymize.keys import OWNER, Keyring, open_keyring
from anonymize.pipeline.apart import remove_left
from anonymize.pipeline.beside import Beside
from anonymize.pipeline.changes import Change, refuse_changes
from anonymize.pipeline.executors.choose import place_of_work
from anonymize.pipeline.executors.interface import Executor, MergingExecutor
from anonymize.pipeline.executors.local import Progress
from anonymize.pipeline.frame import anonymize_frame
from anonymize.pipeline.incremental import Increment
from anonymize.pipeline.jobs import fingerprint_of, job_of
from anonymize.pipeline.manifest import PublishedFacts, manifest_of
from anonymize.pipeline.partition import Job, measure_partition, write_partition
from anonymize.pipeline.passing import PartReport, fitted, output_of
from anonymize.pipeline.pieces import Pieces
from anonymize.pipeline.prepare import plan_source, refuse_sink, require_owner
from anonymize.pipeline.readiness import (
    require_anchor,
    require_room,
    require_signer,
    require_vault,
    with_vault,
)
from anonymize.pipeline.results import emptied_values, nulls_of
from anonymize.pipeline.sampled import open_sampled
from anonymize.pipeline.since_last import changed_since, current_manifest
from anonymize.pipeline.summary import RunSummary, columns_of, increment_facts, parts_of
from anonymize.pipeline.way import Way
from anonymize.plan import Partial, Plan
from anonymize.policy import Policy, as_policy
from anonymize.process.core_files import no_core_files
from anonymize.process.file_modes import not_world_writable

__all__ = [
    "Job",
    "PartReport",
    "RunInProgress",
    "RunSummary",
    "anonymize_frame",
    "begin",
    "measure_partition",
    "run",
    "write_partition",
]

WAIT_SECONDS = 60.0
"""Default time to wait for another run on the same dataset."""


@checked
def run(
    policy: Policy | str | PathLike[str],
    *,
    keyring: Keyring | str | None = None,
    progress: Progress = lambda done, total, what: None,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    incremental: bool = False,
    workers: int | None = None,
    runner: str | None = None,
) -> RunSummary:
    """Apply ``policy`` to its source and publish the result as a new version of the sink's dataset.

    The version is published whole and verified, or not at all. If the process is killed, the
    previous version stays current, and the next run goes on with the partitions that were finished.

    Args:
        policy: The policy, or the path of its file.
        keyring: The keys, or the URI of where they are; by default what COATCHECK_KEYRING says.
            What is given open must still be at the place it was opened from.
        progress: Told of rows done, rows in all, and what is being done.
        accept_change: Publish although types, purpose, rules, models or files are not those of the
            current version.
        wait_seconds: How long to wait for another run on the dataset.
        incremental: Take over the parts of the current version whose files did not change, and
            publish nothing if nothing did. See ``docs/reference/incremental.md``.
        workers: Number of processes that work on the source's parts; by default as many as cores
            and memory allow, and 1 for a small source. What is published does not depend on it.
        runner: Address of a Dask cluster that works on the parts instead, ``dask://HOST:PORT``, or
            ``dask+tls://HOST:PORT`` with the certificates of Dask's configuration. What is
            published does not depend on it. See ``docs/scale.md``.

    Raises:
        BusyError: another run still held the dataset.
        WorkerUnfitError: the cluster cannot be used; no row was read by a worker.
        WorkerLostError: the workers of one part died too often.
        AnonymizeError: policy, data or keys do not fit together (PlanError, SourceError, DataError,
            KeysError), or a check failed (GateError); nothing was published.
        AnchorError: the version is published, and the anchor does not know it yet. The error's
            ``result`` is the summary.
    """
    policy = as_policy(policy)
    with (
        place_of_work(policy, workers, runner, progress) as here,
        begin(policy, keyring, accept_change, wait_seconds, incremental, here.opened) as running,
    ):
        return running.complete(here.executor(running.job, running.rows, running.numbers()))


@contextmanager
def begin(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None = None,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    incremental: bool = False,
    opened: Callable[[Sequence[Partition]], None] = lambda files: None,
) -> Iterator[RunInProgress]:
    """Open policy, keys and source, compile the plan, lock the dataset and stage a version; yield
    the run.

    A staged version that is not published when the block ends is removed. Everything that can be
    refused before a row is written is refused here: keys, vault and sink are tried, and the plan is
    compared with the one that made the current version. ``opened`` is told of the source's files
    before it is planned.

    Raises:
        AnonymizeError: as ``run``.
    """
    started = time.monotonic()
    with no_core_files(), not_world_writable():
        yield from _begun(
            policy, keyring, started, accept_change, wait_seconds, incremental, opened
        )


def _begun(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None,
    started: float,
    accept_change: bool,
    wait_seconds: float,
    incremental: bool,
    opened: Callable[[Sequence[Partition]], None],
) -> Iterator[RunInProgress]:
    loaded, keyring = as_policy(policy), open_keyring(keyring)
    source = open_sampled(loaded.source)
    require_sink(loaded, keyring)
    dataset = sink_of(loaded, wait_seconds)
    pieces = Pieces.of(source) if incremental else None
    increment = Increment.begun(dataset, pieces, keyring) if pieces else None
    fingerprint = Beside(
        partial(fingerprint_of, source, increment), "coatcheck-fingerprint"
    )  # hashing releases the GIL, so it overlaps with planning
    divided = Beside(lambda: pieces or Pieces.of(source), "coatcheck-divide")
    looked_at = increment.narrowed(source) if increment else source
    opened(looked_at.files)
    plan = plan_source(loaded, looked_at, keyring)
    looked_at.let_go()
    require_vault(plan, keyring)
    with dataset.stage(keyring, goes_on=True) as staging:
        accepted = refuse_changes(plan, keyring, accept_change)
        plan, owner = with_vault(plan), keyring.current(OWNER)
        way = Way.of(plan, source, owner, keyring)
        if increment:
            increment.require_base(dataset)
            if increment.go_by(way):  # its detection looks at everything again
                looked_at = source
                plan = replace(plan_source(loaded, source, keyring), vault_id=plan.vault_id)
                source.let_go()
            increment.rows = looked_at.rows
        job = job_of(plan, divided.result(), staging, owner, way, increment, keyring)
        yield RunInProgress(
            job, source, fingerprint, keyring, staging, started, accepted, increment, way
        )


def require_sink(policy: Policy, keyring: Keyring) -> None:
    """Refuse what can be known to fail of keyring and sink, before the source is looked at.

    Raises:
        AnonymizeError: ArgumentError, KeysError, DatasetError: each says what is not as it must be.
    """
    refuse_sink(policy, keyring)
    require_owner(keyring)
    require_signer(keyring)
    require_keys_of(policy.sink.path, keyring)
    require_room(policy)
    require_anchor(policy)


class RowsRead(Protocol):
    """What a run in progress asks of its source."""

    @property
    def rows(self) -> int:
        """Number of its rows; 0 if not known."""
        ...

    def check_unchanged(self) -> None:
        """Refuse a source that changed while it was read."""
        ...


class Fingerprint(Protocol):
    """What identifies the content of a source, at the end of a run."""

    def result(self) -> Mapping[str, Any]:
        """Return ``format`` and ``sha256``, which is empty if nobody took a digest."""
        ...


class RunInProgress:
    """A run that holds the dataset's lock and has a staged version. Belongs to the process that
    began it.
    """

    def __init__(
        self,
        job: Job,
        source: RowsRead,
        fingerprint: Fingerprint,
        keyring: Keyring,
        staging: Staging,
        started: float,
        accepted: Sequence[Change] = (),
        increment: Increment | None = None,
        way: Way | None = None,
    ) -> None:
        self.job, self._accepted = job, accepted
        self._increment, self._way = increment, way
        self._source, self._fingerprint = source, fingerprint
        self.rows = increment.rows if increment else source.rows
        self._keyring, self._staging, self._started = keyring, staging, started
        self._last: Manifest | None = None
        self._workers = 1

    def complete(self, executor: Executor) -> RunSummary:
        """Work on all partitions by means of ``executor``, check what was written and publish it.

        Raises:
            AnonymizeError: see `run`; nothing was published.
        """
        if self._increment and self._increment.changes_nothing:
            return self._nothing_changed(self._increment)
        self._workers = executor.workers
        remove_left(self.job)
        while self.job.plan.needs_first_pass:
            numbers = self.numbers()
            if isinstance(executor, MergingExecutor) and not self._increment:
                self.fit([executor.measured(self.job, numbers)])
                continue
            partials = executor.map(measure_partition, self.job, numbers)
            if self._increment:  # it keeps the results of each partition for the next run
                self._increment.measured(self.job.plan, partials, self.fit, self._keyring)
            else:
                self.fit(partials)
        return self.finish(executor.map(write_partition, self.job, self.numbers()))

    def numbers(self) -> Sequence[int]:
        """Return the numbers of the partitions to work on."""
        if self._increment:
            return self._increment.wanting()
        return range(len(self.job.partitions))

    def fit(self, partials: Sequence[Partial]) -> Plan:
        """Take the results of a first pass, in any order, into the job's plan; return that.

        Raises:
            GateError: more rows would be suppressed than the policy allows.
        """
        self.job = replace(self.job, plan=fitted(self.job.plan, partials))
        return self.job.plan

    def finish(self, reports: Sequence[PartReport]) -> RunSummary:
        """Check the output and publish it; return the summary.

        Raises:
            GateError: too many rows were set aside, or none is left; the residual scan found
                something that the policy does not allow; or a published class is smaller than k.
            SourceError: the source changed while it was read.
            DatasetError: the version could not be published.
            AnchorError: it is published, and the anchor does not know it yet; the error has the
                summary.
        """
        plan, staging = self.job.plan, Path(self.job.staging)
        if self._increment:
            renamed = not self.job.order_seed
            reports = self._increment.reports(reports, staging, renamed)
        ordered = sorted(reports, key=lambda report: report.number)
        output = output_of(ordered, nulls_of(ordered))
        refuse(output, plan)
        fingerprint = self._fingerprint.result()
        self._source.check_unchanged()
        facts = PublishedFacts.of(plan, ordered, output)
        records = self._records(ordered, fingerprint)
        manifest = manifest_of(
            self.job, facts, ordered, fingerprint, self._keyring, self._accepted, records
        )
        if journal := self.job.journal(self._keyring):
            journal.remove()
        self._last = current_manifest(plan.policy.sink.path, self._keyring)
        try:
            published = self._staging.publish(manifest, self._keyring, why=plan.policy.purpose)
        except AnchorError as error:
            if isinstance(error.result, Manifest):
                error.result = self._summary(output, facts, error.result)
            raise
        return self._summary(output, facts, published)

    def _records(
        self, reports: Sequence[PartReport], fingerprint: Mapping[str, Any]
    ) -> PartInfo | None:
        """Write what the next incremental run needs, if this one is incremental."""
        if not (self._increment and self._way):
            return None
        run, staging = self.job.plan.run, Path(self.job.staging)
        return self._increment.write_records(
            reports, fingerprint["files"], self._way, run, staging, self._keyring
        )

    def _nothing_changed(self, increment: Increment) -> RunSummary:
        """Return the summary of a run that publishes nothing, because the source is what the
        current version was made of.
        """
        self._source.check_unchanged()
        reports = [record.report for record in increment.kept.values()]
        output = output_of(reports, nulls_of(reports))
        facts = PublishedFacts.of(self.job.plan, reports, output)
        published = self._staging.dataset.manifest(keyring=self._keyring)
        return self._summary(output, facts, published)

    def _summary(self, output: Output, facts: PublishedFacts, published: Manifest) -> RunSummary:
        plan = self.job.plan
        return RunSummary(
            dataset=plan.policy.dataset,
            path=plan.policy.sink.path,
            version=published.version,
            rows_in=output.read,
            rows_out=output.written,
            filtered=output.filtered,
            suppressed=output.suppressed,
            quarantined=output.quarantined,
            emptied=emptied_values(facts.columns),
            columns_out=len(plan.output_schema),
            columns_dropped=len(plan.dropped),
            order=plan.policy.rows.order,
            residual=facts.residual,
            not_looked_for=facts.not_looked_for,
            privacy=published.privacy,
            increment=increment_facts(self._increment),
            seconds=round(time.monotonic() - self._started, 2),
            policy_hmac_sha256=published.policy_hmac_sha256,
            keys=tuple(dict.fromkeys(published.keys)),
            parts=parts_of(published),
            columns=columns_of(published),
            last_version=self._last.version if self._last else 0,
            changed=changed_since(self._last, published),
            workers=self._workers,
        )
