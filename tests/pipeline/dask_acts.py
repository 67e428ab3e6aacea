"""What Dask workers of tests do in place of a run's work."""

from __future__ import annotations

import os
import signal
import time

from anonymize.errors import DataError
from anonymize.pipeline.partition import Job

SECONDS = 60.0


def die(job: Job, number: int) -> int:
    """Die while working on part 2."""
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse_the_second(job: Job, number: int) -> int:
    """Refuse part 2; the others read theirs again and again, for a minute."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for _ in job.partitions[number].batches():
            time.sleep(0.05)
        if number == 1:
            raise DataError("is refused", place="people.jsonl")
    return number


def fail_with_a_value(job: Job, number: int) -> int:
    """Fail as foreign code does: with a value in the text."""
    raise RuntimeError("Ana Castro")
