"""The main loop: inspect, compile, transform, encrypt, check, publish. The command line and the
flows both call it.

A run has three steps, so that the second can run in other processes: ``begin`` (one process, which
holds the dataset's lock), ``write_partition`` per file or piece of one (any process),
``RunInProgress.finish`` (the first process). Only paths, counts, digests and key names are passed
between them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from os import PathLike

from anonymize.arguments import checked
from anonymize.custody.belonging import require_keys_of
from anonymize.dataset.sink import sink_of
from anonymize.io import Partition
from anonymize.keys import OWNER, Keyring, open_keyring
from anonymize.pipeline.beside import Beside
from anonymize.pipeline.changes import refuse_changes
from anonymize.pipeline.earlier import with_against
from anonymize.pipeline.executors.choose import is_slow, place_of_work
from anonymize.pipeline.executors.local import Progress
from anonymize.pipeline.forgotten import with_forgotten
from anonymize.pipeline.frame import anonymize_frame
from anonymize.pipeline.in_progress import RunInProgress
from anonymize.pipeline.incremental import Increment
from anonymize.pipeline.jobs import fingerprint_behind, fingerprint_of, job_of, pieces_of_run
from anonymize.pipeline.lineage import require_lineage
from anonymize.pipeline.partition import Job, measure_partition, write_partition
from anonymize.pipeline.passing import PartReport
from anonymize.pipeline.prepare import plan_source, refuse_sink, require_owner
from anonymize.pipeline.readiness import (
    require_anchor,
    require_room,
    require_signer,
    require_vault,
    with_vault,
)
from anonymize.pipeline.sampled import open_sampled
from anonymize.pipeline.screening import with_screen
from anonymize.pipeline.summary import RunSummary
from anonymize.pipeline.way import Way
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
        accept_change: Publish although source, types, purpose, rules, models or files are not
            those of the current version.
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
        LineageError: the version is published, and the policy's ``lineage:`` did not take its
            events. The error's ``result`` is the summary.
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
    dataset, slow = sink_of(loaded, wait_seconds), is_slow(loaded)
    increment = Increment.begun(dataset, source, keyring, slow) if incremental else None
    divided = Beside(partial(pieces_of_run, source, increment, slow), "coatcheck-divide")
    fingerprint = Beside(
        partial(fingerprint_behind, divided, source, increment), "coatcheck-fingerprint"
    )  # hashing releases the GIL, so it overlaps with planning
    looked_at = increment.narrowed(source) if increment else source
    opened(looked_at.files)
    plan = plan_source(loaded, looked_at, keyring)
    looked_at.let_go()
    require_vault(plan, keyring)
    with dataset.stage(keyring, goes_on=True) as staging:
        accepted = refuse_changes(plan, keyring, accept_change)
        plan, owner = with_vault(plan), keyring.current(OWNER)
        plan = with_against(plan, keyring)
        way = Way.of(plan, source, owner, keyring)
        if increment:
            if dataset.current != increment.compared_with:  # another run published meanwhile
                increment = Increment.begun(dataset, source, keyring, slow)
                fingerprint = Beside(
                    partial(fingerprint_of, source, increment), "coatcheck-fingerprint"
                )
                looked_at = increment.narrowed(source)
                plan = replace(
                    plan_source(loaded, looked_at, keyring),
                    vault_id=plan.vault_id,
                    against=plan.against,
                )
                looked_at.let_go()
            if increment.go_by(way):  # its detection looks at everything again
                looked_at = source
                plan = replace(
                    plan_source(loaded, source, keyring),
                    vault_id=plan.vault_id,
                    against=plan.against,
                )
                source.let_go()
            increment.rows = looked_at.rows
        plan = with_forgotten(plan, keyring, dataset)
        if increment and plan.forgotten:
            increment.leave_out(dataset, plan.forgotten, keyring)
        if not (increment and increment.changes_nothing):
            plan = with_screen(plan, source.files, keyring, dataset)
            if increment:
                increment.do_screened_again(plan)
        pieces = increment.pieces if increment else divided.result()
        rows = increment.rows if increment else source.rows
        job = job_of(plan, pieces, staging, owner, way, increment, keyring, rows)
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
    require_lineage(policy)
