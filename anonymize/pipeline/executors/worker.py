"""A worker process: works on the partitions that it is told, one after the other.

It is told by a pipe what it needs: where modules are, what unlocks the keyring, its share of the
cores, the job. It answers with counts, results and refusals. Nothing of this stands in its
environment, its arguments or a file. It ends when the pipe does, so none outlives who started it.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from anonymize.errors import AnonymizeError, UnforeseenError, without_text
from anonymize.pipeline.executors.counted import counted
from anonymize.process.core_files import forbid_core_files
from anonymize.process.cores import take_share
from anonymize.process.file_modes import forbid_world_writable
from anonymize.process.foreign_code import quiet_hooks, without_chain
from anonymize.process.quiet_libraries import quiet_libraries

if TYPE_CHECKING:
    from anonymize.pipeline.partition import Job

Work = Callable[["Job", int], Any]


@dataclass(frozen=True)
class Rows:
    """So many more rows were read."""

    count: int


@dataclass(frozen=True)
class Done:
    """The result of one partition."""

    result: Any


@runtime_checkable
class WithFile(Protocol):
    """A result with an open file that has no name: its handle travels beside it."""

    def handle(self) -> int:
        """Return the file's handle in the process that made the result."""
        ...

    def take(self, handle: int) -> None:
        """Take the handle that the file has in this process; it is the result's from now on."""
        ...


@dataclass(frozen=True)
class Refused:
    """The error of one partition."""

    error: AnonymizeError


def serve(pipe: Connection) -> None:
    """Work for whoever holds the other end of ``pipe``, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the starter stops its workers itself
    quiet_hooks()
    quiet_libraries()
    forbid_core_files()
    forbid_world_writable()
    warnings.simplefilter("ignore")  # what there is to warn of, the starter has said
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it may hold the data
    passphrase, share, modules = pipe.recv()
    if passphrase:
        from anonymize.keys.keyring.passphrase import retake_passphrase
        from anonymize.keys.primitives.secret import Secret

        retake_passphrase(Secret(passphrase))
    del passphrase
    take_share(share)
    for module in modules:
        importlib.import_module(module)
    Worker(pipe).run()


class Worker:
    """Takes orders from a pipe and works on them."""

    def __init__(self, pipe: Connection) -> None:
        """Take orders from ``pipe``: a function and a job, or a partition's number."""
        self._pipe, self._orders = pipe, _Orders(pipe)

    def run(self) -> None:
        """Work until the pipe is closed."""
        work: Work | None = None
        job: Job | None = None
        while True:
            order = self._orders.next()
            if isinstance(order, int):
                if work is None or job is None:
                    raise AssertionError("a number before a job")
                self._send(_answer(work, job, order))
            else:
                work, job = order[0], counted(order[1], self._tell)

    def _send(self, answer: Done | Refused) -> None:
        self._pipe.send(answer)
        if isinstance(answer, Done) and isinstance(answer.result, WithFile):
            reduction.send_handle(self._pipe, answer.result.handle(), None)

    def _tell(self, rows: int) -> None:
        self._pipe.send(Rows(rows))


def _answer(work: Work, job: Job, number: int) -> Done | Refused:
    """Return a result, or an error that quotes nothing."""
    try:
        return Done(work(job, number))
    except AnonymizeError as error:
        return Refused(without_chain(error).with_traceback(None))
    except BaseException as error:  # noqa: BLE001 - its text may quote data
        return Refused(UnforeseenError(without_text(error)))


class _Orders:
    """Reads orders in a thread, so that the end of the pipe ends the process while it works."""

    def __init__(self, pipe: Connection) -> None:
        import queue

        self._pipe = pipe
        self._waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="coatcheck-orders", daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                self._waiting.put(self._pipe.recv())
            except (EOFError, OSError):
                os._exit(0)  # whoever started it is gone, or wants no more

    def next(self) -> Any:
        """Wait for the next order."""
        return self._waiting.get()
