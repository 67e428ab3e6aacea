"""Partitions on several worker processes of this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import reduction
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, Self, TypeVar

from anonymize.errors import AnonymizeError, Problem, UnforeseenError, WorkerLostError
from anonymize.keys.keyring.passphrase import PASSPHRASE_VARIABLE, take_passphrase
from anonymize.pipeline.executors.local import Progress
from anonymize.pipeline.executors.worker import Done, Refused, Rows, WithFile
from anonymize.pipeline.partition import Job, measure_partition, write_partition

Result = TypeVar("Result")
TRIES = 2
"""How often a partition is begun: again after its worker died once."""
_BEGIN = (
    "import sys; from multiprocessing.connection import Connection;"
    "pipe = Connection(int(sys.argv[1])); sys.path[:] = pipe.recv();"
    "from anonymize.pipeline.executors.worker import serve; serve(pipe)"
)
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that numeric libraries read when they are loaded."""
_MEMORY = {"MALLOC_ARENA_MAX": "2", "MIMALLOC_PURGE_DELAY": "0"}
"""Settings by which allocators give memory back at once: a worker at 15 columns peaks at 566 MiB
instead of 680, for 4 % more processor time. A user's own settings stay.
"""
_GRACE_SECONDS = 5.0
_NEEDED = ("anonymize.pipeline.partition", "anonymize.io.sources.csv_files", "pyarrow.csv")
"""What workers that are started ahead load meanwhile: nearly all of a run's modules."""


