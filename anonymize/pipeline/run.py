"""The main loop: inspect, compile, transform, encrypt, check, publish. The command line and the
flows both call it.

A run has three steps, so that the second can run in other processes: ``begin`` (one process, which
holds the dataset's lock), ``write_partition`` per file or piece of one (any process),
``RunInProgress.finish`` (the first process). Only paths, counts, digests and key names are passed
between them.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike

from anonymize.arguments import checked
from anonymize.custody.belonging import require_keys_of
from anonymize.dataset import Manifest, Staging
from anonymize.dataset.sink import sink_of
from anonymize.errors import AnchorError
from anonymize.gates.interface import Output
from anonymize.gates.refuse import refuse
from anonymize.io import Partition
from anonymize.keys import OWNER, Keyring, open_keyring
from anonymize.pipeline.beside import Beside
from anonymize.pipeline.changes import Change, refuse_changes
from anonymize.pipeline.executors.choose import OnThisMachine
from anonymize.pipeline.executors.interface import Executor
from anonymize.pipeline.executors.local import Progress
from anonymize.pipeline.frame import anonymize_frame
from anonymize.pipeline.manifest import PublishedFacts, manifest_of
from anonymize.pipeline.partition import Job, PartReport, measure_partition, write_partition
from anonymize.pipeline.passing import fitted, output_of
from anonymize.pipeline.prepare import plan_source, refuse_sink, require_owner
from anonymize.pipeline.readiness import (
    require_anchor,
    require_room,
    require_signer,
    require_vault,
    with_vault,
)
from anonymize.pipeline.results import emptied_values, nulls_of
from anonymize.pipeline.sampled import SampledOnce, open_sampled
from anonymize.pipeline.summary import RunSummary
from anonymize.plan import Partial
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
    workers: int | None = None,
) -> RunSummary:
    """Apply ``policy`` to its source and publish the result as a new version of the sink's dataset.

    The version is published whole and verified, or not at all. If the process is killed, the
    previous version stays current.

    Args:
        policy: The policy, or the path of its file.
        keyring: The keys, or the URI of where they are; by default what COATCHECK_KEYRING says.
            What is given open must still be at the place it was opened from.
        progress: Told of rows done, rows in all, and what is being done.
        accept_change: Publish although types, purpose, rules, models or files are not those of the
            current version.
        wait_seconds: How long to wait for another run on the dataset.
        workers: Number of processes that work on the source's parts; by default as many as cores
            and memory allow, and 1 for a small source. What is published does not depend on it.

    Raises:
        BusyError: another run still held the dataset.
        AnonymizeError: policy, data or keys do not fit together (PlanError, SourceError, DataError,
            KeysError), or a check failed (GateError); nothing was published.
        AnchorError: the version is published, and the anchor does not know it yet. The error's
            ``result`` is the summary.
    """
    policy = as_policy(policy)
    with (
        OnThisMachine(policy, workers, progress) as here,
        begin(
            policy,
            keyring,
            accept_change=accept_change,
            wait_seconds=wait_seconds,
            opened=here.opened,
        ) as running,
    ):
        return running.complete(here.executor(running.job, running.rows))


@contextmanager
def begin(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None = None,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
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
        yield from _begun(policy, keyring, started, accept_change, wait_seconds, opened)


def _begun(
    policy: Policy | str | PathLike[str],
    keyring: Keyring | str | None,
    started: float,
    accept_change: bool,
    wait_seconds: float,
    opened: Callable[[Sequence[Partition]], None],
) -> Iterator[RunInProgress]:
    loaded, keyring = as_policy(policy), open_keyring(keyring)
    source = open_sampled(loaded.source)
    refuse_sink(loaded, keyring)
    require_owner(keyring)
    require_signer(keyring)
    require_keys_of(loaded.sink.path, keyring)
    require_room(loaded)
    require_anchor(loaded)
    fingerprint = Beside(
        source.fingerprint, "coatcheck-fingerprint"
    )  # hashing releases the GIL, so it overlaps with planning
    opened(source.files)
    pieces = Beside(source.pieces, "coatcheck-divide")
    plan = replace(plan_source(loaded, source, keyring), run=secrets.token_hex(16))
    source.let_go()
    require_vault(plan, keyring)
    with sink_of(loaded, wait_seconds).stage(keyring) as staging:
        accepted = refuse_changes(plan, keyring, accept_change)
        seed = secrets.token_hex(16) if loaded.rows.order == "shuffled" else ""
        job = Job(
            with_vault(plan),
            pieces.result(),
            str(staging.dir.absolute()),
            keyring.current(OWNER),
            seed,
            tuple(file.name for file in source.files),
        )
        yield RunInProgress(job, source, fingerprint, keyring, staging, started, accepted)


class RunInProgress:
    """A run that holds the dataset's lock and has a staged version. Belongs to the process that
    began it.
    """

    def __init__(
        self,
        job: Job,
        source: SampledOnce,
        fingerprint: Beside[dict[str, object]],
        keyring: Keyring,
        staging: Staging,
        started: float,
        accepted: Sequence[Change] = (),
    ) -> None:
        self.job, self._accepted = job, accepted
        self._source, self._fingerprint = source, fingerprint
        self.rows = source.rows
        self._keyring, self._staging, self._started = keyring, staging, started
        self._workers = 1

    def complete(self, executor: Executor) -> RunSummary:
        """Work on all partitions by means of ``executor``, check what was written and publish it.

        Raises:
            AnonymizeError: see `run`; nothing was published.
        """
        numbers, self._workers = range(len(self.job.partitions)), executor.workers
        while self.job.plan.needs_first_pass:
            self.fit(executor.map(measure_partition, self.job, numbers))
        return self.finish(executor.map(write_partition, self.job, numbers))

    def fit(self, partials: Sequence[Partial]) -> None:
        """Take the results of a first pass, in any order, into the job's plan.

        Raises:
            GateError: more rows would be suppressed than the policy allows.
        """
        self.job = replace(self.job, plan=fitted(self.job.plan, partials))

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
        plan, ordered = self.job.plan, sorted(reports, key=lambda report: report.number)
        output = output_of(ordered, nulls_of(ordered))
        refuse(output, plan)
        fingerprint = self._fingerprint.result()
        self._source.check_unchanged()
        facts = PublishedFacts.of(plan, ordered, output)
        manifest = manifest_of(self.job, facts, ordered, fingerprint, self._keyring, self._accepted)
        try:
            published = self._staging.publish(manifest, self._keyring, why=plan.policy.purpose)
        except AnchorError as error:
            if isinstance(error.result, Manifest):
                error.result = self._summary(output, facts, error.result)
            raise
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
            seconds=round(time.monotonic() - self._started, 2),
            parts=len(self.job.partitions),
            workers=self._workers,
        )
