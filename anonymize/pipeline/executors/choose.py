"""How many processes a run uses, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from anonymize.errors import ArgumentError
from anonymize.io import Partition
from anonymize.io.sources.pieces import size_bytes_of, travels
from anonymize.pipeline.executors.local import InThisProcess, Progress
from anonymize.pipeline.executors.processes import WorkerProcesses
from anonymize.pipeline.partition import Job
from anonymize.process.cores import available_memory_bytes, usable_cores

WORKER_BYTES = 600 << 20
"""Memory of one worker, measured: 0.2 GB of modules, the rest batches and row groups."""
WORTH_BYTES, WORTH_ROWS = 96 << 20, 400_000
"""Bytes or rows from which on processes are started: below both, starting them costs more."""


@dataclass(frozen=True)
class Workers:
    """A number of processes, and why it is this one."""

    count: int
    """1 for this process alone."""
    cores: int
    """Cores that they share."""
    why: str
    """A sentence for people."""


def workers_for(partitions: Sequence[Partition], rows: int, wanted: int | None) -> Workers:
    """Return how many processes work on ``partitions``: ``wanted``, or as many as the cores and the
    memory allow and the data (``rows`` in all) is worth; never more than there are partitions.

    Raises:
        ArgumentError: fewer than one is wanted.
    """
    if wanted is not None and wanted < 1:
        raise ArgumentError("at least one process is needed", place="workers")
    cores = usable_cores()
    if len(partitions) < 2:
        return Workers(1, cores, "the source is one part")
    if not all(map(travels, partitions)):
        return Workers(1, cores, "only this process can read the source")
    if wanted is not None:
        count = min(wanted, len(partitions))
        return Workers(count, cores, f"{wanted} were asked for, for {len(partitions)} parts")
    if sum(map(size_bytes_of, partitions)) < WORTH_BYTES and rows < WORTH_ROWS:
        return Workers(1, cores, "the source is small")
    free = available_memory_bytes()
    room = cores if free is None else max(1, free // WORKER_BYTES)
    count = min(cores, room, len(partitions))
    limit = "cores" if count == cores else "free memory" if count == room else "parts"
    return Workers(count, cores, f"as many as there are {limit}")


@contextmanager
def executor_for(
    job: Job, rows: int, wanted: int | None, progress: Progress
) -> Iterator[InThisProcess | WorkerProcesses]:
    """Yield what works on a job's partitions on this machine; see `workers_for`."""
    chosen = workers_for(job.partitions, rows, wanted)
    if chosen.count == 1:
        yield InThisProcess(progress, rows)
        return
    with WorkerProcesses(chosen.count, chosen.cores, progress, rows) as processes:
        yield processes
