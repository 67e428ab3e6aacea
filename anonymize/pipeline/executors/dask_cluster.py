"""Partitions on the workers of a Dask cluster that is there already."""

from __future__ import annotations

import contextlib
import pickle
import queue
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from anonymize.errors import (
    AnonymizeError,
    ArgumentError,
    UnforeseenError,
    WorkerLostError,
    without_text,
)
from anonymize.io import Partition
from anonymize.io.sources.pieces import size_bytes_of, travels
from anonymize.pipeline.apart import folder_at_work, put_in_place, withdraw
from anonymize.pipeline.executors import dask_tasks as tasks
from anonymize.pipeline.executors.dask_connection import connected, dasks_address, require_fit
from anonymize.pipeline.executors.local import Progress
from anonymize.pipeline.executors.processes import place_of
from anonymize.pipeline.partition import Job, measure_partition, write_partition
from anonymize.pipeline.passing import PartReport
from anonymize.plan import Partial

if TYPE_CHECKING:
    from distributed import Client, Future

Result = TypeVar("Result")
Take = Callable[[int, tasks.Worked], None]
POLL_SECONDS = 5.0
"""How often a silent cluster is asked whether it is still there."""
WITHOUT_WORKERS_SECONDS = 120.0
"""How long a cluster may be without any worker before a run is given up."""
END_SECONDS = 60.0
"""How long a refused run waits for the other tasks, each of which ends after the batch it is at."""
FAN_IN = 8
"""Results of a first pass that one task merges."""


