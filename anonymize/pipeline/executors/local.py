"""Partitions one after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from anonymize.pipeline.partition import Job, write_partition

Result = TypeVar("Result")
Progress = Callable[[int, int, str], None]
"""Called with partitions done, partitions in all, and what is being done."""


@dataclass(frozen=True)
class InThisProcess:
    """Works on one partition at a time; each uses several threads of its own."""

    progress: Progress = lambda done, total, what: None
    """Told before each partition, and when the last one is written."""

    def map(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Sequence[Result]:
        """Return the results in the order of ``numbers``."""
        results, writing = [], work is write_partition
        for number in numbers:
            self.progress(number, len(numbers), "writing" if writing else "measuring")
            results.append(work(job, number))
        if writing:
            self.progress(len(numbers), len(numbers), "publishing")
        return results
