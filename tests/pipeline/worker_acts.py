"""What the worker processes of tests do in place of a run's work."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from anonymize.errors import DataError
from anonymize.process.cores import cores


@dataclass(frozen=True)
class Part:
    """A partition without rows."""

    name: str


@dataclass(frozen=True)
class Task:
    """What a job is to an executor."""

    partitions: tuple[Part, ...]
    folder: str

    @staticmethod
    def of(folder: Path, count: int) -> Task:
        """Return a task of so many parts of one file."""
        return Task(tuple(Part("people.csv") for _ in range(count)), str(folder))


def who(task: Task, number: int) -> tuple[int, int]:
    """Return the number and the process."""
    return number, os.getpid()


def slow(task: Task, number: int) -> int:
    """Say that this process is at work, and take an hour."""
    (Path(task.folder) / f"at-work-{os.getpid()}").touch()
    time.sleep(3600)
    return number


def refuse_the_second(task: Task, number: int) -> int:
    """Refuse part 2; the others take an hour."""
    if number == 1:
        raise DataError("is refused", place="people.csv")
    return slow(task, number)


def die_once(task: Task, number: int) -> int:
    """Die while working on part 2, at the first try only."""
    before = Path(task.folder) / "died"
    if number == 1 and not before.exists():
        before.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_always(task: Task, number: int) -> int:
    """Die while working on part 2."""
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fail_with_a_value(task: Task, number: int) -> int:
    """Fail as foreign code does: with a value in the text."""
    raise RuntimeError("Ana Castro")


def environment(task: Task, number: int) -> dict[str, object]:
    """Return what a process could leak, and how much of the machine it uses."""
    import resource

    from anonymize.keys.keyring.passphrase import take_passphrase

    passphrase = take_passphrase()
    return {
        "variables": dict(os.environ),
        "arguments": Path("/proc/self/cmdline").read_bytes(),
        "passphrase": None if passphrase is None else passphrase.reveal(),
        "cores": cores(),
        "core files": resource.getrlimit(resource.RLIMIT_CORE)[0],
    }