class DaskCluster:
    """Works on partitions on a Dask cluster's workers, each of which opens its keys from its own
    environment. A context manager: it connects, and at the end leaves nothing of the run there.

    Parts go from the source straight into the staging folder, which driver and workers share. The
    driver gets counts and digests, and of a first pass one merged result.
    """

    def __init__(self, address: str, progress: Progress = lambda done, total, what: None) -> None:
        """Take the address, ``dask://HOST:PORT`` or ``dask+tls://HOST:PORT``; nothing is connected.

        Raises:
            ArgumentError: it is something else.
        """
        self._address, self._progress, self._rows = address, progress, 0
        dasks_address(address)
        self._connected: Client | None = None
        self._workers: tuple[str, ...] = ()
        self._fit, self._parts = False, 1

    @property
    def workers(self) -> int:
        """Return the number of worker processes that have something to do."""
        return min(len(self._workers), self._parts)

    def __enter__(self) -> Self:
        """Connect, and compare each worker's versions with this process's.

        Raises:
            MissingExtraError: Dask is not installed.
            WorkerUnfitError: no scheduler answers, it has no worker, or one has other versions.
        """
        self._connected, self._workers = connected(self._address)
        return self

    def __exit__(self, *error: object) -> None:
        """Disconnect."""
        client, self._connected = self._connected, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.close()

    def opened(self, files: Sequence[Partition]) -> None:
        """Refuse a source that workers cannot read.

        Raises:
            ArgumentError: it is this process's standard input.
        """
        if not all(map(travels, files)):
            raise ArgumentError("only this process can read the source", place="runner")

    def executor(self, job: Job, rows: int, numbers: Sequence[int]) -> DaskCluster:
        """Return this cluster, for a source of ``rows`` rows."""
        self._rows, self._parts = rows, len(numbers)
        return self

    def map(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Sequence[Result]:
        """Return the results in the order of ``numbers``; see `Executor`.

        Dask works on a partition again whose worker was lost, as often as its ``allowed-failures``
        says.

        Raises:
            AnonymizeError: a partition was refused; tasks that are in the middle of a batch end
                after it, and can write nothing any more.
            WorkerUnfitError: a worker does not open the keyring or reach the staging folder; no row
                was read.
            WorkerLostError: too many workers were lost with one partition, or the cluster was.
        """
        results: dict[int, Any] = {}

        def take(number: int, worked: tasks.Worked) -> None:
            result = worked.result
            results[number] = (
                put_in_place(job, result) if isinstance(result, PartReport) else result
            )

        self._work(work, job, numbers, take, self._tasks)
        if work is write_partition:
            self._progress(self._rows, self._rows, "publishing")
        return [results[number] for number in numbers]

    def measured(self, job: Job, numbers: Sequence[int]) -> Partial:
        """Return a first pass's result over ``numbers``, merged by the workers, eight at a time.

        Raises:
            AnonymizeError: as ``map``.
        """
        found: list[Partial] = []

        def take(number: int, worked: tasks.Worked) -> None:
            if number < 0:
                found.append(worked.result)

        self._work(measure_partition, job, numbers, take, self._tree)
        return found[0]

    def _work(
        self,
        work: Callable[..., Any],
        job: Job,
        numbers: Sequence[int],
        take: Take,
        submit: Callable[[tasks.Sent, str, Job, Sequence[int]], dict[int, Future]],
    ) -> None:
        """Have ``work`` done on the partitions ``numbers``, and ``take`` each answer."""
        folder = folder_at_work(job)
        watched: dict[int, Future] = {}
        try:
            sent = tasks.Sent(tasks.versions_here(), pickle.dumps((work, job)), str(folder))
            self._require_fit(sent)
            what = "writing" if work is write_partition else "measuring"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a job is large
                watched = submit(sent, f"coatcheck-{what}-{folder.name}", job, numbers)
            self._await(job, watched, take, what)
        except BaseException as error:
            withdraw(folder)
            self._end(list(watched.values()), wait=isinstance(error, AnonymizeError))
            raise
        withdraw(folder)

    def _tasks(
        self, sent: tasks.Sent, key: str, job: Job, numbers: Sequence[int]
    ) -> dict[int, Future]:
        """Submit a task per partition, largest first."""
        client = self._client
        common = client.submit(tasks.itself, sent, key=f"{key}-job", pure=False)
        return {
            number: client.submit(
                tasks.work_on, common, number, key=f"{key}-{number:05}", pure=False
            )
            for number in sorted(numbers, key=lambda number: -size_bytes_of(job.partitions[number]))
        }

    def _tree(
        self, sent: tasks.Sent, key: str, job: Job, numbers: Sequence[int]
    ) -> dict[int, Future]:
        """Submit a task per partition and those that merge their results; return what tells the
        rows of each, and as number -1 the result of all.
        """
        client, level, depth = self._client, list[Any](), 0
        leaves = self._tasks(sent, key, job, numbers)
        watched = {
            number: client.submit(tasks.rows_of, leaf, key=f"{key}-rows-{number:05}", pure=False)
            for number, leaf in leaves.items()
        }
        level = list(leaves.values())
        while len(level) > 1 or not depth:
            depth += 1
            level = [
                client.submit(
                    tasks.merge,
                    level[start : start + FAN_IN],
                    key=f"{key}-merge-{depth}-{start:05}",
                    pure=False,
                )
                for start in range(0, max(1, len(level)), FAN_IN)
            ]
        return {**watched, -1: level[0]}

    def _await(self, job: Job, waiting: dict[int, Future], take: Take, what: str) -> None:
        """Take the answers as they come.

        Raises:
            AnonymizeError: an answer is a refusal, or there will be none.
        """
        ready: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number, future in waiting.items():
            future.add_done_callback(partial(_tell, ready, number))
        done, seen = 0, time.monotonic()
        self._progress(0, self._rows, what)
        while waiting:
            try:
                number = ready.get(timeout=POLL_SECONDS)
            except queue.Empty:
                seen = self._seen(seen)
                continue
            seen, future = time.monotonic(), waiting[number]
            worked = self._answer(job, number, future)
            if worked is None:  # it was lost with its worker, and is made again
                future.add_done_callback(partial(_tell, ready, number))
                continue
            take(number, worked)
            del waiting[number]
            done += worked.rows if number >= 0 else 0
            self._progress(done, max(done, self._rows), what)

    def _answer(self, job: Job, number: int, future: Future) -> tasks.Worked | None:
        """Return an answer; None if it is not there yet.

        Raises:
            AnonymizeError: a refusal, or the partition was lost.
        """
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            answer = future.result(timeout=POLL_SECONDS)
        except TimeoutError:
            return None
        except KilledWorker as error:
            failure: AnonymizeError = _lost(job, error)
        except CancelledError:
            what = "the connection to its scheduler was lost; nothing was published"
            failure = WorkerLostError(what, place=self._address)
        except Exception as error:  # noqa: BLE001 - its text may be anything
            failure = UnforeseenError(without_text(error), place=self._address)
        else:
            if isinstance(answer, tasks.Worked):
                return answer
            failure = answer.error
        raise failure

    def _seen(self, seen: float) -> float:
        """Return when a worker was seen last.

        Raises:
            WorkerLostError: that is too long ago.
        """
        with contextlib.suppress(Exception):
            if self._client.scheduler_info()["workers"]:
                return time.monotonic()
        if time.monotonic() - seen > WITHOUT_WORKERS_SECONDS:
            what = (
                f"has had no worker for {WITHOUT_WORKERS_SECONDS:.0f} s; nothing was published."
                " Start workers, and run it again: finished parts are taken over"
            )
            raise WorkerLostError(what, place=self._address)
        return seen

    def _require_fit(self, sent: tasks.Sent) -> None:
        """Have every worker look whether it can do the work, before the first task."""
        if not self._fit:
            self._workers = require_fit(self._client, self._address, sent)
            self._fit = True

    def _end(self, futures: list[Future], *, wait: bool) -> None:
        """Wait until no task works any more, and forget them."""
        with contextlib.suppress(Exception):
            if futures and wait and self._client.status == "running":
                from distributed import wait as until_done

                until_done(futures, timeout=END_SECONDS)
        with contextlib.suppress(Exception):
            self._client.cancel(futures, force=True)

    @property
    def _client(self) -> Client:
        if self._connected is None:
            raise ArgumentError("the cluster is not connected", place="runner")
        return self._connected


def _tell(ready: queue.SimpleQueue[int], number: int, future: Any) -> None:
    ready.put(number)


def _lost(job: Job, error: Any) -> WorkerLostError:
    """Return the error about a partition that too many workers were lost with."""
    number = str(error.task).rpartition("-")[2]
    place = place_of(job, int(number)) if number.isdecimal() else "the job"
    what = (
        f"its worker was lost {error.allowed_failures + 1} times before it was done, which is more"
        " than Dask's allowed-failures; nothing was published. With more memory for a worker, or"
        " fewer threads in it, it may pass"
    )
    return WorkerLostError(what, place=place)