@dataclass
class _Worker:
    """One process and this end of its pipe."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    number: int | None = None
    """The partition that it works on."""
    rows: int = 0
    """Rows that it has read of it."""


class WorkerProcesses:
    """Works on several partitions at a time, each in a process of its own, largest first.

    A context manager: when it ends, so do its processes, and each ends by itself when this one
    does, however that happens. They are started at the first ``map``; each opens its keys itself.
    """

    def __init__(
        self,
        workers: int,
        cores: int,
        progress: Progress = lambda done, total, what: None,
        rows: int = 0,
    ) -> None:
        """Use up to ``workers`` processes, which share ``cores`` cores.

        ``progress`` is told of rows done, of ``rows`` in all (0 if not known).
        """
        self._count, self._share = workers, max(1, cores // workers)
        self._progress, self._rows = progress, rows
        self._workers: list[_Worker] = []

    @property
    def workers(self) -> int:
        """Return the number of processes."""
        return self._count

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the processes."""
        self._end(self._workers)

    def start(self) -> None:
        """Start the processes ahead of the first ``map``, so that they load their modules while
        the caller plans.
        """
        while len(self._workers) < self._count:
            self._workers.append(self._started(_NEEDED))

    def expect(self, rows: int) -> None:
        """Tell progress of ``rows`` rows in all, from now on."""
        self._rows = rows

    def map(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Sequence[Result]:
        """Return the results in the order of ``numbers``; see `Executor`.

        Raises:
            AnonymizeError: a partition was refused; work on the others was stopped.
            WorkerLostError: the worker of one partition died twice.
        """
        largest_first = sorted(numbers, key=lambda number: -_size(job, number))
        results = dict(self._results(work, job, largest_first))
        return [results[number] for number in numbers]

    def in_turn(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Iterator[Result]:
        """Yield the results in the order of ``numbers``, each as soon as it and those before it are
        there. Partitions are begun in this order, so that few results wait.

        Raises:
            AnonymizeError: as ``map``.
        """
        early: dict[int, Any] = {}
        turn = iter(numbers)
        wanted = next(turn, None)
        for number, result in self._results(work, job, numbers):
            early[number] = result
            while wanted in early:
                yield early.pop(wanted)
                wanted = next(turn, None)

    def _results(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Iterator[tuple[int, Result]]:
        """Yield the results as they come. Partitions are begun in the order of ``numbers``."""
        what = "measuring" if work is measure_partition else "writing"
        told = _Told(self._progress, self._rows, what)
        waiting, left = deque(numbers), len(numbers)
        deaths: dict[int, int] = {}
        try:
            while len(self._workers) < min(self._count, len(waiting)):
                self._workers.append(self._started())
            for worker in self._workers:
                _send(worker, (work, job))
                _next(worker, waiting)
            while left:
                for worker in self._ready():
                    try:
                        done = self._take(worker, job, waiting, told)
                    except (EOFError, OSError):
                        self._replace(worker, work, job, waiting, deaths)
                        told.lost(worker.rows)
                        continue
                    if done is not None:
                        left -= 1
                        yield done
        except BaseException:
            self._end(self._workers)
            raise
        if work is write_partition:
            told.publishing()

    def _ready(self) -> list[_Worker]:
        """Wait for workers that have something to tell, or are gone."""
        busy = {worker.pipe: worker for worker in self._workers if worker.number is not None}
        return [busy[pipe] for pipe in wait(list(busy)) if isinstance(pipe, Connection)]

    def _take(
        self,
        worker: _Worker,
        job: Job,
        waiting: deque[int],
        told: _Told,
    ) -> tuple[int, Any] | None:
        """Take one message of a worker, and give it its next partition if it is done with one,
        whose number and result are returned.

        Raises:
            AnonymizeError: the partition was refused.
            EOFError, OSError: the worker is gone.
        """
        message = worker.pipe.recv()
        if isinstance(message, Rows):
            worker.rows += message.count
            told.more(message.count)
        elif isinstance(message, Refused):
            raise _named(message.error, job, worker.number)
        elif isinstance(message, Done) and worker.number is not None:
            if isinstance(message.result, WithFile):
                message.result.take(reduction.recv_handle(worker.pipe))
            done = worker.number, message.result
            _next(worker, waiting)
            return done
        return None

    def _replace(
        self, dead: _Worker, work: Any, job: Job, waiting: deque[int], deaths: dict[int, int]
    ) -> None:
        """Begin a partition again on a new worker.

        Raises:
            WorkerLostError: it was begun often enough.
        """
        number = dead.number
        if number is None:
            raise AssertionError("a worker without a partition was waited for")
        why = _why(dead.process)
        self._end([dead])
        deaths[number] = deaths.get(number, 0) + 1
        if deaths[number] >= TRIES:
            raise WorkerLostError(
                f"its worker process ended {deaths[number]} times before it was done: {why};"
                " nothing was published. With less memory in use, or fewer workers, it may pass",
                place=place_of(job, number),
            )
        worker = self._started()
        self._workers.append(worker)
        waiting.appendleft(number)
        _send(worker, (work, job))
        _next(worker, waiting)

    def _started(self, modules: Sequence[str] = ()) -> _Worker:
        """Start a process, and tell it what does not belong into its environment."""
        passphrase = take_passphrase()
        environment = {
            key: value for key, value in os.environ.items() if key != PASSPHRASE_VARIABLE
        }
        environment.update(dict.fromkeys(_THREADS, str(self._share)))
        environment = {**_MEMORY, **environment}
        ours, its = Pipe()
        command = [sys.executable, "-P", "-c", _BEGIN, str(its.fileno())]
        process = subprocess.Popen(  # noqa: S603 - this interpreter, and no text of a user's
            command,
            stdin=subprocess.DEVNULL,
            env=environment,
            pass_fds=[its.fileno()],
        )
        its.close()
        worker = _Worker(process, ours)
        _send(worker, [*sys.path])
        revealed = None if passphrase is None else passphrase.reveal()
        _send(worker, (revealed, self._share, tuple(modules)))
        return worker

    def _end(self, workers: Sequence[_Worker]) -> None:
        """Stop processes, and wait until they are gone."""
        ending = list(workers)
        for worker in ending:
            worker.pipe.close()
            worker.process.terminate()
        for worker in ending:
            try:
                worker.process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
        self._workers = [worker for worker in self._workers if worker not in ending]


@dataclass
class _Told:
    """What progress is told, over all workers."""

    progress: Progress
    rows: int
    what: str
    done: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.progress(0, self.rows, self.what)

    def more(self, rows: int) -> None:
        """Tell of more rows."""
        self.done += rows
        self.progress(self.done, max(self.done, self.rows), self.what)

    def lost(self, rows: int) -> None:
        """Take back the rows of a partition that is begun again."""
        self.done -= rows

    def publishing(self) -> None:
        """Tell that all rows are written."""
        self.progress(self.done, self.done, "publishing")


def _next(worker: _Worker, waiting: deque[int]) -> None:
    """Give a worker its next partition, if there is one."""
    worker.number, worker.rows = (waiting.popleft() if waiting else None), 0
    if worker.number is not None:
        _send(worker, worker.number)


def _send(worker: _Worker, message: object) -> None:
    """Tell a worker something; that it is gone shows when it is waited for."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        worker.pipe.send(message)


def _named(error: AnonymizeError, job: Job, number: int | None) -> AnonymizeError:
    """Return an unforeseen error with the partition that it was met in; refusals say where."""
    if number is None or not isinstance(error, UnforeseenError):
        return error
    return type(error)([Problem(place_of(job, number), one.what) for one in error.problems])


def place_of(job: Job, number: int) -> str:
    """Return what errors call a partition: its file, and which of the parts it is."""
    return f"{job.partitions[number].name}: part {number + 1} of {len(job.partitions)}"


def _size(job: Job, number: int) -> int:
    """Return the bytes of a partition, as far as they are known."""
    from anonymize.io.sources.pieces import size_bytes_of

    return size_bytes_of(job.partitions[number])


def _why(process: subprocess.Popen[bytes]) -> str:
    """Return how a process ended."""
    try:
        code = process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        return "it closed its pipe"
    if code >= 0:
        return f"it exited with code {code}"
    name = signal.Signals(-code).name if -code in {*signal.Signals} else str(-code)
    return f"signal {name}" + (", as when memory is short" if name == "SIGKILL" else "")
