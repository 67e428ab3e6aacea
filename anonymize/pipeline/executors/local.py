"""Partitions one after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from anonymize.pipeline.executors.counted import counted
from anonymize.pipeline.partition import Job, write_partition

Result = TypeVar("Result")
Progress = Callable[[int, int, str], None]
"""Called with rows done, rows in all (0 if not known), and what is being done."""


@dataclass(frozen=True)
class InThisProcess:
    """Works on one partition at a time; each uses several threads of its own."""

    progress: Progress = lambda done, total, what: None
    """Told after each batch of rows, and when all are written."""
    rows: int = 0
    """Number of rows of the source; 0 if not known."""

    @property
    def workers(self) -> int:
        """Return 1."""
        return 1

    def map(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Sequence[Result]:
        """Return the results in the order of ``numbers``."""
        writing = work is write_partition
        done, what = 0, "writing" if writing else "measuring"
        self.progress(0, self.rows, what)

        def tell(rows: int) -> None:
            nonlocal done
            done += rows
            self.progress(done, max(done, self.rows), what)

        watched = counted(job, tell)
        results = [work(watched, number) for number in numbers]
        if writing:
            self.progress(done, done, "publishing")
        return results
