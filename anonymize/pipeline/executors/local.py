"""Partitions one after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import pyarrow as pa

from anonymize.io import Partition
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

        counted = tuple(cast(Partition, _Counted(one, tell)) for one in job.partitions)
        watched = replace(job, partitions=counted)
        results = [work(watched, number) for number in numbers]
        if writing:
            self.progress(done, done, "publishing")
        return results


@dataclass(frozen=True)
class _Counted:
    """A partition whose rows are counted as they are read."""

    partition: Partition
    tell: Callable[[int], None]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.partition, name)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        for batch in self.partition.batches(columns):
            rows = batch.num_rows
            yield batch
            self.tell(rows)
