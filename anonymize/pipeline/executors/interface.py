"""What a run needs of whatever works on its partitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from anonymize.pipeline.partition import Job
from anonymize.plan import Partial

Result = TypeVar("Result")


class Executor(Protocol):
    """Applies a function to a job and each partition's number, anywhere.

    A job's partitions are files, and pieces of large ones; how they are divided does not depend on
    the executor. One executor serves the first passes and the writing of one run, in this order.
    """

    @property
    def workers(self) -> int:
        """Number of processes that work on partitions, for the summary."""
        ...

    def map(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Sequence[Result]:
        """Return the results in the order of ``numbers``.

        ``work``, ``job`` and the results are picklable and hold no rows and no keys, so they may
        travel. Each worker opens its keys from its own environment.

        A partition may be begun again after it failed halfway: what it had written until then does
        not count.

        Raises:
            AnonymizeError: one partition was refused; the others' results are thrown away, and
                when it is raised nothing works on them any more.
        """
        ...


@runtime_checkable
class MergingExecutor(Executor, Protocol):
    """An executor whose workers merge the results of a first pass among themselves."""

    def measured(self, job: Job, numbers: Sequence[int]) -> Partial:
        """Return the results of ``measure_partition`` for ``numbers``, merged into one.

        Raises:
            AnonymizeError: as ``map``.
        """
        ...
