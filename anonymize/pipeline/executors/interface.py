"""What a run needs of whatever works on its partitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from anonymize.pipeline.partition import Job

Result = TypeVar("Result")


class Executor(Protocol):
    """Applies a function to a job and each partition's number, anywhere."""

    def map(
        self, work: Callable[[Job, int], Result], job: Job, numbers: Sequence[int]
    ) -> Sequence[Result]:
        """Return the results in the order of ``numbers``.

        ``work``, ``job`` and the results are picklable and hold no rows and no keys, so they may
        travel. Each worker opens its keys from its own environment.

        Raises:
            AnonymizeError: one partition was refused; the others' results are thrown away.
        """
        ...
