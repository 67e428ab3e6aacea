"""Counts the rows of a job's partitions while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pyarrow as pa

    from anonymize.io import Partition
    from anonymize.pipeline.partition import Job


@dataclass(frozen=True)
class Counted:
    """A partition whose rows are counted as they are read."""

    partition: Partition
    tell: Callable[[int], None]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.partition, name)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the partition's batches, and tell the rows of each when it was worked on."""
        for batch in self.partition.batches(columns):
            rows = batch.num_rows
            yield batch
            self.tell(rows)


def counted(job: Job, tell: Callable[[int], None]) -> Job:
    """Return ``job``; ``tell`` gets the number of rows of each batch that was read."""
    partitions = tuple(cast("Partition", Counted(one, tell)) for one in job.partitions)
    return replace(job, partitions=partitions)
