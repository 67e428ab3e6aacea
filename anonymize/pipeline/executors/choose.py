"""How many processes a run uses, and why."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import pyarrow as pa

from anonymize.errors import ArgumentError
from anonymize.io import Partition
from anonymize.io.sources.pieces import parts_expected, size_bytes_of, travels
from anonymize.pipeline.executors.dask_cluster import DaskCluster
from anonymize.pipeline.executors.interface import Executor
from anonymize.pipeline.executors.local import InThisProcess, Progress
from anonymize.pipeline.executors.processes import WorkerProcesses
from anonymize.pipeline.partition import Job
from anonymize.policy import Policy
from anonymize.process.cores import available_memory_bytes, usable_cores

WORKER_BYTES = 600 << 20
"""Memory of one worker, measured: 0.2 GB of modules, the rest batches and row groups."""
START_SECONDS = 2.0
"""What several processes cost before their first row: modules are loaded (1.7 processor seconds in
each, at the same time) and the keyring is opened.
"""
BYTES_A_SECOND, ROW_BYTES = 27_000_000, 180
"""What one core does of a table of 15 columns in a second, measured, and the length of its rows,
where only the number of rows is known.
"""
SLOW_ACTIONS, SLOWER = frozenset({"free_text"}), 10
"""Actions beside which a table takes at least ten times as long."""
CORES_OF_ONE = 1.5
"""Cores that one process keeps busy, by its threads."""


@dataclass(frozen=True)
class Workers:
    """A number of processes, and why it is this one."""

    count: int
    """1 for this process alone."""
    cores: int
    """Cores that they share."""
    why: str
    """A sentence for people."""


def workers_for(
    partitions: Sequence[Partition],
    rows: int,
    wanted: int | None,
    *,
    slow: bool = False,
    parts: int | None = None,
) -> Workers:
    """Return how many processes work on ``partitions``: ``wanted``, or as many as the cores and the
    memory allow and the data (``rows`` in all) is worth; never more than there are partitions.

    ``slow`` is True if the policy has rules that take much longer than others. ``parts`` is how
    many parts there will be, of partitions that are not divided yet.

    Raises:
        ArgumentError: fewer than one is wanted.
    """
    if wanted is not None and wanted < 1:
        raise ArgumentError("at least one process is needed", place="workers")
    cores, parts = usable_cores(), len(partitions) if parts is None else parts
    if parts < 2:
        return Workers(1, cores, "the source is one part")
    if not all(map(travels, partitions)):
        return Workers(1, cores, "only this process can read the source")
    if wanted is not None:
        count = min(wanted, parts)
        return Workers(count, cores, f"{wanted} asked for, {parts} parts")
    free = available_memory_bytes()
    room = cores if free is None else max(1, free // WORKER_BYTES)
    count = min(cores, room, parts)
    limit = "cores" if count == cores else "free memory" if count == room else "parts"
    size = max(sum(map(size_bytes_of, partitions)), rows * ROW_BYTES)
    if count > 1 and _seconds_saved(size * (SLOWER if slow else 1), count) < START_SECONDS:
        return Workers(1, cores, "the source is small")
    return Workers(count, cores, f"as many as {limit}")


def is_slow(policy: Policy) -> bool:
    """Return whether a policy has rules that take much longer than others."""
    return any(rule.action in SLOW_ACTIONS for rule in policy.columns.values())


def tell_choice(chosen: Workers, parts: int) -> None:
    """Print the decision to standard error if COATCHECK_DEBUG asks for it."""
    if os.environ.get("COATCHECK_DEBUG") == "1":
        print(f"workers: {chosen.count} for {parts} parts: {chosen.why}", file=sys.stderr)


def _seconds_saved(size_bytes: int, count: int) -> float:
    """Return how much sooner ``count`` processes are done with so much of a usual table."""
    return size_bytes / BYTES_A_SECOND * (1 / CORES_OF_ONE - 1 / count)


class PlaceOfWork(Protocol):
    """Where a run is worked on. A context manager; at its end nothing of the run is left there."""

    def __enter__(self) -> Self:
        """Begin what has to be there before the run is planned."""
        ...

    def __exit__(self, *error: object) -> None:
        """Leave."""
        ...

    def opened(self, files: Sequence[Partition]) -> None:
        """Take note of the source's files, before it is planned."""
        ...

    def executor(self, job: Job, rows: int, numbers: Sequence[int]) -> Executor:
        """Return what works on the partitions ``numbers`` of ``job``, a source of ``rows`` rows."""
        ...


def place_of_work(
    policy: Policy, workers: int | None, runner: str | None, progress: Progress
) -> PlaceOfWork:
    """Return this machine, or the Dask cluster that ``runner`` names.

    Raises:
        ArgumentError: ``runner`` is no address of a cluster, or ``workers`` is given with it.
    """
    if runner is None:
        return OnThisMachine(policy, workers, progress)
    if workers is not None:
        raise ArgumentError("the cluster has its own workers; leave it out", place="workers")
    return DaskCluster(runner, progress)


class OnThisMachine:
    """Chooses how a run is worked on here: in this process or in several, which are started while
    the run is planned if it is clear by then. A context manager; at its end so are the processes.
    """

    def __init__(self, policy: Policy, wanted: int | None, progress: Progress) -> None:
        """Take the number of processes that is wanted, None to choose."""
        self._wanted, self._progress = wanted, progress
        self._slow = is_slow(policy)
        self._processes: WorkerProcesses | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the processes."""
        if self._processes is not None:
            self._processes.__exit__(*error)

    def opened(self, files: Sequence[Partition]) -> None:
        """Start processes ahead, if the size of ``files`` says that they will be used.

        Raises:
            ArgumentError: fewer than one process is wanted.
        """
        parts = sum(parts_expected(file, self._slow) for file in files)
        chosen = workers_for(files, 0, self._wanted, slow=self._slow, parts=parts)
        if chosen.count > 1:
            self._processes = WorkerProcesses(chosen.count, chosen.cores, self._progress)
            self._processes.start()

    def executor(
        self, job: Job, rows: int, numbers: Sequence[int]
    ) -> InThisProcess | WorkerProcesses:
        """Return what works on the partitions ``numbers`` of ``job``, a source of ``rows`` rows."""
        partitions = [job.partitions[number] for number in numbers]
        chosen = workers_for(partitions, rows, self._wanted, slow=self._slow)
        started = self._processes
        tell_choice(chosen, len(partitions))
        pa.default_memory_pool().release_unused()  # planning is over, and the workers need memory
        if started is not None and len(partitions) >= started.workers:
            started.expect(rows)
            return started
        self.__exit__()
        self._processes = None
        if chosen.count == 1:
            return InThisProcess(self._progress, rows)
        self._processes = WorkerProcesses(chosen.count, chosen.cores, self._progress, rows)
        return self._processes
